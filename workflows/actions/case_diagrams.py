"""Where the processes of a case stand: marks for the drawing, and the same as steps: done, now, possible next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, union

from workflows import policy
from workflows.core.errors import NotFound
from workflows.core.tx import Tx
from workflows.domain import funding, referrals
from workflows.domain.cases import Case
from workflows.engine.definitions import Definition, load
from workflows.engine.dialect.model import GATEWAYS, Element
from workflows.engine.editing.laying_out import drawn
from workflows.engine.events import Event
from workflows.engine.incidents import Incident
from workflows.engine.messages import Subscription
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer


@dataclass(frozen=True, slots=True)
class Diagram:
    """One instance drawn: where it stands, where it was, where it is stuck (element ids)."""

    instance: Instance
    name: str
    current: tuple[str, ...]
    visited: tuple[str, ...]
    incidents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One named step; ``state`` is done, current or todo, ``at`` when it was done last."""

    element_id: str
    state: str
    at: datetime | None = None


def diagram(tx: Tx, case_id: int, instance_id: int) -> tuple[bytes, Diagram]:
    """The diagram (BPMN XML) of one instance of the case and its marks; raises ``NotFound``."""
    case = policy.get(tx, policy.CASE_READ, Case, case_id)
    instance = tx.session.get(Instance, instance_id)
    asked, applied = referrals.of_case(tx.session, case.id), funding.of_case(tx.session, case.id)
    subjects = {case.stream, *(row.key for row in asked), *(row.key for row in applied)}
    if instance is None or instance.subject not in subjects:
        raise NotFound("not_found", kind="instance")
    definition = load(tx.session, instance.version_id)
    return drawn(definition.diagram), marks(tx, instance, definition)


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


def steps(tx: Tx, instance: Instance, definition: Definition) -> list[Step]:
    """The way of an instance as text: what is done in the order it happened, where it stands, what may come next."""
    elements = definition.process.elements
    current = waiting_elements(tx, instance, definition)
    kinds = ("element.completed", "task.completed", "timer.fired", "message.received")
    query = select(Event.element_id, Event.at).where(Event.instance_id == instance.id, Event.kind.in_(kinds))
    done: dict[str, datetime] = {}
    for key, at in tx.session.execute(query.order_by(Event.id)):
        if key in elements and _is_step(elements[key]) and key not in current:
            done.pop(key, None)
            done[key] = at
    following = dict.fromkeys(each.id for key in current for each in _following(definition, elements[key]))
    return [
        *(Step(key, "done", at) for key, at in done.items()),
        *(Step(key, "current") for key in current),
        *(Step(key, "todo") for key in following if key not in current),
    ]


def _is_step(element: Element) -> bool:
    return bool(element.name) and element.kind not in GATEWAYS


def _following(definition: Definition, element: Element) -> Iterator[Element]:
    """The named steps that may come right after an element, through gateways and out of subprocesses."""
    parsed = definition.process
    edges = [each for each in parsed.boundaries(element.id) if each.name]
    yield from edges
    waiting, seen = [element], set()
    while waiting:
        here = waiting.pop(0)
        seen.add(here.id)
        targets = [parsed.elements[parsed.flows[flow].target] for flow in here.outgoing]
        if here.kind == "end_event" and here.process in parsed.elements:
            targets.append(parsed.elements[here.process])
        for target in targets:
            if target.kind == "sub_process" and target.id in parsed.processes and target.id != here.process:
                waiting += [start for start in parsed.starts(target.id) if start.id not in seen]
            elif _is_step(target) and target.id != here.process:
                yield target
            elif target.id not in seen:
                waiting.append(target)
