"""Who does an open task, and when: take it, give it back, hand it over, put it off, say how urgent it is."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select

from workflows import policy
from workflows.actions import exclusions, task_trail
from workflows.core.clock import BERLIN
from workflows.core.errors import Conflict, Invalid, LotseError, NotFound, Problem
from workflows.core.tx import Actor, Tx
from workflows.domain.people import CASE_WORKERS, Membership, User, UserRole
from workflows.engine import tasks
from workflows.engine.tasks import Task

FURTHEST = timedelta(days=730)
"""How far ahead a task may be put off."""

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Several:
    """What became of many tasks at once: the ids that were changed, and the first reason for each kind of refusal."""

    done: tuple[int, ...]
    refused: tuple[LotseError, ...]


def claim(tx: Tx, task_id: int) -> Task:
    """Take a task; raises ``Conflict`` ``task_claimed`` if somebody else has it, ``task_done`` if it is over.

    Also ``four_eyes`` or ``not_admitted`` if its diagram does not want this person.
    """
    wanted = policy.get(tx, policy.TASK_WORK, Task, task_id)
    user_id = tx.actor.user_id
    if user_id is None:
        raise NotFound("not_found", kind="task")
    exclusions.refuse(tx, wanted)
    tx = task_trail.standing_in(tx, wanted)
    if wanted.status == "open" and wanted.assignee_id in tx.actor.stands_in_for:
        return wanted  # whose deputy works it: it stays that person's, so that the audit says for whom
    try:
        task = tasks.claim(tx, task_id, user_id)
    except Conflict as conflict:
        raise _naming_who(tx, task_id, conflict) from conflict
    task_trail.record(tx, task, "task.claimed")
    return task


def release(tx: Tx, task_id: int) -> Task:
    """Give a task back to its group; of another person's task only those who work on cases may take it away.

    Raises ``Conflict`` ``task_claimed`` also if somebody else was given it meanwhile, ``task_done`` if it is over.
    """
    held = _reachable(tx, task_id)
    tx = task_trail.standing_in(tx, held)
    try:
        task = tasks.release(tx, task_id, held_by=held.assignee_id)
    except Conflict as conflict:
        raise _naming_who(tx, task_id, conflict) from conflict
    task_trail.record(tx, task, "task.released")
    return task


def hand_over(tx: Tx, task_id: int, user_id: int) -> Task:
    """Give a task to a colleague who may do it; the rule of ``release`` holds for taking it from somebody.

    Raises ``Invalid`` for ``user_id`` if that person could not work on it, ``Conflict`` ``task_done``.
    """
    task = _reachable(tx, task_id)
    colleague = next((user for user in colleagues(tx, [task]) if user.id == user_id), None)
    if colleague is None:
        raise Invalid({"user_id": (Problem("not_a_colleague"),)})
    tx = task_trail.standing_in(tx, task)
    try:
        task = tasks.assign(tx, task_id, user_id, instead_of=task.assignee_id)
    except Conflict as conflict:
        raise _naming_who(tx, task_id, conflict) from conflict
    task_trail.record(tx, task, "task.handed_over", {"to": colleague.name})
    return task


def postpone(tx: Tx, task_id: int, on: date | None) -> Task:
    """Let a task come back on a day (Wiedervorlage) and stay out of the list until then; None takes that back.

    Raises ``Invalid`` for ``on``: not before tomorrow, not more than two years ahead.
    """
    tx = task_trail.standing_in(tx, policy.get(tx, policy.TASK_WORK, Task, task_id))
    today = tx.now.astimezone(BERLIN).date()
    if on is not None and on <= today:
        raise Invalid({"on": (Problem("in_the_past"),)})
    if on is not None and on > today + FURTHEST:
        raise Invalid({"on": (Problem("too_far_ahead"),)})
    task = tasks.postpone(tx, task_id, on)
    task_trail.record(tx, task, "task.postponed", {"on": on.isoformat() if on else ""})
    return task


def prioritise(tx: Tx, task_id: int, priority: int) -> Task:
    """Say how urgent a task is, 0 to 100, 50 is normal; raises ``Invalid`` for ``priority``."""
    tx = task_trail.standing_in(tx, policy.get(tx, policy.TASK_WORK, Task, task_id))
    if not 0 <= priority <= 100:
        raise Invalid({"priority": (Problem("out_of_range", {"min": 0, "max": 100}),)})
    task = tasks.prioritise(tx, task_id, priority)
    task_trail.record(tx, task, "task.prioritised", {"priority": priority})
    return task


def several(tx: Tx, task_ids: Collection[int], verb: Callable[[Tx, int], Task]) -> Several:
    """Do the same with many tasks, at most a hundred: what is over or refused meanwhile stops none of the others.

    Raises ``Invalid`` as the verb does: wrong input is wrong for all of them.
    """
    done: list[int] = []
    refused: dict[str, LotseError] = {}
    for task_id in sorted(set(task_ids))[:MOST_AT_ONCE]:
        try:
            done.append(verb(tx, task_id).id)
        except (Conflict, NotFound) as error:
            refused.setdefault(error.code, error)
    return Several(tuple(done), tuple(refused.values()))


def colleagues(tx: Tx, rows: Collection[Task]) -> list[User]:
    """Who could do every one of these tasks, by name: the people of an office for its own, else who works on cases,
    and for an application whoever sits in the jury that has it."""
    query = select(User).where(User.is_active)
    for key in {task.group_key or "" for task in rows}:
        is_member = exists().where(Membership.user_id == User.id, Membership.group_key == key)
        if key.startswith("office:"):
            query = query.where(is_member, _has_role("office"))
        else:
            query = query.where(or_(_has_role(*CASE_WORKERS), and_(_has_role("jury"), is_member)))
    people = tx.session.scalars(query.order_by(User.name, User.id))
    return [user for user in people if not any(_is_barred(tx, user, task) for task in rows)]


def _has_role(*roles: str) -> ColumnElement[bool]:
    return exists().where(UserRole.user_id == User.id, UserRole.role.in_(roles))


def _is_barred(tx: Tx, user: User, task: Task) -> bool:
    """Whether the task's diagram does not want that person."""
    as_user = replace(tx, actor=Actor(user.name, user_id=user.id))
    return exclusions.reason(as_user, task) is not None


def colleagues_for(tx: Tx, task_id: int) -> list[User]:
    """Who could do this task; raises ``NotFound``."""
    return colleagues(tx, [policy.get(tx, policy.TASK_WORK, Task, task_id)])


def _reachable(tx: Tx, task_id: int) -> Task:
    """A task the actor may take from whoever has it."""
    task = policy.get(tx, policy.TASK_WORK, Task, task_id)
    if task.assignee_id not in {None, *tx.actor.personae} and not policy.may(tx.actor, policy.CASE_WORK):
        raise _naming_who(tx, task_id, Conflict("task_claimed"))
    return task


def _naming_who(tx: Tx, task_id: int, conflict: Conflict) -> Conflict:
    """The conflict over a task somebody has, with the name instead of the number."""
    task = tx.session.get_one(Task, task_id)
    user = tx.session.get(User, task.assignee_id) if task.assignee_id is not None else None
    if conflict.code != "task_claimed" or user is None:
        return conflict
    return Conflict("task_claimed", by=user.name, at=task.claimed_at)
