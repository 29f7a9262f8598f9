"""Which variables are known at an element: what the workshop offers while somebody writes an expression."""

from collections.abc import Iterable
from dataclasses import dataclass

from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Catalogue
from workflows.engine.checks.examined import Examined
from workflows.engine.checks.variables import results, writes
from workflows.engine.content import read_content
from workflows.engine.dialect import Element
from workflows.engine.office_functions import OFFICE_FUNCTIONS


@dataclass(frozen=True, slots=True)
class Known:
    """A variable, and the name of the element that sets it; empty for what the process starts with."""

    name: str
    source: str


def known_at(bundle: Bundle, catalogue: Catalogue, place: str) -> list[Known]:
    """The variables set on some way to an element or flow, by name; all of the bundle for a place it does not know."""
    functions = {**OFFICE_FUNCTIONS, **catalogue.functions}
    content = read_content(bundle, functions)
    if content.parsed is None:
        return []
    examined = Examined(bundle, content, content.parsed, catalogue, functions)
    found = dict.fromkeys(catalogue.variables.get(bundle.key, ()), "")
    for form_id, form in content.forms.items():
        # What the form of whoever asks fills is there from the start; no element shows it.
        if not any(each.form_id == form_id for each in content.parsed.elements.values()):
            found |= dict.fromkeys(form.written(), "")
    for element in _before(examined, place):
        names = writes(examined, element) if element.id == place else results(examined, element)
        for name in names:
            found.setdefault(name, element.name or element.id)
        if element.loop is not None:
            found |= {name: element.name for name in (element.loop.item, "loopCounter") if name and element.id == place}
    return [Known(name, found[name]) for name in sorted(found, key=str.casefold)]


def _before(examined: Examined, place: str) -> Iterable[Element]:
    """Everything on a way to the place, and to each subprocess around it; the element itself included."""
    flow = examined.parsed.flows.get(place)
    element = examined.parsed.elements.get(flow.source if flow is not None else place)
    if element is None:
        return examined.parsed.elements.values()
    found: dict[str, Element] = {}
    around: Element | None = element
    while around is not None:
        graph = examined.graphs[around.process]
        for key in sorted(graph.reached(around.id, backwards=True)):
            found[key] = graph.elements[key]
            found |= _inside(examined, key)
        around = examined.parsed.elements.get(around.process)
    return found.values()


def _inside(examined: Examined, key: str) -> dict[str, Element]:
    """What a subprocess on the way holds: without an input mapping its variables lie outside it."""
    found: dict[str, Element] = {}
    waiting = [key]
    while waiting:
        process = examined.parsed.processes.get(waiting.pop())
        for inner in process.elements.values() if process is not None else ():
            found[inner.id] = inner
            waiting.append(inner.id)
    return found
