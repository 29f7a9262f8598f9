"""The office's side of a referral: what the holder of its link sees, and the answer that counts once (decision 12)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflows import policy
from workflows.actions import doors, inbox
from workflows.actions.inbox import OpenForm
from workflows.core import audit
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.domain import codes, questions, referrals, taking_back
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.domain.questions import ReferralMessage
from workflows.domain.referrals import Referral
from workflows.engine import messages, runtime
from workflows.engine.tasks import Task
from workflows.forms import Form
from workflows.operators import ENGINE

# The message that takes an answer back, and how long its reason may be.
TAKEN_BACK = "answer_taken_back"
LONGEST_REASON = 500

# Where the form of the answer names who is to answer instead.
COLLEAGUE = "colleague_email"

# Shared fields whose values are keys of a code list.
CODED = {"choice": "choice", "topics": "topic", "language": "language"}


@dataclass(frozen=True, slots=True)
class Door:
    """A valid link of an office, the language the office reads, and nothing personal."""

    link_id: int
    referral_id: int
    language: str = "de"


@dataclass(frozen=True, slots=True)
class Shown:
    """One field of the extract in words."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class ReferralPage:
    """What an office sees of a referral: the extract and what it is asked, never the case.

    Of one that is over it sees only that, and what it answered: extract, tasks and thread are empty. ``said`` is the
    choice of that answer in words.
    """

    referral: Referral
    reference: str
    office_name: str
    extract: list[Shown]
    tasks: list[OpenForm]
    thread: list[ReferralMessage]
    answered_by: str | None
    answered_at: datetime | None
    said: str = ""
    is_former: bool = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing more can be answered here: it is over, or in other hands."""
        return self.is_former or self.referral.status in referrals.OVER


def door(tx: Tx, token: str) -> Door:
    """Whether a link is good; changes nothing, for mail scanners follow links. Raises ``NotFound("link_gone")``."""
    found = doors.to_referral(tx, token)
    asked = select(Office.language).join(Referral, Referral.office_id == Office.id)
    language = tx.session.scalars(asked.where(Referral.id == found.subject_id)).one()
    return Door(found.link_id, found.subject_id, language)


def open(tx: Tx, token: str) -> Door:  # noqa: A001  # the page's word; the built-in is not used here
    """A person opens the referral: now it counts as seen."""
    found = doors.to_referral(tx, token)
    if not found.is_former:
        referrals.see(found.tx, found.subject_id)
    return Door(found.link_id, found.subject_id)


def page(
    tx: Tx,
    token: str,
    typed: Mapping[int, Mapping[str, Any]] | None = None,
    *,
    language: str = "de",
    about: int | None = None,
) -> ReferralPage:
    """The opened referral; ``typed`` holds what was entered for its tasks so far; see ``read``. Raises ``NotFound``."""
    found = doors.to_referral(tx, token)
    if found.is_former:
        return _in_other_hands(tx, found.subject_id)
    return read(found.tx, found.subject_id, typed, language=language, about=about)


def _in_other_hands(tx: Tx, referral_id: int) -> ReferralPage:
    """What the one who handed it on still sees: that it is so, and nothing of the case."""
    referral = tx.session.get_one(Referral, referral_id)
    return ReferralPage(
        referral=referral,
        reference=tx.session.get_one(Case, referral.case_id).reference,
        office_name=tx.session.get_one(Office, referral.office_id).name,
        extract=[],
        tasks=[],
        thread=[],
        answered_by=None,
        answered_at=None,
        is_former=True,
    )


def read(
    tx: Tx,
    referral_id: int,
    typed: Mapping[int, Mapping[str, Any]] | None = None,
    *,
    language: str = "de",
    about: int | None = None,
) -> ReferralPage:
    """The referral for whoever may read it: an office's people and the holder of its link. Raises ``NotFound``.

    What was answered is told of the task ``about``, or of the last one.
    """
    referral = policy.get(tx, policy.REFERRAL_READ, Referral, referral_id)
    is_over = referral.status in referrals.OVER
    asked = [] if is_over else _tasks(tx, referral)
    last = _last_done(tx, referral, about)
    return ReferralPage(
        referral=referral,
        reference=tx.session.get_one(Case, referral.case_id).reference,
        office_name=tx.session.get_one(Office, referral.office_id).name,
        extract=[] if is_over else [_shown(tx, key, value, language) for key, value in referral.extract.items()],
        tasks=[inbox.open_form(tx, task.id, (typed or {}).get(task.id), language=language) for task in asked],
        thread=[] if is_over else questions.thread(tx.session, referral.id),
        answered_by=last.done_by if last else None,
        answered_at=last.done_at if last else None,
        said=_said(tx, last, language) if last else "",
    )


def form(tx: Tx, token: str, task_id: int) -> Form:
    """The form of one of the referral's tasks; an empty one for who handed it on. Raises ``NotFound``."""
    found = doors.to_referral(tx, token)
    if found.is_former:
        return inbox.NO_FORM
    return inbox.form_of(found.tx, task_id)


