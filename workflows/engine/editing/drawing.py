"""New and removed steps on the drawing: put on a flow, swapped with the one before, taken out, an end appended."""

from workflows.engine.dialect.xml import BPMN, Node
from workflows.engine.editing import tree
from workflows.engine.editing.geometry import GAP, SIZES, STEP, Box, Drawing, Point, pieces, points, route

LEAST = 30
"""So much line stays visible on both sides of a step."""


def new_node(root: Node, beside: Node, tag: str, identity: str, name: str = "") -> Node:
    """A new flow node in the process or subprocess of another one, in no lane yet."""
    parent = beside.getparent()
    if parent is None:
        raise LookupError(beside.get("id"))
    made = tree.child(parent, tag)
    parent.remove(made)
    parent.insert(parent.index(beside) + 1, made)
    made.set("id", identity)
    if name:
        made.set("name", name)
    return made


def new_flow(root: Node, source: Node, target: Node) -> Node:
    """A new sequence flow, named after what it joins, not drawn yet."""
    parent = source.getparent()
    if parent is None:
        raise LookupError(source.get("id"))
    flow = tree.child(parent, "sequenceFlow")
    flow.set("id", tree.fresh_id(root, f"{source.get('id')}_to_{target.get('id')}"))
    join(flow, source, target)
    return flow


def join(flow: Node, source: Node, target: Node) -> None:
    """Let a flow lead from one element to another, whatever it did before."""
    identity = flow.get("id") or ""
    for side, other, attribute in (("outgoing", source, "sourceRef"), ("incoming", target, "targetRef")):
        before = tree.node(flow.getroottree().getroot(), flow.get(attribute) or "")
        if before is not other:
            if before is not None:
                _forget(before, side, identity)
            _note(other, side, identity)
        flow.set(attribute, other.get("id") or "")


def _forget(element: Node, side: str, flow: str) -> None:
    for each in element.findall(BPMN + side):
        if (each.text or "").strip() == flow:
            element.remove(each)


def _note(element: Node, side: str, flow: str) -> None:
    """``incoming`` stands before ``outgoing``, and both before everything else of the element but its extensions."""
    made = tree.child(element, side, flow)
    element.remove(made)
    before = (*tree.FIRST, "incoming", *(("outgoing",) if side == "outgoing" else ()))
    element.insert(sum(1 for each in element if tree.local(each) in before), made)


def remove(root: Node, element: Node) -> None:
    """Take an element or flow out of the diagram, its lanes and its drawing."""
    identity = element.get("id") or ""
    drawing = Drawing.around(root, identity)
    if drawing is not None:
        drawing.drop(identity)
    for reference in list(root.iter(f"{BPMN}flowNodeRef")):
        parent = reference.getparent()
        if (reference.text or "").strip() == identity and parent is not None:
            parent.remove(reference)
    for side, attribute in (("outgoing", "sourceRef"), ("incoming", "targetRef")):
        end = tree.node(root, element.get(attribute) or "")
        if end is not None:
            _forget(end, side, identity)
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def put_on_flow(root: Node, flow: Node, made: Node) -> None:
    """Draw a new step on a flow and divide the flow there: the old one leads to the step, a new one on from it."""
    source, target = (tree.node(root, flow.get(side) or "") for side in ("sourceRef", "targetRef"))
    if source is None or target is None:
        raise LookupError(flow.get("id"))
    identity, step = flow.get("id") or "", made.get("id") or ""
    drawing = Drawing.around(root, identity)
    if drawing is None or identity not in drawing.edges:
        join(flow, source, made)
        new_flow(root, made, target)
        return
    # Room is made while the old flow still tells which shapes its line belongs to.
    where, before, after = _divided(root, drawing, identity, target.get("id") or "", SIZES.get(tree.local(made), STEP))
    join(flow, source, made)
    onward = new_flow(root, made, target)
    drawing.add_shape(step, where)
    drawing.redraw(identity, before)
    drawing.add_edge(onward.get("id") or "", after)
    take_lane(root, drawing, made)


