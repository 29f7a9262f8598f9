"""Events and the two message tasks: what waits for a message or a moment, and what is thrown."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workflows.engine import messages, moments, tokens
from workflows.engine.behaviours import boundaries
from workflows.engine.behaviours.activities import call_operator
from workflows.engine.catalogue import BpmnError
from workflows.engine.dialect.model import Element, Trigger
from workflows.engine.expressions import is_key
from workflows.engine.faults import Stuck
from workflows.engine.tokens import Token
from workflows.feel.texts import format_number

if TYPE_CHECKING:
    from workflows.engine.run import Run


def start(run: "Run", token: Token, element: Element) -> bool:
    """Nothing: the instance began here."""
    return True


def catch(run: "Run", token: Token, element: Element) -> bool | None:
    """Wait for the message or the moment; what came with it enters only through the output mapping (decision 3)."""
    if "fired" in token.internal_data:
        if element.outputs:
            run.conclude(token, run.results(token))
        return True
    _wait(run, token, element.trigger)
    return None


def receive(run: "Run", token: Token, element: Element) -> bool | None:
    """Wait for the message; without output mapping its variables are taken over as they are."""
    if "fired" in token.internal_data:
        run.conclude(token, run.results(token))
        return True
    _wait(run, token, element.trigger)
    return None


def _wait(run: "Run", token: Token, trigger: Trigger) -> None:
    if trigger.kind == "timer":
        _wait_for_moment(run, token, trigger)
    else:
        name, key = _address(run, token, trigger)
        run.changes.open_subscription(token, run.instance_id, name, key)


def _wait_for_moment(run: "Run", token: Token, trigger: Trigger) -> None:
    assert trigger.expression is not None
    value = run.certain(token, trigger.expression, "timer")
    now = run.tx.now
    if trigger.timer == "cycle":
        cycle = moments.cycle(value, now)
        anchor, due, times = cycle.first(now, run.changes.now)
        period = cycle.period
        token.internal_data["cycle"] = [times, period.months, period.days, period.seconds, anchor.isoformat()]
    else:
        due = moments.moment(value, now)
    run.changes.open_timer(token, run.instance_id, due)


def _address(run: "Run", token: Token, trigger: Trigger) -> tuple[str, str]:
    """Name and correlation key of a message, as text."""
    if trigger.name is None or trigger.correlation_key is None:
        raise Stuck("message_without_key", message=trigger.name)
    name = run.certain(token, trigger.name, "message_name")
    key = run.certain(token, trigger.correlation_key, "correlation_key")
    if isinstance(key, Decimal):
        key = format_number(key)
    if not is_key(name, messages.LONGEST_KEY) or not is_key(key, messages.LONGEST_KEY):
        raise Stuck("correlation_key_unusable", value=str(key)[: messages.LONGEST_KEY])
    return name, key


def happen(run: "Run", token: Token, payload: Mapping[str, Any]) -> None:
    """What the token waited for has happened: it goes on, a boundary event takes its own way."""
    activity = token.parent
    if tokens.element_of(token).kind == "boundary_event":
        boundaries.fire(run, activity, tokens.element_of(token), payload)
    else:
        run.wake(token, payload)


def elapse(run: "Run", token: Token, due: datetime) -> None:
    """The moment has come; a repeating boundary timer waits for its next one, a single one is over."""
    run.changes.done(token)
    happen(run, token, {})
    if not tokens.is_alive(token) or tokens.element_of(token).kind != "boundary_event":
        return
    # What was stored by earlier releases knows no first turn.
    times, months, days, seconds, *first = token.internal_data.get("cycle", (1, 0, 0, 0))
    anchor = datetime.fromisoformat(first[0]) if first else due
    following = moments.next_turn(anchor, moments.Period(months, days, seconds), due) if times != 1 else None
    if following is None:
        run.remove(token)
        return
    token.internal_data["cycle"] = [times and times - 1, months, days, seconds, *first]
    run.changes.open_timer(token, run.instance_id, following)


def throw(run: "Run", token: Token, element: Element) -> bool | None:
    """Send the message or throw the escalation; without either the event is a milestone."""
    return THROWN[element.trigger.kind](run, token, element)


def end(run: "Run", token: Token, element: Element) -> bool | None:
    """A token ends here, and with it what the event says."""
    return THROWN[element.trigger.kind](run, token, element)


def send(run: "Run", token: Token, element: Element) -> bool | None:
    """Send the message, by the operator the task names or by the engine itself."""
    if element.operator is None and element.trigger.kind == "none":
        raise Stuck("nothing_to_send")
    return _send(run, token, element)


def _nothing(run: "Run", token: Token, element: Element) -> bool:
    return True


def _send(run: "Run", token: Token, element: Element) -> bool:
    if element.operator is not None:
        call_operator(run, token, element)
        return True
    name, key = _address(run, token, element.trigger)
    run.lock()
    unique = f"{run.instance_id}/{element.id}/{token.id.hex}"
    messages.send(run.tx, name, key, dict(run.scopes.own(token.id.hex)), unique_key=unique)
    run.note("message.sent", token, {"name": name, "correlation_key": key})
    return True


def _escalate(run: "Run", token: Token, element: Element) -> bool | None:
    """An escalation nobody catches is no failure (BPMN 2.0 §10.5.4); if it interrupts, this token is gone."""
    payload = dict(run.scopes.own(token.id.hex))
    boundaries.throw(run, token, "escalation", element.trigger.code or "", payload)
    return True if tokens.is_alive(token) else None


def _fail(run: "Run", token: Token, element: Element) -> bool | None:
    raise BpmnError(element.trigger.code or "", run.scopes.own(token.id.hex))


def _terminate(run: "Run", token: Token, element: Element) -> bool:
    for other in tokens.standing(token.workflow):
        if other is not token:
            run.remove(other)
    return True


THROWN = {"none": _nothing, "message": _send, "escalation": _escalate, "error": _fail, "terminate": _terminate}
