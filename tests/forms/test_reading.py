"""Whole forms: conditions, groups, lists, unknown fields, and what chance throws at them."""

import json
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.forms.sample import CODES, NOW, clean, form
from workflows import forms
from workflows.core import typed_json

ANSWER = form(
    {
        "type": "radio",
        "key": "answer",
        "values": [{"value": "accept"}, {"value": "decline"}],
        "validate": {"required": True},
    },
    {
        "type": "select",
        "key": "reason",
        "values": [{"value": "no_capacity"}, {"value": "other"}],
        "validate": {"required": True},
        "conditional": {"hide": '=answer != "decline"'},
    },
    {
        "type": "textarea",
        "key": "text",
        "validate": {"required": True},
        "conditional": {"hide": '=reason != "other"'},
    },
)

PLAN = form(
    {"type": "checkbox", "key": "with_plan"},
    {
        "type": "dynamiclist",
        "path": "items",
        "conditional": {"hide": "=not(with_plan)"},
        "components": [
            {"type": "textfield", "key": "what", "validate": {"required": True, "maxLength": 50}},
            {"type": "number", "key": "amount", "decimalDigits": 2, "validate": {"required": True, "max": "=budget"}},
            {"type": "textfield", "key": "note", "conditional": {"hide": "=amount < 100"}},
        ],
    },
    {
        "type": "group",
        "path": "contact",
        "components": [
            {"type": "textfield", "key": "email", "validate": {"validationType": "email"}},
            {"type": "datetime", "subtype": "date", "key": "since"},
        ],
    },
    {"type": "group", "components": [{"type": "taglist", "key": "topics", "properties": {"codeList": "topic"}}]},
    {"type": "select", "key": "office", "valuesExpression": "=for o in offices return {value: o.id, label: o.name}"},
    {"type": "datetime", "subtype": "datetime", "key": "at"},
    {"type": "datetime", "subtype": "time", "key": "hour"},
    {"type": "text", "text": "Hallo {{name}}"},
)
VARIABLES = {"budget": Decimal(5000), "offices": [{"id": Decimal(4), "name": "Kulturamt"}], "name": "Lotse"}


def codes_of(cleaned: forms.Cleaned) -> dict[str, list[str]]:
    return {path: [problem.code for problem in problems] for path, problems in cleaned.problems.items()}


def test_hidden_fields_are_neither_asked_for_nor_kept() -> None:
    accepted = clean(ANSWER, {"answer": "accept", "reason": "other", "text": "egal"})
    assert accepted == forms.Cleaned({"answer": "accept"}, {})
    declined = clean(ANSWER, {"answer": "decline", "reason": "other"})
    assert codes_of(declined) == {"text": ["required"]}


def test_a_field_hidden_by_a_hidden_field_is_hidden() -> None:
    assert [field.key for field in forms.visible(ANSWER, {"answer": "accept", "reason": "other"}, {}, now=NOW)] == [
        "answer"
    ]


def test_an_empty_field_does_not_mean_the_variable_of_the_same_name() -> None:
    assert codes_of(clean(ANSWER, {}, {"answer": "decline", "reason": "other"})) == {"answer": ["required"]}


def test_unknown_fields_are_refused_and_named() -> None:
    cleaned = clean(
        PLAN,
        {"admin": True, "contact": {"role": "x"}, "with_plan": True, "items": [{"what": "Saal", "amount": 1, "z": 1}]},
    )
    assert codes_of(cleaned) == {
        "admin": ["unknown_field"],
        "contact.role": ["unknown_field"],
        "items[0].z": ["unknown_field"],
    }


def test_rows_are_checked_one_by_one_and_empty_rows_do_not_count() -> None:
    rows = [
        {"what": "Saal", "amount": "1.250,00", "note": "x"},
        {"what": " ", "amount": ""},
        {"what": "Druck", "amount": "9.000"},
    ]
    cleaned = clean(PLAN, {"with_plan": True, "items": rows}, VARIABLES)
    assert codes_of(cleaned) == {"items[2].amount": ["too_large"]}
    assert cleaned.values["items"][0] == {"what": "Saal", "amount": Decimal(1250), "note": "x"}
    assert len(cleaned.values["items"]) == 2


def test_a_condition_inside_a_row_sees_the_row() -> None:
    rows = [{"what": "Saal", "amount": "50", "note": "fort"}, {"what": "Druck", "amount": "150", "note": "bleibt"}]
    cleaned = clean(PLAN, {"with_plan": True, "items": rows}, VARIABLES)
    assert [row.get("note") for row in cleaned.values["items"]] == [None, "bleibt"]


