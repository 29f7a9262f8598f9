"""The work on one task: open its form, keep a draft, complete it. One rule of the policy decides for all of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from workflows import forms as schema
from workflows import policy
from workflows.actions import attachments, exclusions, forms, received, task_trail
from workflows.core.errors import Conflict
from workflows.core.tx import Actor, Tx
from workflows.domain import cases
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.engine import runtime, tasks
from workflows.engine.definitions import Definition
from workflows.engine.runtime import StateMoved
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.forms import Field, Form
from workflows.operators import ENGINE

TRIES = 3

NO_FORM = Form("", ())


@dataclass(frozen=True, slots=True)
class OpenForm:
    """A task with its form as the actor may see it; ``fields`` carry values, options and translated texts.

    ``barred`` says why the actor, of all the group, may not do it.
    """

    task: Task
    form: Form
    fields: list[Field]
    values: Mapping[str, Any]
    definition: Definition
    is_mine: bool
    can_work: bool
    variables: Mapping[str, Any] = field(default_factory=dict)
    barred: Conflict | None = None

    @property
    def can_claim(self) -> bool:
        """Whether the actor may take the task now."""
        return self.can_work and self.task.status == "open" and self.task.assignee_id is None

    @property
    def can_release(self) -> bool:
        """Whether the actor may give the task back now."""
        return self.can_work and self.task.status == "open" and self.is_mine


def save_draft(tx: Tx, task_id: int, values: Mapping[str, Any], revision: int | None = None) -> Task:
    """Keep what was typed so far, unchecked; without ``revision`` the newest draft is replaced.

    Raises ``Conflict`` ``task_done``, or ``draft_conflict`` if ``revision`` is not the one that was last saved.
    """
    task = policy.get(tx, policy.TASK_WORK, Task, task_id)
    kept = schema.draft(_form(_definition(tx, task), task), values)
    return tasks.save_draft(tx, task_id, kept, expected=task.revision if revision is None else revision)


def open_form(tx: Tx, task_id: int, values: Mapping[str, Any] | None = None, *, language: str = "de") -> OpenForm:
    """A task and its form, filled with ``values``, else the draft, else what the process knows; ``NotFound``."""
    task = policy.get(tx, policy.TASK_READ, Task, task_id)
    definition = _definition(tx, task)
    form = _form(definition, task)
    variables = _known(tx, task)
    barred = exclusions.reason(tx, task)
    if values is None:
        values = task.draft or task.values or forms.untouched(tx, form, variables)
    return OpenForm(
        task=task,
        form=form,
        fields=forms.drawn(tx, definition, form, values, variables, language, _files(tx, task, form, variables)),
        values=values,
        definition=definition,
        is_mine=task.assignee_id is not None and task.assignee_id in tx.actor.personae,
        can_work=barred is None and _may_work(tx, task),
        variables=variables,
        barred=barred,
    )


def _known(tx: Tx, task: Task) -> Mapping[str, Any]:
    """What the form may show of the process: nothing once the task is over, even if that was a moment ago."""
    if task.status != "open":
        return {}
    try:
        return runtime.variables(tx, ENGINE, task)
    except Conflict:
        tx.session.refresh(task)
        if task.status == "open":
            raise
        return {}


def complete(tx: Tx, task_id: int, values: Mapping[str, Any], *, revision: int | None = None) -> Instance:
    """Check the values and move the instance on; raises ``Invalid``, ``NotFound``, ``Conflict``.

    ``task_done`` (by, at) if somebody was quicker, ``four_eyes`` or ``not_admitted`` for the wrong person,
    ``draft_conflict`` if the values were typed on top of the draft ``revision`` and another one was saved since.
    Somebody moving another part of the instance meanwhile only makes it run again, three times at most; the whole
    transaction starts anew then, so nothing may have been written before.
    """
    return _tried(tx, lambda: _complete(tx, task_id, values, revision))


def complete_on_behalf(tx: Tx, task_id: int, values: Mapping[str, Any], channel: str, on: date | None) -> Instance:
    """Record what an office answered by phone, mail, visit or on paper, as if it had done its task itself.

    Raises what ``complete`` raises, and ``Invalid`` for ``channel`` and ``on``, the day the answer came.
    """
    return _tried(tx, lambda: _complete_on_behalf(tx, task_id, values, channel, on))


def _tried(tx: Tx, attempt: Callable[[], Instance]) -> Instance:
    for number in range(1, TRIES + 1):
        try:
            return attempt()
        except StateMoved:
            if number == TRIES:
                raise
            tx.session.rollback()
    raise AssertionError("unreachable")


def _complete(tx: Tx, task_id: int, values: Mapping[str, Any], revision: int | None) -> Instance:
    task = policy.get(tx, policy.TASK_WORK, Task, task_id)
    if task.status == "open" and revision is not None and revision != task.revision:
        _refuse_other_draft(tx, task, values)
    tx = task_trail.standing_in(tx, task)
    instance = _finish(tx, task, values)
    task_trail.record(tx, task, "task.completed")
    return instance


def _refuse_other_draft(tx: Tx, task: Task, values: Mapping[str, Any]) -> None:
    """Raise ``Conflict("draft_conflict")`` unless the saved draft says the same."""
    if task.draft is not None and task.draft != schema.draft(_form(_definition(tx, task), task), values):
        raise tasks.draft_conflict(task)


def _complete_on_behalf(tx: Tx, task_id: int, values: Mapping[str, Any], channel: str, on: date | None) -> Instance:
    task = policy.get(tx, policy.TASK_ON_BEHALF, Task, task_id)
    how = received.checked(tx, channel, on, since=tx.session.get_one(Instance, task.instance_id).started_at)
    office = tx.session.get_one(Office, int((task.group_key or "").removeprefix("office:")))
    instance = _finish(tx, task, values)
    task_trail.record(tx, task, "task.completed_on_behalf", how.details(office.name))
    return instance


def _finish(tx: Tx, task: Task, values: Mapping[str, Any]) -> Instance:
    tasks.refuse_closed(task)
    exclusions.refuse(tx, task)
    form = _form(_definition(tx, task), task)
    variables = runtime.variables(tx, ENGINE, task)
    typed = forms.checked(tx, form, values, variables, _files(tx, task, form, variables))
    instance = runtime.complete(tx, ENGINE, task.id, typed)
    stream = task_trail.stream(tx, task)
    attachments.hand_over(
        tx, form, attachments.place_of(task), typed, stream, is_shared=_is_theirs(tx), subject=task.subject
    )
    _take_up(tx, task)
    return instance


def _is_theirs(tx: Tx) -> bool:
    """Whether whoever asked does the task, who then sees the files of it, too."""
    return tx.actor.case_id is not None


def _files(tx: Tx, task: Task, form: Form, variables: Mapping[str, Any]) -> dict[int, str]:
    return attachments.usable(tx, form, attachments.place_of(task), variables, task_trail.stream(tx, task))


def _take_up(tx: Tx, task: Task) -> None:
    """Whatever the process does next, a case somebody has done a task of is not new to whoever asked."""
    kind, _, number = task.subject.partition(":")
    case = tx.session.get(Case, int(number)) if kind == "case" else None
    if case is not None and case.status == "new":
        cases.take_up(tx, case.id)


def form_of(tx: Tx, task_id: int) -> Form:
    """The schema of a task's form; raises ``NotFound``."""
    task = policy.get(tx, policy.TASK_READ, Task, task_id)
    return _form(_definition(tx, task), task)


