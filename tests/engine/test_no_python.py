"""No Python from a diagram is ever executed: all places where the stock engine would, with a file as witness."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.drawing import Drawing, each, mapping, timer
from tests.engine.house import House, operator
from workflows.core.errors import LotseError
from workflows.engine import dialect
from workflows.engine.run import Engine

FLOW = "bpmn:conditionExpression"


def straight(node: str, *, before: str = "", tag: str = "userTask") -> Drawing:
    """Start, one node with hostile content, end."""
    d = Drawing()
    group = '<zeebe:assignmentDefinition candidateGroups="group:team"/>'
    d.flow(d.start(), d.node(tag, "x", node, group + before), d.end())
    return d


def condition(evil: str) -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.gateway("exclusive", "g"), d.end(), when=evil)
    return d


def script(evil: str) -> Drawing:
    return straight(f"<bpmn:script>{evil}</bpmn:script>", tag="scriptTask")


def feel_script(evil: str) -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.script("x", evil, "r"), d.end())
    return d


def beside(tag: str) -> object:
    return lambda evil: straight(f"<bpmn:extensionElements><{tag}>{evil}</{tag}></bpmn:extensionElements>")


def timed(kind: str) -> object:
    def draw(evil: str) -> Drawing:
        d = Drawing()
        d.flow(d.start(), d.catch("x", timer(kind, evil)), d.end())
        return d

    return draw


def loop(inner: str) -> object:
    def draw(evil: str) -> Drawing:
        inside = f"<bpmn:{inner}>{evil}</bpmn:{inner}></bpmn:multiInstance"
        d = Drawing()
        d.flow(d.start(), d.user("x", inner=each("=[1, 2]", "n").replace("</bpmn:multiInstance", inside)), d.end())
        return d

    return draw


def standard_loop(evil: str) -> Drawing:
    return straight(
        f"<bpmn:standardLoopCharacteristics><bpmn:loopCondition>{evil}</bpmn:loopCondition>"
        "</bpmn:standardLoopCharacteristics>"
    )


def conditional_event(evil: str) -> Drawing:
    inside = (
        f"<bpmn:conditionalEventDefinition><bpmn:condition>{evil}</bpmn:condition></bpmn:conditionalEventDefinition>"
    )
    return straight(inside, tag="intermediateCatchEvent")


def parameter(evil: str) -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.service("x", "echo", mapping({"text": evil}, {"out": evil})), d.end())
    return d


def message_payload(evil: str) -> Drawing:
    d = Drawing()
    event = d.message("m", "=1")
    d.flow(d.start(), d.throw("x", event, mapping({"text": evil})), d.end())
    return d


def signal_payload(evil: str) -> Drawing:
    return straight(
        f"<bpmn:signalEventDefinition><messagePayload>{evil}</messagePayload></bpmn:signalEventDefinition>",
        tag="intermediateThrowEvent",
    )


def correlation(evil: str) -> Drawing:
    d = Drawing()
    d.message("m", evil)
    d.flow(d.start(), d.receive("x", "m"), d.end())
    return d


def ad_hoc(evil: str) -> Drawing:
    return straight(f"<bpmn:completionCondition>{evil}</bpmn:completionCondition>", tag="adHocSubProcess")


def assignment(evil: str) -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.user("x", evil), d.end())
    return d


def table(place: str) -> object:
    def draw(evil: str) -> Drawing:
        d = Drawing()
        d.flow(d.start(), d.rule("x", "way", "r"), d.end())
        parts = {"input": "topic", "entry": '"rooms"', "output": '"yes"', place: evil}
        d.dmn = DMN.format(**parts).encode()  # type: ignore[attr-defined]
        return d

    return draw


DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
<decision id="way" name="way"><decisionTable hitPolicy="FIRST"><input><inputExpression><text>{input}</text>
</inputExpression></input><output name="way"/><rule><inputEntry><text>{entry}</text></inputEntry>
<outputEntry><text>{output}</text></outputEntry></rule></decisionTable></decision></definitions>"""

SITES = {
    "condition": condition,
    "script": script,
    "feel script": feel_script,
    "preScript": beside("spiffworkflow:preScript"),
    "postScript": beside("spiffworkflow:postScript"),
    "time date": timed("date"),
    "time duration": timed("duration"),
    "time cycle": timed("cycle"),
    "loop cardinality": loop("loopCardinality"),
    "loop completion": loop("completionCondition"),
    "standard loop": standard_loop,
    "conditional event": conditional_event,
    "operator parameter": parameter,
    "message payload": message_payload,
    "signal payload": signal_payload,
    "correlation": correlation,
    "ad hoc": ad_hoc,
    "assignment": assignment,
    "decision input": table("input"),
    "decision entry": table("entry"),
    "decision output": table("output"),
}


@pytest.mark.parametrize("leading", ["", "="])
@pytest.mark.parametrize("site", SITES)
def test_python_at_this_place_is_never_run(house: House, tmp_path: Path, site: str, leading: str) -> None:
    witness = tmp_path / "executed"
    drawing = SITES[site](f"{leading}__import__('os').system('touch {witness}')")  # type: ignore[operator]
    xml = drawing.xml().replace(b"<bpmn:definitions", b'<bpmn:definitions xmlns:spiffworkflow="urn:s"', 1)
    drawing.xml = lambda: xml
    house.engine = Engine(operator("echo", lambda tx, call: {"echo": call.inputs.get("text")}))
    if not dialect.parse(xml).refusals:
        files = {"way.dmn": drawing.dmn} if hasattr(drawing, "dmn") else {}
        run_to_the_end(house, drawing, files)
    assert not witness.exists()


def run_to_the_end(house: House, drawing: Drawing, files: dict[str, bytes]) -> None:
    try:
        house.deploy(drawing, files)
        instance = house.start(topic="rooms")
    except LotseError:
        return
    house.clock.advance(timedelta(days=1000))
    house.work()
    for task in house.tasks(instance):
        if task.status == "open":
            house.complete_task(task.id, typed="1")
    for incident in house.incidents(instance):
        with house.begin() as tx:
            tx.session.merge(incident)
        house.retry(instance)
