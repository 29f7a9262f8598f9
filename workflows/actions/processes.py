"""Instances as programs see them: start one, read where it stands, what happened."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from workflows import policy
from workflows.actions import enquiries
from workflows.core.errors import Conflict
from workflows.core.tx import Tx
from workflows.engine import runtime
from workflows.engine.definitions import Definition
from workflows.engine.events import Event
from workflows.engine.state import Instance
from workflows.operators import ENGINE, referrals


def start(tx: Tx, process_key: str, variables: Mapping[str, Any]) -> Instance:
    """Begin an instance; an enquiry goes through its form and opens a case, a referral only ever comes from a case.

    ``channel`` and ``language`` of an enquiry may stand among the variables. Raises ``NotAllowed``, ``Invalid``,
    ``Conflict("process_not_startable")``, ``NotFound`` for an unknown process.
    """
    policy.require(tx, policy.INSTANCE_WORK)
    if process_key == enquiries.PROCESS:
        return _enquire(tx, dict(variables))
    if process_key == referrals.PROCESS:
        raise Conflict("process_not_startable", process=process_key)
    return runtime.start(tx, ENGINE, process_key, variables, subject="")


def _enquire(tx: Tx, values: dict[str, Any]) -> Instance:
    channel, language = str(values.pop("channel", "mail")), str(values.pop("language", "de"))
    case, _link = enquiries.submit(tx, values, language, channel=channel)
    assert case.instance_id is not None
    return tx.session.get_one(Instance, case.instance_id)


def read(tx: Tx, instance_id: int) -> Instance:
    """One instance; raises ``NotFound``."""
    return policy.get(tx, policy.INSTANCE_READ, Instance, instance_id)


def definition(tx: Tx, instance: Instance) -> Definition:
    """The version the instance is pinned to."""
    return runtime.definition_of(tx, instance)


def variables(tx: Tx, instance: Instance) -> Mapping[str, Any]:
    """The instance's variables, as far as the actor may see them: an office sees only what its forms name."""
    return instance.variables.get("", {}) if policy.may(tx.actor, policy.INSTANCE_WORK) else {}


def events(tx: Tx, instance_id: int) -> Sequence[Event]:
    """What happened, oldest first; raises ``NotFound``."""
    instance = policy.get(tx, policy.INSTANCE_READ, Instance, instance_id)
    return tx.session.scalars(select(Event).where(Event.instance_id == instance.id).order_by(Event.id)).all()
