"""An office with an account: what it is asked, its past referrals, its answer; never a case, never another's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, literal, select

from workflows import policy
from workflows.actions import inbox, referrals
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.domain.referrals import OVER, Referral
from workflows.engine.tasks import Task
from workflows.forms import Form

PAGE = 25


@dataclass(frozen=True, slots=True)
class Entry:
    """One referral of the office: number of the case, its own state, and the open task if something is asked."""

    referral: Referral
    reference: str
    office_name: str
    topics: Sequence[str]
    task: Task | None


@dataclass(frozen=True, slots=True)
class Overview:
    """``asked`` the most urgent first, ``running`` without a question now, ``past`` the newest first.

    ``next`` is where to go on reading the past.
    """

    asked: Sequence[Entry]
    running: Sequence[Entry]
    past: Sequence[Entry]
    next: int | None


def overview(tx: Tx, before: int | None = None, language: str = "de") -> Overview:
    """Everything the actor's offices were asked; of what is over no more than that and how it ended."""
    policy.require(tx, policy.REFERRAL_ANSWER)
    query = _own(tx)
    living = _entries(tx, query.where(Referral.status.not_in(OVER)).order_by(Referral.id.desc()), language)
    over = query.where(Referral.status.in_(OVER)).order_by(Referral.id.desc()).limit(PAGE + 1)
    past = _entries(tx, over if before is None else over.where(Referral.id < before), language)
    return Overview(
        asked=sorted((entry for entry in living if entry.task), key=_urgency),
        running=[entry for entry in living if entry.task is None],
        past=past[:PAGE],
        next=past[PAGE - 1].referral.id if len(past) > PAGE else None,
    )


def _own(tx: Tx) -> Select[tuple[Referral, str, str, Task]]:
    """The actor's referrals, each with the one task that is open on it, if any."""
    is_asked = and_(
        Task.subject == literal("referral:").concat(Referral.id),
        Task.status == "open",
        policy.condition(tx.actor, policy.TASK_WORK, Task),
    )
    return (
        select(Referral, Case.reference, Office.name, Task)
        .join(Case, Case.id == Referral.case_id)
        .join(Office, Office.id == Referral.office_id)
        .outerjoin(Task, is_asked)
        .where(policy.condition(tx.actor, policy.REFERRAL_ANSWER, Referral))
    )


def _entries(tx: Tx, query: Select[tuple[Referral, str, str, Task]], language: str) -> list[Entry]:
    words = codes.glossary(tx.session, ("topic",), language)
    return [
        Entry(referral, reference, office_name, _topics(referral, words), task)
        for referral, reference, office_name, task in tx.session.execute(query)
    ]


def _topics(referral: Referral, words: Mapping[tuple[str, str], str]) -> list[str]:
    """The topics in words, if they were passed on and may still be read."""
    shared = referral.extract.get("topics")
    if referral.status in OVER or not isinstance(shared, list):
        return []
    return [words.get(("topic", str(key)), str(key)) for key in shared]


def _urgency(entry: Entry) -> tuple[bool, Any, int]:
    due_at = entry.task.due_at if entry.task else None
    return (due_at is None, due_at, entry.referral.id)


def form(tx: Tx, referral_id: int, task_id: int) -> Form:
    """The form of one of the referral's own tasks; raises ``NotFound``."""
    return inbox.form_of(tx, _task(tx, referral_id, task_id).id)


def upload_place(tx: Tx, referral_id: int, task_id: int) -> tuple[str | None, Form]:
    """Where uploads into the task's form wait, and the form; raises ``NotFound``."""
    return inbox.upload_place(tx, _task(tx, referral_id, task_id).id)


def answer(tx: Tx, referral_id: int, task_id: int, values: Mapping[str, Any]) -> None:
    """The office's answer from its account; the same one sent a second time stays done.

    Raises ``Invalid``, ``NotFound``, ``Conflict("task_done")`` when something else was answered or the time is over.
    """
    task = _task(tx, referral_id, task_id)
    referrals.refuse_own_address(tx, referral_id, values)
    try:
        inbox.complete(tx, task.id, values)
    except Conflict as conflict:
        # Two taps, maybe at the same moment: the slower one finds its own answer already there.
        if conflict.code != "task_done" or _task(tx, referral_id, task_id).done_by_id != tx.actor.user_id:
            raise
        if not referrals.is_same_answer(tx, task_id, values):
            raise


def _task(tx: Tx, referral_id: int, task_id: int) -> Task:
    referral = policy.get(tx, policy.REFERRAL_ANSWER, Referral, referral_id)
    task = policy.get(tx, policy.TASK_WORK, Task, task_id)
    if task.subject != referral.key:
        raise NotFound("not_found", kind="task")
    return task


def extract(tx: Tx, referral_id: int) -> Mapping[str, object]:
    """What was passed on, as far as the actor may still read it."""
    query = select(Referral).where(Referral.id == referral_id)
    found = tx.session.scalar(policy.allowed(tx, policy.EXTRACT_READ, query))
    return found.extract if found is not None else {}
