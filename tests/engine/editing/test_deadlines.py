"""Deadlines put on steps without drawing: the diagram stays one that runs and can be read."""

import pytest

from tests.engine.editing.test_steps import KEYS, diagram, errors, misdrawn, overlapping
from workflows.core.errors import Conflict
from workflows.engine.dialect import parse
from workflows.engine.editing import arranging, deadlines
from workflows.engine.editing import steps as editing


def steps(xml: bytes) -> dict[str, editing.Step]:
    return {each.id: each for each in editing.steps(xml)}


@pytest.mark.parametrize("key", KEYS)
def test_every_step_that_waits_can_have_a_deadline(key: str) -> None:
    original = xml = diagram(key)
    waiting = [each for each in editing.steps(xml) if each.may_have_deadline]
    assert waiting
    put: dict[str, tuple[str, bool]] = {}
    for number, step in enumerate(waiting):
        ends_step = number % 2 == 0 and len(step.ways) == 1
        xml, made = deadlines.put_on(xml, step.id, f"Nach zwei Wochen ({number})", 10, ends_step=ends_step)
        put[made] = (step.id, ends_step)
    found, listed = parse(xml).elements, steps(xml)
    assert {key: (found[key].attached_to, found[key].interrupting) for key in put} == put
    assert {found[key].trigger.expression for key in put} == {"=working days(today(), 10)"}
    assert {listed[key].due for key in put} == {10}
    assert errors(key, xml) <= errors(key, original)
    assert misdrawn(xml) == []
    assert overlapping(xml) <= overlapping(original)


def test_a_deadline_is_changed_and_taken_away_again_with_its_own_way_only() -> None:
    xml, made = deadlines.put_on(diagram("referral"), "reply_question", "Nach zwei Wochen", 10, ends_step=False)
    longer = editing.change(xml, made, {"name": "Nach drei Wochen", "due": 15})
    assert (steps(longer)[made].name, steps(longer)[made].due) == ("Nach drei Wochen", 15)
    gone = arranging.take_out(longer, made)
    before = parse(diagram("referral"))
    assert parse(gone).elements == before.elements
    assert parse(gone).flows == before.flows


def test_in_front_of_what_waits_for_all_its_ways_they_come_together_first() -> None:
    xml = FORKED.encode()
    changed, made = deadlines.put_on(xml, "one", "Zu spät", 5, ends_step=True)
    parsed = parse(changed)
    (flow,) = parsed.elements[made].outgoing
    meeting = parsed.elements[parsed.flows[flow].target]
    assert meeting.kind == "exclusive_gateway"
    assert len(meeting.incoming) == 2
    assert len(parsed.elements["met"].incoming) == 2


def test_a_step_that_works_by_itself_has_none() -> None:
    automatic = next(each for each in editing.steps(diagram("referral")) if each.tag == "serviceTask")
    with pytest.raises(Conflict):
        deadlines.put_on(diagram("referral"), automatic.id, "Nie", 1, ends_step=False)


FORKED = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="t">
  <bpmn:process id="forked" isExecutable="true">
    <bpmn:startEvent id="begin"/><bpmn:parallelGateway id="parted"/><bpmn:userTask id="one"/><bpmn:userTask id="two"/>
    <bpmn:parallelGateway id="met"/><bpmn:endEvent id="end"/>
    <bpmn:sequenceFlow id="f1" sourceRef="begin" targetRef="parted"/>
    <bpmn:sequenceFlow id="f2" sourceRef="parted" targetRef="one"/>
    <bpmn:sequenceFlow id="f3" sourceRef="parted" targetRef="two"/>
    <bpmn:sequenceFlow id="f4" sourceRef="one" targetRef="met"/>
    <bpmn:sequenceFlow id="f5" sourceRef="two" targetRef="met"/>
    <bpmn:sequenceFlow id="f6" sourceRef="met" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>"""
