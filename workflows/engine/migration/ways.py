"""The ways through one process: what can be reached from where, and whether a marking always comes to an end."""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain

from workflows.engine.behaviours.joins import JOINS
from workflows.engine.dialect.model import Element, ParsedProcess

MOST_MARKINGS = 20_000
MOST_TOKENS = 500

Marking = tuple[tuple[str, ...], tuple[tuple[str, tuple[tuple[str, int], ...]], ...]]
"""The elements tokens stand on, sorted; the joins that gather, with how many tokens came by which flow."""


class Ways:
    """One process of one version as a graph; events at the edge of an activity are ways out of it."""

    def __init__(self, parsed: ParsedProcess, process: str) -> None:
        self.parsed = parsed
        self.elements: Mapping[str, Element] = parsed.processes[process].elements

    def flows_out(self, key: str) -> Iterator[str]:
        """The flows by which a token may leave an element, its edges included."""
        return chain(self.elements[key].outgoing, *(each.outgoing for each in self.parsed.boundaries(key)))

    def reached(self, key: str, *, barrier: Collection[str] = ()) -> frozenset[str]:
        """Every element that can be reached from one, not passing through those of the barrier."""
        cache = ("ways", key, frozenset(barrier))
        if cache not in self.parsed.caches:
            self.parsed.caches[cache] = self._walk(self.flows_out(key), barrier)[0]
        return self.parsed.caches[cache]  # type: ignore[no-any-return]

    def entries(self, key: str, join: str) -> set[str]:
        """The flows into a join by which a token on the element may come to it."""
        _elements, flows = self._walk(self.flows_out(key), {join})
        return {flow for flow in flows if self.parsed.flows[flow].target == join}

    def branches(self, fork: str) -> list[tuple[frozenset[str], frozenset[str]]]:
        """For each way out of a fork the elements and flows of that branch, up to where branches meet at a join."""
        flows = self.elements[fork].outgoing
        whole = [self._walk([flow], {fork})[0] for flow in flows]
        meeting = {
            key
            for key, each in self.elements.items()
            if each.kind in JOINS and len(each.incoming) > 1 and sum(key in branch for branch in whole) > 1
        }
        found = [self._walk([flow], {fork, *meeting}) for flow in flows]
        return [(elements - meeting, passed) for elements, passed in found]

    def _walk(
        self, flows: Collection[str] | Iterator[str], barrier: Collection[str]
    ) -> tuple[frozenset[str], frozenset[str]]:
        seen: set[str] = set()
        passed: set[str] = set()
        queue = list(flows)
        while queue:
            flow = queue.pop()
            if flow in passed:
                continue
            passed.add(flow)
            target = self.parsed.flows[flow].target
            if target not in seen:
                seen.add(target)
                if target not in barrier:
                    queue.extend(self.flows_out(target))
                    seen.update(each.id for each in self.parsed.boundaries(target))
        return frozenset(seen), frozenset(passed)


def stuck_join(ways: Ways, standing: Collection[str], arrived: Mapping[str, Mapping[str, int]]) -> str | None:
    """A join that may wait for ever when the tokens go on from here; None when every way comes to an end.

    One token moves at a time by all its alternatives; the others commute with it, so that every dead end is found
    without trying all orders. Where there is too much to try, the first join is named.
    """
    first: Marking = (
        tuple(sorted(standing)),
        tuple(sorted((join, tuple(sorted(flows.items()))) for join, flows in arrived.items())),
    )
    seen, queue = {first}, [first]
    while queue:
        marking = queue.pop()
        if not marking[0] and marking[1]:
            released = _released(ways, marking)
            if released is None:
                return marking[1][0][0]
            following: Iterator[Marking] = iter([released])
        else:
            following = _steps(ways, marking)
        for each in following:
            if each not in seen:
                seen.add(each)
                queue.append(each)
        if len(seen) > MOST_MARKINGS or len(marking[0]) > MOST_TOKENS:
            return next((key for key, each in ways.elements.items() if each.kind in JOINS), "")
    return None


def _steps(ways: Ways, marking: Marking) -> Iterator[Marking]:
    if not marking[0]:
        return
    key, rest = marking[0][0], marking[0][1:]
    element = ways.elements[key]
    if element.kind == "end_event":
        yield ((), ()) if element.trigger.kind in {"terminate", "error"} else (rest, marking[1])
        return
    for flows in _choices(ways, element):
        yield _entered(ways, (rest, marking[1]), flows)


def _choices(ways: Ways, element: Element) -> Iterator[tuple[str, ...]]:
    """The flows a token may leave by together, one choice after the other."""
    flows = element.outgoing
    if element.kind in {"exclusive_gateway", "event_based_gateway"}:
        yield from ((flow,) for flow in flows)
    elif element.kind == "inclusive_gateway" and len(flows) > 1:
        yield from ((flow,) for flow in flows)
        yield flows
    else:
        yield flows
    for boundary in ways.parsed.boundaries(element.id):
        yield boundary.outgoing if boundary.interrupting else (*flows, *boundary.outgoing)


def _entered(ways: Ways, marking: Marking, flows: Collection[str]) -> Marking:
    """The marking after one more token came over each of the flows."""
    standing = list(marking[0])
    joins = {join: dict(by_flow) for join, by_flow in marking[1]}
    for flow in flows:
        target = ways.elements[ways.parsed.flows[flow].target]
        if target.kind not in JOINS or len(target.incoming) < 2:
            standing.append(target.id)
            continue
        came = joins.setdefault(target.id, {})
        came[flow] = came.get(flow, 0) + 1
        if target.kind == "parallel_gateway" and all(each in came for each in target.incoming):
            _fire(joins, target.id)
            standing.append(target.id)
    return _marking(standing, joins)


def _fire(joins: dict[str, dict[str, int]], join: str) -> None:
    left = {flow: count - 1 for flow, count in joins.pop(join).items() if count > 1}
    if left:
        joins[join] = left


def _marking(standing: list[str], joins: Mapping[str, Mapping[str, int]]) -> Marking:
    gathered = sorted((join, tuple(sorted(flows.items()))) for join, flows in joins.items())
    return tuple(sorted(standing)), tuple(gathered)


def _released(ways: Ways, marking: Marking) -> Marking | None:
    """The first inclusive join that no gathering join can still reach lets its tokens go, as the engine does."""
    joins = {join: dict(flows) for join, flows in marking[1]}
    for join, arrived in joins.items():
        if ways.elements[join].kind != "inclusive_gateway":
            continue
        awaited = (ways.entries(other, join) for other in joins if other != join)
        if not any(flows - arrived.keys() and not flows & arrived.keys() for flows in awaited):
            _fire(joins, join)
            return _marking([join], joins)
    return None
