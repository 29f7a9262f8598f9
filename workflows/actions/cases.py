"""What the coordination office does with its cases: find them, read their whole story, keep notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, union

from workflows import policy
from workflows.core import audit, search
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.outbox import Mail
from workflows.core.tx import Tx
from workflows.domain import cases, funding, referrals
from workflows.domain.cases import Case, CaseNote
from workflows.domain.funding import Application
from workflows.domain.offices import Office
from workflows.domain.programmes import Programme
from workflows.domain.referrals import Referral
from workflows.engine import messages
from workflows.engine.definitions import Definition, load
from workflows.engine.events import Event
from workflows.engine.incidents import Incident
from workflows.engine.messages import Subscription
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer

LONGEST_NOTE = 10_000
# What a person wants to read; the log keeps every step.
TOLD = ("task.completed", "task.cancelled", "timer.fired", "incident.opened", "incident.resolved", "decision.evaluated")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases: words that all occur, a status, and where to go on reading (the id of the last case seen)."""

    words: str = ""
    status: str = ""
    before: int | None = None
    limit: int = 25


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a case's story; ``event`` is an audit event or, with ``step``, an event of the process.

    ``office`` is the name of the one it is about, if it is about a referral; ``acts_for`` whom a deputy stood in for.
    """

    at: datetime
    event: str
    actor: str
    step: str | None = None
    is_process: bool = False
    office: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    acts_for: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
    """One instance drawn: where it stands, where it was, where it is stuck (element ids)."""

    instance: Instance
    name: str
    current: tuple[str, ...]
    visited: tuple[str, ...]
    incidents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything about one case; ``workable`` are the ids of the tasks the actor may do."""

    case: Case
    referrals: Sequence[tuple[Referral, Office]]
    applications: Sequence[tuple[Application, Programme | None]]
    tasks: Sequence[Task]
    story: Sequence[Happening]
    notes: Sequence[CaseNote]
    mails: Sequence[Mail]
    instances: Sequence[tuple[Instance, Definition]]
    awaited: frozenset[tuple[str, str]] = frozenset()
    workable: frozenset[int] = frozenset()


def find(tx: Tx, wanted: Filter) -> list[Case]:
    """The cases the actor may read, newest first, one more than ``limit`` when there are more."""
    query = policy.allowed(tx, policy.CASE_READ, select(Case))
    if wanted.words.strip():
        query = query.where(Case.id.in_(search.matching("case", wanted.words)))
    if wanted.status:
        query = query.where(Case.status == wanted.status)
    if wanted.before is not None:
        query = query.where(Case.id < wanted.before)
    return list(tx.session.scalars(query.order_by(Case.id.desc()).limit(wanted.limit + 1)))


def read(tx: Tx, case_id: int) -> CaseFile:
    """One case with all that belongs to it; raises ``NotFound``."""
    case = policy.get(tx, policy.CASE_READ, Case, case_id)
    session = tx.session
    asked = [(row, session.get_one(Office, row.office_id)) for row in referrals.of_case(session, case.id)]
    applied = applications(tx, case.id)
    subjects = [case.stream, *(row.key for row, _ in asked), *(row.key for row, _ in applied)]
    instances = list(session.scalars(select(Instance).where(Instance.subject.in_(subjects)).order_by(Instance.id)))
    tasks = policy.allowed(tx, policy.TASK_READ, select(Task)).where(Task.subject.in_(subjects), Task.status == "open")
    notes = (
        policy.allowed(tx, policy.CASE_READ, select(CaseNote))
        .where(CaseNote.case_id == case.id)
        .order_by(CaseNote.id.desc())
    )
    mails = select(Mail).where(Mail.about.in_(subjects)).order_by(Mail.id.desc())
    return CaseFile(
        case=case,
        referrals=asked,
        applications=applied,
        tasks=list(session.scalars(tasks.order_by(Task.due_at, Task.id))),
        story=_story(tx, case, instances, {referral.key: office.name for referral, office in asked}),
        notes=list(session.scalars(notes)),
        mails=list(session.scalars(mails)),
        instances=[(instance, load(session, instance.version_id)) for instance in instances],
        awaited=messages.awaited(tx, [case.reference, *subjects]),
        workable=frozenset(session.scalars(_workable(tx, subjects))),
    )


def _workable(tx: Tx, subjects: Sequence[str]) -> Select[tuple[int]]:
    mine = policy.allowed(tx, policy.TASK_WORK, select(Task)).where(Task.subject.in_(subjects), Task.status == "open")
    return mine.with_only_columns(Task.id)


