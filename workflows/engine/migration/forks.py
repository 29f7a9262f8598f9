"""Whether tokens that run side by side meet again in the new version as they would have in the old.

Three rules. What the tokens of now will be joined by is the same gateway with as many ways. What they were parted by
still parts them so. And from where they stand no gateway waits for a token that never comes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workflows.engine.behaviours.joins import JOINS
from workflows.engine.dialect.model import Element, ParsedProcess
from workflows.engine.migration.reasons import Reason
from workflows.engine.migration.ways import Ways

Arrived = Mapping[str, Mapping[str, int]]
"""Joins that hold tokens: how many came by which flow."""

NEVER_FORKS = frozenset({"exclusive_gateway", "event_based_gateway"})


@dataclass(frozen=True)
class Side:
    """One process in one version."""

    parsed: ParsedProcess
    process: str

    @property
    def elements(self) -> Mapping[str, Element]:
        """Its own elements."""
        return self.parsed.processes[self.process].elements


def changed_forks(
    old: Side, new: Side, names: Mapping[str, str], standing: list[str], arrived: Arrived
) -> Iterator[Reason]:
    """The gateways around tokens in ``standing`` and ``arrived`` that part or join them differently now."""
    ways = Ways(old.parsed, old.process)
    for join in _involved_joins(ways, standing, arrived):
        if (
            not _same_gateway(old.elements[join], new, names, "incoming")
            or matched_flows(old, new, names, join, arrived.get(join, {})) is None
        ):
            yield _reason(old.elements[join])
    for fork in _open_forks(ways, standing, arrived):
        if not _same_gateway(old.elements[fork], new, names, "outgoing"):
            yield _reason(old.elements[fork])


def _reason(element: Element) -> Reason:
    return Reason("fork_changed", element.id, element.name)


def _same_gateway(element: Element, new: Side, names: Mapping[str, str], flows: str) -> bool:
    found = new.elements.get(names.get(element.id, element.id))
    if found is None or found.kind != element.kind:
        return False
    return len(getattr(found, flows)) == len(getattr(element, flows))


def _involved_joins(ways: Ways, standing: list[str], arrived: Arrived) -> list[str]:
    """The joins at which two of the tokens meet next; what only follows behind one of those may change freely."""
    joins = [key for key, each in ways.elements.items() if each.kind in JOINS and len(each.incoming) > 1]
    reached = [ways.reached(place) for place in (*standing, *arrived)]
    candidates = {join for join in joins if join in arrived or sum(join in each for each in reached) > 1}
    found = []
    for join in joins:
        if join not in candidates:
            continue
        barrier = candidates - {join}
        tokens = sum(join in ways.reached(place, barrier=barrier) for place in standing)
        others = sum(join in ways.reached(other, barrier=barrier) for other in barrier)
        if join in arrived or tokens + others > 1:
            found.append(join)
    return found


def _open_forks(ways: Ways, standing: list[str], arrived: Arrived) -> Iterator[str]:
    """The forks of which two different branches hold a token now."""
    flows = [(join, flow) for join, by_flow in arrived.items() for flow in by_flow]
    if len(standing) + len(flows) < 2:
        return
    for fork, element in ways.elements.items():
        if len(element.outgoing) < 2 or element.kind in NEVER_FORKS:
            continue
        positions: list[str | tuple[str, str]] = [*standing, *flows]
        branches = ways.branches(fork)
        taken = [_branches_of(place, branches) for place in positions]
        if any(
            one and other and len(one | other) > 1 for index, one in enumerate(taken) for other in taken[index + 1 :]
        ):
            yield fork


def _branches_of(place: str | tuple[str, str], branches: list[tuple[frozenset[str], frozenset[str]]]) -> set[int]:
    """By which branches a token may have come to an element, or to a join over a flow."""
    if isinstance(place, tuple):
        return {index for index, (_elements, flows) in enumerate(branches) if place[1] in flows}
    return {index for index, (elements, _flows) in enumerate(branches) if place in elements}


def matched_flows(
    old: Side, new: Side, names: Mapping[str, str], join: str, wanted: Mapping[str, int]
) -> dict[str, str] | None:
    """Over which flow of the new version each token counts as arrived; None when that cannot be said.

    A flow of the same id is the same; else the one way in by which its source, or what is left before it, still reaches
    the join; else the only one left on both sides.
    """
    before = list(old.elements[join].incoming)
    target = names.get(join, join)
    after = list(new.elements[target].incoming)
    found = {flow: flow for flow in before if flow in after}
    ways = Ways(new.parsed, new.process)
    for flow in before:
        if flow in found:
            continue
        sources = [names.get(each, each) for each in _nearest_left(old, new, names, old.parsed.flows[flow].source)]
        entries = {entry for each in sources for entry in ways.entries(each, target)} - set(found.values())
        if len(entries) == 1:
            found[flow] = entries.pop()
    left, free = [each for each in before if each not in found], [each for each in after if each not in found.values()]
    if len(left) == len(free) == 1:
        found[left[0]] = free[0]
    return {flow: found[flow] for flow in wanted} if all(flow in found for flow in wanted) else None


def _nearest_left(old: Side, new: Side, names: Mapping[str, str], element: str) -> list[str]:
    """The element, or where it is gone those next before it that the new version still has."""
    seen, queue, found = {element}, [element], []
    while queue:
        key = queue.pop()
        if names.get(key, key) in new.elements:
            found.append(key)
            continue
        before = [old.parsed.flows[flow].source for flow in old.elements[key].incoming]
        edge = old.elements[key].attached_to
        for each in (*before, *([edge] if edge else [])):
            if each not in seen:
                seen.add(each)
                queue.append(each)
    return found
