"""What process owners do with drafts: begin, change and check them, take them in and out as zips."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, union

from workflows import policy
from workflows.actions import received_files as received
from workflows.core.errors import NotFound
from workflows.core.tx import Tx
from workflows.domain import people
from workflows.engine import bundle as bundles
from workflows.engine import definitions, drafts, publications, stories
from workflows.engine.bundle import Bundle, BundleUnreadable
from workflows.engine.checks import check
from workflows.engine.comparison import Comparison, Lines, compare, compare_scenarios
from workflows.engine.content import Content, read_content
from workflows.engine.definitions import Edition, Process, Version
from workflows.engine.drafts import Change, Draft, DraftVisit, Stored
from workflows.engine.findings import Finding
from workflows.engine.normalise import Normalised
from workflows.engine.publications import Publication
from workflows.engine.state import Instance
from workflows.operators import FUNCTIONS, catalogue


@dataclass(frozen=True, slots=True)
class Overview:
    """One process as the workshop lists it; ``running`` counts cases by version number."""

    key: str
    name: str
    versions: Sequence[Version]
    running: Mapping[int, int]
    drafts: Sequence[Draft]
    publications: Sequence[Publication]

    @property
    def live(self) -> Version | None:
        """What starts new cases."""
        return next((each for each in self.versions if each.status == "active"), None)


def processes(tx: Tx) -> list[Overview]:
    """Every process by name, those that are only drafts too, with what is going on in it; raises ``NotAllowed``."""
    policy.require(tx, policy.BUNDLE_EDIT)
    keys = union(select(Process.key), select(Draft.process_key))
    return sorted((_overview(tx, key) for key in tx.session.scalars(keys)), key=lambda each: (each.name, each.key))


def process(tx: Tx, key: str) -> Overview:
    """One process with all its versions, the newest first; raises ``NotFound``."""
    policy.require(tx, policy.BUNDLE_EDIT)
    found = _overview(tx, key)
    if not found.versions and not found.drafts:
        raise NotFound("process_unknown", process=key)
    return found


def is_last(tx: Tx, key: str, number: int) -> bool:
    """Whether no other version of the process is in force: without this one it cannot begin any more."""
    return [each.number for each in process(tx, key).versions if each.status == "active"] == [number]


def _overview(tx: Tx, key: str) -> Overview:
    def of(model: type[Version] | type[Draft] | type[Publication]) -> Sequence[object]:
        return tx.session.scalars(select(model).where(model.process_key == key).order_by(model.id.desc())).all()

    running = tx.session.execute(
        select(Version.number, func.count())
        .join(Instance, Instance.version_id == Version.id)
        .where(Version.process_key == key, Instance.status == "running")
        .group_by(Version.number)
    )
    name = process_name(tx, key)
    return Overview(key, name, of(Version), dict(running.tuples().all()), of(Draft), of(Publication))  # type: ignore[arg-type]


def version_bundle(tx: Tx, key: str, number: int) -> Bundle:
    """What a version holds with its newest texts; raises ``NotFound``."""
    policy.require(tx, policy.BUNDLE_EDIT)
    files = tx.session.scalar(
        select(Edition.files)
        .join(Version, (Version.id == Edition.version_id) & (Version.patch == Edition.patch))
        .where(Version.process_key == key, Version.number == number)
    )
    if files is None:
        raise NotFound("version_unknown", process=key, number=number)
    return bundles.read(files)


def begin(tx: Tx, key: str, number: int | None = None) -> Draft:
    """A draft made from what is live, or from an earlier version to go back to it; raises ``NotFound``."""
    policy.require(tx, policy.BUNDLE_EDIT)
    live = definitions.newest_active(tx.session, key)
    wanted = number if number is not None else (live.number if live is not None else None)
    if wanted is None:
        raise NotFound("process_unknown", process=key)
    origin = "owner" if live is not None and wanted == live.number else "earlier"
    kept = stories.of_process(tx.session, key)
    return drafts.begin(tx, version_bundle(tx, key, wanted), base=live, origin=origin, scenarios=kept)


def draft(tx: Tx, draft_id: int) -> Draft:
    """One draft; raises ``NotFound``."""
    return policy.get(tx, policy.BUNDLE_EDIT, Draft, draft_id)


def files(tx: Tx, draft_id: int) -> dict[str, Stored]:
    """The files of a draft by path; raises ``NotFound``."""
    return drafts.files(tx.session, draft(tx, draft_id).id)


def bundle(tx: Tx, draft_id: int) -> Bundle:
    """What would be published of a draft; raises ``NotFound``."""
    return drafts.bundle_of(tx.session, draft(tx, draft_id))


def read(held: Bundle) -> Content:
    """Everything in a bundle, with what of it cannot be used."""
    return read_content(held, FUNCTIONS)


def differences(old: Bundle, new: Bundle) -> Comparison:
    """What one bundle does or says otherwise than another."""
    return compare(old, new, FUNCTIONS)


def scenario_differences(tx: Tx, draft_id: int) -> tuple[Lines, ...]:
    """What the draft's scenarios tell otherwise than those that are kept with the process."""
    held = draft(tx, draft_id)
    return compare_scenarios(stories.of_process(tx.session, held.process_key), drafts.scenarios_of(tx.session, held))


