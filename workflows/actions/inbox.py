"""The inbox: find tasks, take them, keep drafts, complete them. One rule of the policy decides for all of it."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, literal, or_, select

from workflows import forms as schema
from workflows import policy
from workflows.actions import attachments, exclusions, forms, received
from workflows.core import audit, search
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.domain import cases, deputies
from workflows.domain.cases import Case
from workflows.domain.funding import Application
from workflows.domain.offices import Office
from workflows.domain.people import User
from workflows.domain.referrals import Referral
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
class Filter:
    """Which open tasks.

    ``scope`` is all, mine or group (those of my groups); ``assignee`` a user's id as text or ``me``; ``words`` must
    all occur in the case or referral; ``cursor`` is ``TaskPage.next`` of the page before.
    """

    scope: str = "all"
    words: str = ""
    process: str = ""
    group: str = ""
    assignee: str = ""
    cursor: str = ""
    limit: int = 25


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Some tasks, and the cursor of the next ones if there are any."""

    items: list[Task]
    next: str | None


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


def list_tasks(tx: Tx, wanted: Filter) -> TaskPage:
    """Open tasks the actor may see, due first, those without a date last; raises ``Invalid`` for a foreign cursor."""
    query = _open_tasks(tx, wanted)
    due_at, after = _read_cursor(wanted.cursor)
    rows: list[Task] = []
    # Two ordered reads instead of one sorted one: each walks its index however many tasks there are.
    if not wanted.cursor or due_at is not None:
        dated = query.where(Task.due_at.is_not(None)).order_by(Task.due_at, Task.id)
        if due_at is not None:
            dated = dated.where(or_(Task.due_at > due_at, and_(Task.due_at == due_at, Task.id > after)))
        rows = list(tx.session.scalars(dated.limit(wanted.limit + 1)))
    if len(rows) <= wanted.limit:
        undated = query.where(Task.due_at.is_(None)).order_by(Task.id)
        if wanted.cursor and due_at is None:
            undated = undated.where(Task.id > after)
        rows += tx.session.scalars(undated.limit(wanted.limit + 1 - len(rows)))
    more = len(rows) > wanted.limit
    rows = rows[: wanted.limit]
    return TaskPage(rows, _cursor(rows[-1]) if more else None)


def count(tx: Tx, wanted: Filter) -> int:
    """How many tasks there are; 100 means more than 99."""
    return search.count_capped(tx.session, _open_tasks(tx, wanted).with_only_columns(Task.id))


def _open_tasks(tx: Tx, wanted: Filter) -> Select[tuple[Task]]:
    query = policy.allowed(tx, policy.TASK_READ, select(Task)).where(Task.status == "open")
    assignee = "me" if wanted.scope == "mine" else wanted.assignee
    if assignee == "me":
        query = query.where(Task.assignee_id == (tx.actor.user_id or 0))
    elif assignee:
        query = query.where(Task.assignee_id == int(assignee))
    if wanted.scope == "group":
        query = query.where(Task.group_key.in_(sorted(tx.actor.groups)))
    if wanted.group:
        query = query.where(Task.group_key == wanted.group)
    if wanted.process:
        query = query.where(Task.process_key == wanted.process)
    return query.where(Task.subject.in_(_subjects(tx, wanted.words))) if wanted.words.strip() else query


def _subjects(tx: Tx, words: str) -> Select[tuple[str]]:
    """Subjects of what is found; an office searches the extracts alone, for finding is reading, too."""
    by_extract = select(literal("referral:").concat(Referral.id)).where(
        Referral.id.in_(search.matching("referral", words))
    )
    if not policy.may(tx.actor, policy.CASE_READ):
        return by_extract
    found = search.matching("case", words)
    cases = select(literal("case:").concat(Case.id)).where(Case.id.in_(found))
    of_cases = select(literal("referral:").concat(Referral.id)).where(Referral.case_id.in_(found))
    applied = select(literal("application:").concat(Application.id)).where(Application.case_id.in_(found))
    return select(cases.union(of_cases, applied, by_extract).subquery().c[0])


def _cursor(task: Task) -> str:
    text = f"{task.due_at.isoformat() if task.due_at else ''}|{task.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime | None, int]:
    if not cursor:
        return None, 0
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, _, number = text.partition("|")
        due_at = datetime.fromisoformat(moment) if moment else None
        if (due_at is not None and due_at.tzinfo is None) or not 0 <= int(number) < 2**31:
            raise ValueError("not one of ours")
        return due_at, int(number)
    except (ValueError, binascii.Error) as error:
        raise Invalid({"cursor": (Problem("cursor_unknown"),)}) from error


def claim(tx: Tx, task_id: int) -> Task:
    """Take a task; raises ``Conflict`` ``task_claimed`` if somebody else has it, ``task_done`` if it is over.

    Also ``four_eyes`` or ``not_admitted`` if its diagram does not want this person.
    """
    wanted = policy.get(tx, policy.TASK_WORK, Task, task_id)
    user_id = tx.actor.user_id
    if user_id is None:
        raise NotFound("not_found", kind="task")
    exclusions.refuse(tx, wanted)
    tx = _standing_in(tx, wanted)
    if wanted.status == "open" and wanted.assignee_id in tx.actor.stands_in_for:
        return wanted  # whose deputy works it: it stays that person's, so that the audit says for whom
    try:
        task = tasks.claim(tx, task_id, user_id)
    except Conflict as conflict:
        raise _naming_who(tx, task_id, conflict) from conflict
    _record(tx, task, "task.claimed")
    return task


