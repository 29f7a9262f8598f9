"""Reading diagrams: what is understood, what is refused by name, and that no file breaks the reader."""

import pytest

from tests.engine.drawing import HEAD, Drawing, each
from tests.engine.house import House
from workflows.engine import dialect
from workflows.engine.dialect import DialectError


def one(tag: str, inner: str = "", **attributes: str) -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.node(tag, "x", inner, **attributes), d.end())
    return d


def refused(drawing: Drawing) -> set[tuple[str, str]]:
    return {(each.element_id, each.code) for each in dialect.parse(drawing.xml()).refusals}


def event(name: str) -> str:
    return f"<bpmn:{name}EventDefinition/>"


@pytest.mark.parametrize(
    ("drawing", "code"),
    [
        (one("complexGateway"), "unsupported_element"),
        (one("transaction"), "unsupported_element"),
        (one("adHocSubProcess"), "unsupported_element"),
        (one("task"), "unsupported_element"),
        (one("intermediateCatchEvent", event("link")), "unsupported_event"),
        (one("intermediateCatchEvent", event("conditional")), "unsupported_event"),
        (one("intermediateThrowEvent", event("compensate")), "unsupported_event"),
        (one("intermediateThrowEvent", event("signal")), "unsupported_event"),
        (one("intermediateCatchEvent", event("error")), "unsupported_event"),
        (one("intermediateCatchEvent"), "unsupported_event"),
        (one("userTask", "<bpmn:standardLoopCharacteristics/>"), "standard_loop"),
        (one("userTask", "<bpmn:multiInstanceLoopCharacteristics/>"), "loop_without_collection"),
        (one("userTask", isForCompensation="true"), "compensation"),
        (one("scriptTask", "<bpmn:script>print(1)</bpmn:script>"), "script_without_feel"),
        (one("serviceTask"), "without_operator"),
        (one("businessRuleTask"), "without_decision"),
        (one("callActivity"), "without_called_process"),
        (one("callActivity", calledElement="elsewhere"), "unknown_called_process"),
        (one("receiveTask"), "unknown_message"),
        (one("intermediateCatchEvent", "<bpmn:timerEventDefinition/>"), "timer_without_time"),
        (one("boundaryEvent", event("error"), attachedToRef="nothing"), "attached_to_nothing"),
        (one("intermediateThrowEvent", event("escalation")), "without_code"),
    ],
)
def test_what_is_not_run_is_named_with_its_element(drawing: Drawing, code: str) -> None:
    assert ("x", code) in refused(drawing)
    assert dialect.parse(drawing.xml()).specs == {}


def test_structures_that_cannot_run_are_named() -> None:
    d = Drawing()
    d.flow(d.start(), d.user("a"), d.end())
    d.start("second")
    d.flow("second", "a", when="=true")
    d.flow("a", "nowhere")
    d.node("userTask", "a")
    with d.sub("inner"):
        d.user("lonely")
    assert refused(d) == {
        ("p", "several_none_starts"),
        ("f3_second_a", "condition_without_gateway"),
        ("f4_a_nowhere", "flow_without_end"),
        ("a", "duplicate_id"),
        ("inner", "without_start"),
    }


def test_an_event_subprocess_is_refused() -> None:
    d = Drawing()
    d.flow(d.start(), d.end())
    d.node("subProcess", "x", '<bpmn:startEvent id="s"/>', triggeredByEvent="true")
    assert ("x", "event_subprocess") in refused(d)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff" * 1000,
        b"<a/>",
        b"<bpmn:definitions",
        HEAD.encode() + b"</bpmn:definitions>",
        b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b"<?xml version='1.0' encoding='UTF-16'?><a/>",
        b"<a>" * 100_000,
        b"x" * 10_000_000,
    ],
)
def test_no_file_breaks_the_reader(content: bytes) -> None:
    with pytest.raises(DialectError):
        dialect.parse(content)


def test_a_thousand_steps_in_a_row_are_read_and_run(house: House) -> None:
    d = Drawing()
    names = [d.start(), *(d.script(f"s{number}", "=1", "x") for number in range(1000)), d.end()]
    d.flow(*names)
    instance = house.run(d)
    assert house.status(instance) == "completed"


def test_elements_inherit_the_lane_of_their_subprocess() -> None:
    d = Drawing()
    lanes = '<bpmn:lane id="team" name="Team"><bpmn:flowNodeRef>inner</bpmn:flowNodeRef></bpmn:lane>'
    d.node("laneSet", "lanes", lanes)
    with d.sub("inner"):
        d.flow(d.start("s"), d.user("ask", None), d.end("e"))
    d.flow(d.start(), "inner", d.end())
    parsed = dialect.parse(d.xml())
    assert parsed.elements["ask"].lane == "team"
    assert parsed.lanes["team"].name == "Team"


def test_a_called_process_may_lie_in_another_file() -> None:
    caller, called = Drawing("caller"), Drawing("called")
    caller.flow(caller.start("s1"), caller.call("ask", "called"), caller.end("e1"))
    called.flow(called.start("s2"), called.end("e2"))
    assert not dialect.parse(caller.xml(), called.xml()).refusals


def test_a_process_that_calls_itself_stops_at_a_depth(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.call("again", "p"), d.end())
    instance = house.run(d)
    assert [each.code for each in house.incidents(instance)] == ["nested_too_deep"]


def test_a_collection_without_measure_is_refused(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("ask", inner=each("=for i in 1..5000 return i", "n")), d.end())
    instance = house.run(d)
    assert [each.code for each in house.incidents(instance)] == ["collection_too_long"]
