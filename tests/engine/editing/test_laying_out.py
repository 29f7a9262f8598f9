"""A diagram without a drawing gets one: everything in its place, no line through a step, whatever the file holds."""

import time
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from tests.engine.diagrams import diagram, flows, node
from workflows.engine.dialect.nodes import NODE_KINDS
from workflows.engine.dialect.xml import BPMN, Node, local, read
from workflows.engine.editing.geometry import DI, Box, Drawing
from workflows.engine.editing.geometry import points as corners
from workflows.engine.editing.laying_out import MOST_NODES, is_drawn, lay_out

ROOT = Path(__file__).parents[3]
DIAGRAMS = sorted([*ROOT.glob("bpmn/*/*.bpmn"), *ROOT.glob("tests/engine/foreign/*.bpmn")])


def drawn_anew(xml: bytes) -> tuple[Node, Drawing]:
    """A diagram whose drawing was thrown away and made again."""
    root = read(xml)
    for old in root.findall(f"{DI}BPMNDiagram"):
        root.remove(old)
    assert not is_drawn(root)
    assert lay_out(root)
    (plane,) = root.iter(f"{DI}BPMNPlane")
    return root, Drawing(plane)


def is_crossed(where: Box, line: list[tuple[float, float]]) -> bool:
    """Whether a line runs through a box, its edge not counted."""
    inner = Box(where.x + 1, where.y + 1, where.width - 2, where.height - 2)
    pieces = [Box(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1])) for a, b in pairwise(line)]
    return any(inner.overlaps(piece, 0.1) for piece in pieces)


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_everything_is_drawn_once_and_nothing_lies_on_anything(path: Path) -> None:
    root, drawing = drawn_anew(path.read_bytes())
    assert len(drawing.shapes) == len(list(drawing.plane.iter(f"{DI}BPMNShape")))
    for holder in root.iter(f"{BPMN}process", f"{BPMN}subProcess"):
        nodes = {each.get("id") or "": each for each in holder if local(each) in NODE_KINDS}
        if not set(nodes) & set(drawing.shapes):
            continue  # the process of nobody in the drawing
        standing = {key: drawing.box(key) for key, each in nodes.items() if local(each) != "boundaryEvent"}
        assert [pair for pair in combinations(standing, 2) if standing[pair[0]].overlaps(standing[pair[1]])] == []
        if holder.get("id") in drawing.shapes:
            assert all(drawing.box(holder.get("id") or "").holds(each) for each in standing.values())
        for flow in holder.findall(f"{BPMN}sequenceFlow"):
            line = corners(drawing.edges[flow.get("id") or ""])
            assert [key for key, where in standing.items() if is_crossed(where, line)] == [], flow.get("id")
    for lane in root.iter(f"{BPMN}lane"):
        inside = {(each.text or "").strip() for each in lane.findall(f"{BPMN}flowNodeRef")}
        around = drawing.box(lane.get("id") or "")
        tops = [each.get("id") for each in next(lane.iterancestors(f"{BPMN}process")) if each.get("id") in inside]
        assert all(around.holds(drawing.box(key or "")) for key in tops)


def test_a_drawing_that_is_there_stays_and_nothing_is_no_drawing() -> None:
    path = ROOT / "bpmn" / "message" / "message.bpmn"
    assert not lay_out(read(path.read_bytes()))
    assert not lay_out(read(diagram("")))


HOSTILE = {
    "hangs at itself": node("boundaryEvent", "a", attachedToRef="a") + node("userTask", "b") + flows("a>b"),
    "hangs at another": node("boundaryEvent", "a", attachedToRef="b") + node("boundaryEvent", "b", attachedToRef="a"),
    "leads to itself": node("userTask", "a") + flows("a>a"),
    "leads nowhere": node("userTask", "a") + flows("a>gone", "gone>a"),
    "in circles": node("userTask", "a") + node("userTask", "b") + node("userTask", "c") + flows("a>b", "b>c", "c>a"),
    "twice": node("userTask", "a") * 2 + flows("a>a") * 2,
    "without a name": '<bpmn:userTask/><bpmn:sequenceFlow sourceRef="" targetRef=""/>' + node("task", "a"),
    "in a lane of nobody": '<bpmn:laneSet><bpmn:lane><bpmn:flowNodeRef>x</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    + node("userTask", "a"),
    "deep": "<bpmn:subProcess id='s'>" * 100 + node("userTask", "a") + "</bpmn:subProcess>" * 100,
}  # fmt: skip


@pytest.mark.parametrize("inside", HOSTILE.values(), ids=HOSTILE)
def test_no_file_makes_it_fall_over(inside: str) -> None:
    _root, drawing = drawn_anew(diagram(inside))
    assert drawing.shapes


def test_a_crowd_is_drawn_in_reasonable_time_or_not_at_all() -> None:
    started = time.perf_counter()
    star = "".join(node("userTask", f"n{number}") for number in range(MOST_NODES))
    fan = flows(*(f"n0>n{number}" for number in range(1, MOST_NODES)))
    drawn_anew(diagram(star + fan))
    drawn_anew(diagram(star + flows(*(f"n{number}>n{number + 1}" for number in range(MOST_NODES - 1)))))
    assert not lay_out(read(diagram(star + node("userTask", "more"))))
    assert time.perf_counter() - started < 10
