"""What the check finds in the shape of a diagram and in what it names."""

from dataclasses import replace
from typing import Any

import pytest

from tests.engine.checking import CATALOGUE, codes, errors, findings
from tests.engine.diagrams import STRAIGHT, bundle, extended, flows, form, node, user_task
from workflows.engine.checks import check, finding_text

BEGIN, DONE = node("startEvent", "begin"), node("endEvent", "done")


def between(inside: str, *pairs: str) -> str:
    """A process that begins, does something and ends."""
    return BEGIN + inside + DONE + flows(*pairs)


def task(kind: str, inside: str = "", **attributes: str) -> str:
    """Begin, one element ``it``, end."""
    return between(node(kind, "it", inside, **attributes), "begin>it", "it>done")


def flow(source: str, target: str, condition: str) -> str:
    """A flow with a condition."""
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>"
    return node("sequenceFlow", f"{source}_{target}", inner, sourceRef=source, targetRef=target)


def test_a_sound_bundle_has_no_findings() -> None:
    assert findings() == []


def test_the_process_is_named_like_its_folder_and_executable() -> None:
    assert codes(key="other") == {"process_id_differs": {"other"}}
    second = node("startEvent", "b2") + user_task("i2") + node("endEvent", "d2") + flows("b2>i2", "i2>d2")
    two = f'{STRAIGHT}</bpmn:process><bpmn:process id="second" isExecutable="true">{second}'
    assert "several_executable" in errors(two)


def test_what_is_never_reached_and_what_leads_nowhere_is_named() -> None:
    lost = between(user_task("ask") + user_task("lost"), "begin>ask", "ask>done")
    assert codes(lost) == {"unreachable": {"lost"}, "dead_end": {"lost"}}
    assert "without_end" in codes(BEGIN + user_task("ask") + flows("begin>ask"))


def test_loops_that_nobody_can_stop_are_errors() -> None:
    script = extended('<zeebe:script expression="=1" resultVariable="x"/>')
    circle = between(
        node("exclusiveGateway", "join") + node("scriptTask", "count", script), "begin>join", "join>count", "count>join"
    )
    assert {"endless_loop", "never_ends"} <= errors(circle)
    ways = flows("begin>join", "join>count", "count>more", "more>done") + flow("more", "join", "=x &lt; 3")
    inside = node("exclusiveGateway", "join") + node("scriptTask", "count", script)
    decided = BEGIN + inside + node("exclusiveGateway", "more", default="more_done") + DONE + ways
    assert codes(decided) == {"automatic_loop": {"join"}}


def test_gateways_need_conditions_that_compile_and_a_default() -> None:
    gateway = node("exclusiveGateway", "which") + user_task("a") + user_task("b")
    ways = flows("begin>which", "a>done", "b>done")
    assert codes(BEGIN + gateway + DONE + ways + flows("which>a", "which>b")) == {
        "gateway_without_default": {"which"},
        "flow_without_condition": {"which_a", "which_b"},
    }
    broken = BEGIN + gateway.replace('"which"', '"which" default="which_b"') + DONE + ways
    assert codes(broken + flow("which", "a", "=answer =") + flows("which>b")) == {"not_feel": {"which_a"}}
    assert codes(broken + flow("which", "a", "=5") + flows("which>b")) == {"condition_not_boolean": {"which_a"}}
    assert codes(broken + flow("which", "a", '=reference = "x"') + flow("which", "b", "=true")) == {
        "default_with_condition": {"which_b"}
    }


def test_a_condition_on_a_flow_leaving_an_activity_is_refused() -> None:
    assert "condition_without_gateway" in errors(
        BEGIN + user_task("ask") + DONE + flows("begin>ask") + flow("ask", "done", "=true")
    )


def test_a_join_that_waits_for_ways_never_taken_is_an_error() -> None:
    choice = node("exclusiveGateway", "which", default="which_b") + user_task("a") + user_task("b")
    ways = flows("begin>which", "which>b", "a>join", "b>join", "join>done") + flow("which", "a", "=true = answer")
    assert "join_for_one" in errors(BEGIN + choice + node("parallelGateway", "join") + DONE + ways)
    assert errors(BEGIN + choice + node("exclusiveGateway", "join") + DONE + ways) == set()


