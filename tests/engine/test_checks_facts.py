"""Row by row what the stock engine cannot parse, runs wrongly in silence or dies of: each is named, or simply works.

The rows are those of the specification's facts about the stock engine; ``None`` marks what our engine runs properly,
with the test that shows it.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.engine.checking import codes, errors
from tests.engine.diagrams import STRAIGHT, diagram, flows, node, user_task

BEGIN, DONE = node("startEvent", "begin"), node("endEvent", "done")


def between(inside: str, *pairs: str) -> str:
    return BEGIN + inside + DONE + flows(*(pairs or ("begin>it", "it>done")))


def event(kind: str) -> str:
    return f"<bpmn:{kind}EventDefinition/>"


def boundary(kind: str) -> str:
    attached = node("boundaryEvent", "it", event(kind) if kind else "", attachedToRef="ask")
    return between(user_task("ask") + attached + node("endEvent", "other"), "begin>ask", "ask>done", "it>other")


def starting(kind: str) -> str:
    return STRAIGHT.replace(BEGIN, node("startEvent", "begin", event(kind)))


def inside(*parts: str, **attributes: str) -> str:
    return between(node("subProcess", "it", "".join(parts), **attributes))


def choice(first: str, default: str = "") -> str:
    gateway = node("exclusiveGateway", "which", **({"default": default} if default else {}))
    ways = flows("begin>which", "which>other")
    return BEGIN + gateway + node("endEvent", "other") + DONE + ways + first


def conditioned(source: str, target: str) -> str:
    given = "<bpmn:conditionExpression>=x</bpmn:conditionExpression>"
    return node("sequenceFlow", f"{source}_{target}", given, sourceRef=source, targetRef=target)


LINKS = between(
    node("intermediateThrowEvent", "it", event("link")) + node("intermediateCatchEvent", "that", event("link")),
    "begin>it",
    "that>done",
)
EVENT_STARTS = {
    kind: inside(node("startEvent", "s", event(kind), isInterrupting="false"), triggeredByEvent="true")
    for kind in ("error", "escalation", "conditional", "timer")
}

NAMED: Mapping[str, tuple[str, str, str]] = {
    # parse errors
    "complex gateway": (between(node("complexGateway", "it")), "unsupported_element", "it"),
    "compensation boundary": (boundary("compensate"), "unsupported_event", "it"),
    "link boundary": (boundary("link"), "unsupported_event", "it"),
    "terminate boundary": (boundary("terminate"), "unsupported_event", "it"),
    "none boundary": (boundary(""), "unsupported_event", "it"),
    "business rule without decision": (between(node("businessRuleTask", "it")), "without_decision", "it"),
    "data store": (STRAIGHT + node("dataStoreReference", "it"), "element_ignored", "it"),
    "unresolved data association": (
        between(node("manualTask", "it", '<bpmn:dataInputAssociation id="a"/>', name="x")),
        "element_ignored",
        "a",
    ),
    "activity with two outgoing flows": (
        between(user_task("it") + node("endEvent", "other"), "begin>it", "it>done", "it>other"),
        "implicit_fork",
        "it",
    ),
    "gateway flow without condition": (choice(flows("which>done")), "flow_without_condition", "which_done"),
    "gateway without default": (choice(conditioned("which", "done")), "gateway_without_default", "which"),
    "subprocess without start": (inside(node("endEvent", "e")), "without_start", "it"),
    "subprocess with two starts": (
        inside(node("startEvent", "s"), node("startEvent", "t"), node("endEvent", "e"), flows("s>e", "t>e")),
        "subprocess_start",
        "it",
    ),
    "subprocess without end": (inside(node("startEvent", "s")), "without_end", "it"),
    "multi-instance without input": (
        between(node("manualTask", "it", "<bpmn:multiInstanceLoopCharacteristics/>")),
        "loop_without_collection",
        "it",
    ),
    "standard loop": (
        between(node("manualTask", "it", "<bpmn:standardLoopCharacteristics/>")),
        "standard_loop",
        "it",
    ),
    # silently wrong
    "signal end": (between(node("endEvent", "it", event("signal")), "begin>it"), "unsupported_event", "it"),
    "cancel end": (between(node("endEvent", "it", event("cancel")), "begin>it"), "unsupported_event", "it"),
    **{
        f"{kind} start": (starting(kind), "unsupported_event", "begin")
        for kind in ("error", "escalation", "cancel", "compensate", "link", "signal", "conditional")
    },
    **{
        f"{kind} catch": (between(node("intermediateCatchEvent", "it", event(kind))), "unsupported_event", "it")
        for kind in ("error", "escalation", "cancel", "compensate", "link", "signal", "conditional")
    },
    "link pair": (LINKS, "unsupported_event", "it"),
    "compensation throw": (
        between(node("intermediateThrowEvent", "it", event("compensate"))),
        "unsupported_event",
        "it",
    ),
    **{f"{kind} start of an event subprocess": (part, "event_subprocess", "it") for kind, part in EVENT_STARTS.items()},
    "condition on a flow leaving an activity": (
        BEGIN + user_task("ask") + DONE + flows("begin>ask") + conditioned("ask", "done"),
        "condition_without_gateway",
        "ask_done",
    ),
    "two plain starts": (STRAIGHT + node("startEvent", "more") + flows("more>ask"), "several_none_starts", "sample"),
    # runtime errors
    "ad-hoc subprocess": (between(node("adHocSubProcess", "it")), "unsupported_element", "it"),
}

#: Wrong or failing in the stock engine, right here: the test that runs it.
RUN: Mapping[str, str] = {
    "sequential multi-instance sees all data in its completion condition": (
        "test_activities.py::test_a_completion_condition_sees_the_variables_around_it"
    ),
    "unquoted PT1H": "test_moments.py::test_values_name_moments",
    "data object on a task that does not set it": "test_normalise.py::test_pools_data_stores_and_quoted_timers",
    "k forks in a row": "test_gateways.py::test_eight_forks_in_a_row_stay_small",
    "fork and join inside a loop": "test_gateways.py::test_a_fork_inside_a_loop_turns_in_any_order_of_completion",
    "250 turns of a loop": "test_stored_state.py::test_two_thousand_turns_leave_the_state_as_small_as_two",
    "a failing step stops its siblings": "test_incidents.py::test_a_failing_operator_leaves_nothing_behind",
    "a collection that is no list": "test_incidents.py::test_a_collection_that_is_no_list_is_an_incident",
    "a chain of a thousand": "test_dialect.py::test_a_thousand_steps_in_a_row_are_read_and_run",
}


@pytest.mark.parametrize("row", NAMED)
def test_each_row_of_the_facts_is_named_at_its_element(row: str) -> None:
    diagram, code, element = NAMED[row]
    assert element in codes(diagram).get(code, set())


def test_a_process_that_is_not_executable_is_named() -> None:
    drawn = diagram(STRAIGHT).replace(b'isExecutable="true"', b'isExecutable="false"')
    assert codes(files={"sample.bpmn": drawn}) == {"not_executable": {"sample"}}


def test_joins_that_wait_for_ways_never_taken_are_named() -> None:
    some = node("inclusiveGateway", "which", default="which_b") + user_task("a") + user_task("b", form="other")
    ways = flows("begin>which", "which>b", "a>join", "b>join", "join>done") + conditioned("which", "a")
    assert codes(BEGIN + some + node("parallelGateway", "join") + DONE + ways)["join_for_some"] == {"join"}
    late = user_task("ask") + node("boundaryEvent", "late", TIMER, attachedToRef="ask") + user_task("b")
    met = flows("begin>ask", "ask>join", "late>b", "b>join", "join>done")
    assert codes(BEGIN + late + node("parallelGateway", "join") + DONE + met)["join_for_one"] == {"join"}


TIMER = "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"


def test_a_parallel_gateway_as_the_head_of_a_loop_never_fires_and_is_named() -> None:
    again = node("exclusiveGateway", "again", default="again_done")
    ways = flows("begin>head", "head>ask", "ask>again", "again>done") + conditioned("again", "head")
    assert codes(BEGIN + node("parallelGateway", "head") + user_task("ask") + again + DONE + ways)[
        "join_behind_itself"
    ] == {"head"}


def forks(count: int, join: str) -> str:
    """Two-way forks in a row, each joined by a gateway of that kind."""
    parts, pairs, last = [BEGIN, DONE], [], "begin"
    for number in range(count):
        fork, left, right, join_id = (f"{name}{number}" for name in ("f", "l", "r", "j"))
        parts += [node("parallelGateway", fork), node(join, join_id), user_task(left), user_task(right)]
        pairs += [f"{last}>{fork}", f"{fork}>{left}", f"{fork}>{right}", f"{left}>{join_id}", f"{right}>{join_id}"]
        last = join_id
    return "".join(parts) + flows(*pairs, f"{last}>done")


def test_twenty_forks_in_a_row_are_joined_or_refused() -> None:
    assert "too_parallel" not in codes(forks(20, "parallelGateway"))
    assert codes(forks(20, "exclusiveGateway"))["too_parallel"]


def test_tests_named_here_exist() -> None:
    for name in RUN.values():
        file, _, test = name.partition("::")
        assert f"def {test}" in (Path(__file__).parent / file).read_text()


LOOP = (
    '<bpmn:multiInstanceLoopCharacteristics behavior="None"><bpmn:extensionElements>'
    '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="one"/></bpmn:extensionElements>'
    "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
)
ASK = user_task("it")
OTHERWISE = {
    "startQuantity": ASK.replace("<bpmn:userTask", '<bpmn:userTask startQuantity="2"'),
    "completionQuantity": ASK.replace("<bpmn:userTask", '<bpmn:userTask completionQuantity="2"'),
    "behavior": ASK.replace("</bpmn:userTask>", LOOP),
    "eventGatewayType": node("eventBasedGateway", "it", eventGatewayType="Parallel"),
}
AS_USUAL = {
    "startQuantity": '"1"',
    "completionQuantity": '"1"',
    "behavior": '"All"',
    "eventGatewayType": '"Exclusive"',
}


@pytest.mark.parametrize("setting", OTHERWISE)
def test_a_setting_that_would_run_otherwise_elsewhere_is_named(setting: str) -> None:
    """Each was read over in silence: several events of which one was enough, tokens counted once."""
    assert "runs_otherwise" in errors(between(OTHERWISE[setting]))
    assert codes(between(OTHERWISE[setting]))["runs_otherwise"] == {"it"}
    usual = re.sub(rf'({setting}=)"[^"]*"', rf"\1{AS_USUAL[setting]}", OTHERWISE[setting])
    assert "runs_otherwise" not in codes(between(usual))


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("candidateGroups=", 'candidateUsers="kermit" candidateGroups=', "extension_ignored"),
        ('formId="answer"', 'formKey="camunda-forms:bpmn:form_1"', "extension_ignored"),
        ("</bpmn:userTask>", "<bpmn:potentialOwner id='who'/></bpmn:userTask>", "element_ignored"),
    ],
)
def test_who_works_with_what_is_not_lost_in_silence(before: str, after: str, code: str) -> None:
    assert code not in codes(between(ASK))
    assert code in codes(between(ASK.replace(before, after)))
