"""What is read before anybody can have set it: told at the place that reads it, as an error where a case would stop."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.checking import CATALOGUE
from tests.engine.diagrams import bundle, extended, flows, form, node, user_task
from workflows.engine.bundle import Bundle, read
from workflows.engine.catalogue import Catalogue
from workflows.engine.checks import check, finding_text
from workflows.operators import FUNCTIONS, OPERATORS, texts
from workflows.operators.started import STARTED

BUNDLES = Path(__file__).parents[2] / "bpmn"
BEGIN, DONE = node("startEvent", "begin"), node("endEvent", "done")
KNOWN = replace(CATALOGUE, variables={"sample": frozenset({"reference"})})
OTHER = {"other.form": form("other", {"type": "textfield", "key": "opinion"})}
Found = tuple[str, str, str, str]


def found(inside: str, files: Mapping[str, bytes] | None = None, catalogue: Catalogue = KNOWN) -> set[Found]:
    """Severity, element, code and variable of what is found about names."""
    told = check(bundle({**OTHER, **(files or {})}, inside), catalogue)
    assert all(finding_text(each, language) for each in told for language in ("de", "en"))
    return {(each.severity, each.element, each.code, str(each.facts["variable"])) for each in told}


def way(source: str, target: str, condition: str) -> str:
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>"
    return node("sequenceFlow", f"{source}_{target}", inner, sourceRef=source, targetRef=target)


def asked(first: str, second: str, condition: str) -> str:
    """Two steps and between them a gateway that reads."""
    gateway = node("exclusiveGateway", "which", default="which_b") + node("endEvent", "early")
    steps = user_task("a", form=first) + user_task("b", form=second)
    return (
        BEGIN
        + steps
        + gateway
        + DONE
        + flows("begin>a", "a>which", "which>b", "b>done")
        + way("which", "early", condition)
    )


def test_what_only_a_later_step_asks_for_is_not_known_yet() -> None:
    assert found(asked("answer", "other", '=answer = "x"')) == set()
    assert found(asked("other", "answer", '=answer = "x"')) == {("error", "which_early", "written_later", "answer")}
    # Whoever starts it may give the name: a hint.
    unsure = found(asked("other", "answer", '=answer = "x"'), catalogue=CATALOGUE)
    assert unsure == {("warning", "which_early", "written_later", "answer")}


def test_a_form_that_no_step_shows_asks_nobody() -> None:
    lost = asked("other", "other", '=answer = "x"')
    assert found(lost) == {("error", "which_early", "never_written", "answer")}


def test_in_a_circle_the_later_step_may_have_been_before() -> None:
    back = node("exclusiveGateway", "again", default="again_done")
    steps = user_task("a", form="other") + user_task("b") + node("exclusiveGateway", "which", default="which_b")
    ways = flows("begin>a", "a>which", "which>b", "b>again", "again>done")
    circle = BEGIN + steps + back + DONE + ways + way("again", "a", '=answer = "no"')
    assert found(circle + way("which", "done", '=answer = "x"')) == set()


def test_branches_side_by_side_may_hand_over_by_chance() -> None:
    fork, join = node("parallelGateway", "fork"), node("parallelGateway", "join")
    steps = user_task("a") + user_task("b", form="other", group="=&quot;group:&quot; + answer")
    ways = flows("begin>fork", "fork>a", "fork>b", "a>join", "b>join", "join>done")
    assert found(BEGIN + fork + steps + join + DONE + ways) == set()


def test_what_each_run_of_a_repetition_asks_stays_inside_it() -> None:
    loop = extended(
        '<zeebe:loopCharacteristics inputCollection="=[1, 2]" outputCollection="all" outputElement="=answer"/>'
    )
    repeated = node("multiInstanceLoopCharacteristics", "l", loop)
    step = user_task("a").replace("</bpmn:userTask>", f"{repeated}</bpmn:userTask>")
    gateway = node("exclusiveGateway", "which", default="which_done") + node("endEvent", "early")
    inside = BEGIN + step + gateway + DONE + flows("begin>a", "a>which", "which>done")
    assert found(inside + way("which", "early", "=count(all) = 2")) == set()
    assert {each[2:] for each in found(inside + way("which", "early", '=answer = "x"'))} == {
        ("never_written", "answer")
    }


def test_inside_a_subprocess_everything_before_it_is_known_and_after_it_what_was_asked_inside() -> None:
    inner = node("startEvent", "i0") + user_task("i1", form="other") + node("exclusiveGateway", "i2", default="i2_i3")
    inner += node("endEvent", "i3") + node("endEvent", "i4") + flows("i0>i1", "i1>i2", "i2>i3")
    inner += way("i2", "i4", '=answer = "x"')
    held = node("subProcess", "sub", inner) + node("exclusiveGateway", "which", default="which_done")
    after = node("endEvent", "early") + way("which", "early", '=opinion = "x"')
    before = BEGIN + user_task("a") + held + DONE + after + flows("begin>a", "a>sub", "sub>which", "which>done")
    assert found(before) == set()


def test_what_only_changes_little_is_a_hint() -> None:
    script = extended('<zeebe:script expression="=city" resultVariable="made"/>')
    inside = BEGIN + user_task("a") + node("scriptTask", "make", script) + DONE
    assert found(inside + flows("begin>a", "a>make", "make>done")) == {("warning", "make", "never_written", "city")}


def test_what_a_message_brings_nobody_knows_beforehand() -> None:
    receive = node("receiveTask", "wait", messageRef="m")
    gateway = node("exclusiveGateway", "which", default="which_done") + node("endEvent", "early")
    inside = BEGIN + receive + gateway + DONE + flows("begin>wait", "wait>which", "which>done")
    message = node("message", "m", extended('<zeebe:subscription correlationKey="=reference"/>'), name="m")
    shared = bundle(inside=inside + way("which", "early", '=city = "x"'), shared=message)
    assert check(shared, KNOWN) == []


def test_what_is_only_ever_emptied_is_always_empty() -> None:
    emptied = extended(
        '<zeebe:formDefinition formId="other"/><zeebe:assignmentDefinition candidateGroups="group:coordination"/>'
        '<zeebe:ioMapping><zeebe:output source="=null" target="answer"/></zeebe:ioMapping>'
    )
    gateway = node("exclusiveGateway", "which", default="which_done") + node("endEvent", "early")
    step = node("userTask", "a", emptied, name="Fragen")
    inside = BEGIN + step + gateway + DONE + flows("begin>a", "a>which", "which>done")
    assert found(inside + way("which", "early", '=answer = "x"')) == {
        ("warning", "which_early", "only_emptied", "answer")
    }


def changed(key: str, file: str, *pairs: tuple[str, str]) -> Bundle:
    """One of our own bundles with a file changed."""
    whole = read(BUNDLES / key)
    text = whole.files[file].decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return Bundle(key, {**whole.files, file: text.encode()})


GROUPS = frozenset(f"group:{name}" for name in ("coordination", "leadership", "jury"))
HOUSE = Catalogue(OPERATORS, GROUPS, {}, FUNCTIONS, STARTED, texts.STANDARD)
NAMES = {"never_written", "written_later", "only_emptied"}


def names_found(whole: Bundle) -> set[Found]:
    return {
        (each.severity, each.element, each.code, str(each.facts["variable"]))
        for each in check(whole, HOUSE)
        if each.code in NAMES
    }


@pytest.mark.parametrize("key", ["enquiry", "referral", "funding", "message"])
def test_our_own_processes_read_nothing_too_early(key: str) -> None:
    assert names_found(read(BUNDLES / key)) == set()


def test_a_renamed_field_is_missed_where_it_was_read() -> None:
    renamed = changed("message", "read_message.form", ('"key": "reply"', '"key": "words"'))
    assert names_found(renamed) == {
        ("error", "is_there_to_share", "never_written", "reply"),
        ("error", "share_reply", "never_written", "reply"),
    }


def test_an_answer_nobody_asks_for_any_more_is_missed() -> None:
    gone = changed("referral", "answer_referral.form", ('"key": "answer"', '"key": "decision"'))
    told = names_found(gone)
    assert ("warning", "which_answer_to_check_hand_on", "only_emptied", "answer") in told