def test_parallel_ways_that_meet_without_a_join_or_write_the_same() -> None:
    fork = node("parallelGateway", "fork") + user_task("a") + user_task("b", form="other")
    ways = flows("begin>fork", "fork>a", "fork>b", "a>join", "b>join", "join>done")
    other = {"other.form": form("other")}
    meeting = codes(BEGIN + fork + node("exclusiveGateway", "join") + DONE + ways, other)
    assert meeting == {"branches_not_joined": {"join"}, "parallel_writes": {"fork"}}
    apart = {"other.form": form("other", {"type": "textfield", "key": "opinion"})}
    assert codes(BEGIN + fork + node("parallelGateway", "join") + DONE + ways, apart) == {}


REFUSED: list[tuple[str, dict[str, str], str, str]] = [
    ("complexGateway", {}, "", "unsupported_element"),
    ("task", {}, "", "unsupported_element"),
    ("transaction", {}, "", "unsupported_element"),
    ("adHocSubProcess", {}, "", "unsupported_element"),
    ("subProcess", {"triggeredByEvent": "true"}, "", "event_subprocess"),
    ("manualTask", {"isForCompensation": "true"}, "", "compensation"),
    ("manualTask", {}, "<bpmn:standardLoopCharacteristics/>", "standard_loop"),
    ("intermediateThrowEvent", {}, "<bpmn:compensateEventDefinition/>", "unsupported_event"),
    ("intermediateThrowEvent", {}, "<bpmn:signalEventDefinition/>", "unsupported_event"),
    ("intermediateThrowEvent", {}, "<bpmn:linkEventDefinition/>", "unsupported_event"),
    ("intermediateCatchEvent", {}, "<bpmn:conditionalEventDefinition/>", "unsupported_event"),
    ("intermediateCatchEvent", {}, "<bpmn:errorEventDefinition/>", "unsupported_event"),
    ("intermediateCatchEvent", {}, "<bpmn:timerEventDefinition/>", "timer_without_time"),
    ("intermediateCatchEvent", {}, '<bpmn:messageEventDefinition messageRef="m"/>', "unknown_message"),
    ("serviceTask", {}, "", "without_operator"),
    ("businessRuleTask", {}, "", "without_decision"),
    ("scriptTask", {}, "", "script_without_feel"),
    ("sendTask", {}, "", "nothing_to_send"),
    ("callActivity", {}, "", "without_called_process"),
    ("callActivity", {"calledElement": "nothing"}, "", "unknown_called_process"),
    ("manualTask", {}, "<bpmn:multiInstanceLoopCharacteristics/>", "loop_without_collection"),
    ("manualTask", {"name": "x"}, "", "task_without_group"),
]


@pytest.mark.parametrize(("kind", "attributes", "inside", "code"), REFUSED)
def test_what_the_dialect_does_not_run_is_refused_with_the_element(
    kind: str, attributes: dict[str, str], inside: str, code: str
) -> None:
    found = codes(task(kind, inside, **attributes))
    assert found[code] == {"it"}


def test_several_plain_starts_are_refused() -> None:
    assert "several_none_starts" in errors(STRAIGHT + node("startEvent", "again") + flows("again>ask"))


SENT = (
    '<zeebe:taskDefinition type="mail.send"/><zeebe:ioMapping><zeebe:input source="contact" target="to"/>'
    '<zeebe:input source="receipt" target="text"/>{more}</zeebe:ioMapping>'
)
RECEIPT = {"texts/receipt.de.txt": b"Betreff: Eingang\n\nDanke"}


