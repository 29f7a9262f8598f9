"""Gateways: which flows a token leaves by (BPMN 2.0 §10.6)."""

from typing import TYPE_CHECKING

from workflows.engine import tokens
from workflows.engine.dialect.model import Element
from workflows.engine.faults import Stuck
from workflows.engine.tokens import Token

if TYPE_CHECKING:
    from workflows.engine.run import Run


def exclusive(run: "Run", token: Token, element: Element) -> bool:
    """The first flow whose condition holds, in the order drawn, else the default."""
    run.take(token, _first(run, token, element))
    return True


def _first(run: "Run", token: Token, element: Element) -> str:
    for flow in element.outgoing:
        if flow != element.default and _open(run, token, flow):
            return flow
    return _default(element)


def inclusive(run: "Run", token: Token, element: Element) -> bool:
    """Every flow whose condition holds, else the default."""
    matching = [flow for flow in element.outgoing if flow != element.default and _open(run, token, flow)]
    run.take(token, *(matching or [_default(element)]))
    return True


def _open(run: "Run", token: Token, flow: str) -> bool:
    condition = run.parsed.flows[flow].condition
    # A gateway that only joins has one flow and needs no condition.
    return run.holds(token, condition) if condition is not None else True


def _default(element: Element) -> str:
    if element.default not in element.outgoing:
        raise Stuck("no_flow_open")
    return element.default


def parallel(run: "Run", token: Token, element: Element) -> bool:
    """All flows."""
    return True


def event_based(run: "Run", token: Token, element: Element) -> None:
    """All following events wait; the first that happens goes on and the others are withdrawn."""
    for flow in element.outgoing:
        tokens.place(token.workflow, run.parsed.flows[flow].target, parent=token)