def upload_place(tx: Tx, token: str, task_id: int) -> tuple[str | None, Form]:
    """Where uploads into a task's form wait, none for who handed it on, and the form; raises ``NotFound``."""
    found = doors.to_referral(tx, token)
    return (None, inbox.NO_FORM) if found.is_former else inbox.upload_place(found.tx, task_id)


def answer(tx: Tx, token: str, task_id: int, values: Mapping[str, Any]) -> Task:
    """The office's answer; the same one sent a second time stays done.

    Raises ``Invalid``, ``NotFound``, ``Conflict("task_done")`` if something else was answered or the time is over, and
    ``Conflict("handed_on")`` if it is in other hands.
    """
    found = doors.to_referral(tx, token)
    if found.is_former:
        return _own_hand_on(tx, found, task_id, values)
    refuse_own_address(found.tx, found.subject_id, values)
    try:
        inbox.complete(found.tx, task_id, values)
    except Conflict as conflict:
        # Two taps, maybe at the same moment: the slower one finds its own answer already there.
        if conflict.code != "task_done" or conflict.facts.get("by") != found.tx.actor.label:
            raise
        if not is_same_answer(found.tx, task_id, values):
            raise
    return policy.get(found.tx, policy.TASK_WORK, Task, task_id)


def is_same_answer(tx: Tx, task_id: int, values: Mapping[str, Any]) -> bool:
    """Whether a task that is done was answered like this; raises ``NotFound``."""
    task = policy.get(tx, policy.TASK_WORK, Task, task_id)
    tx.session.refresh(task)
    return inbox.was_sent(tx, task, values)


def refuse_own_address(tx: Tx, referral_id: int, values: Mapping[str, Any]) -> None:
    """Raise ``Invalid`` for handing on to the very address that is asked: its link would end for a new one."""
    given = str(values.get(COLLEAGUE) or "").strip().casefold()
    if not given or "hand_on" not in (values.get("answer"), values.get("need_answer")):
        return
    referral = tx.session.get_one(Referral, referral_id)
    office = tx.session.get_one(Office, referral.office_id)
    if given == (referral.handed_on_to or office.email).casefold():
        raise Invalid({COLLEAGUE: (Problem("own_address"),)})


def _own_hand_on(tx: Tx, found: doors.Door, task_id: int, values: Mapping[str, Any]) -> Task:
    """Handing on, sent a second time, stays done; everything else is for the new recipient alone."""
    task = tx.session.get(Task, task_id)
    if task is None or task.subject != f"referral:{found.subject_id}":
        raise NotFound("not_found", kind="task")
    if task.status != "done" or task.done_by != found.tx.actor.label or not inbox.was_sent(tx, task, values):
        raise Conflict("handed_on")
    return task


def of_case(tx: Tx, case_id: int, referral_id: int) -> Referral:
    """A referral of exactly this case, for the coordination that acts in its office's name; raises ``NotFound``."""
    referral = policy.get(tx, policy.TASK_ON_BEHALF, Referral, referral_id)
    if referral.case_id != case_id:
        raise NotFound("not_found", kind="referral")
    return referral


def office_tasks(tx: Tx, referral_id: int) -> list[Task]:
    """Everything the office is asked now, for the coordination that records its answers; raises ``NotFound``."""
    referral = policy.get(tx, policy.TASK_ON_BEHALF, Referral, referral_id)
    query = policy.allowed(tx, policy.TASK_ON_BEHALF, select(Task))
    return list(tx.session.scalars(query.where(Task.subject == referral.key, Task.status == "open").order_by(Task.id)))


def office_task(tx: Tx, referral_id: int, task_id: int | None = None) -> Task:
    """One of them, the first if none is named; raises ``NotFound``."""
    for task in office_tasks(tx, referral_id):
        if task_id in (None, task.id):
            return task
    raise NotFound("not_found", kind="task")


