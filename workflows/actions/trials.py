"""Trying a draft: its scenarios played on the real engine, in a transaction that is rolled back.

No mail leaves, time is moved at will, nobody else sees anything. A trial is a scenario being recorded: its steps are
kept with the draft and played from the start each time (decision 4: scenarios are no part of a version).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, sessionmaker

from workflows.actions import called, case_diagrams, inbox, play, stage, workshop
from workflows.actions.coverage import Coverage, covered
from workflows.actions.inbox import OpenForm
from workflows.actions.observations import look
from workflows.actions.play import Performance
from workflows.actions.scenarios import Scenario, parse
from workflows.actions.stage import Stage
from workflows.core.clock import BERLIN, SetClock
from workflows.core.errors import LotseError, NotFound
from workflows.core.tx import SYSTEM, Actor, Tx, transaction
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral
from workflows.engine import definitions, drafts
from workflows.engine.bundle import Bundle
from workflows.engine.definition import Definition
from workflows.engine.drafts import Draft
from workflows.engine.messages import Subscription
from workflows.engine.tasks import Task
from workflows.operators import catalogue

FOLDER = "scenarios"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open task of the trial: who may do it (a name scenarios know), about which office, and its form."""

    task_id: int
    element_id: str
    name: str
    by: str
    about: str
    opened: OpenForm


@dataclass(frozen=True, slots=True)
class Awaited:
    """A message the trial waits for: its name, about whom, and what the diagram calls that place."""

    message: str
    about: str
    name: str


@dataclass(slots=True)
class Trial:
    """Where a trial stands after its steps; ``current`` and ``visited`` are element ids of the draft's process.

    ``names`` say what the diagrams call elements, and the places that wait for a message, by the message's name.
    """

    scenario: Scenario
    performance: Performance
    at: datetime
    waiting: list[Waiting] = field(default_factory=list)
    awaited: list[Awaited] = field(default_factory=list)
    current: tuple[str, ...] = ()
    visited: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    coverage: Coverage | None = None


@contextmanager
def rehearsal(tx: Tx, bundle: Bundle) -> Iterator[sessionmaker[Session]]:
    """Sessions whose every commit is undone at the end; the draft is what starts new cases in them.

    They have a connection of their own, so the caller must not have written yet: on SQLite one waits for the other.
    """
    engine = tx.session.get_bind()
    assert isinstance(engine, Engine)
    with engine.connect() as connection:
        outer = connection.begin()
        sessions = sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        try:
            with transaction(sessions(), SYSTEM, SetClock(tx.now), tx.settings) as inner:
                stage.call_people(inner)
                definitions.deploy(inner, bundle, catalogue(inner))
            yield sessions
        finally:
            outer.rollback()


def stories(tx: Tx, draft_id: int) -> dict[str, Scenario | LotseError]:
    """The scenarios kept with a draft by name, with what is wrong where one cannot be read; raises ``NotFound``."""
    return read_stories(drafts.scenarios_of(tx.session, workshop.draft(tx, draft_id)))


def read_stories(told: Mapping[str, bytes]) -> dict[str, Scenario | LotseError]:
    """Scenarios by name from their files by path; one that cannot be read stands there as its error."""
    found: dict[str, Scenario | LotseError] = {}
    for path, data in told.items():
        name = path.removeprefix(f"{FOLDER}/").removesuffix(".yaml")
        try:
            found[name] = parse(name, data)
        except LotseError as error:
            found[name] = error
    return found


def starts(tx: Tx, draft_id: int) -> tuple[str, ...]:
    """The start events of a draft's process, by id; none while its diagram cannot be read."""
    bundle = drafts.bundle_of(tx.session, workshop.draft(tx, draft_id))
    parsed = workshop.read(bundle).parsed
    is_there = parsed is not None and bundle.key in parsed.processes
    return tuple(each.id for each in parsed.starts(bundle.key)) if parsed is not None and is_there else ()


def play_all(tx: Tx, draft_id: int, language: str = "de") -> list[Performance]:
    """Play every scenario of a draft, told in a language.

    Raises ``BundleRefused`` if it has errors, ``LotseError`` for a broken story.
    """
    bundle = drafts.bundle_of(tx.session, workshop.draft(tx, draft_id))
    return play_stories(tx, bundle, stories(tx, draft_id).values(), language)


def play_stories(
    tx: Tx, bundle: Bundle, told: Iterable[Scenario | LotseError], language: str = "de"
) -> list[Performance]:
    """Play stories on a bundle that may be no draft yet; raises as ``play_all``."""
    performances = []
    for found in told:
        if isinstance(found, LotseError):
            raise found
        # One rehearsal for each: on SQLite it holds the write lock, so it must be short.
        with rehearsal(tx, bundle) as sessions:
            performances.append(play.perform(sessions, tx.settings, found, until=stage.soon(), language=language))
    return performances


def coverage(tx: Tx, draft_id: int, performances: Sequence[Performance]) -> Coverage:
    """The flows these performances took of all the draft's main process has, subprocesses included."""
    draft = workshop.draft(tx, draft_id)
    return _coverage(drafts.bundle_of(tx.session, draft), performances)


