"""The open and closed tasks of people: a projection of the engine's waiting user tasks."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base, TypedJson

OPEN = text("status = 'open'")


class Task(Base):
    """One task for a person; rows are never deleted, so that a late second completion can be told who was first.

    ``token`` is the engine's token (32 hex digits), unique per visit of the element. ``draft`` is what was typed and
    not sent yet, ``values`` what was sent; ``revision`` counts saved drafts. Priority 0-100, 50 is normal.
    """

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'done', 'cancelled')", name="status"),
        Index("ix_task_open_group", "group_key", "due_at", postgresql_where=OPEN, sqlite_where=OPEN),
        Index("ix_task_open_assignee", "assignee_id", "due_at", postgresql_where=OPEN, sqlite_where=OPEN),
        Index("ix_task_open_due", "due_at", "id", postgresql_where=OPEN, sqlite_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), index=True)
    token: Mapped[str] = mapped_column(String(32))
    element_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(Text)
    process_key: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(100), index=True)
    group_key: Mapped[str | None] = mapped_column(String(100))
    assignee_id: Mapped[int | None]
    form_id: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10), default="open")
    priority: Mapped[int] = mapped_column(default=50)
    due_at: Mapped[datetime | None]
    follow_up_on: Mapped[date | None]
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(200))
    done_by_id: Mapped[int | None]
    values: Mapped[dict[str, Any] | None] = mapped_column(TypedJson)
    draft: Mapped[dict[str, Any] | None] = mapped_column(TypedJson)
    draft_at: Mapped[datetime | None]
    draft_by: Mapped[str | None] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(default=0)
