"""Whether anything that is alive or still ahead of a case differs between two versions; what is behind never does."""

from collections.abc import Iterator
from dataclasses import replace

from workflows.engine.behaviours.joins import JOINS
from workflows.engine.definition import Definition
from workflows.engine.dialect.model import Element, ParsedProcess
from workflows.engine.migration.standing import Level
from workflows.engine.migration.ways import Ways


def concerns(old: Definition, new: Definition, levels: list[Level]) -> bool:
    """Whether the new version is another one for a case that stands like this."""
    if old.digests["texts"] != new.digests["texts"]:
        return True
    ahead: set[str] = set()
    for level in levels:
        ways = Ways(old.process, level.process)
        for place in level.places:
            ahead.update({place.element, *ways.reached(place.element)})
    return any(differs(old, new, key) for key in _with_insides(old, ahead))


def _with_insides(old: Definition, ahead: set[str]) -> Iterator[str]:
    """The elements, those at their edges, and everything in the processes they hold or call."""
    seen: set[str] = set()
    queue = list(ahead)
    while queue:
        key = queue.pop()
        if key in seen:
            continue
        seen.add(key)
        yield key
        queue.extend(each.id for each in old.process.boundaries(key))
        inside = old.process.processes.get(old.process.elements[key].calls or key)
        if inside is not None:
            queue.extend(inside.elements)


def differs(old: Definition, new: Definition, key: str) -> bool:
    """Whether one element, the ways out of it, or what it refers to is not the same."""
    before, after = old.process.elements[key], new.process.elements.get(key)
    if after is None or _own(before) != _own(after):
        return True
    edges = ({each.id for each in side.process.boundaries(key)} for side in (old, new))
    if next(edges) != next(edges):
        return True
    if _ways_out(old.process, before) != _ways_out(new.process, after):
        return True
    if _is_join(before) and _sources(old.process, before) != _sources(new.process, after):
        return True
    referred = (f"form/{before.form_id}", f"decision/{before.decision_id}")
    return any(old.digests.get(name) != new.digests.get(name) for name in referred)


def _own(element: Element) -> Element:
    """The element without its arrows, whose ids mean nothing to a case."""
    return replace(element, incoming=(), outgoing=(), default=None)


def _ways_out(process: ParsedProcess, element: Element) -> list[tuple[str, str, str | None, bool]]:
    flows = (process.flows[key] for key in element.outgoing)
    return [(flow.target, flow.name, flow.condition, flow.id == element.default) for flow in flows]


def _is_join(element: Element) -> bool:
    """How a token came to an element is behind it, unless it is a join, which counts the ways in."""
    return element.kind in JOINS and len(element.incoming) > 1


def _sources(process: ParsedProcess, element: Element) -> list[str]:
    return sorted(process.flows[flow].source for flow in element.incoming)
