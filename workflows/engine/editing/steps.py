"""A process as a list of steps, and what may be changed in it without drawing.

Every change is a function from a diagram's XML to its XML. Moving and taking out is for straight sequences: one way
in, one way out, nothing at the edge; everywhere else somebody has to see the drawing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.core.errors import Conflict, NotFound
from workflows.engine.dialect.xml import BPMN, ZEEBE, Node
from workflows.engine.editing import tree
from workflows.engine.editing.drawing import join, put_on_flow, remove, take_lane
from workflows.engine.editing.geometry import Box, Drawing, points, route
from workflows.engine.editing.order import ordered

WORKDAYS = re.compile(r"=\s*working days\(\s*today\(\)\s*,\s*(\d{1,4})\s*\)\s*")
MOVABLE = frozenset(
    {
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "callActivity",
    }
    | {"intermediateCatchEvent", "intermediateThrowEvent", "subProcess"}
)
ASSIGNED = frozenset({"userTask", "manualTask"})
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Way:
    """One flow out of a step: where it leads, and under which condition."""

    id: str
    name: str
    target: str
    condition: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One element in the order the process walks; ``depth`` counts the subprocesses around it.

    ``due`` is a number of working days, or None; ``due_formula`` any other due date. ``lane`` is the lane's id, which
    names the group that works in it unless ``group`` names another.
    """

    id: str
    tag: str
    name: str
    depth: int
    lane: str
    lane_name: str
    group: str
    form: str
    operator: str
    due: int | None
    due_formula: str
    attached_to: str
    ways: Sequence[Way]
    may_move_up: bool
    may_move_down: bool
    may_go: bool

    @property
    def is_assigned(self) -> bool:
        """Whether a person does it."""
        return self.tag in ASSIGNED


def steps(xml: bytes) -> list[Step]:
    """Every element of a diagram's processes in walking order; raises ``DialectError``."""
    root = tree.opened(xml)
    lanes = _lanes(root)
    return [_step(root, element, depth, lanes) for element, depth in ordered(root)]


def _lanes(root: Node) -> dict[str, Node]:
    return {
        (reference.text or "").strip(): lane
        for lane in root.iter(f"{BPMN}lane")
        for reference in lane.findall(f"{BPMN}flowNodeRef")
    }


def _step(root: Node, element: Node, depth: int, lanes: Mapping[str, Node]) -> Step:
    identity = element.get("id") or ""
    lane = lanes.get(identity)
    due = tree.extension_value(element, "taskSchedule", "dueDate") or ""
    days = WORKDAYS.fullmatch(due)
    is_straight = _is_straight(root, element)
    before, after = _neighbours(root, element) if is_straight else (None, None)
    return Step(
        id=identity,
        tag=tree.local(element),
        name=" ".join((element.get("name") or "").split()),
        depth=depth,
        lane="" if lane is None else lane.get("id") or "",
        lane_name="" if lane is None else lane.get("name") or lane.get("id") or "",
        group=tree.extension_value(element, "assignmentDefinition", "candidateGroups") or "",
        form=tree.extension_value(element, "formDefinition", "formId") or "",
        operator=tree.extension_value(element, "taskDefinition", "type") or "",
        due=int(days[1]) if days else None,
        due_formula="" if days else due,
        attached_to=element.get("attachedToRef") or "",
        ways=[_way(root, element, flow) for flow in tree.flows_from(root, identity)],
        may_move_up=before is not None and _is_straight(root, before),
        may_move_down=after is not None and _is_straight(root, after),
        may_go=is_straight,
    )


def _way(root: Node, element: Node, flow: Node) -> Way:
    condition = flow.find(f"{BPMN}conditionExpression")
    target = tree.node(root, flow.get("targetRef") or "")
    return Way(
        flow.get("id") or "",
        flow.get("name") or "",
        "" if target is None else target.get("name") or target.get("id") or "",
        "" if condition is None else (condition.text or "").strip(),
        element.get("default") == flow.get("id"),
    )


def _is_straight(root: Node, element: Node) -> bool:
    """One way in, one way out, nothing hanging at it: it can be moved and taken out without looking."""
    identity = element.get("id") or ""
    return (
        tree.local(element) in MOVABLE
        and len(tree.flows_into(root, identity)) == 1
        and len(tree.flows_from(root, identity)) == 1
        and not any(each.get("attachedToRef") == identity for each in root.iter(f"{BPMN}boundaryEvent"))
        and tree.flows_into(root, identity)[0].get("sourceRef") != identity
    )


