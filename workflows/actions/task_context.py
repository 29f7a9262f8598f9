"""What stands around a task: what happened before, what comes after, who asked, what else is mine in the same case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from workflows import policy
from workflows.core.clock import BERLIN
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.domain.cases import Case
from workflows.domain.funding import Application
from workflows.domain.organisations import Organisation
from workflows.domain.referrals import Referral
from workflows.engine.events import Event
from workflows.engine.state import Instance
from workflows.engine.tasks import Task

MOST_STEPS = 5
TOLD = ("task.completed", "task.cancelled", "timer.fired", "message.received", "decision.evaluated", "instance.started")


@dataclass(frozen=True, slots=True)
class Card:
    """Who asked: as written in the enquiry, and what the register knows of the association."""

    name: str
    contact_name: str
    contact_email: str
    contact_phone: str
    on_behalf: bool
    known_since: datetime | None
    other_cases: int


def subjects(tx: Tx, task: Task) -> tuple[str, ...]:
    """Everything that belongs to the task's case, for those who may read cases; else what the task is about."""
    number = case_id(tx, task)
    if number is None:
        return (task.subject,) if task.subject else ()
    asked = tx.session.scalars(select(Referral.id).where(Referral.case_id == number))
    applied = tx.session.scalars(select(Application.id).where(Application.case_id == number))
    return (f"case:{number}", *(f"referral:{key}" for key in asked), *(f"application:{key}" for key in applied))


def recent(tx: Tx, task: Task) -> Sequence[Event]:
    """The last steps of the case, newest first; an office sees those of its own referral."""
    about = subjects(tx, task)
    if not about:
        instances = select(Instance.id).where(Instance.id == task.instance_id)
    else:
        instances = policy.allowed(tx, policy.INSTANCE_READ, select(Instance)).with_only_columns(Instance.id)
        instances = instances.where(Instance.subject.in_(about))
    query = select(Event).where(Event.instance_id.in_(instances), Event.kind.in_(TOLD))
    return tx.session.scalars(query.order_by(Event.id.desc()).limit(MOST_STEPS)).all()


def card(tx: Tx, task: Task) -> Card | None:
    """Who asked, for those who may read cases."""
    number = case_id(tx, task)
    if number is None:
        return None
    case = tx.session.get_one(Case, number)
    known = tx.session.get(Organisation, case.organisation_id) if case.organisation_id else None
    others = 0
    if known is not None:
        same = select(func.count()).where(Case.organisation_id == known.id, Case.id != case.id)
        others = tx.session.scalar(same) or 0
    return Card(
        case.organisation_name,
        case.contact_name,
        case.contact_email,
        case.contact_phone,
        case.on_behalf,
        known.created_at if known else None,
        others,
    )


def next_of_case(tx: Tx, task_id: int) -> Task | None:
    """The next open task of the same case that the actor may do and nobody else has taken."""
    task = tx.session.get_one(Task, task_id)
    about = subjects(tx, task)
    today = tx.now.astimezone(BERLIN).date()
    query = policy.allowed(tx, policy.TASK_WORK, select(Task)).where(
        Task.subject.in_(about) if about else Task.instance_id == task.instance_id,
        Task.status == "open",
        or_(Task.assignee_id.is_(None), Task.assignee_id == tx.actor.user_id),
        or_(Task.follow_up_on.is_(None), Task.follow_up_on <= today),
    )
    return tx.session.scalar(query.order_by(Task.due_at.is_(None), Task.due_at, Task.id).limit(1))


def glossary(tx: Tx, language: str) -> Mapping[str, str]:
    """What the office's words mean, by word; from the code list of that name, entries as "word: meaning"."""
    words = codes.glossary(tx.session, ("glossary",), language).values()
    pairs = (entry.partition(": ") for entry in words)
    return {word: meaning for word, _colon, meaning in pairs if meaning}


def case_id(tx: Tx, task: Task) -> int | None:
    """The case the task belongs to, for those who may read cases."""
    if not policy.may(tx.actor, policy.CASE_READ) or tx.actor.case_id is not None:
        return None
    kind, _, number = task.subject.partition(":")
    if kind == "case":
        return int(number)
    if kind == "referral":
        return tx.session.get_one(Referral, int(number)).case_id
    return tx.session.get_one(Application, int(number)).case_id if kind == "application" else None