def was_sent(tx: Tx, task: Task, values: Mapping[str, Any]) -> bool:
    """Whether a task that is done was sent with these values; spaces, files and what its form hid do not count."""
    sent = task.values or {}
    asked = [field for field in _form(_definition(tx, task), task).walk() if field.key in sent and field.kind != "file"]
    return all(_plain(field, sent[field.key]) == _plain(field, values.get(field.key)) for field in asked)


def _plain(field: Field, value: Any) -> Any:
    shown = schema.input_value(field, value)
    return " ".join(shown.split()).casefold() if isinstance(shown, str) else shown


def upload_place(tx: Tx, task_id: int) -> tuple[str, Form]:
    """Where uploads into a task's form wait, and the form; raises ``NotFound`` for who may not work on it."""
    task = policy.get(tx, policy.TASK_WORK, Task, task_id)
    return attachments.place_of(task), _form(_definition(tx, task), task)


def open_tasks(tx: Tx, instance_id: int) -> Sequence[Task]:
    """The open tasks of an instance that the actor may see."""
    return tx.session.scalars(_open_of(tx.actor), {"instance_id": instance_id}).all()


@lru_cache(maxsize=1_000)
def _open_of(actor: Actor) -> Select[tuple[Task]]:
    """Built once for somebody: what every completion asks at last."""
    of_instance = (Task.instance_id == bindparam("instance_id"), Task.status == "open")
    return select(Task).where(*of_instance, policy.condition(actor, policy.TASK_READ, Task)).order_by(Task.id)


def _may_work(tx: Tx, task: Task) -> bool:
    mine = policy.allowed(tx, policy.TASK_WORK, select(Task.id).where(Task.id == task.id))
    return tx.session.scalar(mine) is not None


def _definition(tx: Tx, task: Task) -> Definition:
    return runtime.definition(tx, ENGINE, task)


def _form(definition: Definition, task: Task) -> Form:
    return definition.form(task.form_id) if task.form_id else NO_FORM
