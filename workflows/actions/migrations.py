"""What a new version means for the cases that run, and moving them: looked at first, done in the background."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workflows import policy
from workflows.actions import subjects, task_trail
from workflows.core import audit
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.engine import definitions
from workflows.engine.bundle import Bundle
from workflows.engine.checks import check_content
from workflows.engine.content import read_content
from workflows.engine.definition import Definition, Identity, define
from workflows.engine.definitions import Version
from workflows.engine.findings import BundleRefused
from workflows.engine.migration import WAITS, WITHOUT_TARGET, Plan, Reason, Verdict, jobs, plan, proposed_names
from workflows.engine.migration.jobs import MigrationItem, MigrationJob
from workflows.engine.office_functions import OFFICE_FUNCTIONS
from workflows.engine.state import Instance
from workflows.operators import ENGINE, catalogue


@dataclass(frozen=True, slots=True)
class Option:
    """An element of the new version: its id and its name."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An element that older versions have under an id the new one does not know: what takes its place, if anything.

    ``options`` are elements of the same kind, for one that only waits all that do.
    """

    element: str
    name: str
    target: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """One running case: the reference of what it is about, where it stands in the words of its version, the verdict."""

    instance_id: int
    reference: str
    number: int
    started_at: datetime
    waits_at: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Preview:
    """All running cases of other versions against one; ``number`` is None for what is not published yet.

    ``is_words`` says that it would become a patch of the live version: its cases take other words at once.
    """

    process_key: str
    name: str
    number: int | None
    is_words: bool
    names: Mapping[str, str]
    choices: tuple[Choice, ...]
    rows: tuple[Affected, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many cases by outcome."""
        found: dict[str, int] = {}
        for row in self.rows:
            found[row.verdict.outcome] = found.get(row.verdict.outcome, 0) + 1
        return found


def preview(tx: Tx, process_key: str, target: int | Bundle, names: Mapping[str, str] | None = None) -> Preview:
    """What a version (by number) or a bundle not published yet means for each running case; changes nothing.

    ``names`` are ids of old elements with their new ones, proposed unless given. Raises ``NotAllowed``, ``NotFound``,
    ``Invalid`` for names that no version has, ``BundleRefused`` for a bundle with errors.
    """
    policy.require(tx, policy.BUNDLE_EDIT)
    new = _target(tx, process_key, target)
    # Columns, not objects: a thousand states are looked at, none is changed.
    query = select(Instance.id, Instance.version_id, Instance.subject, Instance.started_at, Instance.state).where(
        Instance.process_key == process_key, Instance.status == "running", Instance.version_id != new.version_id
    )
    running = tx.session.execute(query.order_by(Instance.id)).all()
    olds = {each: definitions.load(tx.session, each) for each in sorted({row.version_id for row in running})}
    chosen = _proposed(list(olds.values()), new) if names is None else _known(names, olds.values(), new)
    plans = {each: plan(old, new, chosen) for each, old in olds.items()}
    references = subjects.references(tx, {row.subject for row in running})
    rows = tuple(
        _affected(plans[row.version_id], row.id, references.get(row.subject, ""), row.started_at, row.state)
        for row in running
    )
    choices = tuple(_choices(plans.values(), chosen, new, rows))
    number = target if isinstance(target, int) else None
    return Preview(process_key, new.name, number, number is None and new.version_id > 0, chosen, choices, rows)


def _target(tx: Tx, key: str, target: int | Bundle) -> Definition:
    if isinstance(target, int):
        return definitions.load(tx.session, version(tx, key, target).id)
    content = read_content(target, {**OFFICE_FUNCTIONS, **catalogue(tx).functions})
    findings = check_content(target, content, catalogue(tx))
    if any(each.severity == "error" for each in findings):
        raise BundleRefused(findings)
    live = definitions.newest_active(tx.session, key)
    patched = live.id if live is not None and live.logic_sha256 == target.logic_sha256 else 0
    return define(Identity(patched, key, 0, 0, target.sha256), target, content)


def version(tx: Tx, key: str, number: int) -> Version:
    """A version by its number; raises ``NotFound``."""
    found = tx.session.scalar(select(Version).where(Version.process_key == key, Version.number == number))
    if found is None:
        raise NotFound("not_found", kind="version")
    return found


def live(tx: Tx, key: str) -> int:
    """The number of the version that starts new cases; raises ``NotAllowed``, ``NotFound``."""
    policy.require(tx, policy.BUNDLE_EDIT)
    found = definitions.newest_active(tx.session, key)
    if found is None:
        raise NotFound("not_found", kind="version")
    return found.number


def _proposed(olds: Sequence[Definition], new: Definition) -> dict[str, str]:
    found: dict[str, str] = {}
    for old in olds:
        found.update(proposed_names(old, new))
    return found


def _known(names: Mapping[str, str], olds: Collection[Definition], new: Definition) -> dict[str, str]:
    """A name map somebody has written, which must speak of what there is; raises ``Invalid`` for ``names``."""
    before = {key for old in olds for key in _keys(old)}
    # Where nothing runs any more there is nothing to compare the old side with.
    problems = [Problem("unknown_old_step", {"step": old}) for old in names if olds and old not in before]
    after = _keys(new)
    problems += [Problem("unknown_new_step", {"step": each}) for each in names.values() if each not in after]
    if problems:
        raise Invalid({"names": tuple(problems)})
    return dict(names)


def _keys(definition: Definition) -> set[str]:
    return {*definition.process.elements, *definition.process.processes}


def _affected(planned: Plan, instance_id: int, reference: str, started_at: datetime, state: bytes) -> Affected:
    verdict = planned.judge(state)
    waits_at = tuple(planned.old.element_name(each) for each in verdict.waits_at)
    return Affected(instance_id, reference, planned.old.number, started_at, waits_at, verdict)


