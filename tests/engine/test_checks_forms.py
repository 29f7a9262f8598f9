"""Forms that nobody could send, follow-up findings of broken files, and answers that do not fit where they are read."""

from typing import Any

import pytest

from tests.decisions.models import decision, definitions, literal
from tests.engine.checking import CATALOGUE
from tests.engine.diagrams import bundle, extended, flows, form, node, user_task
from workflows.engine.checks import check, finding_text
from workflows.engine.findings import Finding

BEGIN, DONE = node("startEvent", "begin"), node("endEvent", "done")
TWICE = [{"value": "a", "label": "A"}, {"value": "a", "label": "B"}, {"value": "b"}]


def told(*components: dict[str, Any]) -> list[tuple[str, str, str]]:
    found = check(bundle({"answer.form": form("answer", *components)}), CATALOGUE)
    assert all(each.file == "answer.form" for each in found)
    assert all("–" not in finding_text(each, language) for each in found for language in ("de", "en"))
    return [(each.severity, each.element, each.code) for each in found]


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ({"type": "number", "validate": {"min": 5, "max": 3}}, "form_bounds_crossed"),
        ({"type": "number", "validate": {"min": 3, "max": 3}}, ""),
        ({"type": "number", "validate": {"min": 5, "max": "=3"}}, ""),
        ({"type": "textfield", "validate": {"minLength": 5, "maxLength": 3}}, "form_lengths_crossed"),
        ({"type": "textarea", "validate": {"minLength": 5, "maxLength": 5}}, ""),
        ({"type": "radio", "values": [], "validate": {"required": True}}, "form_required_without_options"),
        ({"type": "select", "values": []}, "form_without_options"),
        ({"type": "checklist", "values": [], "readonly": True}, ""),
        ({"type": "checklist", "properties": {"codeList": "topic"}, "validate": {"required": True}}, ""),
        ({"type": "select", "valuesExpression": '=["a", "b"]', "validate": {"required": True}}, ""),
        ({"type": "radio", "values": TWICE}, "form_double_option"),
        ({"type": "taglist", "values": ["a", "b"]}, ""),
        (
            {"type": "dynamiclist", "path": "rows", "components": [], "validate": {"required": True}},
            "form_nothing_to_fill",
        ),
    ],
)
def test_a_form_nobody_can_send_is_an_error_at_its_field(field: dict[str, Any], code: str) -> None:
    found = told({"id": "it", "key": "answer", "label": "Antwort", **field})
    assert found == ([("error", "it", code)] if code else [])


def test_a_duty_on_what_is_only_shown_is_a_hint() -> None:
    for only_shown in ("readonly", "disabled"):
        field = {"type": "textfield", "id": "it", "key": "a", "label": "A", only_shown: True}
        assert told({**field, "validate": {"required": True}}) == [("warning", "it", "required_but_read_only")]
        assert told(field) == []


def test_a_form_with_a_fault_is_told_once_and_not_missed_elsewhere() -> None:
    twice = form("answer", {"type": "textfield", "key": "reply"}, {"type": "textfield", "key": "reply"})
    gateway = node("exclusiveGateway", "which", default="which_done") + node("endEvent", "early")
    condition = "<bpmn:conditionExpression>=reply = 1</bpmn:conditionExpression>"
    way = node("sequenceFlow", "yes", condition, sourceRef="which", targetRef="early")
    inside = BEGIN + user_task("ask") + gateway + DONE + flows("begin>ask", "ask>which", "which>done") + way
    known = check(bundle({"answer.form": twice}, inside), CATALOGUE)
    assert [each.code for each in known] == ["form_duplicate_key"]
    rule = node("businessRuleTask", "rule", extended('<zeebe:calledDecision decisionId="way"/>'))
    broken = check(bundle({"way.dmn": b"<x>"}, BEGIN + rule + DONE + flows("begin>rule", "rule>done")), CATALOGUE)
    assert "unknown_decision" not in {each.code for each in broken}
    other = {"way.dmn": definitions(decision("other", literal("1")))}
    missing = check(bundle(other, BEGIN + rule + DONE + flows("begin>rule", "rule>done")), CATALOGUE)
    assert "unknown_decision" in {each.code for each in missing}


