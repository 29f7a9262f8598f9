"""A deadline at the edge of a step: after some working days a way of its own begins. Put on, read and changed here."""

import re

from workflows.core.errors import Conflict
from workflows.engine.dialect.xml import BPMN, Node
from workflows.engine.editing import reach, tree
from workflows.engine.editing.drawing import new_flow, new_node, note_in_lane, put_on_flow, take_lane
from workflows.engine.editing.geometry import GAP, SIZES, Box, Drawing, hanging

WORKDAYS = re.compile(r"=\s*working days\(\s*today\(\)\s*,\s*(\d{1,4})\s*\)\s*")
EVENT = "boundaryEvent"
HOLDERS = frozenset({"userTask", "manualTask", "receiveTask", "subProcess", "callActivity"})
"""What can stay open for days."""
WAITING = frozenset({"parallelGateway", "inclusiveGateway"})
"""What waits for every way into it, so that one way more would stop it."""
EDGE = (36, 36)
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def in_workdays(days: int) -> str:
    """The expression for a day some working days from the day it is asked for."""
    return f"=working days(today(), {days})"


def date_of(element: Node) -> str:
    """The day on which a boundary event falls due; empty for everything else."""
    date = _date(element)
    return "" if date is None else (date.text or "").strip()


def set_days(element: Node, days: int) -> None:
    """Let a deadline fall due after that many working days."""
    date = _date(element)
    if date is not None:
        date.text = in_workdays(days)


def _date(element: Node) -> Node | None:
    return element.find(f"{BPMN}timerEventDefinition/{BPMN}timeDate") if tree.local(element) == EVENT else None


def may_hold(root: Node, element: Node) -> bool:
    """Whether a step waits long enough for a deadline; what an event-based gateway waits for cannot have one."""
    if tree.local(element) not in HOLDERS:
        return False
    sources = (each.get("sourceRef") or "" for each in tree.flows_into(root, element.get("id") or ""))
    return not any(reach.chooses_by_event(root, each) for each in sources)


def put_on(xml: bytes, identity: str, name: str, days: int, *, ends_step: bool) -> tuple[bytes, str]:
    """A deadline on a step: either the step ends and its own way goes on, or it stays and a way to an end begins.

    Gives the diagram and the id of the event. Raises ``NotFound``, ``Conflict("step_not_straight")``.
    """
    root = tree.opened(xml)
    host = tree.found(root, identity)
    if not may_hold(root, host) or (ends_step and len(tree.flows_from(root, identity)) != 1):
        raise Conflict("step_not_straight")
    event = new_node(root, host, EVENT, tree.fresh_id(root, f"{identity}_deadline"), name)
    event.set("attachedToRef", identity)
    event.set("cancelActivity", "true" if ends_step else "false")
    _write_time(root, event, days)
    drawing = Drawing.around(root, identity)
    if drawing is not None:
        drawing.add_shape(event.get("id") or "", _at_edge(root, drawing, host))
    lane = tree.lane_of(root, host)
    if lane is not None:
        note_in_lane(lane, event)
    if ends_step:
        _go_on(root, host, event)
    else:
        _begin_way(root, event)
    return tree.written(root), event.get("id") or ""


def _write_time(root: Node, event: Node, days: int) -> None:
    definition = tree.child(event, "timerEventDefinition")
    definition.set("id", tree.fresh_id(root, f"{event.get('id')}_timer"))
    date = tree.child(definition, "timeDate", in_workdays(days))
    prefix = next((prefix for prefix, uri in root.nsmap.items() if prefix and f"{{{uri}}}" == BPMN), None)
    if prefix:
        date.set(TYPE, f"{prefix}:tFormalExpression")


def _at_edge(root: Node, drawing: Drawing, host: Node) -> Box:
    """The first free place at the lower edge from the right, else at the upper one."""
    around = drawing.box(host.get("id") or "")
    taken = [drawing.box(each.get("id") or "") for each in reach.boundaries(host) if each.get("id") in drawing.shapes]
    width, height = EDGE
    along = range(int(around.right - width - 8), int(around.x) - 1, -(width + 6))
    places = [Box(x, edge - height / 2, width, height) for edge in (around.bottom, around.y) for x in along]
    return next((each for each in places if not any(each.overlaps(other) for other in taken)), places[0])


def _go_on(root: Node, host: Node, event: Node) -> None:
    """Lead to where the step leads; in front of what waits for all its ways the two come together first."""
    (onward,) = tree.flows_from(root, host.get("id") or "")
    target = tree.found(root, onward.get("targetRef") or "")
    if tree.local(target) in WAITING:
        target = new_node(root, host, "exclusiveGateway", tree.fresh_id(root, f"{host.get('id')}_goes_on"))
        put_on_flow(root, onward, target)
    flow = new_flow(root, event, target)
    drawing = Drawing.around(root, host.get("id") or "")
    if drawing is not None:
        ends = drawing.box(event.get("id") or ""), drawing.box(target.get("id") or "")
        drawing.add_edge(flow.get("id") or "", hanging(*ends))


def _begin_way(root: Node, event: Node) -> None:
    """A way of its own that ends at once; steps are put on it like on any other."""
    identity = event.get("id") or ""
    end = new_node(root, event, "endEvent", tree.fresh_id(root, f"{identity}_end"))
    flow = new_flow(root, event, end)
    drawing = Drawing.around(root, identity)
    if drawing is not None:
        where = _free_place(root, drawing, event)
        drawing.add_shape(end.get("id") or "", where)
        drawing.add_edge(flow.get("id") or "", hanging(drawing.box(identity), where))
        take_lane(root, drawing, end)


def _is_open(root: Node, drawing: Drawing, start: Box, place: Box) -> bool:
    """Whether nothing stands at a place, nor on the line that goes down to its height and then across."""
    (x, _), (_, y) = start.center, place.center
    down, across = Box(x - 1, start.bottom + 6, 2, y - start.bottom - 6), Box(x, y - 1, place.x - x - 6, 2)
    return all(drawing.is_free(each, root) for each in (place, down, across))


def _free_place(root: Node, drawing: Drawing, event: Node) -> Box:
    """Below the event where nothing stands; else room is made beside the step."""
    start, host = (drawing.box(event.get(name) or "") for name in ("id", "attachedToRef"))
    width, height = SIZES["endEvent"]
    places = (
        Box(start.right + x, start.bottom + y, width, height) for y in range(20, 240, 35) for x in (GAP, 110, 170)
    )
    found = next((each for each in places if _is_open(root, drawing, start, each)), None)
    if found is None:
        drawing.make_room(root, host.right + 1, width + GAP)
        found = Box(host.right + GAP / 2, host.bottom - height / 2, width, height)
    return found
