"""The diagrams are drawn so that people like to read them: everything has its place, lines are straight and free."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
FRAMES = {"participant", "lane", "subProcess"}


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


@dataclass
class Drawing:
    """What the file says about elements (tag by id), flows (ends by id), boxes, labels and lines."""

    tags: dict[str, str]
    names: dict[str, str]
    ends: dict[str, tuple[str, str]]
    hosts: dict[str, str]
    lanes: dict[str, list[str]]
    boxes: dict[str, Box]
    labels: dict[str, Box]
    lines: dict[str, list[tuple[float, float]]]

    def shapes(self) -> dict[str, Box]:
        """The boxes of what lies inside frames."""
        return {key: box for key, box in self.boxes.items() if self.tags[key] not in FRAMES}

    def segments(self, flow: str) -> list[Box]:
        """The parts of a line as thin boxes."""
        return [
            Box(min(a[0], b[0]) - 0.1, min(a[1], b[1]) - 0.1, max(a[0], b[0]) + 0.1, max(a[1], b[1]) + 0.1)
            for a, b in pairwise(self.lines[flow])
        ]


def _box(node: etree._Element) -> Box:
    bounds = node.find(DC + "Bounds")
    assert bounds is not None
    x, y, width, height = (float(bounds.get(name) or 0) for name in ("x", "y", "width", "height"))
    return Box(x, y, x + width, y + height)


@pytest.fixture
def drawing(folder: Path) -> Drawing:
    root = etree.parse(str(folder / f"{folder.name}.bpmn")).getroot()
    elements = {each.get("id") or "": each for each in root.iter(BPMN + "*") if each.get("id")}
    shapes = {each.get("bpmnElement") or "": each for each in root.iter(DI + "BPMNShape")}
    edges = {each.get("bpmnElement") or "": each for each in root.iter(DI + "BPMNEdge")}
    labelled = {**shapes, **edges}
    return Drawing(
        tags={key: etree.QName(each).localname for key, each in elements.items()},
        names={key: each.get("name") or "" for key, each in elements.items()},
        ends={
            key: (each.get("sourceRef") or "", each.get("targetRef") or "")
            for key, each in elements.items()
            if each.tag == BPMN + "sequenceFlow"
        },
        hosts={key: each.get("attachedToRef") or "" for key, each in elements.items() if each.get("attachedToRef")},
        lanes={
            key: [ref.text or "" for ref in each.iter(BPMN + "flowNodeRef")]
            for key, each in elements.items()
            if each.tag == BPMN + "lane"
        },
        boxes={key: _box(each) for key, each in shapes.items()},
        labels={
            key: _box(label)
            for key, each in labelled.items()
            if (label := each.find(DI + "BPMNLabel")) is not None and label.find(DC + "Bounds") is not None
        },
        lines={
            key: [(float(point.get("x") or 0), float(point.get("y") or 0)) for point in each.iter(WAYPOINT)]
            for key, each in edges.items()
        },
    )


def test_every_element_and_flow_is_drawn(drawing: Drawing) -> None:
    drawn_kinds = ("Task", "Event", "Gateway", "subProcess", "lane", "participant")
    elements = {key for key, tag in drawing.tags.items() if tag.endswith(drawn_kinds)}
    assert elements - drawing.boxes.keys() == set()
    assert drawing.ends.keys() == drawing.lines.keys()


def test_lines_are_right_angled_and_cross_no_shape(drawing: Drawing) -> None:
    for flow, points in drawing.lines.items():
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(points)), flow
        around = {*drawing.ends[flow], *(drawing.hosts.get(end, "") for end in drawing.ends[flow])}
        crossed = {
            key
            for key, box in drawing.shapes().items()
            if key not in around and any(part.meets(box) for part in drawing.segments(flow))
        }
        assert crossed == set(), flow


def test_labels_lie_free_of_lines_and_shapes(drawing: Drawing) -> None:
    parts = [part for flow in drawing.lines for part in drawing.segments(flow)]
    for key, label in drawing.labels.items():
        assert not any(label.meets(box) for box in drawing.shapes().values()), key
        assert not any(label.meets(part) for part in parts), key


LETTER = 7.0
"""Width of a letter in labels, the widest fonts that browsers fall back to included."""


def test_no_label_breaks_inside_a_word(drawing: Drawing) -> None:
    for key, label in drawing.labels.items():
        longest = max(drawing.names[key].replace("-", "- ").split(), key=len)
        assert label.right - label.left >= LETTER * len(longest), longest


def test_what_a_lane_holds_is_drawn_inside_it(drawing: Drawing) -> None:
    for lane, held in drawing.lanes.items():
        inside = [key for key in held if key not in drawing.hosts]
        assert [key for key in inside if not drawing.boxes[lane].holds(drawing.boxes[key])] == []


def test_everything_that_decides_or_ends_has_words(drawing: Drawing) -> None:
    outgoing: dict[str, list[str]] = {}
    for flow, (source, _) in drawing.ends.items():
        outgoing.setdefault(source, []).append(flow)
    for key, tag in drawing.tags.items():
        is_choice = tag.endswith("Gateway") and tag != "parallelGateway"
        splits = is_choice and len(outgoing.get(key, [])) > 1
        if splits:
            assert drawing.names[key].endswith("?"), key
        if splits and tag != "eventBasedGateway":
            assert all(drawing.names[flow] for flow in outgoing[key]), key
        if tag.endswith("Task") or tag in {"endEvent", "boundaryEvent"}:
            assert drawing.names[key], key
