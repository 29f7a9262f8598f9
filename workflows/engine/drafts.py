"""Drafts of bundles: what a process owner changes before it is published, file by file, with its whole history.

A draft never loses a state: every save is a new revision of the draft, and each file keeps what it held in each of
them. Quick saves of one person to one file within a few minutes are one revision, or the history could not be read;
what somebody else has looked at stays one of its own: it is what they change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint, exists, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit
from workflows.core.db import Base, upsert
from workflows.core.errors import Conflict, NotFound
from workflows.core.sizes import size_text
from workflows.core.tx import Tx
from workflows.engine.bundle import (
    LARGEST_MEMBER,
    MOST_BYTES,
    MOST_MEMBERS,
    SCENARIO,
    Bundle,
    BundleUnreadable,
    is_run_time,
)
from workflows.engine.definitions import Version

ONE_SITTING = timedelta(minutes=5)
"""Saves that follow each other faster are one revision."""

PRESENT_FOR = timedelta(minutes=2)
"""How long after the last sign of life somebody counts as being at a draft."""

OPEN = "open"


class Draft(Base):
    """A bundle being changed; ``origin`` says whether an owner began it, the house delivered it, or what else.

    ``sha256`` is that of the bundle it began with, ``base_version_id`` the version it was made from.
    """

    __tablename__ = "draft"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'submitted', 'published', 'dropped')", name="status"),
        CheckConstraint("origin IN ('owner', 'delivered', 'earlier', 'import')", name="origin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    process_key: Mapped[str] = mapped_column(String(100), index=True)
    base_version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    origin: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(10), default=OPEN)
    revision: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(200))


class DraftFile(Base):
    """One file of a draft as a revision left it; ``data`` is None when that revision removed it."""

    __tablename__ = "draft_file"
    __table_args__ = (UniqueConstraint("draft_id", "path", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"))
    path: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int]
    data: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_by_id: Mapped[int | None]


class DraftVisit(Base):
    """Who has a draft open, and which part of it."""

    __tablename__ = "draft_visit"

    draft_id: Mapped[int] = mapped_column(ForeignKey("draft.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(200))
    seen_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Stored:
    """One file as it is now, and the revision that left it so: what a later save has to start from."""

    data: bytes
    revision: int


@dataclass(frozen=True, slots=True)
class Change:
    """One revision in the history: which files it touched, who, when."""

    revision: int
    paths: tuple[str, ...]
    by: str
    at: datetime


def begin(
    tx: Tx, bundle: Bundle, *, base: Version | None, origin: str = "owner", scenarios: Mapping[str, bytes] | None = None
) -> Draft:
    """A new draft that holds a bundle and its scenarios as revision 0."""
    draft = Draft(
        process_key=bundle.key,
        base_version_id=None if base is None else base.id,
        origin=origin,
        status=OPEN,
        revision=0,
        sha256=bundle.sha256,
        created_at=tx.now,
        created_by=tx.actor.label,
        changed_at=tx.now,
        changed_by=tx.actor.label,
    )
    tx.session.add(draft)
    tx.session.flush()
    _write(tx, draft, {**bundle.files, **(scenarios or {})})
    audit.record(tx, "system", "draft.begun", f"process:{bundle.key}", {"draft": draft.id, "origin": origin})
    return draft


def files(session: Session, draft_id: int, *, until: int | None = None) -> dict[str, Stored]:
    """The files of a draft by path as they are, or as they were after revision ``until``."""
    newest = select(DraftFile.path, func.max(DraftFile.revision).label("revision")).where(
        DraftFile.draft_id == draft_id
    )
    if until is not None:
        newest = newest.where(DraftFile.revision <= until)
    latest = newest.group_by(DraftFile.path).subquery()
    rows = session.execute(
        select(DraftFile.path, DraftFile.data, DraftFile.revision)
        .join(latest, (latest.c.path == DraftFile.path) & (latest.c.revision == DraftFile.revision))
        .where(DraftFile.draft_id == draft_id)
        .order_by(DraftFile.path)
    )
    return {path: Stored(data, revision) for path, data, revision in rows if data is not None}


def bundle_of(session: Session, draft: Draft) -> Bundle:
    """What would be published: the run-time files, without scenarios."""
    held = files(session, draft.id)
    return Bundle(draft.process_key, {path: held[path].data for path in sorted(held) if is_run_time(path)})


def scenarios_of(session: Session, draft: Draft) -> dict[str, bytes]:
    """The scenarios kept with the draft, by path."""
    return {path: each.data for path, each in files(session, draft.id).items() if SCENARIO.fullmatch(path)}


def save(
    tx: Tx,
    draft_id: int,
    changed: Mapping[str, bytes | None],
    read: Mapping[str, int] | None = None,
    *,
    apart: bool = False,
) -> Draft:
    """Write files, None removing one; ``read`` names the revision of each that the change was made from.

    ``apart`` keeps this save a revision of its own, however quickly it follows.

    Raises ``NotFound``; ``Conflict("draft_closed")`` once it is submitted; ``Conflict("draft_moved", path=, by=, at=)``
    when somebody else saved one of these files meanwhile; ``BundleUnreadable`` for what no bundle can hold.
    """
    draft = unmoved(tx, draft_id, {path: revision for path, revision in (read or {}).items() if path in changed})
    held = files(tx.session, draft_id)
    real = {path: data for path, data in changed.items() if data != (held[path].data if path in held else None)}
    if not real:
        return draft
    _refuse_unusable(held, real)
    draft.revision += 1
    draft.changed_at, draft.changed_by = tx.now, tx.actor.label
    _write(tx, draft, real, apart=apart)
    return draft


def unmoved(tx: Tx, draft_id: int, read: Mapping[str, int]) -> Draft:
    """The draft, locked, as long as these files are what they were at the revisions named; raises as ``save``."""
    draft = opened(tx, draft_id)
    held = files(tx.session, draft_id) if read else {}
    for path, revision in read.items():
        if path in held and held[path].revision != revision:
            raise _moved(tx.session, draft_id, path, held[path].revision)
    return draft


def _moved(session: Session, draft_id: int, path: str, revision: int) -> Conflict:
    row = session.execute(
        select(DraftFile.changed_by, DraftFile.changed_at).where(
            DraftFile.draft_id == draft_id, DraftFile.path == path, DraftFile.revision == revision
        )
    ).one()
    return Conflict("draft_moved", path=path, by=row[0], at=row[1], revision=revision)


def _refuse_unusable(held: Mapping[str, Stored], changed: Mapping[str, bytes | None]) -> None:
    """The bounds of a bundle hold for a draft, too, or it could never be published."""
    for path, data in changed.items():
        if data is not None and not (is_run_time(path) or SCENARIO.fullmatch(path)):
            raise BundleUnreadable("not_in_a_bundle", file=path[:100])
        if data is not None and len(data) > LARGEST_MEMBER:
            raise BundleUnreadable("file_too_large", file=path, max=size_text(LARGEST_MEMBER))
    sizes = {path: len(each.data) for path, each in held.items()}
    sizes |= {path: len(data or b"") for path, data in changed.items()}
    if len(sizes) > MOST_MEMBERS or sum(sizes.values()) > MOST_BYTES:
        raise BundleUnreadable("bundle_too_large", max=size_text(MOST_BYTES))


def _write(tx: Tx, draft: Draft, changed: Mapping[str, bytes | None], *, apart: bool = True) -> None:
    for path, data in changed.items():
        row = None if apart else _of_this_sitting(tx, draft, path)
        if row is None:
            row = DraftFile(draft_id=draft.id, path=path, changed_by=tx.actor.label, changed_by_id=tx.actor.user_id)
            tx.session.add(row)
        row.revision, row.data, row.changed_at = draft.revision, data, tx.now
    tx.session.flush()


def _of_this_sitting(tx: Tx, draft: Draft, path: str) -> DraftFile | None:
    """The newest row of that file, if the same person wrote it just now and nobody wrote or saw anything since."""
    if draft.revision < 2:  # revision 0 is what the draft began with, and stays
        return None
    seen_by_others = exists().where(
        DraftVisit.draft_id == draft.id,
        DraftVisit.user_id != (tx.actor.user_id or 0),
        DraftVisit.seen_at >= DraftFile.changed_at,
    )
    return tx.session.scalar(
        select(DraftFile).where(
            DraftFile.draft_id == draft.id,
            DraftFile.path == path,
            DraftFile.revision == draft.revision - 1,
            DraftFile.changed_by_id == tx.actor.user_id,
            DraftFile.changed_at > tx.now - ONE_SITTING,
            ~seen_by_others,
        )
    )


def history(session: Session, draft_id: int) -> list[Change]:
    """Every revision still told apart, the newest first."""
    rows = session.execute(
        select(DraftFile.revision, DraftFile.path, DraftFile.changed_by, DraftFile.changed_at)
        .where(DraftFile.draft_id == draft_id)
        .order_by(DraftFile.revision.desc(), DraftFile.path)
    ).all()
    by_revision: dict[int, Change] = {}
    for revision, path, by, at in rows:
        before = by_revision.get(revision)
        by_revision[revision] = Change(revision, (*(before.paths if before else ()), path), by, at)
    return list(by_revision.values())


def restore(tx: Tx, draft_id: int, revision: int) -> Draft:
    """Bring the draft back to what it was after ``revision``, as a new revision; raises as ``save``."""
    then, now = files(tx.session, draft_id, until=revision), files(tx.session, draft_id)
    if not then:
        raise NotFound("not_found", kind="revision")
    return save(tx, draft_id, {path: then[path].data if path in then else None for path in {*then, *now}}, apart=True)


def undo(tx: Tx, draft_id: int) -> Draft:
    """Take the latest revision back; raises ``Conflict("nothing_to_undo")`` at the beginning."""
    told = [change.revision for change in history(tx.session, draft_id)]
    if len(told) < 2:
        raise Conflict("nothing_to_undo")
    return restore(tx, draft_id, told[1])


def rebase(tx: Tx, draft_id: int, version: Version | None) -> Draft:
    """Let the draft replace this version; raises ``Conflict("draft_closed")``."""
    draft = opened(tx, draft_id)
    draft.base_version_id = None if version is None else version.id
    return draft


def opened(tx: Tx, draft_id: int) -> Draft:
    """The draft, locked, while it may still be changed; raises ``NotFound``, ``Conflict("draft_closed")``."""
    draft = tx.locked(Draft, draft_id)
    if draft.status != OPEN:
        raise Conflict("draft_closed")
    return draft


def drop(tx: Tx, draft_id: int) -> Draft:
    """Give a draft up; it stays readable. Raises ``Conflict("draft_closed")``."""
    draft = opened(tx, draft_id)
    draft.status = "dropped"
    audit.record(tx, "system", "draft.dropped", f"process:{draft.process_key}", {"draft": draft.id})
    return draft


def authors(session: Session, draft_id: int) -> frozenset[int | None]:
    """The accounts of everybody who changed something in it."""
    return frozenset(
        session.scalars(
            select(DraftFile.changed_by_id).where(DraftFile.draft_id == draft_id, DraftFile.revision > 0).distinct()
        )
    )


def visit(tx: Tx, draft_id: int, path: str) -> Sequence[DraftVisit]:
    """Note that the actor has this part open; gives who else is at the draft now."""
    if tx.actor.user_id is not None:
        row = upsert(tx.session, DraftVisit).values(
            draft_id=draft_id, user_id=tx.actor.user_id, name=tx.actor.label, path=path, seen_at=tx.now
        )
        seen = {"name": tx.actor.label, "path": path, "seen_at": tx.now}
        tx.session.execute(row.on_conflict_do_update(index_elements=["draft_id", "user_id"], set_=seen))
    others = select(DraftVisit).where(
        DraftVisit.draft_id == draft_id,
        DraftVisit.user_id != (tx.actor.user_id or 0),
        DraftVisit.seen_at > tx.now - PRESENT_FOR,
    )
    return tx.session.scalars(others.order_by(DraftVisit.name)).all()
