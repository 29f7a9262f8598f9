"""The open and closed tasks of people: a projection of the engine's waiting user tasks."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NoReturn

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    CursorResult,
    ForeignKey,
    Index,
    Result,
    String,
    Text,
    or_,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base, TypedJson
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.engine.events import Event

OPEN = text("status = 'open'")
UNTOLD = text("status = 'open' AND told_at IS NULL")

NORMAL = 50
"""The priority of a task nobody has called urgent or not."""

# Every list of open tasks walks one of these in the order of the due dates.
_INDEXES = {
    "ix_task_open_group": ("group_key", "due_at", "id"),
    "ix_task_open_assignee": ("assignee_id", "due_at", "id"),
    "ix_task_open_due": ("due_at", "id"),
    "ix_task_open_follow_up": ("follow_up_on",),
}


class Task(Base):
    """One task for a person; rows are never deleted, so that a late second completion can be told who was first.

    ``token`` is the engine's token (32 hex digits), unique per visit of the element. ``draft`` is what was typed and
    not sent yet, ``values`` what was sent; ``revision`` counts saved drafts. Priority 0-100, 50 is normal. Until
    ``follow_up_on`` the task is put off (Wiedervorlage). ``is_shared`` tasks may also be done by whoever their subject
    is about. ``told_at`` is when those who want to know at once were told.
    """

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'done', 'cancelled')", name="status"),
        *(Index(name, *columns, postgresql_where=OPEN, sqlite_where=OPEN) for name, columns in _INDEXES.items()),
        Index("ix_task_untold", "group_key", "created_at", postgresql_where=UNTOLD, sqlite_where=UNTOLD),
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
    is_shared: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(10), default="open")
    priority: Mapped[int] = mapped_column(default=NORMAL)
    due_at: Mapped[datetime | None]
    follow_up_on: Mapped[date | None]
    created_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(String(200))
    done_by_id: Mapped[int | None]
    values: Mapped[dict[str, Any] | None] = mapped_column(TypedJson)
    draft: Mapped[dict[str, Any] | None] = mapped_column(TypedJson)
    draft_at: Mapped[datetime | None]
    draft_by: Mapped[str | None] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(default=0)


def claim(tx: Tx, task_id: int, user_id: int) -> Task:
    """Take an open task for a person; raises ``Conflict("task_claimed", by=…)`` when somebody else has it."""
    return _change(tx, task_id, _free_for(user_id), {"assignee_id": user_id, "claimed_at": tx.now}, "task.claimed")


def release(tx: Tx, task_id: int, *, held_by: int | None) -> Task:
    """Give a task back to its group; raises ``Conflict("task_claimed")`` unless ``held_by`` (None: nobody) has it."""
    as_seen = Task.assignee_id.is_not_distinct_from(held_by)
    return _change(tx, task_id, as_seen, {"assignee_id": None, "claimed_at": None}, "task.released")


def assign(tx: Tx, task_id: int, user_id: int, *, instead_of: int | None) -> Task:
    """Give a task to a person; raises ``Conflict("task_claimed")`` unless ``instead_of`` (None: nobody) has it."""
    as_seen = Task.assignee_id.is_not_distinct_from(instead_of)
    return _change(tx, task_id, as_seen, {"assignee_id": user_id, "claimed_at": tx.now}, "task.assigned")


def postpone(tx: Tx, task_id: int, on: date | None) -> Task:
    """Put a task off to a day, or with None take that back."""
    return _change(tx, task_id, None, {"follow_up_on": on}, "task.postponed")


def prioritise(tx: Tx, task_id: int, priority: int) -> Task:
    """Set the priority of an open task."""
    return _change(tx, task_id, None, {"priority": priority}, "task.prioritised")


def save_draft(tx: Tx, task_id: int, values: Mapping[str, Any], *, expected: int) -> Task:
    """Keep what was typed; raises ``Conflict("draft_conflict", by=, at=, values=)`` when it is not the draft that
    was read (``expected`` is its revision)."""
    changed = {"draft": dict(values), "draft_at": tx.now, "draft_by": tx.actor.label, "revision": Task.revision + 1}
    return _change(tx, task_id, Task.revision == expected, changed, None)


def refuse_closed(task: Task) -> None:
    """Raise ``Conflict("task_done", by=, at=)`` unless the task is open."""
    if task.status != "open":
        raise Conflict("task_done", by=task.done_by, at=task.done_at, status=task.status)


def draft_conflict(task: Task) -> Conflict:
    """The conflict over a draft that was saved meanwhile, with what it says."""
    return Conflict("draft_conflict", by=task.draft_by, at=task.draft_at, values=task.draft, revision=task.revision)


def _free_for(user_id: int) -> ColumnElement[bool]:
    return or_(Task.assignee_id.is_(None), Task.assignee_id == user_id)


def _change(
    tx: Tx, task_id: int, condition: ColumnElement[bool] | None, changed: Mapping[str, Any], event: str | None
) -> Task:
    """Change an open task in one conditional statement, so that of two at once exactly one succeeds."""
    statement = update(Task).where(Task.id == task_id, Task.status == "open").values(dict(changed))
    if condition is not None:
        statement = statement.where(condition)
    found = tx.session.execute(statement, execution_options={"synchronize_session": False})
    task = tx.session.get(Task, task_id, populate_existing=True)
    if task is None:
        raise NotFound("not_found", kind="task")
    if _rows(found) != 1:
        _explain(task, changed)
    if event is not None:
        tx.session.add(
            Event(
                instance_id=task.instance_id,
                at=tx.now,
                kind=event,
                element_id=task.element_id,
                element_name=task.name,
                actor=tx.actor.label,
                details={"task": task.id},
            )
        )
    return task


def _rows(result: Result[Any]) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount


def _explain(task: Task, changed: Mapping[str, Any]) -> NoReturn:
    """Say why a conditional change found no row."""
    refuse_closed(task)
    if "draft" in changed:
        raise draft_conflict(task)
    raise Conflict("task_claimed", by=task.assignee_id, at=task.claimed_at)