def _neighbours(root: Node, element: Node) -> tuple[Node | None, Node | None]:
    identity = element.get("id") or ""
    (incoming,), (outgoing,) = tree.flows_into(root, identity), tree.flows_from(root, identity)
    return tree.node(root, incoming.get("sourceRef") or ""), tree.node(root, outgoing.get("targetRef") or "")


def _found(root: Node, identity: str) -> Node:
    element = tree.node(root, identity)
    if element is None:
        raise NotFound("not_found", kind="step")
    return element


def change(xml: bytes, identity: str, wanted: Mapping[str, str | int | None]) -> bytes:
    """Write name, group, form and working days of a step; only what ``wanted`` names. Raises ``NotFound``.

    None or an empty text takes a value away. ``due`` replaces any due date that was a number of working days; a
    formula stays unless a number is given, and one that names the group unless another group is.
    """
    root = tree.opened(xml)
    element = _found(root, identity)
    if "name" in wanted:
        element.set("name", str(wanted["name"] or "")[:LONGEST_NAME])
    if tree.local(element) in ASSIGNED:
        if "group" in wanted:
            _write_group(element, str(wanted["group"] or ""))
        if "form" in wanted and tree.local(element) == "userTask":
            tree.set_extension(element, "formDefinition", "formId", str(wanted["form"] or "") or None)
        if "due" in wanted:
            _write_due(element, wanted["due"])
    return tree.written(root)


def _write_group(element: Node, group: str) -> None:
    there = tree.extension_value(element, "assignmentDefinition", "candidateGroups") or ""
    if group or not there.startswith("="):
        tree.set_extension(element, "assignmentDefinition", "candidateGroups", group or None)


def _write_due(element: Node, days: str | int | None) -> None:
    there = tree.extension_value(element, "taskSchedule", "dueDate") or ""
    if days is not None:
        tree.set_extension(element, "taskSchedule", "dueDate", f"=working days(today(), {int(days)})")
    elif WORKDAYS.fullmatch(there):
        tree.set_extension(element, "taskSchedule", "dueDate", None)


def add(xml: bytes, flow_id: str, tag: str, name: str, extensions: Mapping[tuple[str, str], str]) -> tuple[bytes, str]:
    """A new step on a flow, drawn there; ``extensions`` are values of ``zeebe:`` extensions by name and attribute.

    Gives the diagram and the id of the step. Raises ``NotFound`` for a flow that is not there.
    """
    root = tree.opened(xml)
    flow = tree.node(root, flow_id)
    source = None if flow is None else tree.node(root, flow.get("sourceRef") or "")
    if flow is None or source is None or tree.local(flow) != "sequenceFlow":
        raise NotFound("not_found", kind="step")
    made = _new_step(root, source, tag, name)
    if tag == "userTask":
        around = tree.child(made, "extensionElements")
        around.append(around.makeelement(f"{ZEEBE}userTask", {}))
    for (extension, attribute), value in extensions.items():
        if value:
            tree.set_extension(made, extension, attribute, value)
    put_on_flow(root, flow, made)
    return tree.written(root), made.get("id") or ""


def _new_step(root: Node, source: Node, tag: str, name: str) -> Node:
    parent = source.getparent()
    if parent is None:
        raise NotFound("not_found", kind="step")
    made = tree.child(parent, tag)
    parent.remove(made)
    parent.insert(parent.index(source) + 1, made)
    made.set("id", tree.fresh_id(root, _stem(name) or tag))
    made.set("name", name[:LONGEST_NAME])
    return made


_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def _stem(name: str) -> str:
    """An id somebody can read, made from a German name."""
    words = re.sub(r"[^a-z0-9]+", "_", name.lower().translate(_PLAIN)).strip("_")[:60].strip("_")
    return words if words[:1].isalpha() else ""