def test_lists_are_bounded() -> None:
    assert codes_of(clean(PLAN, {"with_plan": True, "items": [{}] * 201})) == {"items": ["too_many"]}
    assert codes_of(clean(PLAN, {"with_plan": True, "items": "viele"})) == {"items": ["not_a_list"]}
    assert codes_of(clean(PLAN, ["kein Objekt"])) == {"": ["not_an_object"]}


def test_options_may_come_from_an_expression() -> None:
    assert clean(PLAN, {"office": "4"}, VARIABLES).values["office"] == Decimal(4)
    assert codes_of(clean(PLAN, {"office": "5"}, VARIABLES)) == {"office": ["not_an_option"]}


def test_conditions_that_contradict_each_other_end_hidden() -> None:
    quarrel = form({"type": "textfield", "key": "a", "conditional": {"hide": "=a != null"}})
    assert clean(quarrel, {"a": "x"}).values == {}


def test_a_condition_that_fails_shows_the_field() -> None:
    odd = form({"type": "textfield", "key": "a", "conditional": {"hide": '=nothing > "x"'}})
    assert clean(odd, {"a": "x"}).values == {"a": "x"}


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(max_size=30),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.binary(max_size=5),
    st.sampled_from(
        ["accept", "decline", "other", "rooms", "1.234,56", "22.11.2026", "2026-11-22T10:00", "14:30", "4", "ja"]
    ),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)
ROW = st.dictionaries(st.sampled_from(["what", "amount", "note", "x"]), SCALARS)
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "with_plan": st.sampled_from([True, "on", False, None, "?"]),
        "items": st.lists(ROW, max_size=4) | ANYTHING,
        "contact": st.dictionaries(st.sampled_from(["email", "since", "x"]), SCALARS) | ANYTHING,
        "topics": st.lists(st.sampled_from(["rooms", "funding", "?"])) | ANYTHING,
        "office": SCALARS,
        "at": SCALARS,
        "hour": SCALARS,
        "x": ANYTHING,
    },
)


@settings(max_examples=400, deadline=None)
@given(GIVEN | ANYTHING)
def test_cleaning_never_raises_and_cleaned_values_clean_to_themselves(raw: Any) -> None:
    cleaned = clean(PLAN, raw, VARIABLES)
    again = clean(PLAN, cleaned.values, VARIABLES)
    assert typed_json.loads(typed_json.dumps(cleaned.values)) == cleaned.values
    if not cleaned.problems:
        assert again == cleaned


@settings(max_examples=200, deadline=None)
@given(GIVEN | ANYTHING)
def test_drafts_and_drawing_never_raise_and_drafts_can_be_stored(raw: Any) -> None:
    kept = forms.draft(PLAN, raw)
    assert forms.draft(PLAN, typed_json.loads(typed_json.dumps(kept))) == kept
    fields = forms.visible(PLAN, kept, VARIABLES, now=NOW, codes=CODES)
    for field in fields:
        forms.input_value(field, field.value)


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda i: st.lists(i) | st.dictionaries(st.text(), i)
    ).map(lambda v: json.dumps({"id": "f", "components": [v]}).encode())
)
def test_no_schema_makes_parsing_fall_over(data: bytes) -> None:
    with suppress(forms.FormError):
        forms.parse(data)


KINDS = ["textfield", "number", "select", "datetime", "group", "dynamiclist", "html", "text", "taglist", "x"]
SETTINGS = [
    "key",
    "id",
    "path",
    "label",
    "description",
    "text",
    "content",
    "validate",
    "conditional",
    "values",
    "valuesExpression",
    "properties",
    "defaultValue",
    "decimalDigits",
    "subtype",
    "disabled",
    "readonly",
    "components",
    "multiple",
]
SETTING = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.booleans(),
    st.integers(),
    st.lists(st.integers()),
    st.sampled_from([{}, "=1 +", "=a"]),
)
COMPONENT = st.fixed_dictionaries({"type": st.sampled_from(KINDS)}, optional=dict.fromkeys(SETTINGS, SETTING))


@settings(max_examples=400, deadline=None)
@given(st.lists(COMPONENT, max_size=3), ANYTHING)
def test_no_component_makes_a_form_fall_over(components: list[Any], raw: Any) -> None:
    try:
        the_form = forms.parse(json.dumps({"id": "f", "components": components}).encode())
    except forms.FormError:
        return
    assert set(clean(the_form, raw).values) <= the_form.written()
    drawn = forms.visible(the_form, raw, {}, now=NOW)
    assert len(drawn) <= len(components)
    filled = forms.initial(
        the_form, {"key": date(2026, 1, 1), "a": datetime(2026, 1, 1, tzinfo=NOW.tzinfo), "b": time(1)}, now=NOW
    )
    assert set(filled) <= {field.key for field in the_form.walk()}