def _divided(
    root: Node, drawing: Drawing, flow: str, target: str, size: tuple[float, float]
) -> tuple[Box, list[Point], list[Point]]:
    """A place for a step on a line, and the line before and after it."""
    corners = _corners(drawing, flow)
    width, height = size
    for index, (x1, y1), (x2, _) in sorted(_level(corners), key=lambda piece: -abs(piece[2][0] - piece[1][0])):
        lacking = width + 2 * LEAST - abs(x2 - x1)
        middle = (x1 + x2) / 2 + max(lacking, 0) / 2
        where = Box(middle - width / 2, y1 - height / 2, width, height)
        room = Box(middle - width / 2 - max(lacking, 0), where.y, width + max(lacking, 0), height)
        if drawing.is_free(where if lacking <= 0 else _narrowed(room, x1, x2, lacking), root):
            drawing.make_room(root, (x1 + x2) / 2, lacking)
            corners = _corners(drawing, flow)
            ends = ((where.x, y1), (where.right, y1)) if x2 > x1 else ((where.right, y1), (where.x, y1))
            return where, [*corners[: index + 1], ends[0]], [ends[1], *corners[index + 1 :]]
    return _before_target(root, drawing, flow, target, size)


def _narrowed(room: Box, x1: float, x2: float, lacking: float) -> Box:
    """What has to be free already: the piece of line itself; the rest is room that is made."""
    left = min(x1, x2) + 1
    return Box(left, room.y, max(abs(x2 - x1) - 2, 1), room.height)


def _level(corners: list[Point]) -> list[tuple[int, Point, Point]]:
    return [
        piece for piece in pieces(corners) if abs(piece[1][1] - piece[2][1]) < 1 and abs(piece[1][0] - piece[2][0]) > 1
    ]


def _corners(drawing: Drawing, flow: str) -> list[Point]:
    return points(drawing.edges[flow])


def _before_target(
    root: Node, drawing: Drawing, flow: str, target: str, size: tuple[float, float]
) -> tuple[Box, list[Point], list[Point]]:
    """Where the target stood, which moves on with all that follows it."""
    there = drawing.box(target)
    drawing.make_room(root, there.x, size[0] + GAP)
    where = Box(there.x, there.center[1] - size[1] / 2, *size)
    corners = _corners(drawing, flow)
    came = drawing.box(target)
    start = corners[0]
    bend = (start[0] + where.x) / 2 if where.x > start[0] else where.x - GAP / 2
    before = [start, (bend, start[1]), (bend, where.center[1]), (where.x, where.center[1])]
    return where, before, route(where, came)


def take_lane(root: Node, drawing: Drawing, made: Node) -> None:
    """Note a new element in the innermost lane it is drawn in."""
    middle = drawing.box(made.get("id") or "").center
    spot = Box(*middle, 0, 0)
    lanes = [each for each in root.iter(f"{BPMN}lane") if drawing.box(each.get("id") or "").holds(spot)]
    lanes = [each for each in lanes if _is_of(each, made)]
    if lanes:
        note_in_lane(min(lanes, key=lambda lane: drawing.box(lane.get("id") or "").height), made)


def note_in_lane(lane: Node, made: Node) -> None:
    """Note a new element in a lane, behind those that are in it."""
    reference = tree.child(lane, "flowNodeRef", made.get("id"))
    lane.remove(reference)
    lane.insert(sum(1 for each in lane if tree.local(each) in {*tree.FIRST, "flowNodeRef"}), reference)


def _is_of(lane: Node, made: Node) -> bool:
    """Whether a lane belongs to the process or subprocess that holds the element."""
    holder = next(lane.iterancestors(f"{BPMN}process", f"{BPMN}subProcess"), None)
    return holder is not None and holder is made.getparent()


def append_end(root: Node, element: Node) -> Node:
    """Draw an end event behind an element that leads nowhere."""
    end = new_node(root, element, "endEvent", tree.fresh_id(root, f"{element.get('id')}_end"))
    flow = new_flow(root, element, end)
    drawing = Drawing.around(root, element.get("id") or "")
    if drawing is None:
        return end
    beside = drawing.box(element.get("id") or "")
    width, height = SIZES["endEvent"]
    where = Box(beside.right + GAP, beside.center[1] - height / 2, width, height)
    if tree.local(element) == "boundaryEvent":
        where = Box(beside.right + GAP, beside.bottom + GAP, width, height)
    elif not drawing.is_free(where, root):
        drawing.make_room(root, beside.right + 1, width + GAP)
    drawing.add_shape(end.get("id") or "", where)
    drawing.add_edge(flow.get("id") or "", route(beside, where))
    take_lane(root, drawing, end)
    return end