def test_operators_are_known_with_their_parameters_and_texts() -> None:
    sound = task("serviceTask", extended(SENT.format(more="")))
    assert codes(sound, RECEIPT) == {}
    assert codes(sound) == {"unknown_text": {"it"}}
    extra = SENT.format(more='<zeebe:input source="x" target="colour"/>')
    assert codes(task("serviceTask", extended(extra)), RECEIPT) == {"unknown_parameter": {"it"}}
    assert codes(task("serviceTask", extended('<zeebe:taskDefinition type="mail.send"/>'))) == {
        "missing_parameter": {"it"}
    }
    lacking = findings(task("serviceTask", extended('<zeebe:taskDefinition type="mail.send"/>')))
    assert {each.facts["parameter"] for each in lacking if each.code == "missing_parameter"} == {"to", "text"}
    assert codes(task("serviceTask", extended('<zeebe:taskDefinition type="os.system"/>'))) == {
        "unknown_operator": {"it"}
    }


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ('source="rooms" target="topics"', {}),
        ('source="=answer" target="topics"', {}),
        ('source="=[&quot;rooms&quot;, &quot;school&quot;]" target="topics"', {}),
        ('source="moon" target="topics"', {"unknown_choice": {"it"}}),
        ('source="=[&quot;rooms&quot;, &quot;moon&quot;]" target="topics"', {"unknown_choice": {"it"}}),
        ('source="=[{a: 1}]" target="topics"', {"unknown_choice": {"it"}}),
        ('source="case_status" target="link"', {}),
        ('source="somewhere" target="link"', {"unknown_choice": {"it"}}),
        ('source="=1" target="link"', {"unknown_choice": {"it"}}),
    ],
)
def test_what_is_written_for_good_is_one_of_what_is_possible(written: str, found: dict[str, set[str]]) -> None:
    sent = SENT.format(more=f"<zeebe:input {written}/>")
    assert codes(between(user_task("ask"), "begin>ask", "ask>done"), RECEIPT) == {}
    inside = BEGIN + user_task("ask") + node("serviceTask", "it", extended(sent)) + DONE
    assert codes(inside + flows("begin>ask", "ask>it", "it>done"), RECEIPT) == found


def test_forms_decisions_and_code_lists_are_known() -> None:
    assert codes(between(user_task("ask", form="nothing"), "begin>ask", "ask>done")) == {"unknown_form": {"ask"}}
    rule = extended('<zeebe:calledDecision decisionId="way" resultVariable="way"/>')
    assert codes(task("businessRuleTask", rule)) == {"unknown_decision": {"it"}}
    colours = {"type": "select", "key": "colour", "properties": {"codeList": "colour"}}
    assert codes(files={"answer.form": form("answer", colours)}) == {"unknown_code_list": {"colour"}}


@pytest.mark.parametrize(
    ("group", "found"),
    [
        ("group:coordination", {}),
        ("group:nobody", {"unknown_group": {"ask"}}),
        ("=&quot;group:nobody&quot;", {"unknown_group": {"ask"}}),
        ("=office_group", {}),
    ],
)
def test_groups_are_known_where_they_stand_in_the_diagram(group: str, found: dict[str, set[str]]) -> None:
    assert codes(between(user_task("ask", group=group), "begin>ask", "ask>done")) == found


@pytest.mark.parametrize(("lane", "found"), [("coordination", set()), ("elsewhere", {"lane_without_group"})])
def test_a_lane_names_a_group_by_its_id(lane: str, found: set[str]) -> None:
    lanes = node("laneSet", "lanes", node("lane", lane, "<bpmn:flowNodeRef>it</bpmn:flowNodeRef>", name="Bahn"))
    assert errors(lanes + task("manualTask", name="Tun")) == found


def message(key: str) -> str:
    """A message, perhaps with a correlation key."""
    subscription = extended(f'<zeebe:subscription correlationKey="{key}"/>') if key else ""
    return node("message", "m", subscription, name="referral_closed")


def test_messages_need_a_correlation_key_except_at_the_start() -> None:
    receive = task("receiveTask", messageRef="m")
    assert codes(receive, shared=message("")) == {"message_without_key": {"it"}}
    assert codes(receive, shared=message("=reference")) == {}
    started = node("startEvent", "begin", '<bpmn:messageEventDefinition messageRef="m"/>')
    assert codes(STRAIGHT.replace(BEGIN, started), shared=message("")) == {}


