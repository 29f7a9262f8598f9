"""What whoever asked does itself: its own tasks, by the link of its status page (decision 12)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from workflows import policy
from workflows.actions import doors, inbox
from workflows.actions.inbox import OpenForm
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.domain.cases import Case
from workflows.engine.tasks import Task
from workflows.forms import Form


def form(tx: Tx, token: str, task_id: int) -> Form:
    """The schema of one of the tasks; raises ``NotFound``."""
    return _shared(tx, token, task_id)[1]


def upload_place(tx: Tx, token: str, task_id: int) -> tuple[str, Form]:
    """Where uploads into the form wait, and the form; raises ``NotFound``."""
    door, _ = _shared(tx, token, task_id)
    return inbox.upload_place(door.tx, task_id)


def open_form(
    tx: Tx, token: str, task_id: int, values: Mapping[str, Any] | None = None, *, language: str = "de"
) -> OpenForm:
    """A task with its form, filled with ``values``, else the draft; changes nothing. Raises ``NotFound``."""
    door, _ = _shared(tx, token, task_id)
    return inbox.open_form(door.tx, task_id, values, language=language)


def save_draft(tx: Tx, token: str, task_id: int, values: Mapping[str, Any]) -> Task:
    """Keep what was typed so far; raises ``NotFound`` and ``Conflict("task_done")``."""
    door, _ = _shared(tx, token, task_id)
    return inbox.save_draft(door.tx, task_id, values)


def complete(tx: Tx, token: str, task_id: int, values: Mapping[str, Any]) -> None:
    """Send the form; sent a second time it stays the first one.

    Raises ``Invalid``, ``NotFound`` and ``Conflict("task_done")`` if the office was quicker.
    """
    door, _ = _shared(tx, token, task_id)
    try:
        inbox.complete(door.tx, task_id, values)
    except Conflict as conflict:
        if conflict.code != "task_done" or conflict.facts.get("by") != door.tx.actor.label:
            raise


def case(tx: Tx, token: str) -> Case:
    """The case the link leads to; raises ``NotFound``."""
    door = doors.to_case(tx, token)
    return policy.get(door.tx, policy.CASE_READ, Case, door.subject_id)


def _shared(tx: Tx, token: str, task_id: int) -> tuple[doors.Door, Form]:
    door = doors.to_case(tx, token)
    task = door.tx.session.scalar(
        policy.allowed(door.tx, policy.TASK_WORK, select(Task)).where(Task.id == task_id, Task.is_shared)
    )
    if task is None:
        raise NotFound("not_found", kind="task")
    return door, inbox.form_of(door.tx, task_id)
