"""A drawing for a diagram that has none: layers from left to right, lanes as bands, lines with right angles.

Nodes stand in columns by how far they are from the start, lines bend in the gaps between columns and rows, so no line
runs through a node. It is meant to be read and worked on, not to be beautiful.
"""

from dataclasses import dataclass, field

from lxml import etree

from workflows.engine.dialect.model import DialectError
from workflows.engine.dialect.nodes import NODE_KINDS, REFUSED_NODES
from workflows.engine.dialect.xml import BPMN, Node, local, read
from workflows.engine.editing.geometry import DC, DI, GAP, STEP, WAY, Box, Drawing, Point, route
from workflows.engine.editing.grid import Grid, columns
from workflows.engine.editing.tree import fresh_id

EVENT, GATEWAY = (36.0, 36.0), (50.0, 50.0)
ROW_GAP = 70.0
LABEL = 30.0
"""The strip of a pool or lane that holds its name."""
NOTE = (160.0, 60.0)
EMPTY = (600.0, 60.0)
"""The pool of somebody whose process is not told."""
NOTES = frozenset({"textAnnotation", "dataObjectReference", "dataStoreReference"})
MOST_NODES = 2_000
"""Of more nobody could make anything on a drawing."""


@dataclass(slots=True)
class Picture:
    """What is drawn of one process or subprocess, by element id; its corner at the top left is 0, 0."""

    width: float = 0
    height: float = 0
    shapes: dict[str, Box] = field(default_factory=dict)
    edges: dict[str, list[Point]] = field(default_factory=dict)

    def take(self, inner: "Picture", x: float, y: float) -> None:
        """Put another picture in, its corner at a point."""
        for identity, box in inner.shapes.items():
            self.shapes[identity] = Box(box.x + x, box.y + y, box.width, box.height)
        for identity, corners in inner.edges.items():
            self.edges[identity] = [(left + x, top + y) for left, top in corners]


def is_drawn(root: Node) -> bool:
    """Whether anything of a diagram is drawn."""
    return next(root.iter(f"{DI}BPMNShape"), None) is not None


def drawn(xml: bytes) -> bytes:
    """A diagram with a drawing: as it is where it has one, or where none can be made."""
    if b"BPMNShape" in xml:
        return xml
    try:
        root = read(xml, keep_comments=True)
    except DialectError:
        return xml
    made = lay_out(root)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8") if made else xml


def lay_out(root: Node) -> bool:
    """Draw a diagram that has no drawing; False, and nothing is changed, where there is nothing to draw."""
    found = {each.get("id") or "": each for each in root.iterchildren(f"{BPMN}process") if _nodes(each)}
    if is_drawn(root) or not found or sum(1 for each in root.iter() if _is_node(each)) > MOST_NODES:
        return False
    collaboration = root.find(f"{BPMN}collaboration")
    participants = [] if collaboration is None else collaboration.findall(f"{BPMN}participant")
    if collaboration is not None and any(each.get("processRef") in found for each in participants):
        around, pictured = collaboration, _pools(root, participants, found)
    else:
        around = max(found.values(), key=lambda each: len(_nodes(each)))
        pictured = _process(around)
    for old in root.findall(f"{DI}BPMNDiagram"):
        root.remove(old)
    names = {"bpmndi": DI.strip("{}"), "dc": DC.strip("{}"), "di": WAY.strip("{}")}
    diagram = etree.SubElement(root, f"{DI}BPMNDiagram", nsmap=names, id=fresh_id(root, "drawing"))
    plane = etree.SubElement(diagram, f"{DI}BPMNPlane", id=fresh_id(root, "plane"), bpmnElement=around.get("id") or "")
    _write(root, Drawing(plane), pictured)
    return True


def _write(root: Node, drawing: Drawing, pictured: Picture) -> None:
    flat = {each.get("id") for name in ("participant", "lane") for each in root.iter(BPMN + name)}
    open_ones = {each.get("id") for each in root.iter(f"{BPMN}subProcess")}
    for identity, box in pictured.shapes.items():
        if not identity:
            continue
        drawing.add_shape(identity, box)
        if identity in flat:
            drawing.shapes[identity].set("isHorizontal", "true")
        if identity in open_ones:
            drawing.shapes[identity].set("isExpanded", "true")
    for identity, corners in pictured.edges.items():
        if identity:
            drawing.add_edge(identity, corners)


def _pools(root: Node, participants: list[Node], processes: dict[str, Node]) -> Picture:
    """The pools below each other, those of others as empty bands, with the messages between them."""
    whole = Picture()
    held = [(each, processes.get(each.get("processRef") or "")) for each in participants]
    pictures = [(each, process, Picture(*EMPTY) if process is None else _process(process)) for each, process in held]
    widest = max(inner.width for _, _, inner in pictures)
    for participant, process, inner in pictures:
        _stretch(process, inner, widest)
        whole.shapes[participant.get("id") or ""] = Box(0, whole.height, widest + LABEL, inner.height)
        whole.take(inner, LABEL, whole.height)
        whole.height += inner.height + GAP
    for message in root.iter(f"{BPMN}messageFlow"):
        ends = [whole.shapes.get(message.get(side) or "") for side in ("sourceRef", "targetRef")]
        if ends[0] is not None and ends[1] is not None:
            whole.edges[message.get("id") or ""] = route(ends[0], ends[1])
    return whole


