"""Boundary events: armed with their activity, or found when an error or escalation is thrown (BPMN 2.0 §10.5.6)."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from workflows.engine import tokens
from workflows.engine.dialect.model import Element
from workflows.engine.scopes import storable
from workflows.engine.tokens import Token

if TYPE_CHECKING:
    from workflows.engine.run import Run

ARMED = frozenset({"timer", "message"})


def arm(run: "Run", token: Token) -> None:
    """Let the timer and message boundaries of an activity wait as long as it is alive."""
    if "armed" in token.internal_data:
        return
    for boundary in run.parsed.boundaries(tokens.element_of(token).id):
        if boundary.trigger.kind in ARMED:
            token.internal_data["armed"] = 1
            tokens.place(token.workflow, boundary.id, parent=token)


def throw(run: "Run", token: Token, kind: str, code: str, payload: Mapping[str, Any]) -> bool:
    """Hand an error or escalation to the nearest boundary event outwards that catches it; whether there is one.

    Raises ``Stuck`` for a payload that cannot be stored, before anything is moved for it.
    """
    storable(payload)
    for activity in _around(token):
        boundary = _catching(run, tokens.element_of(activity), kind, code)
        if boundary is not None:
            fire(run, activity, boundary, payload)
            return True
    return False


def _around(token: Token) -> Iterator[Token]:
    """The activities around a token from the inside out, beginning with itself; runs of a loop count as the loop."""
    inner: Token | None = token
    while inner is not None:
        yield tokens.enclosing_loop(inner)
        inner = inner.workflow.owner


def _catching(run: "Run", activity: Element, kind: str, code: str) -> Element | None:
    """The boundary event for exactly this code wins over one that catches all."""
    candidates = [each for each in run.parsed.boundaries(activity.id) if each.trigger.kind == kind]
    exact = [each for each in candidates if each.trigger.code == code]
    return next(iter(exact or [each for each in candidates if each.trigger.code is None]), None)


def fire(run: "Run", activity: Token, boundary: Element, payload: Mapping[str, Any]) -> None:
    """Go on from a boundary event; an interrupting one ends its activity with all that is inside."""
    workflow = activity.workflow
    if boundary.interrupting:
        run.remove(activity)
    run.wake(tokens.place(workflow, boundary.id), payload)
