"""Mails about tasks: each new one at once, or one mail a day with what is new and what is due, as each person chose.

They name the step and the number of the case and nobody in it: who wants to know more signs in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources

from sqlalchemy import Select, or_, select, update

from workflows import policy
from workflows.actions import about
from workflows.core import daily, outbox, texts, workdays
from workflows.core.clock import BERLIN
from workflows.core.tx import Actor, Tx
from workflows.domain import notices, people
from workflows.domain.offices import Office
from workflows.domain.people import User
from workflows.engine import runtime
from workflows.engine.tasks import Task
from workflows.operators import ENGINE

CHORE = "digest"
SOON = timedelta(days=2)
MOST_LINES = 20
LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose, and where its mails go."""

    is_immediate: bool
    address: str


def choice(tx: Tx) -> Choice:
    """The actor's own choice."""
    user = tx.session.get_one(User, tx.actor.user_id)
    return Choice(user.immediate_since is not None, user.email)


def choose(tx: Tx, *, is_immediate: bool) -> None:
    """Choose for the actor itself."""
    assert tx.actor.user_id is not None
    notices.choose(tx, tx.actor.user_id, is_immediate=is_immediate)


def next_untold(tx: Tx, skip: Sequence[int]) -> int | None:
    """The oldest open task that somebody wants to know of at once and was not told of; from an index of those."""
    eager = notices.eager_groups().subquery()
    query = (
        select(Task.id)
        .join(eager, eager.c.group_key == Task.group_key)
        .where(Task.status == "open", Task.told_at.is_(None), Task.created_at >= eager.c.since)
    )
    return tx.session.scalar(query.where(Task.id.not_in(skip)).order_by(Task.id).limit(1))


def tell(tx: Tx, task_id: int) -> Task | None:
    """Mail a new task to those of its group who want to know at once; of two workers one does it."""
    untold = update(Task).where(Task.id == task_id, Task.status == "open", Task.told_at.is_(None))
    if tx.session.scalar(untold.values(told_at=tx.now).returning(Task.id)) is None:
        return None
    task = tx.session.get_one(Task, task_id)
    known = about.tasks(tx, [task])
    for user in _eager(tx, task):
        facts = {"task": _line(tx, task, known, user), "address": _address(tx, user, task)}
        _post(tx, user, "new_task", facts, about=f"task:{task.id}", key=f"new_task/{task.id}/{user.id}")
    return task


def _eager(tx: Tx, task: Task) -> list[User]:
    """Who wants to know at once: its group, or whoever has it; not a mailbox that the process itself wrote to."""
    office = _office(tx, task)
    return [
        user
        for user in people.members(tx.session, task.group_key or "")
        if user.immediate_since is not None
        and user.immediate_since <= task.created_at
        and task.assignee_id in {None, user.id}
        and user.email != (office.email.lower() if office else "")
        and outbox.is_address(user.email)
        and _may_read(tx, user, task)
    ]


def _may_read(tx: Tx, user: User, task: Task) -> bool:
    """Not every member of a jury: who is biased about an application hears nothing of it."""
    mine = policy.condition(people.actor(tx.session, user), policy.TASK_READ, Task)
    return tx.session.scalar(select(Task.id).where(Task.id == task.id, mine)) is not None


def _office(tx: Tx, task: Task) -> Office | None:
    kind, _, number = (task.group_key or "").partition(":")
    return tx.session.get(Office, int(number)) if kind == "office" else None


def send_digests(tx: Tx) -> None:
    """One mail each to those who chose so and have something new or due; on working days only."""
    today = daily.today(tx.now)
    if not workdays.is_working_day(today):
        return
    since = daily.last_done(tx, CHORE) or tx.now - timedelta(days=1)
    for user in notices.daily(tx.session):
        actor = people.actor(tx.session, user)
        if not policy.may(actor, policy.TASK_WORK) or not outbox.is_address(user.email):
            continue
        new, due = _new(tx, actor, since), _due(tx, actor)
        if new or due:
            facts = {
                "new_count": _count(new),
                "due_count": _count(due),
                "new": _lines(tx, new, user),
                "due": _lines(tx, due, user),
                "address": _address(tx, user),
            }
            _post(tx, user, "digest", facts, about=f"user:{user.id}", key=f"digest/{user.id}/{today.isoformat()}")


def _new(tx: Tx, actor: Actor, since: datetime) -> list[Task]:
    query = _own(actor).where(Task.created_at > since).order_by(Task.id)
    return list(tx.session.scalars(query.limit(MOST_LINES + 1)))


def _due(tx: Tx, actor: Actor) -> list[Task]:
    query = _own(actor).where(Task.due_at < tx.now + SOON).order_by(Task.due_at, Task.id)
    return list(tx.session.scalars(query.limit(MOST_LINES + 1)))


def _own(actor: Actor) -> Select[tuple[Task]]:
    mine = policy.condition(actor, policy.TASK_WORK, Task)
    free = or_(Task.assignee_id.is_(None), Task.assignee_id == actor.user_id)
    return select(Task).where(mine, Task.status == "open", free)


def _count(tasks: Sequence[Task]) -> str:
    return f"{MOST_LINES}+" if len(tasks) > MOST_LINES else str(len(tasks))


def _lines(tx: Tx, tasks: Sequence[Task], user: User) -> str:
    shown = tasks[:MOST_LINES]
    known = about.tasks(tx, shown)
    lines = [_line(tx, task, known, user) for task in shown]
    return "\n".join([*lines, "…"] if len(tasks) > len(shown) else lines) or "–"


def _line(tx: Tx, task: Task, known: about.About, user: User) -> str:
    """Number of the case, step, day it is due: nobody's name."""
    subject = known.subjects.get(task.subject)
    step = runtime.definition(tx, ENGINE, task).element_name(task.element_id, _language(user))
    due = task.due_at.astimezone(BERLIN).strftime("%d.%m.%Y") if task.due_at else ""
    return " · ".join(part for part in (subject.reference if subject else "", step, due) if part)


def _address(tx: Tx, user: User, task: Task | None = None) -> str:
    """Where to go on: the task, the list, or for an office its own pages."""
    is_office = "office" in people.roles(tx.session, user.id)
    if task is None:
        return f"{tx.settings.public_url}/{'office' if is_office else 'inbox'}"
    if is_office and task.subject.startswith("referral:"):
        return f"{tx.settings.public_url}/office/referrals/{task.subject.partition(':')[2]}"
    return f"{tx.settings.public_url}/tasks/{task.id}"


def _language(user: User) -> str:
    return user.language if user.language in LANGUAGES else LANGUAGES[0]


def _post(tx: Tx, user: User, name: str, facts: dict[str, str], *, about: str, key: str) -> None:
    language = _language(user)
    template = resources.files("workflows.actions").joinpath("texts", f"{name}.{language}.txt").read_text("utf-8")
    subject, text = texts.split(template)
    outbox.post(
        tx,
        to=user.email,
        subject=" ".join(texts.render(subject, facts, language).split()),
        text=texts.render(text, facts, language),
        about=about,
        language=language,
        key=key,
    )