def _choices(
    plans: Collection[Plan], names: Mapping[str, str], new: Definition, rows: Sequence[Affected]
) -> Sequence[Choice]:
    """Elements that cases stand at and that are gone as what they were, and what was proposed or chosen for others."""
    verdicts = [row.verdict for row in rows]
    asked = {each for verdict in verdicts for each in verdict.waits_at if each not in new.process.elements}
    asked |= {reason.element for each in verdicts for reason in each.reasons if reason.code in WITHOUT_TARGET}
    found: dict[str, Choice] = {}
    for planned in plans:
        for key in sorted(asked | names.keys()):
            element = planned.old.process.elements.get(key)
            if element is None or element.kind.endswith("_gateway"):
                continue
            kinds = WAITS if element.kind in WAITS else {element.kind}
            alike = [each for each in new.process.elements.values() if each.kind in kinds and each.id != key]
            options = sorted((Option(each.id, each.name or each.id) for each in alike), key=lambda one: one.name)
            found[key] = Choice(key, element.name or key, names.get(key, ""), tuple(options))
    return list(found.values())


# -- doing it -------------------------------------------------------------------------------------------------------


def begin(tx: Tx, process_key: str, number: int, names: Mapping[str, str] | None = None) -> MigrationJob:
    """Let the worker move every running case that can be moved; raises as ``preview`` and ``jobs.begin``."""
    policy.require(tx, policy.BUNDLE_DEPLOY)
    looked_at = preview(tx, process_key, number, names)
    job = jobs.begin(tx, version(tx, process_key, number), looked_at.names)
    facts = {"job": job.id, "number": number, **looked_at.counts}
    audit.record(tx, "system", "migration.begun", f"process:{process_key}", facts)
    return job


def take_back(tx: Tx, job_id: int) -> MigrationJob:
    """Let what a job has moved and what has not gone on since go back; raises as ``jobs.take_back``."""
    policy.require(tx, policy.BUNDLE_DEPLOY)
    job = jobs.take_back(tx, job_id)
    audit.record(tx, "system", "migration.taken_back", f"process:{job.process_key}", {"job": job.id})
    return job


def work(tx: Tx, item_id: int) -> MigrationItem | None:
    """What the worker does with one case; None when there is nothing to do any more."""
    item = jobs.do(tx, ENGINE, item_id)
    event = {"moved": "instance.migrated", "undone": "instance.returned"}.get(item.outcome if item else "")
    if item is None or event is None:
        return item
    instance = tx.session.get_one(Instance, item.instance_id)
    target = tx.session.get_one(MigrationJob, item.job_id).version_id
    left = item.from_version_id if item.outcome == "moved" else target
    before, now = (tx.session.get_one(Version, key).number for key in (left, instance.version_id))
    facts = {"job": item.job_id, "from": before, "version": now}
    audit.record(tx, task_trail.stream_of(tx, instance.subject), event, f"instance:{instance.id}", facts)
    return item


@dataclass(frozen=True, slots=True)
class Done:
    """One case of a job: what became of it."""

    instance_id: int
    reference: str
    outcome: str
    reasons: tuple[Reason, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Report:
    """How far a job is and what became of its cases."""

    job: MigrationJob
    number: int
    name: str
    counts: Mapping[str, int]
    rows: tuple[Done, ...]

    @property
    def total(self) -> int:
        """How many cases the job is about."""
        return sum(self.counts.values())

    @property
    def left(self) -> int:
        """How many are still to be moved or put back."""
        return sum(self.counts.get(each, 0) for each in jobs.TO_DO)

    @property
    def can_go_back(self) -> bool:
        """Whether there is something that may be taken back."""
        over = self.job.taken_back_at is not None or self.job.closed_at is not None
        return not over and self.left == 0 and self.counts.get(jobs.MOVED, 0) > 0


def report(tx: Tx, job_id: int) -> Report:
    """One job with its cases; raises ``NotAllowed``, ``NotFound``."""
    policy.require(tx, policy.BUNDLE_EDIT)
    job = tx.session.get(MigrationJob, job_id)
    if job is None:
        raise NotFound("not_found", kind="migration_job")
    wanted = (MigrationItem.instance_id, MigrationItem.outcome, MigrationItem.reasons, MigrationItem.error)
    query = select(*wanted, Instance.subject).join(Instance, Instance.id == MigrationItem.instance_id)
    items = tx.session.execute(query.where(MigrationItem.job_id == job_id).order_by(MigrationItem.id)).all()
    references = subjects.references(tx, {row.subject for row in items})
    rows = tuple(
        Done(
            row.instance_id,
            references.get(row.subject, ""),
            row.outcome,
            tuple(Reason(each["code"], each["element"], each["name"]) for each in row.reasons or ()),
            row.error or "",
        )
        for row in items
    )
    target = tx.session.get_one(Version, job.version_id)
    process = tx.session.get_one(definitions.Process, job.process_key)
    return Report(job, target.number, process.name, jobs.counts(tx, job_id), rows)


def recent(tx: Tx, process_key: str) -> Sequence[MigrationJob]:
    """The last jobs of a process, newest first."""
    policy.require(tx, policy.BUNDLE_EDIT)
    query = select(MigrationJob).where(MigrationJob.process_key == process_key)
    return tx.session.scalars(query.order_by(MigrationJob.id.desc()).limit(10)).all()


def close(tx: Tx, job_id: int) -> MigrationJob:
    """Forget what the cases of a job were before; raises as ``jobs.close``."""
    policy.require(tx, policy.BUNDLE_DEPLOY)
    return jobs.close(tx, job_id)