def timer(kind: str, text: str) -> str:
    """A catching timer."""
    return task(
        "intermediateCatchEvent",
        f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>",
    )


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("timeDuration", "P14D", set()),
        ("timeDuration", '=duration("P14D")', set()),
        ("timeDuration", "=days", set()),
        ("timeDuration", "two weeks", {"not_a_time"}),
        ("timeDuration", "=5", {"not_a_time"}),
        ("timeDuration", "-P1D", {"time_negative"}),
        ("timeDuration", '=duration("-PT2H")', {"time_negative"}),
        ("timeDate", "2026-12-31", set()),
        ("timeDate", "31.12.2026", {"not_a_time"}),
        ("timeDate", "=working days(deadline, 3)", set()),
        ("timeDate", "=working_days(deadline, 3)", {"unknown_function"}),
        ("timeDate", "=days[lower(item) = 1][1]", {"unknown_function"}),
        ("timeCycle", "R3/P1D", set()),
        ("timeCycle", "R3", {"not_a_time"}),
        ("timeCycle", "R/PT0S", {"not_a_time"}),
        ("timeDuration", "=deadline -", {"not_feel"}),
    ],
)
def test_timers_that_do_not_parse_are_errors(kind: str, text: str, found: set[str]) -> None:
    assert errors(timer(kind, text)) == found


@pytest.mark.parametrize(
    ("setting", "found"),
    [
        ({"conditional": {"hide": "=lower(topic) = 1"}}, {"unknown_function"}),
        ({"conditional": {"hide": "=count(for i in 1..99999, j in 1..99999 return 1)"}}, {"expression_too_costly"}),
        ({"conditional": {"hide": "=5"}}, {"condition_not_boolean"}),
        ({"conditional": {"hide": "=true"}}, set()),
        ({"properties": {"default": "=1 / 0"}}, {"expression_without_value"}),
        ({"properties": {"default": "=today()"}}, set()),
        ({"label": "{{lower(topic)}}"}, {"unknown_function"}),
    ],
)
def test_expressions_of_forms_are_examined_like_those_of_diagrams(setting: dict[str, Any], found: set[str]) -> None:
    field = {"type": "textfield", "key": "answer", "label": "Antwort", "id": "ask", **setting}
    told = [each for each in findings(files={"answer.form": form("answer", field)}) if each.code != "never_written"]
    assert {each.code for each in told} == found
    assert all(each.file == "answer.form" and finding_text(each) for each in told)


def test_expressions_compile_wherever_they_stand() -> None:
    extensions = (
        '<zeebe:assignmentDefinition candidateGroups="=a +"/><zeebe:taskSchedule dueDate="soon"/>'
        '<zeebe:priorityDefinition priority="500"/>'
        '<zeebe:ioMapping><zeebe:input source="=(" target="x"/>'
        '<zeebe:output source="=1" target="1 2"/></zeebe:ioMapping>'
    )
    assert errors(task("userTask", extended(extensions), name="x")) == {
        "not_feel",
        "not_a_time",
        "priority_out_of_range",
        "unusable_target",
    }


def test_typing_mistakes_in_variables_are_warned_of() -> None:
    gateway = node("exclusiveGateway", "which", default="which_done")
    ways = flows("begin>ask", "ask>which", "which>done")
    mistyped = BEGIN + user_task("ask") + gateway + DONE + ways
    mistyped += node("endEvent", "early") + flow("which", "early", '=answwer = "x"')
    (finding,) = findings(mistyped)
    assert (finding.code, finding.facts["similar"]) == ("never_written", "answer")
    assert findings(mistyped.replace("answwer", "reference")) == []