def apart(tx: Tx, draft_id: int, path: str, mine: bytes, read: int) -> tuple[Comparison, Comparison] | None:
    """What ``mine`` and what lies in the draft now each do otherwise than the revision both began from.

    None where that one was taken up by a later save of the same sitting: an older one would call theirs mine.
    """
    now = drafts.bundle_of(tx.session, draft(tx, draft_id))
    then = drafts.files(tx.session, draft_id, until=read).get(path)
    if then is None or then.revision != read:
        return None
    begun = _with(now, path, then.data)
    return differences(begun, _with(now, path, mine)), differences(begun, now)


def changed_since(tx: Tx, draft_id: int, path: str, read: int) -> Comparison | None:
    """What the draft does otherwise than the file said at the revision somebody read; None where there is no telling.

    Where that revision was taken up by a later save of the same sitting, what that whole sitting has changed.
    """
    now = drafts.bundle_of(tx.session, draft(tx, draft_id))
    then = drafts.files(tx.session, draft_id, until=read).get(path)
    return None if then is None or path not in now.files else differences(_with(now, path, then.data), now)


def _with(bundle: Bundle, path: str, data: bytes) -> Bundle:
    return Bundle(bundle.key, {**bundle.files, path: data})


def findings(tx: Tx, draft_id: int) -> list[Finding]:
    """What is wrong with a draft, errors first; raises ``NotFound``."""
    return check(drafts.bundle_of(tx.session, draft(tx, draft_id)), catalogue(tx))


def save(
    tx: Tx,
    draft_id: int,
    changed: Mapping[str, bytes | None],
    read: Mapping[str, int] | None = None,
    *,
    apart: bool = False,
) -> Draft:
    """Write files of a draft; raises as ``drafts.save``."""
    return drafts.save(tx, draft(tx, draft_id).id, changed, read, apart=apart)


def undo(tx: Tx, draft_id: int) -> Draft:
    """Take the latest change back; raises as ``drafts.undo``."""
    return drafts.undo(tx, draft(tx, draft_id).id)


def restore(tx: Tx, draft_id: int, revision: int) -> Draft:
    """Bring an earlier state back; raises as ``drafts.restore``."""
    return drafts.restore(tx, draft(tx, draft_id).id, revision)


def drop(tx: Tx, draft_id: int) -> Draft:
    """Give a draft up; raises as ``drafts.drop``."""
    return drafts.drop(tx, draft(tx, draft_id).id)


def catch_up(tx: Tx, draft_id: int) -> Draft:
    """Say that the draft is to replace what was published meanwhile; raises ``NotFound``, ``Conflict``."""
    found = draft(tx, draft_id)
    return drafts.rebase(tx, found.id, definitions.newest_active(tx.session, found.process_key))


def groups(tx: Tx) -> Mapping[str, str]:
    """The groups a diagram may hand a task to, by key."""
    return people.group_names(tx.session)


def visit(tx: Tx, draft_id: int, path: str) -> Sequence[DraftVisit]:
    """Show oneself at a draft; gives who else is there."""
    return drafts.visit(tx, draft(tx, draft_id).id, path[:200])


def take_in(tx: Tx, data: bytes, name: str = "") -> tuple[Draft, tuple[Finding, ...]]:
    """A zip becomes a draft of its process, whatever is wrong in it; gives what was rewritten on the way.

    A diagram alone is a process called like its file, ``name``. Raises ``BundleUnreadable`` for what is neither.
    """
    policy.require(tx, policy.BUNDLE_EDIT)
    if name and (alone := received.diagram_alone(name, data)) is not None:
        found = received.settled(alone)
        return begin_with(tx, found.bundle, stories.of_process(tx.session, alone.key)), found.changes
    found, told = unpacked(tx, data)
    return begin_with(tx, found.bundle, told), found.changes