def release(tx: Tx, task_id: int) -> Task:
    """Give a task back to its group; of another person's task only those who work on cases may take it away."""
    task = policy.get(tx, policy.TASK_WORK, Task, task_id)
    if task.assignee_id not in {None, *tx.actor.personae} and not policy.may(tx.actor, policy.CASE_WORK):
        raise _naming_who(tx, task_id, Conflict("task_claimed"))
    tx = _standing_in(tx, task)
    task = tasks.release(tx, task_id)
    _record(tx, task, "task.released")
    return task


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


def complete(tx: Tx, task_id: int, values: Mapping[str, Any]) -> Instance:
    """Check the values and move the instance on; raises ``Invalid``, ``NotFound``, ``Conflict``.

    ``task_done`` (by, at) if somebody was quicker, ``four_eyes`` or ``not_admitted`` for the wrong person. Somebody
    moving another part of the instance meanwhile only makes it run again, three times at most; the whole transaction
    starts anew then, so nothing may have been written before.
    """
    return _tried(tx, lambda: _complete(tx, task_id, values))


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


def _complete(tx: Tx, task_id: int, values: Mapping[str, Any]) -> Instance:
    task = policy.get(tx, policy.TASK_WORK, Task, task_id)
    tx = _standing_in(tx, task)
    instance = _finish(tx, task, values)
    _record(tx, task, "task.completed")
    return instance


def _complete_on_behalf(tx: Tx, task_id: int, values: Mapping[str, Any], channel: str, on: date | None) -> Instance:
    task = policy.get(tx, policy.TASK_ON_BEHALF, Task, task_id)
    how = received.checked(tx, channel, on, since=tx.session.get_one(Instance, task.instance_id).started_at)
    office = tx.session.get_one(Office, int((task.group_key or "").removeprefix("office:")))
    instance = _finish(tx, task, values)
    _record(tx, task, "task.completed_on_behalf", how.details(office.name))
    return instance


def _standing_in(tx: Tx, task: Task) -> Tx:
    """Acts on the task that say for whom they are done, if the actor is somebody's deputy in it."""
    acts_for = deputies.done_for(tx, task.assignee_id, task.group_key)
    return replace(tx, actor=replace(tx.actor, acts_for=acts_for)) if acts_for else tx


def _finish(tx: Tx, task: Task, values: Mapping[str, Any]) -> Instance:
    tasks.refuse_closed(task)
    exclusions.refuse(tx, task)
    form = _form(_definition(tx, task), task)
    variables = runtime.variables(tx, ENGINE, task)
    typed = forms.checked(tx, form, values, variables, _files(tx, task, form, variables))
    instance = runtime.complete(tx, ENGINE, task.id, typed)
    attachments.hand_over(tx, form, attachments.place_of(task), typed, _stream(tx, task), is_shared=_is_theirs(tx))
    _take_up(tx, task)
    return instance


def _is_theirs(tx: Tx) -> bool:
    """Whether whoever asked does the task, who then sees the files of it, too."""
    return tx.actor.case_id is not None


def _files(tx: Tx, task: Task, form: Form, variables: Mapping[str, Any]) -> dict[int, str]:
    return attachments.usable(tx, form, attachments.place_of(task), variables, _stream(tx, task))


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


def upload_place(tx: Tx, task_id: int) -> tuple[str, Form]:
    """Where uploads into a task's form wait, and the form; raises ``NotFound`` for who may not work on it."""
    task = policy.get(tx, policy.TASK_WORK, Task, task_id)
    return attachments.place_of(task), _form(_definition(tx, task), task)


def open_tasks(tx: Tx, instance_id: int) -> Sequence[Task]:
    """The open tasks of an instance that the actor may see."""
    query = policy.allowed(tx, policy.TASK_READ, select(Task))
    return tx.session.scalars(
        query.where(Task.instance_id == instance_id, Task.status == "open").order_by(Task.id)
    ).all()


def _naming_who(tx: Tx, task_id: int, conflict: Conflict) -> Conflict:
    """The conflict over a task somebody has, with the name instead of the number."""
    task = tx.session.get_one(Task, task_id)
    user = tx.session.get(User, task.assignee_id) if task.assignee_id is not None else None
    if conflict.code != "task_claimed" or user is None:
        return conflict
    return Conflict("task_claimed", by=user.name, at=task.claimed_at)


def _may_work(tx: Tx, task: Task) -> bool:
    mine = policy.allowed(tx, policy.TASK_WORK, select(Task.id).where(Task.id == task.id))
    return tx.session.scalar(mine) is not None


def _definition(tx: Tx, task: Task) -> Definition:
    return runtime.definition(tx, ENGINE, task)


def _form(definition: Definition, task: Task) -> Form:
    return definition.form(task.form_id) if task.form_id else NO_FORM


def _record(tx: Tx, task: Task, event: str, details: Mapping[str, Any] | None = None) -> None:
    audit.record(tx, _stream(tx, task), event, f"task:{task.id}", {"step": task.name, **(details or {})})


def _stream(tx: Tx, task: Task) -> str:
    """The audit stream a task belongs to: that of its case, also for a referral's or an application's task."""
    kind, _, number = task.subject.partition(":")
    if kind == "referral" and (referral := tx.session.get(Referral, int(number))):
        return referral.stream
    if kind == "application" and (application := tx.session.get(Application, int(number))):
        return application.stream
    return task.subject or "system"