def take_out(xml: bytes, identity: str) -> bytes:
    """Without the step: what led to it leads on. Raises ``NotFound``, ``Conflict("step_not_straight")``."""
    root = tree.opened(xml)
    element = _found(root, identity)
    if not _is_straight(root, element):
        raise Conflict("step_not_straight")
    (incoming,), (outgoing,) = tree.flows_into(root, identity), tree.flows_from(root, identity)
    target = _found(root, outgoing.get("targetRef") or "")
    source = _found(root, incoming.get("sourceRef") or "")
    drawing = Drawing.around(root, identity)
    in_id, out_id = incoming.get("id") or "", outgoing.get("id") or ""
    if drawing is not None and in_id in drawing.edges and out_id in drawing.edges:
        middle = drawing.box(identity).center
        drawing.redraw(in_id, _joined(points(drawing.edges[in_id]), middle, points(drawing.edges[out_id])))
    remove(root, outgoing)
    join(incoming, source, target)
    for inner in list(element.iter()):
        if drawing is not None and isinstance(inner.tag, str) and inner is not element and inner.get("id"):
            drawing.drop(inner.get("id") or "")
    remove(root, element)
    _forget_four_eyes(root, identity)
    return tree.written(root)


def _joined(
    before: list[tuple[float, float]], middle: tuple[float, float], after: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    """One line out of two, through where the step was: level and upright as the two were."""
    left, right = before[:-1], after[1:]
    first, last = (before[-1], after[0])
    # The line went to the step's edge; where both edges lie on one level it goes straight on.
    corner = [(first[0], last[1])] if abs(first[1] - last[1]) >= 1 and abs(first[0] - middle[0]) < 1 else []
    corner = corner or ([(last[0], first[1])] if abs(first[1] - last[1]) >= 1 else [])
    return [*left, *corner, *right]


def _forget_four_eyes(root: Node, identity: str) -> None:
    """Nobody can have done a step that is gone."""
    for each in root.iter(f"{ZEEBE}property"):
        if each.get("name") == "fourEyes":
            names = [name.strip() for name in (each.get("value") or "").split(",")]
            each.set("value", ",".join(name for name in names if name and name != identity))


def move(xml: bytes, identity: str, *, up: bool) -> bytes:
    """The step before, or after, its neighbour. Raises ``NotFound``, ``Conflict("step_not_straight")``."""
    root = tree.opened(xml)
    element = _found(root, identity)
    if not _is_straight(root, element):
        raise Conflict("step_not_straight")
    before, after = _neighbours(root, element)
    other = before if up else after
    if other is None or not _is_straight(root, other):
        raise Conflict("step_not_straight")
    first, second = (other, element) if up else (element, other)
    _swap(root, first, second)
    return tree.written(root)


def _swap(root: Node, first: Node, second: Node) -> None:
    """``… → first → second → …`` becomes ``… → second → first → …``; each takes the other's place on the drawing."""
    (incoming,) = tree.flows_into(root, first.get("id") or "")
    (between,) = tree.flows_from(root, first.get("id") or "")
    (outgoing,) = tree.flows_from(root, second.get("id") or "")
    source, target = _found(root, incoming.get("sourceRef") or ""), _found(root, outgoing.get("targetRef") or "")
    join(incoming, source, second)
    join(between, second, first)
    join(outgoing, first, target)
    drawing = Drawing.around(root, first.get("id") or "")
    if drawing is None:
        return
    one, two = drawing.box(first.get("id") or ""), drawing.box(second.get("id") or "")
    _put(root, drawing, first, one, two.center)
    _put(root, drawing, second, two, one.center)
    if (one.width, one.height) != (two.width, two.height):
        for flow, start, end in ((incoming, source, second), (between, second, first), (outgoing, first, target)):
            ends = drawing.box(start.get("id") or ""), drawing.box(end.get("id") or "")
            drawing.redraw(flow.get("id") or "", route(*ends))


def _put(root: Node, drawing: Drawing, element: Node, was: Box, middle: tuple[float, float]) -> None:
    """Draw an element around another middle; what it holds and its lane come along."""
    by_x, by_y = middle[0] - was.center[0], middle[1] - was.center[1]
    for inner in element.iter():
        if not isinstance(inner.tag, str) or not inner.get("id"):
            continue
        drawing.shift(inner.get("id") or "", by_x, by_y)
    for reference in list(root.iter(f"{BPMN}flowNodeRef")):
        parent = reference.getparent()
        if (reference.text or "").strip() == element.get("id") and parent is not None:
            parent.remove(reference)
    take_lane(root, drawing, element)
