"""Where things are drawn: shapes and lines of a diagram's interchange part, room made between them, lines routed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from workflows.engine.dialect.xml import BPMN, Node

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAY = "{http://www.omg.org/spec/DD/20100524/DI}"
SIZES = {"endEvent": (36, 36), "exclusiveGateway": (50, 50), "parallelGateway": (50, 50)}
STEP = (100, 80)
GAP = 50

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the drawing."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def center(self) -> Point:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def overlaps(self, other: "Box", margin: float = 0) -> bool:
        """Whether the two share some place, or come closer than ``margin``."""
        return (
            self.x < other.right + margin
            and other.x < self.right + margin
            and self.y < other.bottom + margin
            and other.y < self.bottom + margin
        )

    def holds(self, other: "Box") -> bool:
        """Whether the other lies within."""
        return self.x <= other.x and self.y <= other.y and self.right >= other.right and self.bottom >= other.bottom


def box(shape: Node) -> Box:
    """The bounds of a shape or of a label."""
    bounds = shape.find(f"{DC}Bounds")
    if bounds is None:
        return Box(0, 0, 0, 0)
    return Box(*(_number(bounds.get(name)) for name in ("x", "y", "width", "height")))


def place(shape: Node, where: Box) -> None:
    """Write the bounds of a shape or of a label."""
    bounds = shape.find(f"{DC}Bounds")
    if bounds is not None:
        for name in ("x", "y", "width", "height"):
            bounds.set(name, _text(getattr(where, name)))


def points(edge: Node) -> list[Point]:
    """The corners of a line."""
    return [(_number(each.get("x")), _number(each.get("y"))) for each in edge.findall(f"{WAY}waypoint")]


def draw(edge: Node, corners: Iterable[Point]) -> None:
    """Write the corners of a line, those in the middle of a straight piece left out."""
    for each in edge.findall(f"{WAY}waypoint"):
        edge.remove(each)
    for index, (x, y) in enumerate(_simple(list(corners))):
        edge.insert(index, etree.Element(f"{WAY}waypoint", x=_text(x), y=_text(y)))


def _simple(corners: list[Point]) -> list[Point]:
    kept: list[Point] = []
    for corner in corners:
        if kept and _same(kept[-1], corner):
            continue
        if len(kept) > 1 and _straight(kept[-2], kept[-1], corner):
            kept.pop()
        kept.append(corner)
    return kept if len(kept) > 1 else [*corners[:1], *corners[-1:]]


def _same(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < 1 and abs(one[1] - other[1]) < 1


def _straight(first: Point, middle: Point, last: Point) -> bool:
    """Whether the middle lies between the two on one horizontal or vertical line."""
    for axis, along in ((0, 1), (1, 0)):
        if abs(first[axis] - middle[axis]) < 1 and abs(middle[axis] - last[axis]) < 1:
            return min(first[along], last[along]) - 1 <= middle[along] <= max(first[along], last[along]) + 1
    return False


def route(source: Box, target: Box) -> list[Point]:
    """A line with right angles from one shape to another."""
    (from_x, from_y), (to_x, to_y) = source.center, target.center
    if target.x >= source.right:
        if abs(from_y - to_y) < 1:
            return [(source.right, from_y), (target.x, to_y)]
        bend = (source.right + target.x) / 2
        return [(source.right, from_y), (bend, from_y), (bend, to_y), (target.x, to_y)]
    if target.y >= source.bottom:
        return [
            (from_x, source.bottom),
            (from_x, (source.bottom + target.y) / 2),
            (to_x, (source.bottom + target.y) / 2),
            (to_x, target.y),
        ]
    if source.y >= target.bottom:
        return [
            (from_x, source.y),
            (from_x, (source.y + target.bottom) / 2),
            (to_x, (source.y + target.bottom) / 2),
            (to_x, target.bottom),
        ]
    below = max(source.bottom, target.bottom) + GAP / 2
    return [(from_x, source.bottom), (from_x, below), (to_x, below), (to_x, target.bottom)]


def hanging(source: Box, target: Box) -> list[Point]:
    """A line from what hangs at the lower edge of a shape: down first, then across."""
    (from_x, _), (to_x, to_y) = source.center, target.center
    if target.y >= source.bottom and target.x <= from_x <= target.right:
        return [(from_x, source.bottom), (from_x, target.y)]
    if to_y > source.bottom:
        return [(from_x, source.bottom), (from_x, to_y), (target.x if to_x > from_x else target.right, to_y)]
    below = max(source.bottom, target.bottom) + GAP / 2
    return [(from_x, source.bottom), (from_x, below), (to_x, below), (to_x, target.bottom)]


class Drawing:
    """The plane a shape is drawn on, with its shapes and lines by the element they stand for."""

    def __init__(self, plane: Node) -> None:
        self.plane = plane
        self.shapes = {each.get("bpmnElement") or "": each for each in plane.findall(f"{DI}BPMNShape")}
        self.edges = {each.get("bpmnElement") or "": each for each in plane.findall(f"{DI}BPMNEdge")}

    @classmethod
    def around(cls, root: Node, identity: str) -> "Drawing | None":
        """The plane on which an element or flow is drawn; None for a diagram without drawing."""
        for plane in root.iter(f"{DI}BPMNPlane"):
            if any(each.get("bpmnElement") == identity for each in plane):
                return cls(plane)
        return None

    def box(self, identity: str) -> Box:
        """Where an element is; nowhere when it is not drawn."""
        shape = self.shapes.get(identity)
        return Box(0, 0, 0, 0) if shape is None else box(shape)

    def add_shape(self, identity: str, where: Box) -> None:
        """Draw a new element."""
        shape = etree.SubElement(self.plane, f"{DI}BPMNShape", id=f"{identity}_di", bpmnElement=identity)
        etree.SubElement(shape, f"{DC}Bounds")
        place(shape, where)
        self.shapes[identity] = shape

    def add_edge(self, identity: str, corners: Iterable[Point]) -> None:
        """Draw a new line."""
        edge = etree.SubElement(self.plane, f"{DI}BPMNEdge", id=f"{identity}_di", bpmnElement=identity)
        draw(edge, corners)
        self.edges[identity] = edge

    def drop(self, identity: str) -> None:
        """Take the drawing of an element or flow away."""
        for table in (self.shapes, self.edges):
            drawn = table.pop(identity, None)
            if drawn is not None:
                self.plane.remove(drawn)

    def redraw(self, identity: str, corners: Iterable[Point]) -> None:
        """Draw a line anew; its label goes back to where the browser puts it."""
        edge = self.edges.get(identity)
        if edge is not None:
            draw(edge, corners)
            _let_label_follow(edge)

    def shift(self, identity: str, by_x: float, by_y: float) -> None:
        """Move the drawing of an element or flow, its label included."""
        for drawn in (self.shapes.get(identity), self.edges.get(identity)):
            if drawn is not None:
                draw_by(drawn, by_x, by_y)

    def is_free(self, where: Box, root: Node, besides: frozenset[str] = frozenset()) -> bool:
        """Whether nothing but pools, lanes and subprocesses around it stands there."""
        around = _containers(root)
        return not any(
            box(shape).overlaps(where, 5) and not (identity in around and box(shape).holds(where))
            for identity, shape in self.shapes.items()
            if identity not in besides
        )

    def make_room(self, root: Node, at: float, by: float) -> None:
        """Move everything that stands right of ``at`` to the right; what lies across it gets wider or stays."""
        if by <= 0:
            return
        around = _containers(root)
        moved = {identity for identity, shape in self.shapes.items() if self._moves(shape, at, identity in around)}
        # What hangs at an edge stays with what it hangs at.
        for event in root.iter(f"{BPMN}boundaryEvent"):
            host, identity = event.get("attachedToRef") or "", event.get("id") or ""
            moved = moved | {identity} if host in moved else moved - {identity}
        ends = {
            each.get("id"): (each.get("sourceRef"), each.get("targetRef"))
            for each in root.iter()
            if each.get("sourceRef")
        }

        def follows(end: str | None) -> bool | None:
            return None if end is None or (end in around and end not in moved) else end in moved

        for identity, edge in self.edges.items():
            source, target = ends.get(identity, (None, None))
            draw(edge, _shifted(points(edge), at, by, (follows(source), follows(target))))
            self._shift_label(edge, at, by)
        for identity, shape in self.shapes.items():
            where = box(shape)
            if identity in moved:
                place(shape, Box(where.x + by, where.y, where.width, where.height))
                self._shift_label(shape, None, by)
            elif identity in around and where.x < at < where.right:
                place(shape, Box(where.x, where.y, where.width + by, where.height))

    @staticmethod
    def _moves(shape: Node, at: float, is_around: bool) -> bool:
        where = box(shape)
        return where.x >= at - 1 if is_around else where.center[0] >= at

    @staticmethod
    def _shift_label(drawn: Node, at: float | None, by: float) -> None:
        for label in drawn.findall(f"{DI}BPMNLabel"):
            where = box(label)
            if where.width and (at is None or where.center[0] >= at):
                place(label, Box(where.x + by, where.y, where.width, where.height))


def draw_by(drawn: Node, by_x: float, by_y: float) -> None:
    """Move one shape or line with its label."""
    for each in (*drawn.findall(f".//{DC}Bounds"), *drawn.findall(f"{WAY}waypoint")):
        each.set("x", _text(_number(each.get("x")) + by_x))
        each.set("y", _text(_number(each.get("y")) + by_y))


def _shifted(corners: list[Point], at: float, by: float, ends: tuple[bool | None, bool | None]) -> list[Point]:
    """The corners of a line after room was made: its ends go with their shapes, pieces stay level or upright.

    An end is None where its shape got wider: then the line goes on where it was, or with what lies right of it.
    """
    goes = [x >= at for x, _ in corners]
    first, last = (goes[0] if ends[0] is None else ends[0]), (goes[-1] if ends[1] is None else ends[1])
    leading = _upright(corners)
    if leading == len(corners) and first != last and corners:
        (x, top), (_, bottom) = corners[0], corners[-1]
        middle = (top + bottom) / 2
        return [(x + by * first, top), (x + by * first, middle), (x + by * last, middle), (x + by * last, bottom)]
    trailing = _upright(corners[::-1])
    goes[:leading] = [first] * leading
    goes[len(goes) - trailing :] = [last] * trailing
    return [(x + by if go else x, y) for (x, y), go in zip(corners, goes, strict=True)]


def _upright(corners: list[Point]) -> int:
    """How many corners at the beginning stand above each other."""
    return next((index for index, (x, _) in enumerate(corners) if abs(x - corners[0][0]) >= 1), len(corners))


def _containers(root: Node) -> frozenset[str]:
    tags = (f"{BPMN}participant", f"{BPMN}lane", f"{BPMN}subProcess", f"{BPMN}group")
    return frozenset(each.get("id") or "" for each in root.iter(*tags))


def _let_label_follow(edge: Node) -> None:
    for label in edge.findall(f"{DI}BPMNLabel"):
        bounds = label.find(f"{DC}Bounds")
        corners = points(edge)
        if bounds is not None and corners:
            x, y = corners[len(corners) // 2]
            bounds.set("x", _text(x + 5))
            bounds.set("y", _text(y - 20))


def pieces(corners: list[Point]) -> Iterator[tuple[int, Point, Point]]:
    """The straight pieces of a line, each with the index of its first corner."""
    return ((index, corners[index], corners[index + 1]) for index in range(len(corners) - 1))


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _text(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
