"""The order in which a list tells a process: along the way from the start, side ways where they leave."""

from collections.abc import Iterator

from workflows.engine.dialect.nodes import NODE_KINDS
from workflows.engine.dialect.xml import BPMN, Node, local


def ordered(root: Node) -> Iterator[tuple[Node, int]]:
    """Every flow node with the number of subprocesses around it, in walking order."""
    for process in root.iter(f"{BPMN}process"):
        yield from _within(process)


def _within(process: Node) -> Iterator[tuple[Node, int]]:
    waiting = [(each, 0) for each in reversed(_walked(process))]
    while waiting:
        element, depth = waiting.pop()
        yield element, depth
        if local(element) == "subProcess":
            waiting += [(each, depth + 1) for each in reversed(_walked(element))]


def _walked(holder: Node) -> list[Node]:
    """The nodes of one process or subprocess: deep along each way, boundary events behind what they hang at."""
    nodes = {each.get("id") or "": each for each in holder if local(each) in NODE_KINDS}
    after: dict[str, list[str]] = {key: [] for key in nodes}
    for flow in holder.findall(f"{BPMN}sequenceFlow"):
        after.get(flow.get("sourceRef") or "", []).append(flow.get("targetRef") or "")
    for key, each in nodes.items():
        if each.get("attachedToRef") in after:
            after[each.get("attachedToRef") or ""].append(key)
    starts = [key for key, each in nodes.items() if local(each) == "startEvent"]
    seen: dict[str, Node] = {}
    for origin in (*starts, *nodes):
        waiting = [origin]
        while waiting:
            key = waiting.pop()
            if key in nodes and key not in seen:
                seen[key] = nodes[key]
                waiting += reversed(after[key])
    return list(seen.values())
