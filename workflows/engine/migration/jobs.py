"""Moving many cases in the background: one job, one row per case, each moved in a transaction of its own.

What a row says is what has happened; a worker that dies leaves the rest planned, and any number may share it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, func, insert, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base, TypedJson
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.engine import definitions
from workflows.engine.definitions import Version
from workflows.engine.migration.moving import Earlier, move, undo
from workflows.engine.migration.planning import CHANGED
from workflows.engine.run import Engine
from workflows.engine.state import Instance

PLANNED, MOVED, RETURNING = "planned", "moved", "returning"
TO_DO = (PLANNED, RETURNING)
OPEN = text("outcome IN ('planned', 'returning')")


class MigrationJob(Base):
    """The wish of one person to move what runs of a process to one version.

    ``names`` maps ids of elements of older versions to those of the new one; ``closed_at`` is when the earlier states
    were forgotten, so that nothing can be taken back any more.
    """

    __tablename__ = "migration_job"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_key: Mapped[str] = mapped_column(String(100), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    names: Mapped[dict[str, str]] = mapped_column(TypedJson)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200))
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[str | None] = mapped_column(String(200))
    closed_at: Mapped[datetime | None]


class MigrationItem(Base):
    """One case of a job: what became of it and why.

    ``from_version_id`` is what it was pinned to; ``reasons`` are codes with their elements; ``revision`` is the
    instance's after the move; ``state``, ``variables`` and ``open_rows`` are what it was before, until it has gone on
    or the job is closed.
    """

    __tablename__ = "migration_item"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('planned', 'moved', 'refused', 'unchanged', 'ended', 'failed', "
            "'returning', 'undone', 'gone_on')",
            name="outcome",
        ),
        Index("ix_migration_item_to_do", "id", postgresql_where=OPEN, sqlite_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("migration_job.id"), index=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), index=True)
    from_version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    outcome: Mapped[str] = mapped_column(String(10), default=PLANNED)
    reasons: Mapped[list[dict[str, str]] | None] = mapped_column(TypedJson)
    error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]
    revision: Mapped[int | None]
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
    variables: Mapped[dict[str, dict[str, Any]] | None] = mapped_column(TypedJson)
    open_rows: Mapped[dict[str, list[dict[str, Any]]] | None] = mapped_column(TypedJson)


_OPTIONS = {"synchronize_session": False}


def begin(tx: Tx, target: Version, names: Mapping[str, str], chosen: Collection[int] | None = None) -> MigrationJob:
    """Plan every running case of other versions of that process, or the chosen ones of them.

    Raises ``Conflict("migration_running")`` while another job of the process is not done,
    ``Conflict("version_retired")``.
    """
    tx.locked(definitions.Process, target.process_key)
    if target.status != "active":
        raise Conflict("version_retired", process=target.process_key, number=target.number)
    if is_running(tx, target.process_key):
        raise Conflict("migration_running", process=target.process_key)
    job = MigrationJob(
        process_key=target.process_key,
        version_id=target.id,
        names=dict(names),
        created_at=tx.now,
        created_by=tx.actor.label,
    )
    tx.session.add(job)
    tx.session.flush()
    query = select(Instance.id, Instance.version_id).where(
        Instance.process_key == target.process_key, Instance.status == "running", Instance.version_id != target.id
    )
    if chosen is not None:
        query = query.where(Instance.id.in_(chosen))
    planned = [
        {"job_id": job.id, "instance_id": instance_id, "from_version_id": version_id, "outcome": PLANNED}
        for instance_id, version_id in tx.session.execute(query.order_by(Instance.id))
    ]
    if planned:
        tx.session.execute(insert(MigrationItem), planned)
    return job


def is_running(tx: Tx, process_key: str) -> bool:
    """Whether a job of the process has something left to do."""
    left = select(MigrationItem.id).join(MigrationJob, MigrationJob.id == MigrationItem.job_id)
    query = left.where(MigrationJob.process_key == process_key, MigrationItem.outcome.in_(TO_DO)).limit(1)
    return tx.session.scalar(query) is not None


def take_back(tx: Tx, job_id: int) -> MigrationJob:
    """Let everything the job has moved go back.

    Raises ``NotFound``, ``Conflict``: ``migration_running`` while it moves, ``migration_closed``.
    """
    job = tx.locked(MigrationJob, job_id)
    if job.closed_at is not None or job.taken_back_at is not None:
        raise Conflict("migration_closed", job=job_id)
    if is_running(tx, job.process_key):
        raise Conflict("migration_running", process=job.process_key)
    job.taken_back_at, job.taken_back_by = tx.now, tx.actor.label
    moved = update(MigrationItem).where(MigrationItem.job_id == job_id, MigrationItem.outcome == MOVED)
    tx.session.execute(moved.values(outcome=RETURNING), execution_options=_OPTIONS)
    return job


def counts(tx: Tx, job_id: int) -> dict[str, int]:
    """How many cases of a job came to which outcome."""
    query = select(MigrationItem.outcome, func.count()).where(MigrationItem.job_id == job_id)
    return dict(tx.session.execute(query.group_by(MigrationItem.outcome)).tuples().all())


def next_due(tx: Tx, skip: Collection[int] = ()) -> int | None:
    """The next case to move or to put back, its instance locked for this transaction where the database can."""
    return tx.session.scalar(
        select(MigrationItem.id)
        .join(Instance, Instance.id == MigrationItem.instance_id)
        .where(MigrationItem.outcome.in_(TO_DO), MigrationItem.id.not_in(skip))
        .order_by(MigrationItem.id)
        .limit(1)
        .with_for_update(of=Instance, skip_locked=True, key_share=True)
    )


def do(tx: Tx, engine: Engine, item_id: int) -> MigrationItem | None:
    """Move or put back one case; None when another worker was faster."""
    item = tx.session.get(MigrationItem, item_id)
    if item is None:
        raise NotFound("not_found", kind="migration_item")
    # The instance before its item, like everybody else, or two would wait for each other.
    tx.locked(Instance, item.instance_id)
    item = tx.locked(MigrationItem, item_id)
    work = {PLANNED: _move, RETURNING: _return}.get(item.outcome)
    if work is None:
        return None
    try:
        work(tx, engine, item)
    except Conflict as conflict:
        item.outcome = {"instance_ended": "ended", "instance_moved_on": "gone_on"}.get(conflict.code, "")
        if not item.outcome:
            raise
        _forget(item)
    item.done_at = tx.now
    return item


def _move(tx: Tx, engine: Engine, item: MigrationItem) -> None:
    job = tx.session.get_one(MigrationJob, item.job_id)
    verdict, earlier = move(tx, engine, item.instance_id, definitions.load(tx.session, job.version_id), job.names)
    item.outcome = MOVED if verdict.outcome == CHANGED else verdict.outcome
    item.reasons = [{"code": each.code, "element": each.element, "name": each.name} for each in verdict.reasons]
    if earlier is not None:
        item.from_version_id, item.revision = earlier.version_id, earlier.revision
        item.state, item.variables, item.open_rows = earlier.state, earlier.variables, earlier.rows


def _return(tx: Tx, _engine: Engine, item: MigrationItem) -> None:
    if item.state is None or item.variables is None or item.open_rows is None or item.revision is None:
        raise Conflict("instance_moved_on", instance=item.instance_id)
    earlier = Earlier(item.from_version_id, item.state, item.variables, item.open_rows, item.revision)
    undo(tx, item.instance_id, earlier)
    item.outcome = "undone"
    _forget(item)


def _forget(item: MigrationItem) -> None:
    item.state = item.variables = item.open_rows = None


def failed(tx: Tx, item_id: int, error: str) -> None:
    """Leave a case as it is and say why; call in a transaction of its own after the failed one was rolled back."""
    mine = update(MigrationItem).where(MigrationItem.id == item_id, MigrationItem.outcome.in_(TO_DO))
    values = {"outcome": "failed", "error": error[:1000], "done_at": tx.now}
    tx.session.execute(mine.values(values), execution_options=_OPTIONS)


def close(tx: Tx, job_id: int) -> MigrationJob:
    """Forget what the cases were before; from now on nothing can be taken back. Raises ``NotFound``, ``Conflict``."""
    job = tx.locked(MigrationJob, job_id)
    if job.closed_at is not None:
        raise Conflict("migration_closed", job=job_id)
    if is_running(tx, job.process_key):
        raise Conflict("migration_running", process=job.process_key)
    job.closed_at = tx.now
    _forget_where(tx, MigrationItem.job_id == job_id)
    return job


def tidy(tx: Tx) -> None:
    """Forget what cases were before that have gone on since: they cannot go back any more."""
    same = select(Instance.id).where(Instance.status == "running", Instance.revision == MigrationItem.revision)
    gone_on = ~same.where(Instance.id == MigrationItem.instance_id).exists()
    _forget_where(tx, MigrationItem.outcome == MOVED, MigrationItem.state.is_not(None), gone_on)


def _forget_where(tx: Tx, *which: Any) -> None:
    forgotten = update(MigrationItem).where(*which).values(state=None, variables=None, open_rows=None)
    tx.session.execute(forgotten, execution_options=_OPTIONS)
