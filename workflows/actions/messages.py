"""Messages from programs to waiting instances."""

import uuid
from collections.abc import Mapping
from typing import Any

from workflows import policy
from workflows.core import audit
from workflows.core.errors import Invalid, Problem
from workflows.core.tx import Tx
from workflows.engine import messages
from workflows.engine.messages import Message

LONGEST = 200


def post(
    tx: Tx,
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any] | None = None,
    unique_key: str | None = None,
) -> Message:
    """Put a message on its way, once per ``unique_key``; raises ``NotAllowed``, ``Invalid``."""
    policy.require(tx, policy.INSTANCE_WORK)
    texts = {"name": name, "correlation_key": correlation_key, "unique_key": unique_key or "-"}
    problems = {key: _problem(text) for key, text in texts.items() if not 0 < len(text) <= LONGEST}
    if problems:
        raise Invalid(problems)
    # Keys of the house's own messages cannot be guessed into: those of programs live under a prefix.
    unique = f"api/{unique_key or uuid.uuid4().hex}"
    known = messages.find(tx, unique)
    if known is None:
        messages.send(tx, name, correlation_key, variables or {}, unique_key=unique)
        audit.record(tx, "system", "message.posted", f"message:{name}", {"correlation_key": correlation_key})
    found = messages.find(tx, unique)
    assert found is not None
    return found


def _problem(text: str) -> tuple[Problem, ...]:
    return (Problem("too_long", {"max": LONGEST}) if text else Problem("required"),)
