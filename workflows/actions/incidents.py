"""What is stuck, for the people who look after the house: listed, and tried again by hand."""

from collections.abc import Sequence

from sqlalchemy import select

from workflows import policy
from workflows.core.tx import Tx
from workflows.engine import runtime
from workflows.engine.incidents import Incident
from workflows.engine.state import Instance
from workflows.operators import ENGINE


def unresolved(tx: Tx) -> Sequence[Incident]:
    """All incidents nobody has solved, oldest first; raises ``NotAllowed``."""
    policy.require(tx, policy.INSTANCE_WORK)
    return tx.session.scalars(select(Incident).where(Incident.resolved_at.is_(None)).order_by(Incident.id)).all()


def retry(tx: Tx, incident_id: int) -> Instance:
    """Try the step again now; what fails again is a new incident.

    Raises ``NotAllowed``, ``NotFound``, ``Conflict("incident_resolved")``.
    """
    policy.require(tx, policy.INSTANCE_WORK)
    return runtime.retry(tx, ENGINE, incident_id)
