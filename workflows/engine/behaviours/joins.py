"""Joins count the tokens that arrived over each flow, so that loops and repeated tokens cannot confuse them.

Parallel (BPMN 2.0 §13.4.1): fires when every incoming flow holds a token and takes one from each; surplus stays.
Inclusive (§13.4.3): fires when no token elsewhere can still reach an empty incoming flow, unless the same token can
also reach one that holds a token already.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from workflows.engine import tokens
from workflows.engine.dialect.model import Element, ParsedProcess
from workflows.engine.faults import Stuck
from workflows.engine.tokens import Token

if TYPE_CHECKING:
    from workflows.engine.run import Run

JOINS = frozenset({"parallel_gateway", "inclusive_gateway"})


def arrive(workflow: tokens.AnyWorkflow, element: Element, flow: str) -> None:
    """Add a token to the one that waits at this join; a parallel join that is complete becomes ready."""
    waiting = _waiting(workflow, element) or tokens.place(workflow, element.id, state=tokens.WAITING)
    arrived = waiting.internal_data.setdefault("arrived", {})
    arrived[flow] = arrived.get(flow, 0) + 1
    if element.kind == "parallel_gateway" and all(flow in arrived for flow in element.incoming):
        _fire(waiting)


def _waiting(workflow: tokens.AnyWorkflow, element: Element) -> Token | None:
    for token in tokens.standing(workflow):
        if token._state == tokens.WAITING and tokens.element_of(token).id == element.id:
            return token
    return None


def _fire(token: Token) -> None:
    arrived = token.internal_data.pop("arrived")
    surplus = {flow: count - 1 for flow, count in arrived.items() if count > 1}
    token._set_state(tokens.READY)
    if surplus:
        rest = tokens.place(token.workflow, token.task_spec.name, state=tokens.WAITING)
        rest.internal_data["arrived"] = surplus


def release(run: "Run") -> bool:
    """Let inclusive joins go that nothing can reach any more; whether there was one."""
    for workflow in tokens.workflows(run.top):
        for token in tokens.standing(workflow):
            element = tokens.element_of(token)
            if token._state == tokens.WAITING and element.kind == "inclusive_gateway":
                others = (each for each in tokens.standing(workflow) if each is not token)
                if not _awaits(run.parsed, element, token.internal_data["arrived"], others):
                    _fire(token)
                    return True
    return False


def _awaits(parsed: ParsedProcess, join: Element, arrived: dict[str, int], others: Iterable[Token]) -> bool:
    for other in others:
        reached = _reaches(parsed, tokens.element_of(other), join)
        if reached - arrived.keys() and not reached & arrived.keys():
            return True
    return False


def _reaches(parsed: ParsedProcess, origin: Element, join: Element) -> frozenset[str]:
    """The incoming flows of ``join`` that a token on ``origin`` can still come in by, not passing through the join."""
    key = ("reaches", origin.id, join.id)
    if key not in parsed.caches:
        found: set[str] = set()
        seen = {origin.id}
        queue = [origin]
        for element in queue:
            exits = [element, *parsed.boundaries(element.id)]
            for flow in (parsed.flows[name] for each in exits for name in each.outgoing):
                if flow.target == join.id:
                    found.add(flow.id)
                elif flow.target not in seen:
                    seen.add(flow.target)
                    queue.append(parsed.elements[flow.target])
        parsed.caches[key] = frozenset(found)
    return parsed.caches[key]  # type: ignore[no-any-return]


def report_stuck(run: "Run") -> None:
    """A process in which only joins wait will never end: say so instead of sleeping for ever."""
    for workflow in tokens.workflows(run.top):
        standing = tokens.standing(workflow)
        if standing and all(token._state == tokens.WAITING for token in standing):
            for token in standing:
                if "incident" not in token.internal_data:
                    missing = [
                        flow for flow in tokens.element_of(token).incoming if flow not in token.internal_data["arrived"]
                    ]
                    run.open_incident(token, Stuck("join_incomplete", missing=missing))
