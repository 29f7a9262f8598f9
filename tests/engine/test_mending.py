"""Every finding that offers help: mended it is gone and nothing new is wrong; what a person decides is left alone."""

from collections.abc import Mapping
from datetime import datetime

import pytest

from tests.engine.diagrams import bundle, extended, flows, form, node, user_task
from workflows.core.clock import BERLIN
from workflows.engine import moments
from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Catalogue, Operator, Parameter
from workflows.engine.checks import check, mending
from workflows.engine.dialect import parse
from workflows.engine.findings import Finding


def note(_tx: object, _call: object) -> None:
    """Does nothing."""


CATALOGUE = Catalogue(
    {
        "case.note": Operator("case.note", "Notiz", (Parameter("text"),), note),
        "mail.send": Operator(
            "mail.send", "Mail", (Parameter("to"), Parameter("text", is_text=True), Parameter("values", False)), note
        ),
    },
    frozenset({"group:coordination", "group:leadership"}),
    variables={"sample": frozenset({"amount", "deadline", "people"})},
    placeholders={"": frozenset()},
)
BEGIN, DONE = node("startEvent", "begin"), node("endEvent", "done")


def straight(step: str, key: str = "step") -> str:
    return BEGIN + step + DONE + flows(f"begin>{key}", f"{key}>done")


def service(operator: str, inputs: Mapping[str, str]) -> str:
    mapping = "".join(f'<zeebe:input source="{source}" target="{target}"/>' for target, source in inputs.items())
    inside = extended(f'<zeebe:taskDefinition type="{operator}"/><zeebe:ioMapping>{mapping}</zeebe:ioMapping>')
    return node("serviceTask", "step", inside, name="Schritt")


def task(extensions: str, **attributes: str) -> str:
    given = {"name": "Schritt", **attributes}
    group = '<zeebe:assignmentDefinition candidateGroups="group:coordination"/>'
    return node("userTask", "step", extended(group + extensions), **given)


def forked(first: str, second: str, default: str = "") -> str:
    """A gateway with two ways, each with its condition or without."""

    def way(target: str, condition: str) -> str:
        inside = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
        return (
            f'<bpmn:sequenceFlow id="to_{target}" sourceRef="choose" targetRef="{target}">{inside}</bpmn:sequenceFlow>'
        )

    gateway = node("exclusiveGateway", "choose", **({"default": default} if default else {}))
    ends = node("endEvent", "one") + node("endEvent", "two")
    return BEGIN + gateway + ends + flows("begin>choose") + way("one", first) + way("two", second)


def timer(time: str) -> str:
    definition = f"<bpmn:timerEventDefinition><bpmn:timeDuration>{time}</bpmn:timeDuration></bpmn:timerEventDefinition>"
    return straight(node("intermediateCatchEvent", "step", definition))


