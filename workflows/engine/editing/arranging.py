"""Steps taken out and moved, with what hangs at them; the drawing goes along.

What cannot be told in a list (several ways out, the events behind an event-based gateway) is left to the drawing.
"""

from collections.abc import Iterable

from workflows.core.errors import Conflict
from workflows.engine.dialect.xml import BPMN, ZEEBE, Node
from workflows.engine.editing import reach, tree
from workflows.engine.editing.drawing import join, remove, take_lane
from workflows.engine.editing.geometry import Drawing, Point, hanging, points, route


def take_out(xml: bytes, identity: str) -> bytes:
    """Without the step and its company: what led to it leads on.

    Raises ``NotFound``, ``Conflict("step_not_straight")``.
    """
    root = tree.opened(xml)
    element = tree.found(root, identity)
    if not reach.may_go(root, element):
        raise Conflict("step_not_straight")
    drawing = Drawing.around(root, identity)
    for each in reach.company(root, element):
        _cut(root, drawing, each)
    for incoming in tree.flows_into(root, identity):
        (outgoing,) = tree.flows_from(root, identity)
        _lead_on(root, drawing, incoming, outgoing, identity)
        target = tree.found(root, outgoing.get("targetRef") or "")
        join(incoming, tree.found(root, incoming.get("sourceRef") or ""), target)
    _cut(root, drawing, element)
    return tree.written(root)


def _lead_on(root: Node, drawing: Drawing | None, incoming: Node, outgoing: Node, identity: str) -> None:
    """Draw one line out of two, through where the step was."""
    in_id, out_id = incoming.get("id") or "", outgoing.get("id") or ""
    if drawing is not None and in_id in drawing.edges and out_id in drawing.edges:
        middle = drawing.box(identity).center
        drawing.redraw(in_id, _joined(points(drawing.edges[in_id]), middle, points(drawing.edges[out_id])))


def _joined(before: list[Point], middle: Point, after: list[Point]) -> list[Point]:
    """Level and upright as the two lines were."""
    left, right = before[:-1], after[1:]
    first, last = (before[-1], after[0])
    # The line went to the step's edge; where both edges lie on one level it goes straight on.
    corner = [(first[0], last[1])] if abs(first[1] - last[1]) >= 1 and abs(first[0] - middle[0]) < 1 else []
    corner = corner or ([(last[0], first[1])] if abs(first[1] - last[1]) >= 1 else [])
    return [*left, *corner, *right]


def _cut(root: Node, drawing: Drawing | None, element: Node) -> None:
    """Take an element away with its flows, what it holds, and every word of it elsewhere."""
    identity = element.get("id") or ""
    for flow in (*tree.flows_into(root, identity), *tree.flows_from(root, identity)):
        remove(root, flow)
    for inner in _inside(element):
        if drawing is not None:
            drawing.drop(inner)
        _forget_four_eyes(root, inner)
    for note in [
        each for each in root.iter(f"{BPMN}association") if identity in (each.get("sourceRef"), each.get("targetRef"))
    ]:
        remove(root, note)
    remove(root, element)


def _inside(element: Node) -> list[str]:
    """The ids of an element and of all it holds."""
    return [each.get("id") or "" for each in element.iter() if isinstance(each.tag, str) and each.get("id")]


def _forget_four_eyes(root: Node, identity: str) -> None:
    """Nobody can have done a step that is gone."""
    for each in root.iter(f"{ZEEBE}property"):
        if each.get("name") == "fourEyes":
            names = [name.strip() for name in (each.get("value") or "").split(",")]
            each.set("value", ",".join(name for name in names if name and name != identity))


def move(xml: bytes, identity: str, *, up: bool) -> bytes:
    """The step before, or after, its neighbour. Raises ``NotFound``, ``Conflict("step_not_straight")``."""
    root = tree.opened(xml)
    element = tree.found(root, identity)
    before, after = reach.neighbours(root, element)
    other = before if up else after
    if other is None:
        raise Conflict("step_not_straight")
    first, second = (other, element) if up else (element, other)
    _swap(root, first, second)
    return tree.written(root)


