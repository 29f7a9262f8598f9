"""What is stuck, for the people who look after the house: listed, and tried again by hand."""

from dataclasses import dataclass

from sqlalchemy import select

from workflows import policy
from workflows.actions import subjects
from workflows.core.tx import Tx
from workflows.engine import runtime
from workflows.engine.incidents import Incident
from workflows.engine.state import Instance
from workflows.operators import ENGINE


@dataclass(frozen=True, slots=True)
class Stuck:
    """An incident with the names of its process and step and the reference of its case, empty where there is none."""

    incident: Incident
    process: str
    step: str
    reference: str


def unresolved(tx: Tx) -> list[Stuck]:
    """All incidents nobody has solved, oldest first; raises ``NotAllowed``."""
    policy.require(tx, policy.INSTANCE_WORK)
    query = select(Incident, Instance).join(Instance, Instance.id == Incident.instance_id)
    rows = tx.session.execute(query.where(Incident.resolved_at.is_(None)).order_by(Incident.id)).all()
    references = subjects.references(tx, {instance.subject for _incident, instance in rows})
    return [_named(tx, incident, instance, references.get(instance.subject, "")) for incident, instance in rows]


def _named(tx: Tx, incident: Incident, instance: Instance, reference: str) -> Stuck:
    definition = runtime.definition_of(tx, instance)
    return Stuck(incident, definition.name, definition.element_name(incident.element_id, "de"), reference)


def retry(tx: Tx, incident_id: int) -> Instance:
    """Try the step again now; what fails again is a new incident.

    Raises ``NotAllowed``, ``NotFound``, ``Conflict("incident_resolved")``.
    """
    policy.require(tx, policy.INSTANCE_WORK)
    return runtime.retry(tx, ENGINE, incident_id)


def retry_and_look(tx: Tx, incident_id: int) -> bool:
    """Try the step again now; whether nothing of its instance is stuck afterwards. Raises what ``retry`` raises."""
    instance = retry(tx, incident_id)
    left = select(Incident.id).where(Incident.instance_id == instance.id, Incident.resolved_at.is_(None))
    return tx.session.scalar(left.limit(1)) is None
