"""What the coordination office does with its cases: read everything about one and its letters, keep notes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from workflows import policy
from workflows.actions import case_story, once
from workflows.actions.case_story import Happening
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.domain import cases, referrals
from workflows.domain.cases import Case, CaseNote
from workflows.domain.funding import Application
from workflows.domain.letters import Letter
from workflows.domain.offices import Office
from workflows.domain.programmes import Programme
from workflows.domain.referrals import Referral
from workflows.engine import messages
from workflows.engine.definitions import Definition, load
from workflows.engine.state import Instance
from workflows.engine.tasks import Task

LONGEST_NOTE = 10_000


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything about one case; ``workable`` are the ids of the tasks the actor may do.

    ``last_worker`` is who did the last task of the coordination in it.
    """

    case: Case
    referrals: Sequence[tuple[Referral, Office]]
    applications: Sequence[tuple[Application, Programme | None]]
    tasks: Sequence[Task]
    story: Sequence[Happening]
    instances: Sequence[tuple[Instance, Definition]]
    awaited: frozenset[tuple[str, str]] = frozenset()
    workable: frozenset[int] = frozenset()
    last_worker: str = ""


def read(tx: Tx, case_id: int) -> CaseFile:
    """One case with all that belongs to it; raises ``NotFound``."""
    case = policy.get(tx, policy.CASE_READ, Case, case_id)
    session = tx.session
    asked = [(row, session.get_one(Office, row.office_id)) for row in referrals.of_case(session, case.id)]
    applied = applications(tx, case.id)
    subjects = [case.stream, *(row.key for row, _ in asked), *(row.key for row, _ in applied)]
    instances = list(session.scalars(select(Instance).where(Instance.subject.in_(subjects)).order_by(Instance.id)))
    tasks = policy.allowed(tx, policy.TASK_READ, select(Task)).where(Task.subject.in_(subjects), Task.status == "open")
    return CaseFile(
        case=case,
        referrals=asked,
        applications=applied,
        tasks=list(session.scalars(tasks.order_by(Task.due_at, Task.id))),
        story=case_story.tell(tx, case, instances, {row.key: office.name for row, office in asked}, subjects),
        instances=[(instance, load(session, instance.version_id)) for instance in instances],
        awaited=messages.awaited(tx, [case.reference, *subjects]),
        workable=frozenset(session.scalars(_workable(tx, subjects))),
        last_worker=_last_worker(tx, subjects),
    )


def _last_worker(tx: Tx, subjects: Sequence[str]) -> str:
    done = policy.allowed(tx, policy.TASK_READ, select(Task)).where(Task.subject.in_(subjects), Task.status == "done")
    ours = done.where(Task.group_key == "group:coordination", Task.done_by_id.is_not(None))
    last = tx.session.scalars(ours.order_by(Task.done_at.desc()).limit(1)).first()
    return last.done_by or "" if last else ""


def _workable(tx: Tx, subjects: Sequence[str]) -> Select[tuple[int]]:
    mine = policy.allowed(tx, policy.TASK_WORK, select(Task)).where(Task.subject.in_(subjects), Task.status == "open")
    return mine.with_only_columns(Task.id)


def applications(tx: Tx, case_id: int) -> list[tuple[Application, Programme | None]]:
    """The funding applications of a case that the actor may see, each with its programme once one is chosen."""
    query = select(Application, Programme).outerjoin(Programme, Programme.id == Application.programme_id)
    mine = policy.allowed(tx, policy.FUNDING_READ, query).where(Application.case_id == case_id)
    return [(row, programme) for row, programme in tx.session.execute(mine.order_by(Application.id))]


def letter(tx: Tx, case_id: int, letter_id: int) -> tuple[Case, Letter]:
    """One letter with its case; raises ``NotFound``."""
    found = policy.get(tx, policy.CASE_READ, Letter, letter_id)
    if found.case_id != case_id:
        raise NotFound("not_found", kind="letter")
    return policy.get(tx, policy.CASE_READ, Case, case_id), found


def add_note(tx: Tx, case_id: int, text: str, *, is_shared: bool = False, unique_key: str = "") -> CaseNote:
    """Keep a note, internal or shared with whoever asked, once per ``unique_key``; ``NotFound`` and ``Invalid``."""
    case = policy.get(tx, policy.CASE_WORK, Case, case_id)
    text = text.strip()
    if not text:
        raise Invalid({"text": (Problem("required"),)})
    if len(text) > LONGEST_NOTE:
        raise Invalid({"text": (Problem("too_long", {"max": LONGEST_NOTE}),)})
    return cases.add_note(tx, case.id, text, is_shared=is_shared, key=once.key(tx, case.stream, unique_key))


def notes(tx: Tx, case_id: int) -> list[CaseNote]:
    """All notes of a case, oldest first; raises ``NotFound``."""
    case = policy.get(tx, policy.CASE_READ, Case, case_id)
    query = policy.allowed(tx, policy.CASE_READ, select(CaseNote)).where(CaseNote.case_id == case.id)
    return list(tx.session.scalars(query.order_by(CaseNote.id)))


def shared_notes(tx: Tx, case_id: int) -> list[CaseNote]:
    """The notes of a case that whoever asked may read, newest first; for the status page."""
    query = policy.allowed(tx, policy.CASE_READ, select(CaseNote))
    shared = query.where(CaseNote.case_id == case_id, CaseNote.is_shared)
    return list(tx.session.scalars(shared.order_by(CaseNote.id.desc())))