def _swap(root: Node, first: Node, second: Node) -> None:
    """``… → first → second → …`` becomes ``… → second → first → …``; each takes the other's place on the drawing."""
    (incoming,) = tree.flows_into(root, first.get("id") or "")
    (between,) = tree.flows_from(root, first.get("id") or "")
    (outgoing,) = tree.flows_from(root, second.get("id") or "")
    source = tree.found(root, incoming.get("sourceRef") or "")
    target = tree.found(root, outgoing.get("targetRef") or "")
    join(incoming, source, second)
    join(between, second, first)
    join(outgoing, first, target)
    drawing = Drawing.around(root, first.get("id") or "")
    if drawing is None:
        return
    sizes = {
        (drawing.box(each.get("id") or "").width, drawing.box(each.get("id") or "").height) for each in (first, second)
    }
    if _exchange(root, drawing, first, second) and len(sizes) == 1:
        return
    for flow, start, end in ((incoming, source, second), (between, second, first), (outgoing, first, target)):
        ends = drawing.box(start.get("id") or ""), drawing.box(end.get("id") or "")
        drawing.redraw(flow.get("id") or "", route(*ends))


def _exchange(root: Node, drawing: Drawing, first: Node, second: Node) -> bool:
    """Two steps change places with what hangs at them; what follows there comes along where there is room for it.

    Each stays in its lane, which says who works there: between two lanes they change places from left to right only,
    and stay where they are when something stands there. Gives whether each stands where the other stood.
    """
    one, two = drawing.box(first.get("id") or ""), drawing.box(second.get("id") or "")
    by_x, by_y = two.center[0] - one.center[0], two.center[1] - one.center[1]
    is_whole = tree.lane_of(root, first) is tree.lane_of(root, second)
    parties = [_Party(root, first, (by_x, by_y * is_whole)), _Party(root, second, (-by_x, -by_y * is_whole))]
    for each in parties:
        each.shift(drawing, each.near)
    if not is_whole and not all(each.has_room(root, drawing, each.near[:1]) for each in parties):
        for each in parties:
            each.shift(drawing, each.near, back=True)
        return False
    for each in parties:
        each.shift(drawing, each.far)
    if not all(each.has_room(root, drawing, each.far) for each in parties):
        for each in parties:
            each.shift(drawing, each.far, back=True)
            each.moved = each.near
    for each in parties:
        each.redraw(root, drawing)
        for node in each.moved:
            _take_lane_anew(root, drawing, node)
    return is_whole


class _Party:
    """A step with its boundary events, which are near, and what only those lead to, which is far."""

    def __init__(self, root: Node, element: Node, by: Point) -> None:
        self.by = by
        self.near = [element, *reach.boundaries(element)]
        self.far = [each for each in reach.company(root, element) if each not in self.near]
        self.moved = [*self.near, *self.far]

    def shift(self, drawing: Drawing, nodes: Iterable[Node], *, back: bool = False) -> None:
        """Move the drawing of some nodes and of all they hold."""
        sign = -1 if back else 1
        for node in nodes:
            for inner in _inside(node):
                drawing.shift(inner, sign * self.by[0], sign * self.by[1])

    def has_room(self, root: Node, drawing: Drawing, nodes: Iterable[Node]) -> bool:
        """Whether these of it stand on nothing else."""
        mine = frozenset(inner for node in (*self.near, *self.far) for inner in _inside(node))
        return all(drawing.is_free(drawing.box(each.get("id") or ""), root, mine) for each in nodes)

    def redraw(self, root: Node, drawing: Drawing) -> None:
        """Let the lines follow that leave the boundary events and what is behind them."""
        ids = {each.get("id") or "": each for each in self.moved}
        behind = [*self.near[1:], *self.far]
        for source in behind:
            for flow in tree.flows_from(root, source.get("id") or ""):
                both = {flow.get("sourceRef"), flow.get("targetRef")} <= ids.keys()
                if both:
                    drawing.shift(flow.get("id") or "", *self.by)
                elif ids.keys() & {flow.get("sourceRef"), flow.get("targetRef")}:
                    drawing.redraw(flow.get("id") or "", _line(root, drawing, source, flow.get("targetRef") or ""))


def _line(root: Node, drawing: Drawing, source: Node, target: str) -> list[Point]:
    start, end = drawing.box(source.get("id") or ""), drawing.box(target)
    host = source.get("attachedToRef")
    if host and start.center[1] > drawing.box(host).center[1]:
        return hanging(start, end)
    return route(start, end)


def _take_lane_anew(root: Node, drawing: Drawing, element: Node) -> None:
    for reference in list(root.iter(f"{BPMN}flowNodeRef")):
        parent = reference.getparent()
        if (reference.text or "").strip() == element.get("id") and parent is not None:
            parent.remove(reference)
    take_lane(root, drawing, element)
