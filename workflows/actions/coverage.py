"""Which flows of a process its trials took, and which nobody walked, with both ends as facts for a sentence."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from workflows.engine.dialect import Element, Flow, ParsedProcess


@dataclass(frozen=True, slots=True)
class Place:
    """One end of a flow: its name, else what it is (``join``, ``fork``, ``start``, ``end``, ``step``).

    ``next_name`` is the first name behind a place without one, empty where there is none.
    """

    name: str
    what: str
    next_name: str = ""


@dataclass(frozen=True, slots=True)
class Untaken:
    """A flow nobody took; ``label`` is what the diagram writes at it."""

    source: Place
    target: Place
    label: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the flows of the draft's process were taken, and which were not, in the order of their ids."""

    taken: int
    total: int
    missing: tuple[Untaken, ...]


def covered(parsed: ParsedProcess, walked: AbstractSet[str]) -> Coverage:
    """What is left of a process's flows when those ``walked`` are known, subprocesses included."""
    missing = tuple(_untaken(parsed, flow) for key, flow in sorted(parsed.flows.items()) if key not in walked)
    return Coverage(len(parsed.flows) - len(missing), len(parsed.flows), missing)


def _untaken(parsed: ParsedProcess, flow: Flow) -> Untaken:
    source, target = (place(parsed, parsed.elements[key]) for key in (flow.source, flow.target))
    return Untaken(source, target, flow.name)


def place(parsed: ParsedProcess, element: Element) -> Place:
    """How one finds an element in its diagram."""
    if element.name:
        return Place(element.name, "step")
    return Place("", _what(element), _next_name(parsed, element))


def _what(element: Element) -> str:
    if element.kind.endswith("_gateway"):
        return "fork" if len(element.outgoing) > 1 else "join"
    return {"start_event": "start", "end_event": "end"}.get(element.kind, "step")


def _next_name(parsed: ParsedProcess, element: Element) -> str:
    seen: set[str] = set()
    while element.outgoing and element.id not in seen:
        seen.add(element.id)
        element = parsed.elements[parsed.flows[element.outgoing[0]].target]
        if element.name:
            return element.name
    return ""
