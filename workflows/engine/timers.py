"""Timers of our own: the due moment is computed when the element is entered and found by an index."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base

WAITING = text("status = 'waiting'")


class Timer(Base):
    """One moment an instance waits for; ``token`` is the engine's token that a firing wakes."""

    __tablename__ = "timer"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'fired', 'cancelled')", name="status"),
        Index("ix_timer_waiting_due", "due_at", "id", postgresql_where=WAITING, sqlite_where=WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), index=True)
    token: Mapped[str] = mapped_column(String(32))
    element_id: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(10), default="waiting")
