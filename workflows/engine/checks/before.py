"""What may have happened before a place of the diagrams is reached, and which ways are gone at the same time."""

from collections.abc import Iterable
from functools import cached_property
from itertools import islice

from workflows.engine.checks.examined import Examined, Graph, spread
from workflows.engine.dialect import Element

FORKS = frozenset({"parallel_gateway", "inclusive_gateway"})
#: Nobody overlooks a diagram with more; what lies beside each other there is not looked for any further.
MOST_FORKS = 100


class Before:
    """The ways back from each place: through subprocesses and called processes, outwards and into those passed.

    Sets of elements are bits: see ``bits``.
    """

    def __init__(self, examined: Examined) -> None:
        self._examined = examined
        self._elements = examined.parsed.elements
        self._bit = {key: 1 << at for at, key in enumerate(self._elements)}
        self._owners: dict[str, list[str]] = {}
        self._held: dict[str, int] = {}
        self._holders: dict[str, list[Element]] = {}
        self._sides: dict[str, dict[str, int]] = {}
        self._forks: dict[str, list[_Fork]] = {}
        for element in self._elements.values():
            for inner in filter(None, (element.calls, element.id if element.kind == "sub_process" else None)):
                self._owners.setdefault(inner, []).append(element.id)

    def bits(self, keys: Iterable[str]) -> int:
        """Some elements as one number with a bit for each."""
        found = 0
        for key in keys:
            found |= self._bit[key]
        return found

    def of(self, place: str) -> int:
        """All elements that may be over when an element is reached, or a flow left by; none for an unknown place.

        A boundary event begins to wait together with what it is attached to.
        """
        flow = self._examined.parsed.flows.get(place)
        element = self.element(place)
        if element is None:
            return 0
        found = self._with_inside(element.id) if flow is not None else 0
        for each in (self._elements.get(element.attached_to or element.id), *self.holders(element.process)):
            found |= self._passed.get(each.id, 0) if each is not None else 0
        return found

    def element(self, place: str) -> Element | None:
        """The element of that id, or the one a flow leaves."""
        flow = self._examined.parsed.flows.get(place)
        return self._elements.get(flow.source if flow is not None else place)

    @cached_property
    def _passed(self) -> dict[str, int]:
        """What may have been passed in its own process when an element is reached, with all it holds."""
        found: dict[str, int] = {}
        for graph in self._examined.graphs.values():
            own = {key: self._with_inside(key) for key in graph.elements}
            over = spread(graph.leaving_order()[::-1], graph.before, own)
            for key, sources in graph.before.items():
                found[key] = 0
                for source in sources:
                    found[key] |= over[source]
        return found

    def holders(self, process: str) -> list[Element]:
        """Every activity a process may lie in."""
        if process not in self._holders:
            found: dict[str, Element] = {}
            waiting = list(self._owners.get(process, ()))
            while waiting:
                element = self._elements[waiting.pop()]
                if element.id not in found:
                    found[element.id] = element
                    waiting += self._owners.get(element.process, ())
            self._holders[process] = list(found.values())
        return self._holders[process]

    def _with_inside(self, key: str) -> int:
        """An element with all it holds; repetitions keep to themselves what is written inside."""
        element = self._elements[key]
        process = element.calls or element.id
        if element.loop is not None or process not in self._examined.parsed.processes:
            return self._bit[key]
        if process not in self._held:
            self._held[process] = self.bits(self._inside(process))
        return self._bit[key] | self._held[process]

    def _inside(self, process: str) -> set[str]:
        found: set[str] = set()
        waiting = [process]
        seen = {process}
        while waiting:
            for element in self._examined.parsed.processes[waiting.pop()].elements.values():
                found.add(element.id)
                inner = element.calls or element.id
                if element.loop is None and inner in self._examined.parsed.processes and inner not in seen:
                    seen.add(inner)
                    waiting.append(inner)
        return found

    def may_be_beside(self, one: str, other: str) -> bool:
        """Whether two places may be reached on ways that are gone at the same time."""
        first, second = self._places(one), self._places(other)
        return any(self._forked(process, first[process], second[process]) for process in first.keys() & second.keys())

    def _places(self, place: str) -> dict[str, int]:
        """Where a place lies in each process, as bits there: it itself in its own, what holds it in the others."""
        element = self.element(place)
        if element is None:
            return {}
        if element.process not in self._sides:
            sides: dict[str, int] = {}
            for each in self.holders(element.process):
                sides[each.process] = sides.get(each.process, 0) | self._examined.graphs[each.process].bit[each.id]
            self._sides[element.process] = sides
        sides = self._sides[element.process]
        own = self._examined.graphs[element.process].bit[element.id]
        return {**sides, element.process: sides.get(element.process, 0) | own}

    def _forked(self, process: str, mine: int, yours: int) -> bool:
        if process not in self._forks:
            graph = self._examined.graphs[process]
            heads = islice(self._heads(graph), MOST_FORKS)
            self._forks[process] = [_Fork([graph.ahead[head] for head in each]) for each in heads]
        return any(fork.parts(mine, yours) for fork in self._forks[process])

    def _heads(self, graph: Graph) -> Iterable[list[str]]:
        """Where the ways begin that are gone at the same time: behind forks, and beside a boundary event."""
        for element in graph.elements.values():
            if element.kind in FORKS and len(element.outgoing) > 1:
                yield list(dict.fromkeys(graph.after[element.id]))
            elif element.attached_to and element.attached_to in graph.elements and not element.interrupting:
                beside = [key for key in graph.after[element.attached_to] if key != element.id]
                yield [element.id, *beside]


class _Fork:
    """Ways that are gone at the same time, each with everything on it as bits."""

    def __init__(self, ways: list[int]) -> None:
        self._ways = ways
        self._some = self._several = 0
        for way in ways:
            self._several |= self._some & way
            self._some |= way

    def parts(self, mine: int, yours: int) -> bool:
        """Whether one of mine and one of yours may lie on different ways."""
        mine, yours = mine & self._some, yours & self._some
        if not mine or not yours or (mine == yours and not mine & (mine - 1)):
            return False  # not on any way, or one and the same element
        if (mine | yours) & self._several:
            return True
        way = next(each for each in self._ways if each & mine)
        return bool((mine | yours) & ~way)
