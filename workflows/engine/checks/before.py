"""What may have happened before a place of the diagrams is reached, and which variables are known there for that."""

from collections.abc import Iterable
from itertools import islice

from workflows.engine.checks.examined import Examined
from workflows.engine.dialect import Element

FORKS = frozenset({"parallel_gateway", "inclusive_gateway"})
#: Nobody overlooks a diagram with more; what lies beside each other there is not looked for any further.
MOST_FORKS = 100


class Before:
    """The ways back from each place: through subprocesses and called processes, outwards and into those passed."""

    def __init__(self, examined: Examined) -> None:
        self._examined = examined
        self._elements = examined.parsed.elements
        self._found: dict[str, frozenset[str]] = {}
        self._owners: dict[str, list[str]] = {}
        self._inside: dict[str, frozenset[str]] = {}
        self._ways: dict[str, list[list[set[str]]]] = {}
        for element in self._elements.values():
            for inner in filter(None, (element.calls, element.id if element.kind == "sub_process" else None)):
                self._owners.setdefault(inner, []).append(element.id)

    def of(self, place: str) -> frozenset[str]:
        """All elements that may be over when an element is reached, or a flow left by; empty for an unknown place.

        A boundary event begins to wait together with what it is attached to.
        """
        flow = self._examined.parsed.flows.get(place)
        if flow is not None:
            return (
                self.of(flow.source) | self._with_inside(flow.source) if flow.source in self._elements else frozenset()
            )
        element = self._elements.get(place)
        if element is None:
            return frozenset()
        origin = element.attached_to or element.id
        if origin not in self._found:
            self._found[origin] = frozenset(
                inner
                for each in self.around(origin)
                for key in self._examined.graphs[each.process].reached(*self._previous(each), backwards=True)
                for inner in self._with_inside(key)
            )
        return self._found[origin]

    def _previous(self, element: Element) -> list[str]:
        return self._examined.graphs[element.process].before.get(element.id, [])

    def around(self, place: str) -> list[Element]:
        """The element itself and every activity it may lie in, the callers of its process among them."""
        flow = self._examined.parsed.flows.get(place)
        found: dict[str, Element] = {}
        waiting = [flow.source if flow is not None else place]
        while waiting:
            element = self._elements.get(waiting.pop())
            if element is not None and element.id not in found:
                found[element.id] = element
                waiting += self._owners.get(element.process, ())
        return list(found.values())

    def _with_inside(self, key: str) -> frozenset[str]:
        if key not in self._inside:
            self._inside[key] = self._collected(key)
        return self._inside[key]

    def _collected(self, key: str) -> frozenset[str]:
        """An element with all it holds; repetitions keep to themselves what is written inside."""
        found: set[str] = set()
        waiting = [key]
        while waiting:
            element = self._elements.get(waiting.pop())
            if element is None or element.id in found:
                continue
            found.add(element.id)
            process = self._examined.parsed.processes.get(element.calls or element.id)
            if process is not None and element.loop is None:
                waiting += process.elements
        return frozenset(found)

    def may_be_beside(self, one: str, other: str) -> bool:
        """Whether two places may be reached on ways that are gone at the same time."""
        return any(
            first.process == second.process and self._forked(first, second)
            for first in self.around(one)
            for second in self.around(other)
        )

    def _forked(self, first: Element, second: Element) -> bool:
        if first.id == second.id:
            return False
        if first.process not in self._ways:
            graph = self._examined.graphs[first.process]
            heads = islice(self._heads(first.process), MOST_FORKS)
            self._ways[first.process] = [[graph.reached(head) for head in each] for each in heads]
        for reached in self._ways[first.process]:
            mine = {index for index, way in enumerate(reached) if first.id in way}
            yours = {index for index, way in enumerate(reached) if second.id in way}
            if any(index != another for index in mine for another in yours):
                return True
        return False

    def _heads(self, process: str) -> Iterable[list[str]]:
        """Where the ways begin that are gone at the same time: behind forks, and beside a boundary event."""
        graph = self._examined.graphs[process]
        for element in graph.elements.values():
            if element.kind in FORKS and len(element.outgoing) > 1:
                yield list(dict.fromkeys(graph.after[element.id]))
            elif element.attached_to and element.attached_to in graph.elements and not element.interrupting:
                beside = [key for key in graph.after[element.attached_to] if key != element.id]
                yield [element.id, *beside]
