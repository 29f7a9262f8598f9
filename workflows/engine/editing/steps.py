"""A process as a list of steps, and what may be changed in one of them or added without drawing.

Every change is a function from a diagram's XML to its XML.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.core.errors import NotFound
from workflows.engine.dialect.xml import BPMN, ZEEBE, Node
from workflows.engine.editing import deadlines, reach, tree
from workflows.engine.editing.deadlines import WORKDAYS, in_workdays
from workflows.engine.editing.drawing import put_on_flow
from workflows.engine.editing.order import ordered

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

    ``due`` is a number of working days, or None; ``due_formula`` any other due date; of a boundary event the day on
    which it falls due. ``lane`` is the lane's id, which
    names the group that works in it unless ``group`` names another. ``inputs`` are what the operator is given.
    ``company`` are the ids of what would go with it: its boundary events and what only they lead to.
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
    inputs: Mapping[str, str]
    due: int | None
    due_formula: str
    attached_to: str
    ways: Sequence[Way]
    may_move_up: bool
    may_move_down: bool
    may_go: bool
    may_have_deadline: bool
    company: Sequence[str]

    @property
    def is_assigned(self) -> bool:
        """Whether a person does it."""
        return self.tag in ASSIGNED

    @property
    def is_deadline(self) -> bool:
        """Whether it is a day on which something begins while another step is still open."""
        return self.tag == deadlines.EVENT and bool(self.due_formula or self.due is not None)


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
    due = tree.extension_value(element, "taskSchedule", "dueDate") or deadlines.date_of(element)
    days = WORKDAYS.fullmatch(due)
    before, after = reach.neighbours(root, element)
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
        inputs={each.get("target") or "": each.get("source") or "" for each in _inputs(element)},
        due=int(days[1]) if days else None,
        due_formula="" if days else due,
        attached_to=element.get("attachedToRef") or "",
        ways=[_way(root, element, flow) for flow in tree.flows_from(root, identity)],
        may_move_up=before is not None,
        may_move_down=after is not None,
        may_go=reach.may_go(root, element),
        may_have_deadline=deadlines.may_hold(root, element),
        company=[each.get("id") or "" for each in reach.company(root, element)],
    )


def _inputs(element: Node) -> Sequence[Node]:
    mapping = tree.extension(element, "ioMapping")
    return [] if mapping is None else mapping.findall(f"{ZEEBE}input")


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


def change(
    xml: bytes, identity: str, wanted: Mapping[str, str | int | None], inputs: Mapping[str, str] | None = None
) -> bytes:
    """Write name, group, form and working days of a step; only what ``wanted`` names. Raises ``NotFound``.

    ``inputs`` are what its operator is given, by parameter.

    None or an empty text takes a value away. ``due`` replaces any due date that was a number of working days; a
    formula stays unless a number is given, and one that names the group unless another group is.
    """
    root = tree.opened(xml)
    element = tree.found(root, identity)
    if "name" in wanted:
        element.set("name", str(wanted["name"] or "")[:LONGEST_NAME])
    if tree.local(element) in ASSIGNED:
        if "group" in wanted:
            _write_group(element, str(wanted["group"] or ""))
        if "form" in wanted and tree.local(element) == "userTask":
            tree.set_extension(element, "formDefinition", "formId", str(wanted["form"] or "") or None)
        if "due" in wanted:
            _write_due(element, wanted["due"])
    if "due" in wanted and wanted["due"] is not None:
        deadlines.set_days(element, int(wanted["due"]))
    for target, source in (inputs or {}).items():
        tree.set_input(element, target, source)
    return tree.written(root)


def _write_group(element: Node, group: str) -> None:
    there = tree.extension_value(element, "assignmentDefinition", "candidateGroups") or ""
    if group or not there.startswith("="):
        tree.set_extension(element, "assignmentDefinition", "candidateGroups", group or None)


def _write_due(element: Node, days: str | int | None) -> None:
    there = tree.extension_value(element, "taskSchedule", "dueDate") or ""
    if days is not None:
        tree.set_extension(element, "taskSchedule", "dueDate", in_workdays(int(days)))
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