def _story(tx: Tx, case: Case, instances: Sequence[Instance], offices: Mapping[str, str]) -> list[Happening]:
    """Audit trail and told steps of the processes, newest first; ``offices`` are names by the referral's key."""
    about = {instance.id: offices.get(instance.subject, "") for instance in instances}
    events = tx.session.scalars(select(Event).where(Event.instance_id.in_(about), Event.kind.in_(TOLD)))
    story = [
        Happening(
            *(event.at, event.kind, event.actor, event.element_name, True, about[event.instance_id]),
            acts_for=(event.details or {}).get("acts_for", ""),
        )
        for event in events
    ]
    for entry in audit.entries(tx.session, case.stream, limit=500):
        if entry.event != "task.completed":  # told by the process already, with the step's name
            who = entry.label or entry.actor
            office = offices.get(entry.object, "")
            told = Happening(entry.at, entry.event, who, office=office, details=entry.details or {})
            story.append(replace(told, acts_for=entry.acts_for))
    return sorted(story, key=lambda happening: happening.at, reverse=True)


def applications(tx: Tx, case_id: int) -> list[tuple[Application, Programme | None]]:
    """The funding applications of a case that the actor may see, each with its programme once one is chosen."""
    query = select(Application, Programme).outerjoin(Programme, Programme.id == Application.programme_id)
    mine = policy.allowed(tx, policy.FUNDING_READ, query).where(Application.case_id == case_id)
    return [(row, programme) for row, programme in tx.session.execute(mine.order_by(Application.id))]


def diagram(tx: Tx, case_id: int, instance_id: int) -> tuple[bytes, Diagram]:
    """The diagram (BPMN XML) of one instance of the case and its marks; raises ``NotFound``."""
    case = policy.get(tx, policy.CASE_READ, Case, case_id)
    instance = tx.session.get(Instance, instance_id)
    asked, applied = referrals.of_case(tx.session, case.id), funding.of_case(tx.session, case.id)
    subjects = {case.stream, *(row.key for row in asked), *(row.key for row in applied)}
    if instance is None or instance.subject not in subjects:
        raise NotFound("not_found", kind="instance")
    definition = load(tx.session, instance.version_id)
    return definition.diagram, marks(tx, instance, definition)


def marks(tx: Tx, instance: Instance, definition: Definition) -> Diagram:
    """Where an instance stands: waiting tasks, timers and messages; passed elements; open incidents."""
    session = tx.session
    visited = session.scalars(select(Event.element_id).where(Event.instance_id == instance.id).distinct())
    stuck = select(Incident.element_id).where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None))
    return Diagram(
        instance=instance,
        name=definition.name,
        current=tuple(waiting_elements(tx, instance, definition)),
        visited=tuple(sorted(element for element in visited if element)),
        incidents=tuple(session.scalars(stuck)),
    )


def waiting_elements(tx: Tx, instance: Instance, definition: Definition) -> list[str]:
    """Where the instance rests: open tasks, awaited messages and dates, steps that failed.

    Events at the edge of an activity are no place of their own: whoever waits there waits in the activity.
    """
    queries = (
        select(Task.element_id).where(Task.instance_id == instance.id, Task.status == "open"),
        select(Subscription.element_id).where(Subscription.instance_id == instance.id),
        select(Timer.element_id).where(Timer.instance_id == instance.id, Timer.status == "waiting"),
        select(Incident.element_id).where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None)),
    )
    found = tx.session.scalars(union(*queries).order_by("element_id"))
    elements = definition.process.elements
    return [key for key in found if key in elements and elements[key].attached_to is None]


def add_note(tx: Tx, case_id: int, text: str, *, is_shared: bool = False) -> CaseNote:
    """Keep a note, internal or shared with whoever asked; raises ``NotFound`` and ``Invalid``."""
    case = policy.get(tx, policy.CASE_WORK, Case, case_id)
    text = text.strip()
    if not text:
        raise Invalid({"text": (Problem("required"),)})
    if len(text) > LONGEST_NOTE:
        raise Invalid({"text": (Problem("too_long", {"max": LONGEST_NOTE}),)})
    return cases.add_note(tx, case.id, text, is_shared=is_shared)


def shared_notes(tx: Tx, case_id: int) -> list[CaseNote]:
    """The notes of a case that whoever asked may read, newest first; for the status page."""
    query = policy.allowed(tx, policy.CASE_READ, select(CaseNote))
    shared = query.where(CaseNote.case_id == case_id, CaseNote.is_shared)
    return list(tx.session.scalars(shared.order_by(CaseNote.id.desc())))