def unpacked(tx: Tx, data: bytes) -> tuple[Normalised, dict[str, bytes]]:
    """What a zip holds, brought into the dialect, and its scenarios beside those the process has already."""
    policy.require(tx, policy.BUNDLE_EDIT)
    found = received.settled(bundles.read(data))
    return found, {**stories.of_process(tx.session, found.bundle.key), **bundles.beside(data, bundles.SCENARIO)}


def begin_with(tx: Tx, held: Bundle, told: Mapping[str, bytes]) -> Draft:
    """A draft of what was unpacked."""
    live = definitions.newest_active(tx.session, held.key)
    return drafts.begin(tx, held, base=live, origin="import", scenarios=told)


def take_in_file(tx: Tx, draft_id: int, name: str, data: bytes) -> tuple[Draft, tuple[Finding, ...]]:
    """One file from elsewhere replaces that of the same name, or is added; a diagram is brought into the dialect first.

    Raises ``BundleUnreadable`` for a file no bundle holds, otherwise as ``drafts.save``.
    """
    found = draft(tx, draft_id)
    held = drafts.bundle_of(tx.session, found)
    path = next((each for each in held.files if each.rpartition("/")[2] == name), name)
    if not bundles.is_run_time(path):
        raise BundleUnreadable("not_in_a_bundle", file=name[:100])
    normal = received.settled(Bundle(held.key, {**held.files, path: data}))
    changes = tuple(each for each in normal.changes if each.file == path)
    return drafts.save(tx, found.id, {path: normal.bundle.files[path]}), changes


def export(tx: Tx, draft_id: int) -> bytes:
    """A draft as a zip, scenarios included, as a folder of the house looks."""
    found = draft(tx, draft_id)
    return with_stories(drafts.bundle_of(tx.session, found), drafts.scenarios_of(tx.session, found))


def export_version(tx: Tx, key: str, number: int) -> bytes:
    """A version as a zip with the scenarios of its process; raises ``NotFound``."""
    return with_stories(version_bundle(tx, key, number), stories.of_process(tx.session, key))


def with_stories(held: Bundle, told: Mapping[str, bytes]) -> bytes:
    """The zip of a bundle and its scenarios, the same bytes for the same content."""
    every = {**held.files, **told}
    return Bundle(held.key, {path: every[path] for path in sorted(every)}).frozen()


def history(tx: Tx, draft_id: int) -> list[Change]:
    """What was changed in a draft, by whom, the newest first; raises ``NotFound``."""
    return drafts.history(tx.session, draft(tx, draft_id).id)


def sent_back(tx: Tx, draft_id: int) -> Publication | None:
    """The newest proposal of a draft if it was refused: by a second person, or by its day; raises ``NotFound``."""
    asked = select(Publication).where(Publication.draft_id == draft(tx, draft_id).id)
    newest = tx.session.scalar(asked.order_by(Publication.id.desc()).limit(1))
    return newest if newest is not None and newest.status == "refused" else None


def process_name(tx: Tx, key: str) -> str:
    """What people call a process; the key of one that was never published."""
    row = tx.session.get(Process, key)
    return key if row is None else row.name


def is_behind(tx: Tx, found: Draft) -> bool:
    """Whether the process was published otherwise since the draft was made."""
    live = definitions.newest_active(tx.session, found.process_key)
    return live is not None and live.id != found.base_version_id


def proposal_of(tx: Tx, draft_id: int) -> Publication | None:
    """The newest proposal to publish a draft."""
    newest = select(Publication).where(Publication.draft_id == draft_id).order_by(Publication.id.desc()).limit(1)
    return tx.session.scalar(newest)


def version_of(tx: Tx, asked: Publication) -> Version | None:
    """What became of a proposal, or the version it would retire."""
    return None if asked.version_id is None else tx.session.get(Version, asked.version_id)


def publication(tx: Tx, publication_id: int) -> Publication:
    """One proposal; raises ``NotFound``."""
    return policy.get(tx, policy.BUNDLE_EDIT, publications.Publication, publication_id)