def decided(condition: str, *fields: dict[str, Any]) -> list[Finding]:
    """What is found where a gateway reads the answers of the form before it."""
    gateway = node("exclusiveGateway", "which", default="which_done") + node("endEvent", "early")
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>"
    way = node("sequenceFlow", "yes", inner, sourceRef="which", targetRef="early")
    inside = BEGIN + user_task("ask") + gateway + DONE + flows("begin>ask", "ask>which", "which>done") + way
    return check(bundle({"answer.form": form("answer", *fields)}, inside), CATALOGUE)


REPLY = {"type": "textfield", "key": "reply"}
AMOUNT = {"type": "number", "key": "amount"}
NEEDED = {"type": "number", "key": "amount", "validate": {"required": True}}
CHOICE = {"type": "radio", "key": "way", "values": ["a", "b"]}


@pytest.mark.parametrize(
    ("condition", "field", "found"),
    [
        ("=reply &gt; 5", REPLY, "error value_unfit"),
        ("=reply = 5", REPLY, "error value_unfit"),
        ("=number(reply) &gt; 5", REPLY, "warning value_unfit"),
        ('=reply = "x"', REPLY, ""),
        ("=reply", REPLY, "error value_unfit"),
        ('=amount = "5"', NEEDED, "error value_unfit"),
        ("=amount &gt; 5", NEEDED, ""),
        ("=amount &gt; 5", AMOUNT, "warning may_be_empty"),
        ("=amount != null and amount &gt; 5", AMOUNT, ""),
        ("=amount = 5", AMOUNT, ""),
        ("=amount &gt; 5", {**AMOUNT, "conditional": {"hide": "=false"}}, ""),
        ('=way = "a"', CHOICE, ""),
        ("=way = 1", CHOICE, "error value_unfit"),
        ("=amount &gt; limit", AMOUNT, ""),
    ],
)
def test_answers_that_do_not_fit_a_condition_are_told(condition: str, field: dict[str, Any], found: str) -> None:
    told = decided(condition, field)
    assert [f"{each.severity} {each.code}" for each in told] == ([found] if found else [])
    assert all(each.element == "yes" and "stehen" in finding_text(each) for each in told)


def test_what_to_write_instead_stands_there() -> None:
    (told,) = decided("=amount &gt; 5", AMOUNT)
    assert "amount != null and …" in finding_text(told, "de")
    assert "amount != null and …" in finding_text(told, "en")


@pytest.mark.parametrize(
    ("field", "found"),
    [
        (REPLY, "warning value_unfit"),
        (NEEDED, "error value_unfit"),
        ({"type": "datetime", "key": "reply", "subtype": "date"}, "warning may_be_empty"),
        ({"type": "datetime", "key": "reply", "subtype": "date", "validate": {"required": True}}, ""),
    ],
)
def test_a_due_date_is_a_date(field: dict[str, Any], found: str) -> None:
    due = extended(
        '<zeebe:formDefinition formId="answer"/><zeebe:assignmentDefinition candidateGroups="group:coordination"/>'
        f'<zeebe:taskSchedule dueDate="={field["key"]}"/>'
    )
    other = user_task("ask", form="first")
    inside = BEGIN + other + node("userTask", "then", due, name="Dann") + DONE
    files = {"first.form": form("first", field), "answer.form": form("answer", {"type": "textfield", "key": "b"})}
    told = check(bundle(files, inside + flows("begin>ask", "ask>then", "then>done")), CATALOGUE)
    assert [f"{each.severity} {each.code}" for each in told] == ([found] if found else [])


@pytest.mark.parametrize(("assignee", "found"), [("Erika Muster", ["not_a_person"]), ("12", []), ("=reference", [])])
def test_an_assignee_is_the_number_of_an_account_or_computed(assignee: str, found: list[str]) -> None:
    step = user_task("ask").replace(
        "<zeebe:assignmentDefinition ", f'<zeebe:assignmentDefinition assignee="{assignee}" '
    )
    told = check(bundle(inside=BEGIN + step + DONE + flows("begin>ask", "ask>done")), CATALOGUE)
    assert [each.code for each in told if each.severity == "error"] == found
