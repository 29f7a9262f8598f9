"""Timers of our own: the due moment is computed when the element is entered and found by an index."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CheckConstraint, CursorResult, ForeignKey, Index, String, Text, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.engine import messages
from workflows.engine.state import Instance

WAITING = text("status = 'waiting'")
FAILING = text("status = 'waiting' AND attempts > 0")
"""Timers whose firing has failed; an index of its own holds these few among all that wait."""


class Timer(Base):
    """One moment something waits for: a token of an instance, or the next timed start of ``process_key``.

    ``token`` is the engine's token that a firing wakes; a timed start has no instance, its token counts
    its turns (``engine.starts``);
    ``attempts`` and ``error`` tell of firings that failed.
    """

    __tablename__ = "timer"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'fired', 'cancelled')", name="status"),
        Index("ix_timer_waiting_due", "due_at", "id", postgresql_where=WAITING, sqlite_where=WAITING),
        Index("ix_timer_failing", "id", postgresql_where=FAILING, sqlite_where=FAILING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    process_key: Mapped[str | None] = mapped_column(String(100), index=True)
    token: Mapped[str] = mapped_column(String(32))
    element_id: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)


def next_due(tx: Tx, skip: Collection[int] = ()) -> int | None:
    """The timer that has been due longest, claimed for this transaction where the database can (PostgreSQL).

    What is locked is the instance: a person's step locks the instance first and its timers after it, and two who lock
    in different order stop each other. Timed starts have no instance and come last. Silence is concluded from only
    after everything that was said has been heard: timers of an instance for which a message lies ready come after it.
    """
    due = (
        select(Timer.id)
        .where(Timer.status == "waiting", Timer.due_at <= tx.now, Timer.id.not_in(skip))
        .order_by(Timer.due_at, Timer.id)
        .limit(1)
    )
    inside = due.join(Instance, Instance.id == Timer.instance_id).where(~messages.lies_ready(tx, Timer.instance_id))
    found = tx.session.scalar(inside.with_for_update(of=Instance, skip_locked=True, key_share=True))
    if found is not None:
        return found
    return tx.session.scalar(due.where(Timer.instance_id.is_(None)).with_for_update(skip_locked=True))


def waiting(tx: Tx, timer_id: int) -> Timer:
    """A timer that has not fired yet; raises ``NotFound``, ``Conflict("timer_over")``."""
    timer = tx.session.get(Timer, timer_id, populate_existing=True)
    if timer is None:
        raise NotFound("not_found", kind="timer")
    if timer.status != "waiting":
        raise Conflict("timer_over", status=timer.status)
    return timer


def claim(tx: Tx, timer_id: int) -> Timer:
    """Mark a timer as fired in one conditional statement; raises ``Conflict("timer_over")``."""
    found = tx.session.execute(
        update(Timer).where(Timer.id == timer_id, Timer.status == "waiting").values(status="fired"),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(found, CursorResult)
    timer = tx.session.get_one(Timer, timer_id, populate_existing=True)
    if found.rowcount != 1:
        raise Conflict("timer_over", status=timer.status)
    return timer


def failed(tx: Tx, timer_id: int, error: str) -> None:
    """Count a firing that failed; call in a transaction of its own after the failed one was rolled back."""
    tx.session.execute(
        update(Timer).where(Timer.id == timer_id).values(attempts=Timer.attempts + 1, error=error[:1000]),
        execution_options={"synchronize_session": False},
    )