def _stretch(process: Node | None, inner: Picture, width: float) -> None:
    """Make the lanes of a process as wide as the widest pool."""
    for lane in process.iter(f"{BPMN}lane") if process is not None else ():
        if (box := inner.shapes.get(lane.get("id") or "")) is not None:
            inner.shapes[lane.get("id") or ""] = Box(box.x, box.y, width - box.x, box.height)


def _process(process: Node) -> Picture:
    """A process with its lanes as bands."""
    lanes = _lanes(process)
    return _within(process, lanes, LABEL if lanes else 0)


def _lanes(process: Node) -> list[Node]:
    """The innermost lanes."""
    every = process.iterfind(f"{BPMN}laneSet//{BPMN}lane")
    return [lane for lane in every if lane.find(f"{BPMN}childLaneSet") is None]


def _is_node(element: Node) -> bool:
    return bool(element.get("id")) and (local(element) in NODE_KINDS or local(element) in REFUSED_NODES)


def _nodes(holder: Node) -> dict[str, Node]:
    return {each.get("id") or "": each for each in holder if _is_node(each)}


def _within(holder: Node, lanes: list[Node], left: float) -> Picture:
    nodes = _nodes(holder)
    inner = {key: _within(each, [], 0) for key, each in nodes.items() if local(each) == "subProcess"}
    hanging = _hanging(nodes)
    flows = [each for each in holder.findall(f"{BPMN}sequenceFlow") if _joins(each, nodes)]
    standing = [key for key in nodes if key not in hanging]
    pairs = [(_host(each, "sourceRef", hanging), _host(each, "targetRef", hanging)) for each in flows]
    grid = Grid(columns(standing, pairs), pairs, {key: _size(nodes[key], inner.get(key)) for key in standing})
    made = Picture()
    for lane, held in _bands(lanes, standing):
        top = made.height
        boxes, made.height = grid.place(held, left + GAP, top)
        made.shapes |= boxes
        if lane is not None:
            made.shapes[lane.get("id") or ""] = Box(left - LABEL, top, grid.width + 2 * GAP + LABEL, made.height - top)
    made.width = left + grid.width + 2 * GAP
    for key, picture in inner.items():
        made.take(picture, made.shapes[key].x, made.shapes[key].y)
    _hang(made, hanging)
    for number, flow in enumerate(flows):
        source, target = flow.get("sourceRef") or "", flow.get("targetRef") or ""
        ends = (hanging.get(source, source), hanging.get(target, target))
        made.edges[flow.get("id") or ""] = grid.line(
            ends, made.shapes[source], made.shapes[target], 8.0 * (number % 4), hangs=source in hanging
        )
    _notes(made, holder)
    return made


def _bands(lanes: list[Node], standing: list[str]) -> list[tuple[Node | None, list[str]]]:
    """What stands in which lane; above them what is in none."""
    lane_of = {
        (each.text or "").strip(): number
        for number, lane in enumerate(lanes)
        for each in lane.findall(f"{BPMN}flowNodeRef")
    }
    held: list[list[str]] = [[] for _ in lanes]
    rest: list[str] = []
    for key in standing:
        (held[lane_of[key]] if key in lane_of else rest).append(key)
    above: list[tuple[Node | None, list[str]]] = [(None, rest)] if rest or not lanes else []
    return [*above, *zip(lanes, held, strict=True)]


def _hanging(nodes: dict[str, Node]) -> dict[str, str]:
    """Events at the edge of a step, with that step."""
    at_edge = {key for key, each in nodes.items() if local(each) == "boundaryEvent"}
    return {
        key: host
        for key in nodes
        if key in at_edge and (host := nodes[key].get("attachedToRef") or "") in nodes.keys() - at_edge
    }


def _joins(flow: Node, nodes: dict[str, Node]) -> bool:
    return flow.get("sourceRef") in nodes and flow.get("targetRef") in nodes


def _host(flow: Node, side: str, hanging: dict[str, str]) -> str:
    """What an end of a flow belongs to: for an event at the edge of a step, that step."""
    end = flow.get(side) or ""
    return hanging.get(end, end)


def _size(node: Node, inner: Picture | None) -> tuple[float, float]:
    kind = local(node)
    if inner is not None:
        return max(inner.width, STEP[0]), max(inner.height, STEP[1])
    return EVENT if kind.endswith("Event") else GATEWAY if kind.endswith("Gateway") else STEP


def _hang(made: Picture, hanging: dict[str, str]) -> None:
    """Events at the lower edge of what they hang at, side by side."""
    used: dict[str, int] = {}
    for key, host in hanging.items():
        box = made.shapes[host]
        used[host] = used.get(host, 0) + 1
        x = box.right - used[host] * (EVENT[0] + 8)
        made.shapes[key] = Box(max(x, box.x - EVENT[0] / 2), box.bottom - EVENT[1] / 2, *EVENT)


def _notes(made: Picture, holder: Node) -> None:
    """What is written beside the steps, in a row below them; lines to it as the crow flies."""
    x = float(GAP)
    notes = [each for each in holder if local(each) in NOTES]
    made.height += GAP // 2 if notes else 0
    for each in notes:
        width, height = NOTE if local(each) == "textAnnotation" else GATEWAY
        made.shapes[each.get("id") or ""] = Box(x, made.height, width, height)
        x += width + GAP
    if notes:
        made.height += NOTE[1] + GAP
        made.width = max(made.width, x)
    for each in holder.findall(f"{BPMN}association"):
        ends = [made.shapes.get(each.get(side) or "") for side in ("sourceRef", "targetRef")]
        if ends[0] is not None and ends[1] is not None:
            made.edges[each.get("id") or ""] = [ends[0].center, ends[1].center]