def can_take_back(tx: Tx, referral: Referral, awaited: frozenset[tuple[str, str]]) -> bool:
    """Whether the last answer may be taken back: it is one, nothing was built on it, and the actor may correct it.

    Not once consent is taken back: the office would be sent again what it may not have.
    """
    return (
        policy.may(tx.actor, policy.TASK_ON_BEHALF)
        and referrals.answered_with(referral) in taking_back.STANDS_AGAIN
        and (TAKEN_BACK, referral.key) in awaited
        and _may_pass_on(tx, referral)
    )


def _may_pass_on(tx: Tx, referral: Referral) -> bool:
    case = tx.session.get_one(Case, referral.case_id)
    return referrals.may_pass_on(case, referral.legal_basis, referral.legal_basis_note)


def last_answer(tx: Tx, referral: Referral) -> audit.Entry | None:
    """The answer that stands: what the office said, or nothing in time; its ``seq`` names it when it is taken back."""
    status = referrals.answered_with(referral)
    if status not in taking_back.STANDS_AGAIN:
        return None
    entries = audit.entries(tx.session, referral.stream, events=[f"referral.{status}"])
    return next((entry for entry in entries if entry.object == referral.key), None)


def take_back(tx: Tx, referral_id: int, reason: str, *, answer: int | None) -> Referral:
    """Take a wrong ``answer`` back, named by its place in the audit: the office is asked anew at once.

    Sent twice it counts once: the answer before it stays. Raises ``NotFound``, ``Invalid`` without a reason or when
    another answer has come since, ``Conflict`` ``consent_missing`` once consent is taken back, and ``referral_state``
    when there is no answer, or others have gone on from it.
    """
    key = policy.get(tx, policy.TASK_ON_BEHALF, Referral, referral_id).key
    reason = reason.strip()
    if problem := _reason_problem(reason):
        raise Invalid({"reason": (problem,)})
    runtime.hold(tx, TAKEN_BACK, key)
    referral = tx.locked(Referral, referral_id)
    unique = f"{TAKEN_BACK}/{key}/{answer}"
    if messages.find(tx, unique) is not None:
        return referral
    if not _may_pass_on(tx, referral):
        raise Conflict("consent_missing", referral=referral.id)
    confirmed = messages.find(tx, f"outcome_confirmed/{referral.key}") is not None
    if confirmed or not can_take_back(tx, referral, messages.awaited(tx, [key])):
        raise Conflict("referral_state", referral=referral.id, status=referral.status, wanted="reopened")
    last = last_answer(tx, referral)
    if last is None or last.seq != answer:
        raise Invalid({"answer": (Problem("another_answer"),)})
    runtime.tell(tx, ENGINE, TAKEN_BACK, key, {"taken_back_reason": reason}, unique_key=unique)
    return referral


def _reason_problem(reason: str) -> Problem | None:
    if not reason:
        return Problem("required")
    return Problem("too_long", {"max": LONGEST_REASON}) if len(reason) > LONGEST_REASON else None


def _tasks(tx: Tx, referral: Referral) -> list[Task]:
    query = policy.allowed(tx, policy.TASK_WORK, select(Task))
    return list(tx.session.scalars(query.where(Task.subject == referral.key, Task.status == "open").order_by(Task.id)))


def _last_done(tx: Tx, referral: Referral, about: int | None) -> Task | None:
    query = policy.allowed(tx, policy.TASK_READ, select(Task))
    done = query.where(Task.subject == referral.key, Task.status == "done").order_by(Task.done_at.desc())
    if about is not None:
        done = done.where(Task.id == about)
    return tx.session.scalars(done.limit(1)).first()


def _said(tx: Tx, task: Task, language: str) -> str:
    """What was chosen first of all in a task that is done, in the words of its form."""
    for asked in inbox.open_form(tx, task.id, language=language).fields:
        if asked.kind == "radio" and asked.value:
            return next((option.label for option in asked.options if option.key == asked.value), "")
    return ""


def _shown(tx: Tx, key: str, value: object, language: str) -> Shown:
    label = codes.label(tx.session, "share", key, language)
    items = value if isinstance(value, list) else [value]
    if key in CODED:
        items = [codes.label(tx.session, CODED[key], str(item), language) for item in items]
    return Shown(key, label, ", ".join(str(item) for item in items))