def _coverage(bundle: Bundle, performances: Sequence[Performance]) -> Coverage:
    parsed = workshop.read(bundle).parsed
    if parsed is None:
        return Coverage(0, 0, ())
    walked = frozenset().union(*(each.walked.get(bundle.key, frozenset()) for each in performances))
    return covered(parsed, walked)


def look_at(
    tx: Tx,
    draft_id: int,
    name: str,
    *,
    until: int | None = None,
    language: str = "de",
    typed: Mapping[str, Mapping[str, Any]] | None = None,
) -> Trial:
    """Play one scenario, or its first ``until`` steps, and see where it stands; ``typed`` fills forms by element id.

    Raises ``NotFound``, ``BundleRefused`` while the draft has errors, ``LotseError("scenario_unreadable")``.
    """
    draft = workshop.draft(tx, draft_id)
    bundle = drafts.bundle_of(tx.session, draft)
    story = story_of(tx, draft, name)
    if until is not None:
        story = _cut(story, until)
    seen: dict[str, Any] = {"at": datetime.combine(story.day, stage.BEGINNING, BERLIN)}

    def at_end(play_on: Stage) -> None:
        seen["waiting"] = _waiting(play_on, language, typed or {})
        seen["awaited"] = _awaited(play_on)
        seen["at"] = play_on.clock.now().astimezone(BERLIN)
        seen["current"], seen["visited"] = _marks(play_on, draft.process_key)
        seen["names"] = called.names(play_on, language)

    with rehearsal(tx, bundle) as sessions:
        performance = play.perform(sessions, tx.settings, story, at_end, until=stage.soon(), language=language)
    return Trial(story, performance, coverage=_coverage(bundle, [performance]), **seen)


def story_of(tx: Tx, draft: Draft, name: str) -> Scenario:
    """One scenario of a draft; raises ``NotFound``, ``LotseError("scenario_unreadable")``."""
    data = drafts.scenarios_of(tx.session, draft).get(path_of(name))
    if data is None:
        raise NotFound("not_found", kind="scenario")
    return parse(name, data)


def path_of(name: str) -> str:
    """Where a scenario of that name lies in the draft."""
    return f"{FOLDER}/{name}.yaml"


def _cut(story: Scenario, until: int) -> Scenario:
    return Scenario(**{**{each: getattr(story, each) for each in story.__slots__}, "steps": story.steps[:until]})


# -- what is to be seen ---------------------------------------------------------------------------------------------


def _waiting(play_on: Stage, language: str, typed: Mapping[str, Mapping[str, Any]]) -> list[Waiting]:
    found = []
    with play_on.begin() as tx:
        subjects = play_on.subjects(tx)
        open_tasks = select(Task).where(Task.subject.in_(subjects), Task.status == "open").order_by(Task.id)
        rows = list(tx.session.scalars(open_tasks))
        whose = [(task, *_whose(play_on, tx, task)) for task in rows]
    for task, by, about, actor in whose:
        with play_on.begin(actor) as tx:
            opened = inbox.open_form(tx, task.id, typed.get(task.element_id), language=language)
            found.append(Waiting(task.id, task.element_id, task.name, by, about, opened))
    return found


def _whose(play_on: Stage, tx: Tx, task: Task) -> tuple[str, str, Actor]:
    """Who does this task in the words of scenarios, about which office, and as whom it is opened here."""
    group = task.group_key or ""
    referral_id, about = _referral(tx, task.subject)
    if group.startswith("office:"):
        return "office", about, Actor("Anlaufstelle (Probe)", referral_id=referral_id)
    name = group.removeprefix("group:")
    return name, about, stage.person(tx, name if name != group else "coordination")


def _referral(tx: Tx, subject: str) -> tuple[int | None, str]:
    """The referral a task is about and the key of its office; nothing for what is about something else."""
    kind, _, number = subject.partition(":")
    if kind != "referral":
        return None, ""
    row = tx.session.get_one(Referral, int(number))
    return row.id, tx.session.get_one(Office, row.office_id).key


def _awaited(play_on: Stage) -> list[Awaited]:
    found: dict[tuple[str, str], Awaited] = {}
    with play_on.begin() as tx:
        about = {play_on.case(tx).reference: ""}
        about |= {row.key: office for office, row in play_on.referrals(tx).items()}
        about |= {row.key: "invitation" for row in play_on.invitations(tx)}
        about |= {subject: "application" for subject in play_on.subjects(tx) if subject.startswith("application:")}
        for instance in play_on.instances(tx):
            definition = definitions.load(tx.session, instance.version_id)
            waits = select(Subscription).where(Subscription.instance_id == instance.id).order_by(Subscription.id)
            for row in tx.session.scalars(waits):
                if row.correlation_key in about:
                    key = (row.name, about[row.correlation_key])
                    found.setdefault(key, Awaited(*key, definition.element_name(row.element_id)))
    return list(found.values())


def _marks(play_on: Stage, key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where the instances of the draft's process stand, and what they have passed."""
    current: set[str] = set()
    with play_on.begin() as tx:
        for instance in play_on.instances(tx):
            if instance.process_key == key:
                definition: Definition = definitions.load(tx.session, instance.version_id)
                current |= set(case_diagrams.waiting_elements(tx, instance, definition))
    return tuple(sorted(current)), tuple(sorted(set(look(play_on).path) - current))
