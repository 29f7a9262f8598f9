"""How a diagram hangs together: beginnings, ends, ways, gateways, loops."""

from collections.abc import Collection, Iterator
from itertools import islice

from workflows.engine.checks.examined import Examined, Graph
from workflows.engine.dialect import Element, Process
from workflows.engine.findings import Finding

DECIDING = frozenset({"exclusive_gateway", "inclusive_gateway"})
WAITING = frozenset({"user_task", "manual_task", "receive_task", "intermediate_catch_event", "event_based_gateway"})
LONGEST_ID = 150
MOST_NAMED = 5


def check_structure(examined: Examined) -> Iterator[Finding]:
    """Everything about the shape of the processes."""
    yield from _executable(examined)
    waiting = _waiting_processes(examined)
    for process, graph in examined.processes():
        yield from _ways(examined, process, graph)
        yield from _loops(examined, process, graph, waiting)
        for element in process.elements.values():
            yield from _element(examined, process, element)
    yield from _calls_in_circles(examined)


def _executable(examined: Examined) -> Iterator[Finding]:
    """Exactly one process is started, the one the bundle is named after; others are called by it."""
    tops = {key: each for key, each in examined.parsed.processes.items() if each.parent is None}
    called = {each.calls for each in examined.parsed.elements.values() if each.calls}
    key = examined.bundle.key
    if key not in tops:
        yield examined.error(next(iter(tops), key), "process_id_differs", expected=key, found=_few(tops))
        return
    if not tops[key].executable:
        yield examined.error(key, "not_executable")
    for other, process in tops.items():
        if other != key and process.executable and other not in called:
            yield examined.error(other, "several_executable", expected=key)


def _few(keys: Collection[str]) -> str:
    """Some of the keys; a file may have more than anybody would read."""
    return ", ".join(islice(keys, MOST_NAMED)) + (", …" if len(keys) > MOST_NAMED else "")


def _ways(examined: Examined, process: Process, graph: Graph) -> Iterator[Finding]:
    starts = [each.id for each in process.elements.values() if each.kind == "start_event"]
    ends = [each.id for each in process.elements.values() if each.kind == "end_event"]
    if process.elements and not ends:
        yield examined.warning(process.id, "without_end")
    reached = graph.reached(*starts)
    if starts:
        for key in process.elements:
            if key not in reached:
                yield examined.warning(key, "unreachable")
    last = [key for key, others in graph.after.items() if not others]
    finishing = graph.reached(*last, backwards=True)
    stuck = [key for key in process.elements if key in reached and key not in finishing]
    if stuck:
        yield examined.error(stuck[0], "never_ends")


def _loops(examined: Examined, process: Process, graph: Graph, waiting: set[str]) -> Iterator[Finding]:
    automatic = {key for key, each in process.elements.items() if not _waits(each, waiting)}
    for circle in graph.circles(automatic):
        first = next(key for key in process.elements if key in circle)
        leaves = any(other not in circle for key in circle for other in graph.after[key])
        if leaves:
            yield examined.warning(first, "automatic_loop", elements=len(circle))
        else:
            yield examined.error(first, "endless_loop", elements=len(circle))


def _waits(element: Element, waiting: set[str]) -> bool:
    return element.kind in WAITING or element.id in waiting or (element.calls or "") in waiting


def _waiting_processes(examined: Examined) -> set[str]:
    """Processes and subprocesses in which something waits for the outside, however deep."""
    found: set[str] = set()
    while True:
        more = {
            key
            for key, process in examined.parsed.processes.items()
            if key not in found and any(_waits(each, found) for each in process.elements.values())
        }
        if not more:
            return found
        found |= more


def _element(examined: Examined, process: Process, element: Element) -> Iterator[Finding]:
    if len(element.id) > LONGEST_ID:
        yield examined.error(element.id, "id_too_long", max=LONGEST_ID)
    if element.kind in {"user_task", "manual_task"} and not element.name:
        yield examined.warning(element.id, "task_without_name")
    if not element.outgoing and element.kind != "end_event":
        yield examined.warning(element.id, "dead_end")
    if element.default is not None and element.default not in element.outgoing:
        yield examined.error(element.id, "unknown_default", flow=element.default)
    if element.kind in DECIDING and len(element.outgoing) > 1:
        yield from _decision(examined, process, element)
    if len(element.outgoing) > 1 and not element.kind.endswith("_gateway"):
        yield examined.warning(element.id, "implicit_fork", ways=len(element.outgoing))
    if element.kind == "event_based_gateway":
        if len(element.outgoing) < 2:
            yield examined.warning(element.id, "event_gateway_single")
        yield from _awaited(examined, process, element)
    called = examined.parsed.processes.get(element.calls or "")
    if called is not None and not _begins(called):
        yield examined.error(element.id, "called_without_start", process=called.id)


def _awaited(examined: Examined, process: Process, gateway: Element) -> Iterator[Finding]:
    """What waits behind an event-based gateway bears no boundary events (BPMN 2.0 §10.5.6): one of them would end
    its step, and the gateway would wait on for the others."""
    for key in gateway.outgoing:
        for boundary in examined.parsed.boundaries(process.flows[key].target):
            yield examined.error(boundary.id, "event_gateway_boundary", gateway=gateway.name or gateway.id)


def _begins(called: Process) -> bool:
    return any(each.kind == "start_event" and each.trigger.kind == "none" for each in called.elements.values())


def _decision(examined: Examined, process: Process, element: Element) -> Iterator[Finding]:
    if element.default is None:
        yield examined.error(element.id, "gateway_without_default")
    for key in element.outgoing:
        flow = process.flows[key]
        if key == element.default and flow.condition:
            yield examined.warning(key, "default_with_condition", gateway=element.name or element.id)
        elif key != element.default and not flow.condition:
            yield examined.error(key, "flow_without_condition", gateway=element.name or element.id)


def _calls_in_circles(examined: Examined) -> Iterator[Finding]:
    """A process that calls itself, directly or through others, never begins its work."""
    calls: dict[str, set[str]] = {key: set() for key in examined.parsed.processes}
    for process in examined.parsed.processes.values():
        for element in process.elements.values():
            if element.calls in calls:
                calls[process.id].add(element.calls)
            if element.id in calls:
                calls[process.id].add(element.id)
    for element in examined.parsed.elements.values():
        if element.calls in calls and element.process in _all_called(calls, element.calls):
            yield examined.error(element.id, "calls_itself", process=element.calls)


def _all_called(calls: dict[str, set[str]], start: str) -> set[str]:
    seen = {start}
    queue = [start]
    while queue:
        for other in calls[queue.pop()]:
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return seen
