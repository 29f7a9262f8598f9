"""Sending a message from one process to another; it arrives in a transaction of its own."""

from workflows.core.tx import Tx
from workflows.engine import messages
from workflows.engine.catalogue import Call, Operator, Parameter
from workflows.operators import inputs


def send(tx: Tx, call: Call) -> None:
    """Put a message on its way, once per visit of the element."""
    unique = f"{call.instance_id}/{call.element_id}/{call.token}"
    name, key = inputs.text(call, "name"), inputs.text(call, "correlation_key")
    messages.send(tx, name, key, inputs.context(call, "variables"), unique_key=unique)


OPERATORS = (
    Operator(
        "message.send",
        "Nachricht an einen anderen Ablauf",
        (
            Parameter("name", label="Name"),
            Parameter("correlation_key", label="Schlüssel des Empfängers"),
            Parameter("variables", required=False, label="Angaben"),
        ),
        send,
    ),
)
