"""Reads diagram files into plain data; every element is looked at once, without recursion into flows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from workflows.engine.dialect.building import build
from workflows.engine.dialect.model import (
    ACTIVITIES,
    DialectError,
    Element,
    Flow,
    Lane,
    ParsedProcess,
    Process,
    Refusal,
)
from workflows.engine.dialect.nodes import NODE_KINDS, REFUSED_NODES, Shared, read_element
from workflows.engine.dialect.xml import BPMN, Node, bpmn, extension_value, local, read, text

PARTS = {*NODE_KINDS, *REFUSED_NODES, "sequenceFlow", "process", "lane"}
#: Of all these in one bundle ten times as many as the check allows elements. More are not read: it would take a minute.
MOST_PARTS = 20_000
CONDITIONAL = frozenset({"exclusive_gateway", "inclusive_gateway"})


@dataclass
class _Reading:
    """What has been read so far, over all files."""

    processes: dict[str, Process] = field(default_factory=dict)
    lanes: dict[str, Lane] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    ids: Counter[str] = field(default_factory=Counter)
    parts: int = 0


def parse(xml: bytes, *more: bytes) -> ParsedProcess:
    """Read one or more diagram files that belong together (a call activity may call into another file).

    Raises ``DialectError`` when a file cannot be read at all; everything else that cannot run is a refusal.
    """
    reading = _Reading()
    for content in (xml, *more):
        _read_file(read(content), reading)
    if not reading.processes:
        raise DialectError("no_process")
    elements = {key: each for process in reading.processes.values() for key, each in process.elements.items()}
    flows = {key: each for process in reading.processes.values() for key, each in process.flows.items()}
    reading.refusals.extend(Refusal(name, "duplicate_id") for name, count in reading.ids.items() if count > 1)
    reading.refusals.extend(_structure(reading.processes, elements))
    specs = {} if reading.refusals else build(reading.processes)
    return ParsedProcess(reading.processes, elements, flows, reading.lanes, tuple(reading.refusals), specs)


def _read_file(root: Node, reading: _Reading) -> None:
    reading.parts += sum(local(each) in PARTS for each in root.iter(BPMN + "*"))
    if reading.parts > MOST_PARTS:
        raise DialectError("too_many_elements", max=MOST_PARTS)
    shared = Shared()
    for node in root:
        identity = node.get("id") or ""
        if local(node) == "message":
            shared.messages[identity] = (
                text(node.get("name")),
                extension_value(node, "subscription", "correlationKey"),
            )
        elif local(node) == "error":
            shared.errors[identity] = text(node.get("errorCode"))
        elif local(node) == "escalation":
            shared.escalations[identity] = text(node.get("escalationCode"))
    for process in _running(root):
        _read_lanes(process, shared, reading)
        _read_process(process, None, None, shared, reading)
    reading.refusals.extend(shared.refusals)


def _running(root: Node) -> list[Node]:
    """The processes of a file; beside one that is executable, another that is not and that nobody calls is drawing."""
    found = list(root.iterchildren(BPMN + "process"))
    drawn = [each for each in found if each.get("isExecutable") == "false"]
    if len(drawn) == len(found):
        return found
    calls = root.iter(BPMN + "callActivity")
    called = {extension_value(each, "calledElement", "processId") or each.get("calledElement") for each in calls}
    return [each for each in found if each not in drawn or each.get("id") in called]


def _read_lanes(process: Node, shared: Shared, reading: _Reading) -> None:
    # Document order: an inner lane comes after the lane around it and wins.
    for lane in process.iter(BPMN + "lane"):
        identity = lane.get("id") or ""
        reading.lanes[identity] = Lane(identity, (lane.get("name") or "").strip(), process.get("id") or "")
        for reference in lane.iterchildren(BPMN + "flowNodeRef"):
            shared.lanes[(reference.text or "").strip()] = identity


def _read_process(top: Node, parent: str | None, lane: str | None, shared: Shared, reading: _Reading) -> None:
    """A process and, one after the other, the subprocesses inside it."""
    waiting = [(top, parent, lane)]
    while waiting:
        node, parent, lane = waiting.pop(0)
        identity = node.get("id") or ""
        if identity in reading.processes:
            raise DialectError("duplicate_process", process=identity)
        elements = {each.id: each for each in _elements(node, identity, lane, shared, reading)}
        flows = {each.id: each for each in _flows(node, reading)}
        reading.processes[identity] = Process(
            identity,
            (node.get("name") or "").strip(),
            parent,
            _with_flows(node, elements, flows),
            flows,
            node.get("isExecutable", "true") == "true",
        )
        for child in node.iterchildren(BPMN + "subProcess"):
            child_id = child.get("id") or ""
            waiting.append((child, identity, elements[child_id].lane if child_id in elements else lane))


def _elements(node: Node, process: str, lane: str | None, shared: Shared, reading: _Reading) -> Iterable[Element]:
    for child in node:
        name = local(child)
        if name in REFUSED_NODES:
            shared.refuse(child, "unsupported_element", tag=name)
        if name not in NODE_KINDS:
            continue
        if not child.get("id"):
            shared.refuse(child, "without_id", tag=name)
            continue
        reading.ids[child.get("id") or ""] += 1
        yield read_element(child, process, lane, shared)


def _flows(node: Node, reading: _Reading) -> Iterable[Flow]:
    for child in node.iterchildren(BPMN + "sequenceFlow"):
        condition = bpmn(child, "conditionExpression")
        identity = child.get("id") or ""
        reading.ids[identity] += 1
        yield Flow(
            identity,
            child.get("sourceRef") or "",
            child.get("targetRef") or "",
            " ".join((child.get("name") or "").split()),
            text(condition.text) if condition is not None else None,
        )


def _with_flows(node: Node, elements: dict[str, Element], flows: dict[str, Flow]) -> dict[str, Element]:
    """The elements with their flows, in the order their ``outgoing`` children name them, else as drawn."""
    incoming: dict[str, list[str]] = {}
    outgoing: dict[str, list[str]] = {}
    for flow in flows.values():
        incoming.setdefault(flow.target, []).append(flow.id)
        outgoing.setdefault(flow.source, []).append(flow.id)
    for child in node:
        named = [(each.text or "").strip() for each in child.iterchildren(BPMN + "outgoing")]
        position = {flow: index for index, flow in enumerate(named)}
        if child.get("id") in outgoing:
            outgoing[child.get("id") or ""].sort(key=lambda flow: position.get(flow, len(position)))  # noqa: B023
    return {
        key: replace(each, incoming=tuple(incoming.get(key, ())), outgoing=tuple(outgoing.get(key, ())))
        for key, each in elements.items()
    }


def _structure(processes: dict[str, Process], elements: dict[str, Element]) -> Iterable[Refusal]:
    """What does not hang together; each check looks at one process."""
    for process in processes.values():
        yield from _starts(process)
        for flow in process.flows.values():
            if flow.source not in process.elements or flow.target not in process.elements:
                yield Refusal(flow.id, "flow_without_end", {"source": flow.source, "target": flow.target})
            elif flow.condition and process.elements[flow.source].kind not in {
                "exclusive_gateway",
                "inclusive_gateway",
            }:
                yield Refusal(flow.id, "condition_without_gateway", {"source": flow.source})
        for element in process.elements.values():
            yield from _connected(element, process, processes)


def _starts(process: Process) -> Iterable[Refusal]:
    starts = [each for each in process.elements.values() if each.kind == "start_event"]
    plain = [each for each in starts if each.trigger.kind == "none"]
    if not starts:
        yield Refusal(process.id, "without_start")
    if len(plain) > 1:
        yield Refusal(process.id, "several_none_starts")
    if process.parent is not None and starts and (len(starts) > 1 or not plain):
        yield Refusal(process.id, "subprocess_start")


def _connected(element: Element, process: Process, processes: dict[str, Process]) -> Iterable[Refusal]:
    if element.kind == "boundary_event":
        host = process.elements.get(element.attached_to or "")
        if host is None or host.kind not in ACTIVITIES:
            yield Refusal(element.id, "attached_to_nothing", {"to": element.attached_to or ""})
    if element.kind == "event_based_gateway":
        for flow in element.outgoing:
            target = process.elements.get(process.flows[flow].target)
            if target is not None and target.kind not in {"intermediate_catch_event", "receive_task"}:
                yield Refusal(element.id, "event_gateway_target", {"target": target.id})
    if element.kind == "call_activity" and element.calls is not None:
        called = processes.get(element.calls)
        if called is None or called.parent is not None:
            yield Refusal(element.id, "unknown_called_process", {"process": element.calls})
    if element.kind == "end_event" and element.outgoing:
        yield Refusal(element.id, "flow_after_end")
    if element.kind in {"start_event", "boundary_event"} and element.incoming:
        yield Refusal(element.id, "flow_into_event")