@pytest.mark.parametrize(
    ("source", "hidden"),
    [
        ("{ answer: upper case(answer), length: string length(answer) }", ["answer"]),
        ("[1, { inner: { answer: 1, again: [{x: 2}][x = answer] } }]", ["answer"]),
        ("{ length: string length(answer), answer: upper case(answer) }", []),
        ("{ own: 1, next: own + 1 }", []),
        ("{ answer: 1, other: { answer: 2 }.answer }", []),
    ],
)
def test_an_entry_that_hides_a_variable_from_the_entries_after_it_is_warned_of(source: str, hidden: list[str]) -> None:
    script = extended(f'<zeebe:script expression="={source}" resultVariable="made"/>')
    inside = BEGIN + user_task("ask") + node("scriptTask", "make", script) + DONE
    found = findings(inside + flows("begin>ask", "ask>make", "make>done"))
    assert [(each.code, each.element, each.facts["variable"]) for each in found] == [
        ("hidden_by_entry", "make", name) for name in hidden
    ]


def test_where_all_that_is_written_is_known_every_other_name_is_warned_of() -> None:
    gateway = node("exclusiveGateway", "which", default="which_done") + node("endEvent", "early")
    ways = flows("begin>ask", "ask>which", "which>done") + flow("which", "early", "=city = answer")
    known = replace(CATALOGUE, variables={"sample": frozenset({"reference"})})
    found = check(bundle(inside=BEGIN + user_task("ask") + gateway + DONE + ways), known)
    assert [(each.code, each.facts["variable"]) for each in found] == [("never_written", "city")]


def test_elements_may_be_called_like_parts_of_the_engine() -> None:
    for name in ("Start", "End", "Root", "sample.EndJoin"):
        assert findings(STRAIGHT.replace('"begin"', f'"{name}"').replace("begin_", "x_")) == []


def test_translations_are_complete_reviewed_and_ask_for_the_same() -> None:
    files: dict[str, Any] = {
        "answer.form": form(
            "answer",
            {"type": "textfield", "key": "a", "label": "Name von {{reference}}"},
            {"type": "textfield", "key": "b", "label": "Ort"},
        ),
        "translations/en.json": b'{"Name von {{reference}}": {"text": "Name of {{case}}", "reviewed": false}}',
        "texts/receipt.de.txt": b"Betreff: Eingang\n\n[[link]] {{case.reference}}",
        "texts/receipt.en.txt": b"Subject: Receipt\n\n{{case.reference}}",
        "texts/note.en.txt": b"Subject: Note\n\nText",
    }
    assert codes(files=files).keys() == {"translation_missing", "not_reviewed", "lookups_differ", "text_without_german"}
    assert errors(files=files) == {"text_without_german"}


TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
<decision id="way" name="Weg"><decisionTable hitPolicy="UNIQUE"><input>
<inputExpression typeRef="number"><text>amount</text></inputExpression></input><output name="way"/>{rules}
</decisionTable></decision></definitions>"""


def rule(test: str, result: str) -> str:
    """One row of a decision table."""
    return f"<rule><inputEntry><text>{test}</text></inputEntry><outputEntry><text>{result}</text></outputEntry></rule>"


def test_overlaps_gaps_and_syntax_errors_of_decision_tables_are_reported() -> None:
    overlapping = TABLE.format(rules=rule("&lt; 10", "1") + rule("&gt; 5", "2") + rule("5..", "3"))
    assert "decision_not_feel" in errors(files={"way.dmn": overlapping.encode()})
    clean = TABLE.format(rules=rule("&lt; 10", "1") + rule("&gt; 5", "2"))
    assert codes(files={"way.dmn": clean.encode()}) == {"table_overlap": {"Weg"}}
    gap = TABLE.format(rules=rule("&lt; 10", "1"))
    assert codes(files={"way.dmn": gap.encode()}) == {"table_gap": {"Weg"}}


@pytest.mark.parametrize(("other", "found"), [("first", set()), ("ask", {"ask"}), ("done", {"ask"}), ("gone", {"ask"})])
def test_four_eyes_name_another_user_task(other: str, found: set[str]) -> None:
    rule = f'<zeebe:properties><zeebe:property name="fourEyes" value="{other}"/></zeebe:properties>'
    second = user_task("ask").replace("<bpmn:extensionElements>", f"<bpmn:extensionElements>{rule}")
    diagram = between(user_task("first") + second, "begin>first", "first>ask", "ask>done")
    assert codes(diagram).get("four_eyes_of_nothing", set()) == found