RULE = node(
    "businessRuleTask", "step", extended('<zeebe:calledDecision decisionId="wayy" resultVariable="way"/>'), name="S"
)
DECISION = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
<decision id="way" name="Weg"><variable name="way"/>
<literalExpression><text>"a"</text></literalExpression></decision></definitions>"""
TEXTS = {"texts/reminder.de.txt": b"Betreff: Erinnerung\n\nGuten Tag"}
ASKED = {"texts/asked.de.txt": b"Betreff: Frage\n\n{{amount}}"}
MESSAGE = node("message", "told", extended('<zeebe:subscription correlationKey="=amount"/>'))
CATCH = node("intermediateCatchEvent", "step", '<bpmn:messageEventDefinition messageRef="told"/>')
LOOP = (
    "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
    '<zeebe:loopCharacteristics inputCollection="people" inputElement="person"/>'
    "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
)
FOUR_EYES = '<zeebe:properties><zeebe:property name="fourEyes" value="askng"/></zeebe:properties>'
TWO_TASKS = BEGIN + user_task("asking") + task(FOUR_EYES) + DONE + flows("begin>asking", "asking>step", "step>done")
CONDITION = "<bpmn:conditionExpression>amount &gt; 1</bpmn:conditionExpression>"
FROM_TASK = (
    BEGIN
    + user_task("ask")
    + DONE
    + flows("begin>ask")
    + f'<bpmn:sequenceFlow id="on" sourceRef="ask" targetRef="done">{CONDITION}</bpmn:sequenceFlow>'
)


def held(ending: str, catching: str) -> str:
    """A subprocess that ends so with an event at it."""
    inside = node("startEvent", "b2") + user_task("inner") + node("endEvent", "e2", ending)
    part = node("subProcess", "step", inside + flows("b2>inner", "inner>e2"), name="Teil")
    event = node("boundaryEvent", "event", catching, attachedToRef="step")
    return straight(part) + event + node("endEvent", "way") + flows("event>way")


def coded(kind: str, *codes: str) -> str:
    return "".join(f'<bpmn:{kind} id="{code}_" {kind}Code="{code}"/>' for code in codes)


def event(kind: str, code: str) -> str:
    return f'<bpmn:{kind}EventDefinition {kind}Ref="{code}_"/>'


REPEATED = "<bpmn:timerEventDefinition><bpmn:timeCycle>R3/P14D</bpmn:timeCycle></bpmn:timerEventDefinition>"

CASES: Mapping[str, Bundle] = {
    "unknown_form": bundle(inside=straight(user_task("step", "answr"))),
    "unknown_group": bundle(inside=straight(user_task("step", group="coordination"))),
    "unknown_decision": bundle({"way.dmn": DECISION}, straight(RULE)),
    "unknown_operator": bundle(inside=straight(service("case.notes", {"text": "x"}))),
    "unknown_text": bundle(TEXTS, straight(service("mail.send", {"to": "contact", "text": "remindr"}))),
    "placeholder_not_given": bundle(ASKED, straight(service("mail.send", {"to": "contact", "text": "asked"}))),
    "unknown_parameter": bundle(inside=straight(service("case.note", {"text": "x", "urgent": "=true"}))),
    "gateway_without_default": bundle(inside=forked("amount &gt; 1", "")),
    "flow_without_condition": bundle(inside=forked("amount &gt; 1", "")),
    "unknown_default": bundle(inside=forked("amount &gt; 1", "", "begin_choose")),
    "default_with_condition": bundle(inside=forked("amount &gt; 1", "amount &lt; 1", "to_two")),
    "condition_without_gateway": bundle(inside=FROM_TASK),
    "task_without_name": bundle(inside=straight(task("", name=""))),
    "dead_end": bundle(
        inside=BEGIN
        + user_task("step")
        + flows("begin>step")
        + user_task("ask")
        + DONE
        + flows("begin>ask", "ask>done")
    ),
    "not_a_time": bundle(inside=timer("&quot;P14D&quot;")),
    "never_written": bundle(inside=forked("amountt &gt; 1", "", "to_two")),
    "expression_missing": bundle(
        inside=straight(
            node(
                "userTask",
                "step",
                extended('<zeebe:assignmentDefinition candidateGroups="group:coordination"/>') + LOOP,
                name="S",
            )
        )
    ),
    "four_eyes_of_nothing": bundle(inside=TWO_TASKS),
    "not_executable": bundle(
        {"sample.bpmn": bundle().files["sample.bpmn"].replace(b'isExecutable="true"', b'isExecutable="false"')}
    ),
    "message_without_name": bundle(inside=straight(CATCH), shared=MESSAGE),
    "cycle_once": bundle(inside=straight(node("intermediateCatchEvent", "step", REPEATED))),
    "escalation_never_comes": bundle(
        inside=held(event("escalation", "too_late"), event("escalation", "to_late")),
        shared=coded("escalation", "too_late", "to_late"),
    ),
    "error_caught_by_nobody": bundle(
        inside=held(event("error", "not_fuond"), event("error", "not_found")),
        shared=coded("error", "not_found", "not_fuond"),
    ),
}


def findings(held: Bundle) -> list[Finding]:
    return check(held, CATALOGUE)


def mended(held: Bundle, code: str) -> Bundle:
    finding = next(each for each in findings(held) if each.code == code)
    assert mending.is_mendable(held, CATALOGUE, finding)
    changed = mending.mend(held, CATALOGUE, finding)
    assert changed is not None
    return Bundle(held.key, {**held.files, **changed})


def test_every_offer_of_help_is_proven_here() -> None:
    assert CASES.keys() == mending.MENDERS.keys()


@pytest.mark.parametrize("code", CASES)
def test_mended_it_is_gone_and_nothing_new_is_wrong(code: str) -> None:
    before = {(each.element, each.code) for each in findings(CASES[code])}
    after = {(each.element, each.code) for each in findings(mended(CASES[code], code))}
    assert code not in {found for _, found in after}
    assert after <= before


@pytest.mark.parametrize(
    ("given", "mended_to"),
    [
        ({"values": "={}"}, {"values": "={amount: amount}"}),
        ({"values": "={until: deadline }"}, {"values": "={until: deadline, amount: amount}"}),
        ({"values.until": "=deadline"}, {"values.until": "=deadline", "values.amount": "=amount"}),
    ],
)
def test_what_a_text_names_is_given_beside_what_it_has(given: dict[str, str], mended_to: dict[str, str]) -> None:
    inside = straight(service("mail.send", {"to": "contact", "text": "asked", **given}))
    held = mended(bundle(ASKED, inside), "placeholder_not_given")
    inputs = {each.target: each.source for each in parse(held.files["sample.bpmn"]).elements["step"].inputs}
    assert {name: source for name, source in inputs.items() if name.startswith("values")} == mended_to
    assert "placeholder_not_given" not in {each.code for each in findings(held)}


def test_nothing_is_guessed() -> None:
    """Two names equally near, two ways without a condition, a formula nobody can read."""
    unclear = {
        "unknown_form": bundle(
            {"answer_a.form": form("answer_a"), "answer_b.form": form("answer_b")},
            straight(user_task("step", "answer_")),
        ),
        "gateway_without_default": bundle(inside=forked("", "")),
        "unknown_group": bundle(inside=straight(user_task("step", group="somebody"))),
        "not_a_time": bundle(inside=timer("bald")),
        "dead_end": bundle(
            inside=BEGIN
            + node("parallelGateway", "step")
            + flows("begin>step")
            + user_task("ask")
            + DONE
            + flows("begin>ask", "ask>done")
        ),
    }
    for code, held in unclear.items():
        finding = next(each for each in findings(held) if each.code == code)
        assert mending.mend(held, CATALOGUE, finding) is None, code


@pytest.mark.parametrize(("written", "meant"), [("&quot;P14D&quot;", "P14D"), ("14 Tage", "P14D")])
def test_a_time_is_read_as_people_write_it(written: str, meant: str) -> None:
    xml = mended(bundle(inside=timer(written)), "not_a_time").files["sample.bpmn"]
    assert parse(xml).elements["step"].trigger.expression == meant


def test_a_repetition_that_comes_once_is_its_duration_at_the_same_moment() -> None:
    trigger = parse(mended(CASES["cycle_once"], "cycle_once").files["sample.bpmn"]).elements["step"].trigger
    assert (trigger.timer, trigger.expression) == ("duration", "P14D")
    at = datetime(2026, 1, 31, 9, tzinfo=BERLIN)
    assert moments.cycle("R3/P14D", at).first(at, at)[1] == moments.moment("P14D", at)
    dated = bundle(
        inside=straight(node("intermediateCatchEvent", "step", REPEATED.replace("R3/", "R3/2026-03-02T09:00:00/")))
    )
    finding = next(each for each in findings(dated) if each.code == "cycle_once")
    assert mending.mend(dated, CATALOGUE, finding) is None


def test_a_code_that_is_nobodys_typing_mistake_is_left_to_its_owner() -> None:
    for kind, code in {"escalation": "escalation_never_comes", "error": "error_caught_by_nobody"}.items():
        inside = held(event(kind, "something"), event(kind, "other"))
        unlike = bundle(inside=inside, shared=coded(kind, "something", "other"))
        finding = next(each for each in findings(unlike) if each.code == code)
        assert mending.mend(unlike, CATALOGUE, finding) is None


def test_working_days_in_words_become_what_the_clock_counts() -> None:
    held = bundle(inside=straight(task('<zeebe:taskSchedule dueDate="5 Werktage"/>')))
    xml = mended(held, "not_a_time").files["sample.bpmn"]
    assert parse(xml).elements["step"].assignment.due == "=working days(today(), 5)"
