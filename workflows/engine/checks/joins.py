"""Whether ways that part meet again at a gateway of the right kind, and how many tokens there may be at once."""

from collections.abc import Iterator

from workflows.engine.checks.examined import Examined, Graph
from workflows.engine.dialect import Element, Process
from workflows.engine.findings import Finding

#: More tokens at once than this are a drawing mistake; the engine stops a run at ten times as many steps.
MOST_TOKENS = 1_000
WAITING_FOR_ALL = frozenset({"parallel_gateway"})
GATHERING = frozenset({"parallel_gateway", "inclusive_gateway"})


def check_joins(examined: Examined) -> Iterator[Finding]:
    """Joins that can never fire, branches that are not joined, forks upon forks."""
    for process, graph in examined.processes():
        for element in process.elements.values():
            if len(element.incoming) > 1:
                yield from _branches(examined, graph, element)
                yield from _own_way(examined, process, graph, element)
        yield from _crowd(examined, process, graph)


def _branches(examined: Examined, graph: Graph, element: Element) -> Iterator[Finding]:
    """Branches of one fork that meet again at the wrong kind of element; only straight branches are judged."""
    origins: dict[str, int] = {}
    for source in graph.before[element.id]:
        origin = _fork_before(graph, source)
        if origin is not None and origin != element.id:
            origins[origin] = origins.get(origin, 0) + 1
    for origin in (key for key, branches in origins.items() if branches > 1):
        taken, fork = _taken(graph, origin), graph.elements[origin].name or origin
        if element.kind in WAITING_FOR_ALL and taken in {"one", "some"}:
            yield examined.error(element.id, f"join_for_{taken}", fork=fork)
        if element.kind not in GATHERING and taken == "all":
            yield examined.warning(element.id, "branches_not_joined", fork=fork)


def _fork_before(graph: Graph, key: str) -> str | None:
    seen: set[str] = set()
    while key not in seen:
        seen.add(key)
        if len(graph.after[key]) > 1:
            return key
        if len(graph.before[key]) != 1:
            return None
        key = graph.before[key][0]
    return None


def _taken(graph: Graph, key: str) -> str:
    """How many of the ways that leave an element are taken: ``one``, ``some``, ``all``, ``unknown`` for a mixture."""
    element = graph.elements[key]
    by_kind = {"exclusive_gateway": "one", "event_based_gateway": "one", "inclusive_gateway": "some"}
    if element.kind in by_kind:
        return by_kind[element.kind]
    boundaries = [graph.elements[each] for each in graph.after[key] if graph.elements[each].attached_to == key]
    if not boundaries:
        return "all"
    if len(element.outgoing) > 1:
        return "unknown"
    return "one" if all(each.interrupting for each in boundaries) else "some"


def _own_way(examined: Examined, process: Process, graph: Graph, element: Element) -> Iterator[Finding]:
    """A gateway that waits for all of its ways, one of which only comes from behind itself, waits for ever."""
    if element.kind not in WAITING_FOR_ALL:
        return
    starts = [key for key, each in process.elements.items() if each.kind == "start_event"]
    sources = graph.before[element.id]
    if any(graph.ahead[element.id] & graph.bit[source] for source in sources):
        seen = _reached_without(graph, starts, element.id)
    else:
        seen = {source for source in sources if any(graph.ahead[key] & graph.bit[source] for key in starts)}
    if any(source in seen for source in sources) and not all(source in seen for source in sources):
        yield examined.error(element.id, "join_behind_itself")


def _reached_without(graph: Graph, starts: list[str], passed: str) -> set[str]:
    """What is reached from the starts without passing an element."""
    seen = set(starts)
    queue = list(starts)
    while queue:
        for other in graph.after[queue.pop()]:
            if other not in seen and other != passed:
                seen.add(other)
                queue.append(other)
    return seen


def _crowd(examined: Examined, process: Process, graph: Graph) -> Iterator[Finding]:
    """Forks that are never joined multiply: how many tokens one that enters may become, joins taken into account."""
    crowds: dict[str, float] = {}
    for key in graph.leaving_order():
        element = graph.elements[key]
        after = [_arriving(graph, crowds, other) for other in graph.after[key]]
        several = _taken(graph, key) != "one"
        crowds[key] = (sum(after) if several else max(after, default=1.0)) if after else 1.0
        if crowds[key] > MOST_TOKENS and element.outgoing:
            yield examined.error(key, "too_parallel", max=MOST_TOKENS)
            return


def _arriving(graph: Graph, crowds: dict[str, float], key: str) -> float:
    """What one token arriving at an element becomes; a join makes one out of one per way. Ways back count once."""
    ways = len(graph.elements[key].incoming)
    share = ways if graph.elements[key].kind in GATHERING and ways > 1 else 1
    return crowds.get(key, 1.0) / share
