"""Timers of our own: the due moment is computed when the element is entered and found by an index."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base

WAITING = text("status = 'waiting'")


class Timer(Base):
    """One moment something waits for: a token of an instance, or the next timed start of ``process_key``.

    ``token`` is the engine's token that a firing wakes; a timed start has no instance and an empty token.
    """

    __tablename__ = "timer"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'fired', 'cancelled')", name="status"),
        Index("ix_timer_waiting_due", "due_at", "id", postgresql_where=WAITING, sqlite_where=WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    process_key: Mapped[str | None] = mapped_column(String(100), index=True)
    token: Mapped[str] = mapped_column(String(32))
    element_id: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(10), default="waiting")
