"""One diagram with every element of the dialect, drawn on a grid so that drawing tools open it."""

from lxml import etree

from tests.engine.drawing import TERMINATE, Drawing, each, mapping, timer
from workflows.engine.dialect import parse
from workflows.engine.dialect.xml import read
from workflows.engine.editing import geometry
from workflows.engine.editing.geometry import Box, route
from workflows.engine.editing.tree import written

NS = "http://www.omg.org/spec/BPMN/20100524/DI"
PERSON = (
    '<zeebe:userTask/><zeebe:formDefinition formId="answer"/>'
    '<zeebe:taskSchedule dueDate="=working days(today(), 5)" followUpDate="=today()"/>'
    '<zeebe:priorityDefinition priority="=70"/>'
    '<zeebe:properties><zeebe:property name="fourEyes" value="other"/>'
    '<zeebe:property name="sharedWithContact" value="true"/>'
    '<zeebe:property name="onlyFor" value="=members"/></zeebe:properties>'
)


def every_element() -> bytes:
    """A file whose process uses all the README's table of the dialect names."""
    d = Drawing("sample")
    _activities(d)
    _gateways(d)
    _events(d)
    with d.sub("sub", mapping({"inner": "=x"}, {"y": "=inner"})):
        d.start("sub_start"), d.user("sub_task"), d.end("sub_end")
        d.flow("sub_start", "sub_task", "sub_end")
    d.flow("script", "sub", "fork", "left", "meet")
    d.flow("fork", "right", "meet", "choose")
    d.flow("choose", "any", when='x = "a"', name="chosen")
    d.flow("choose", "wait", name="else_wait")
    d.flow("any", "milestone", when="x != null", name="sometimes")
    d.flow("any", "tell", name="else_tell")
    d.process("called")
    d.start("called_start"), d.end("called_end")
    d.flow("called_start", "called_end")
    return _drawn(d.xml())


def _activities(d: Drawing) -> None:
    d.start("begin")
    d.user("other")
    d.user("task", extension=PERSON, inner=each("=people", "person", sequential=True, gather=("answers", "=answer")))
    d.node("manualTask", "manual", "", '<zeebe:assignmentDefinition assignee="=owner" candidateGroups="group:team"/>')
    d.service("service", "case.note", mapping({"text": '="a < b"'}, {"kept": "=result"}))
    d.rule("rule", "decide", "decision")
    d.node("sendTask", "send", "", '<zeebe:taskDefinition type="mail.send"/>')
    d.message("asked")
    d.receive("receive", "asked", mapping(None, {"reply": "=reply"}))
    d.call("call", "called", inner=each("=list", "item"))
    d.script("script", "1 + 1", "two")
    d.flow("begin", "other", "task", "manual", "service", "rule", "send", "receive", "call", "script")


def _gateways(d: Drawing) -> None:
    d.gateway("parallel", "fork"), d.user("left"), d.user("right"), d.gateway("parallel", "meet")
    d.gateway("exclusive", "choose", "else_wait"), d.gateway("inclusive", "any", "else_tell")
    d.node("eventBasedGateway", "wait")


def _events(d: Drawing) -> None:
    d.catch("wait_message", d.message("told")), d.catch("wait_time", timer("duration", "P14D"))
    d.flow("wait", "wait_message", "message_end")
    d.flow("wait", "wait_time", "error_end")
    d.throw("milestone"), d.throw("tell", d.message("said")), d.throw("raise", d.escalation("late"))
    d.end("message_end", d.message("over")), d.end("error_end", d.error("broken"))
    d.end("escalation_end", '<bpmn:escalationEventDefinition escalationRef="x_late"/>'), d.end("all_end", TERMINATE)
    d.flow("milestone", "escalation_end")
    d.flow("tell", "raise", "all_end")
    d.boundary("late", "task", timer("cycle", "R3/P1D"), interrupting=False)
    d.boundary("told_meanwhile", "task", '<bpmn:messageEventDefinition messageRef="m_told"/>')
    d.boundary("failed", "service", '<bpmn:errorEventDefinition errorRef="e_broken"/>')
    d.boundary("escalated", "sub", '<bpmn:escalationEventDefinition escalationRef="x_late"/>', interrupting=False)
    for name in ("late", "told_meanwhile", "failed", "escalated"):
        d.end(f"{name}_end")
        d.flow(name, f"{name}_end")


def _drawn(xml: bytes) -> bytes:
    root = read(xml)
    diagram = etree.SubElement(root, f"{{{NS}}}BPMNDiagram", {"id": "diagram"}, {"bpmndi": NS})
    plane = etree.SubElement(diagram, f"{{{NS}}}BPMNPlane", id="plane", bpmnElement="sample")
    drawing = geometry.Drawing(plane)
    parsed = parse(xml)
    shown = [each for each in parsed.elements.values() if each.process in {"sample", "sub"}]
    for number, element in enumerate(shown):
        at = Box(200 + number % 8 * 180, 100 + number // 8 * 180, 100, 80)
        size = (
            (36, 36) if element.kind.endswith("event") else (50, 50) if element.kind.endswith("gateway") else (100, 80)
        )
        drawing.add_shape(element.id, Box(at.x, at.y, *size))
    for element in shown:
        if element.attached_to:
            host = drawing.box(element.attached_to)
            geometry.place(drawing.shapes[element.id], Box(host.x + 20, host.bottom - 18, 36, 36))
    for flow in parsed.flows.values():
        if flow.source in drawing.shapes:
            drawing.add_edge(flow.id, route(drawing.box(flow.source), drawing.box(flow.target)))
    return written(root)
