"""Events that never come and ways that are never gone are told; those that do their work are left alone."""

import pytest

from tests.engine.checking import codes
from tests.engine.diagrams import extended, flows, node, user_task

SHARED = (
    '<bpmn:message id="m" name="m"><bpmn:extensionElements><zeebe:subscription correlationKey="=answer"/>'
    '</bpmn:extensionElements></bpmn:message><bpmn:error id="er" name="lost" errorCode="lost"/>'
    '<bpmn:error id="other" name="other" errorCode="other"/>'
    '<bpmn:escalation id="es" name="late" escalationCode="late"/>'
)
TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
CYCLE = "<bpmn:timerEventDefinition><bpmn:timeCycle>R3/P1D</bpmn:timeCycle></bpmn:timerEventDefinition>"
MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>'
ERROR = '<bpmn:errorEventDefinition errorRef="er"/>'
OTHER = '<bpmn:errorEventDefinition errorRef="other"/>'
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="es"/>'
SCRIPT = node("scriptTask", "step", extended('<zeebe:script expression="=1" resultVariable="r"/>'), name="Rechnen")
ASKING = user_task("step")
MAILING = node(
    "serviceTask",
    "step",
    extended(
        '<zeebe:taskDefinition type="mail.send"/><zeebe:ioMapping><zeebe:input source="=&quot;a&quot;" target="to"/>'
        '<zeebe:input source="=&quot;note&quot;" target="text"/></zeebe:ioMapping>'
    ),
    name="Schreiben",
)


def part(ending: str) -> str:
    """A subprocess that ends so."""
    inside = (
        node("startEvent", "b2") + user_task("inner") + node("endEvent", "e2", ending) + flows("b2>inner", "inner>e2")
    )
    return node("subProcess", "step", inside, name="Teil")


def found(step: str, event: str, *, interrupting: bool = True) -> set[str]:
    """The codes that are about the events of a process of one step with a boundary event."""
    cancel = "true" if interrupting else "false"
    boundary = node("boundaryEvent", "event", event, attachedToRef="step", cancelActivity=cancel)
    ends = node("startEvent", "begin") + node("endEvent", "done") + node("endEvent", "way")
    ways = flows("begin>step", "step>done", "event>way")
    told = codes(ends + step + boundary + ways, {"texts/note.de.txt": b"Betreff: x\n\ny"}, shared=SHARED)
    return told.keys() & {
        *("boundary_without_wait", "error_never_comes", "escalation_never_comes"),
        *("cycle_once", "error_caught_by_nobody"),
    }


@pytest.mark.parametrize(
    ("step", "event", "interrupting", "told"),
    [
        (SCRIPT, TIMER, True, {"boundary_without_wait"}),
        (MAILING, MESSAGE, True, {"boundary_without_wait"}),
        (ASKING, TIMER, True, set()),
        (part(""), MESSAGE, True, set()),
        (ASKING, ERROR, True, {"error_never_comes"}),
        (SCRIPT, ERROR, True, {"error_never_comes"}),
        (part(""), ERROR, True, {"error_never_comes"}),
        (MAILING, ERROR, True, set()),
        (part(ERROR), ERROR, True, set()),
        (ASKING, ESCALATION, True, {"escalation_never_comes"}),
        (part(""), ESCALATION, True, {"escalation_never_comes"}),
        (part(ESCALATION), ESCALATION, True, set()),
        (ASKING, CYCLE, True, {"cycle_once"}),
        (ASKING, CYCLE, False, set()),
        (part(OTHER), ERROR, True, {"error_caught_by_nobody"}),
        (part(OTHER), "<bpmn:errorEventDefinition/>", True, set()),
    ],
)
def test_events_that_never_come_are_told(step: str, event: str, interrupting: bool, told: set[str]) -> None:
    assert found(step, event, interrupting=interrupting) == told


def test_the_same_condition_twice_is_told_at_the_way_that_is_never_gone() -> None:
    ways = "".join(
        f'<bpmn:sequenceFlow id="way{number}" sourceRef="g" targetRef="end{number}">'
        f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression></bpmn:sequenceFlow>"
        for number, condition in enumerate(['=answer = "a"', '=answer = "b"', '= answer  =  "a"', '=answer = "a"'])
    )
    ends = "".join(node("endEvent", f"end{number}") for number in range(4)) + node("endEvent", "done")
    gateway = node("exclusiveGateway", "g", default="g_done")
    told = codes(
        node("startEvent", "begin") + user_task("ask") + gateway + ends + flows("begin>ask", "ask>g", "g>done") + ways
    )
    assert told["condition_twice"] == {"way2", "way3"}


def test_what_waits_behind_an_event_gateway_bears_no_boundary() -> None:
    receive = node("receiveTask", "told", messageRef="m", name="Antwort")
    late = node("boundaryEvent", "late", TIMER, attachedToRef="told")
    other = node("intermediateCatchEvent", "pause", TIMER)
    ends = "".join(node("endEvent", name) for name in ("done", "over", "way"))
    gateway = node("startEvent", "begin") + node("eventBasedGateway", "either", name="Was zuerst kommt")
    ways = flows("begin>either", "either>told", "told>done", "either>pause", "pause>over")
    drawn = gateway + receive + other + ends + ways
    assert "event_gateway_boundary" not in codes(drawn, shared=SHARED)
    told = codes(drawn + late + flows("late>way"), shared=SHARED)
    assert told["event_gateway_boundary"] == {"late"}


def test_a_called_process_must_be_able_to_begin() -> None:
    calling = node("callActivity", "call", extended('<zeebe:calledElement processId="other"/>'), name="Rufen")
    calling = node("startEvent", "begin") + calling + node("endEvent", "done") + flows("begin>call", "call>done")

    def called(event: str) -> str:
        inside = node("startEvent", "ob", event) + node("endEvent", "oe") + flows("ob>oe")
        return SHARED + f'<bpmn:process id="other" isExecutable="true">{inside}</bpmn:process>'

    assert "called_without_start" not in codes(calling, shared=called(""))
    assert codes(calling, shared=called(MESSAGE))["called_without_start"] == {"call"}
