"""Which schemas are forms, and what is said about those that are not."""

import json
from typing import Any

import pytest

from tests.forms.sample import form
from workflows import forms


def problem(*components: Any, **schema: Any) -> tuple[str, Any]:
    """Code and component of the complaint about a schema."""
    data = json.dumps({"id": "f", "components": components, **schema}).encode()
    with pytest.raises(forms.FormError) as caught:
        forms.parse(data)
    return caught.value.code, caught.value.facts.get("component")


def nested(depth: int) -> dict[str, Any]:
    """A group within a group within a group."""
    field: dict[str, Any] = {"type": "textfield", "key": "x"}
    for level in range(depth):
        field = {"type": "group", "path": f"g{level}", "components": [field]}
    return field


@pytest.mark.parametrize(
    "data", [b"", b"{", b"null", b"[]", b'{"id":"f"}', b"\xff\xfe", b"[" * 100_000, b"[" + b"1," * 300_000]
)
def test_what_is_no_schema_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(forms.FormError) as caught:
        forms.parse(data)
    assert caught.value.code in {"not_json", "not_a_form", "schema_too_large"}


@pytest.mark.parametrize(
    ("component", "code"),
    [
        ({"type": "iframe", "key": "x"}, "unknown_kind"),
        ({"type": "textfield", "key": "a.b"}, "unusable_key"),
        ({"type": "textfield"}, "unusable_key"),
        ({"type": "textfield", "key": "x", "label": 5}, "unusable_setting"),
        ({"type": "textfield", "key": "x", "conditional": {"hide": "answer = 1"}}, "expression_without_equals"),
        ({"type": "textfield", "key": "x", "conditional": {"hide": "=answer ="}}, "not_feel"),
        ({"type": "textfield", "key": "x", "label": "Guten {{tag +}}"}, "not_feel"),
        ({"type": "textfield", "key": "x", "validate": {"pattern": "("}}, "unusable_pattern"),
        ({"type": "textfield", "key": "x", "validate": {"maxLength": 10_001}}, "unusable_setting"),
        ({"type": "number", "key": "x", "validate": {"max": "viel"}}, "unusable_setting"),
        ({"type": "select", "key": "x"}, "no_options"),
        ({"type": "select", "key": "x", "values": [{"label": "ohne Wert"}]}, "unusable_option"),
        ({"type": "select", "key": "x", "values": list(range(501))}, "too_many_options"),
        ({"type": "group", "path": "x"}, "no_components"),
        (nested(9), "too_deep"),
        ("textfield", "not_a_component"),
    ],
)
def test_a_component_that_cannot_work_is_named(component: Any, code: str) -> None:
    found, where = problem(component)
    assert found == code
    assert where


def test_keys_are_unique_where_they_meet() -> None:
    name = {"type": "textfield", "key": "name"}
    assert problem(name, {"type": "group", "components": [name]}) == ("duplicate_key", "name")
    assert form(name, {"type": "group", "path": "contact", "components": [name]}).written() == {"name", "contact"}


def test_forms_are_bounded_and_named() -> None:
    assert problem(*[{"type": "textfield", "key": f"f{i}"} for i in range(301)])[0] == "too_many_fields"
    assert problem(id="")[0] == "form_without_id"


def test_scripts_in_html_are_gone() -> None:
    content = '<p onclick="x()">Hallo <b>Welt</b></p><script>x()</script><a href="javascript:x()">hier</a>'
    (field,) = form({"type": "html", "content": content}).fields
    assert "x()" not in field.text
    assert "<b>Welt</b>" in field.text


def test_a_form_tells_what_it_reads_and_says() -> None:
    the_form = form(
        {"type": "button", "label": "Senden"},
        {
            "type": "textfield",
            "key": "a",
            "label": "Name",
            "description": "wie {{case_name}}",
            "conditional": {"hide": "=b > 1"},
        },
        {"type": "select", "key": "c", "label": "Wahl", "values": [{"label": "Ja", "value": "yes"}]},
    )
    assert set(the_form.german()) == {"Name", "wie {{case_name}}", "Wahl", "Ja"}
    assert {name for _, _, expression in the_form.expressions() for name in expression.variables} == {"b", "case_name"}


def patterned(*validations: dict[str, Any]) -> bytes:
    """A form of text fields with patterns."""
    fields = [{"type": "textfield", "key": f"x{number}", "validate": each} for number, each in enumerate(validations)]
    return json.dumps({"id": "f", "components": fields}).encode()


@pytest.mark.parametrize("pattern", [r"(\p{L}{10}x?){40}", r"(.?){1000}", r"\p{L}{500}"])
def test_a_pattern_that_would_take_seconds_is_refused_at_once(pattern: str) -> None:
    with pytest.raises(forms.FormError) as refused:
        forms.parse(patterned({"pattern": pattern}))
    assert refused.value.code in {"pattern_too_costly", "unusable_pattern"}
    assert refused.value.facts["component"] == "x0"


def test_patterns_are_counted_together_and_by_the_length_of_the_answer() -> None:
    costly = {"pattern": "((a?b?){50}){15}c"}
    assert forms.parse(patterned(costly, {"pattern": r"^\p{L}+ \p{L}+$"}))
    with pytest.raises(forms.FormError):
        forms.parse(patterned(costly, costly, costly))
    assert forms.parse(patterned(*[{**costly, "maxLength": 200}] * 3))
