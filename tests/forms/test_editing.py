"""Forms changed by an editor: what nobody touched stays, what was changed means the same to the reader of schemas."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows import forms
from workflows.core.errors import NotFound
from workflows.forms import FormError, editing, settings

BUNDLED = sorted((Path(__file__).parents[2] / "bpmn").glob("*/*.form"))
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-99, 99) | WORDS
KINDS = st.sampled_from([kind for kind in editing.ADDABLE if kind not in editing.CONTAINERS])


def leaves(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Components as other tools may have written them, with settings this house does not know."""
    own = {"type": st.just(kind), "label": WORDS, "key": st.from_regex(r"[a-z][a-z_]{0,6}", fullmatch=True)}
    more = {
        "description": WORDS,
        "foreign": SCALARS,
        "layout": st.dictionaries(WORDS, SCALARS, max_size=2),
        "values": st.lists(st.fixed_dictionaries({"value": WORDS, "label": WORDS}), max_size=3),
        "validate": st.fixed_dictionaries(
            {}, optional={"required": st.booleans(), "max": SCALARS, "maxLength": SCALARS}
        ),
        "defaultValue": SCALARS | st.lists(WORDS, max_size=2),
        "conditional": st.fixed_dictionaries({"hide": st.sampled_from(["=a > 1", "=true", ""])}),
        "properties": st.dictionaries(st.sampled_from(["codeList", "default", "sensitivity"]), WORDS, max_size=2),
    }
    return st.fixed_dictionaries(own, optional=more)


COMPONENTS = st.recursive(
    KINDS.flatmap(leaves),
    lambda inner: st.fixed_dictionaries({"type": st.just("group"), "components": st.lists(inner, max_size=3)}),
    max_leaves=8,
)
SCHEMAS = st.fixed_dictionaries(
    {"id": st.just("sample"), "components": st.lists(COMPONENTS, max_size=4), "exporter": WORDS}
)


def without_ids(part: Any) -> Any:
    """A schema without the ids that an editor needs and gives where they are missing or not unique."""
    if isinstance(part, list):
        return [without_ids(entry) for entry in part]
    return (
        {name: without_ids(value) for name, value in part.items() if name != "id"} if isinstance(part, dict) else part
    )


@given(SCHEMAS)
def test_writing_and_reading_is_the_same(schema: dict[str, Any]) -> None:
    held = editing.read(json.dumps(schema).encode())
    assert editing.read(editing.write(held)) == held


@given(SCHEMAS)
def test_settings_nobody_changed_change_nothing(schema: dict[str, Any]) -> None:
    held = editing.read(json.dumps(schema).encode())
    for row in editing.rows(held):
        names = settings.SETTINGS.get(row.kind, ())
        typed = {name: value for name, value in settings.shown(row.component).items() if name in names}
        if typed.get("label", "x") and (typed.get("key", "x") or row.kind == "group"):
            assert settings.changed(dict(row.component), typed, {})[0] == row.component


@given(SCHEMAS, st.data())
def test_moving_there_and_back_is_the_same(schema: dict[str, Any], data: st.DataObject) -> None:
    held = editing.read(json.dumps(schema).encode())
    every = [row for row in editing.rows(held) if not row.is_last]
    if every:
        chosen = data.draw(st.sampled_from(every)).id
        assert editing.moved(editing.moved(held, chosen, 1), chosen, -1) == held


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_the_houses_own_forms_keep_their_meaning(path: Path) -> None:
    held = editing.read(path.read_bytes())
    written = editing.write(held)
    assert without_ids(json.loads(written)) == without_ids(json.loads(path.read_bytes()))
    forms.parse(written)
    for row in editing.rows(held):
        names = settings.SETTINGS.get(row.kind, ())
        typed = {name: value for name, value in settings.shown(row.component).items() if name in names}
        component, problems = settings.changed(dict(row.component), typed, {})
        assert (component, problems) == (row.component, {})


@pytest.mark.parametrize("kind", editing.ADDABLE)
def test_every_kind_can_be_added_and_is_understood(kind: str) -> None:
    schema, component_id = editing.added(editing.new("sample"), kind, "Größe der Räume")
    form = forms.parse(editing.write(schema))
    assert [field.kind for field in form.fields] == ([] if kind == "separator" else [kind])
    component = editing.find(schema, component_id)
    typed = {name: settings.shown(component)[name] for name in settings.SETTINGS.get(kind, ())}
    assert settings.changed(component, typed, {}) == (component, {})


def test_a_field_is_added_into_a_group_moved_out_and_removed() -> None:
    schema, group = editing.added(editing.new("sample"), "group", "Zur Person")
    schema, first = editing.added(schema, "textfield", "Name", group)
    schema, second = editing.added(schema, "textfield", "Name", group)
    assert [(row.id, row.depth) for row in editing.rows(schema)] == [(group, 0), (first, 1), (second, 1)]
    assert editing.find(schema, second)["key"] == "name_2"
    out = editing.put_into(schema, first, "")
    assert [(row.id, row.depth) for row in editing.rows(out)] == [(group, 0), (second, 1), (first, 0)]
    assert [row.id for row in editing.rows(editing.removed(out, group))] == [first]
    with pytest.raises(FormError):
        editing.put_into(schema, group, group)
    with pytest.raises(NotFound):
        editing.removed(schema, "nowhere")


def test_settings_become_what_the_reader_understands() -> None:
    schema, component_id = editing.added(editing.new("sample"), "textfield", "Betrag")
    typed = {
        **{"kind": "number", "label": "Betrag in Euro", "key": "amount", "description": "Ohne Cent"},
        **{"required": True, "minimum": "10", "maximum": "=limit", "decimals": "0", "hide": 'kind = "need"'},
    }
    component, problems = settings.changed(editing.find(schema, component_id), typed, {})
    assert problems == {}
    field = forms.parse(editing.write(editing.replaced(schema, component_id, component))).fields[0]
    assert (field.kind, field.key, field.label, field.description) == (
        "number",
        "amount",
        "Betrag in Euro",
        "Ohne Cent",
    )
    assert (field.rules.required, field.rules.minimum, field.rules.decimals) == (True, 10, 0)
    assert field.hide is not None
    assert field.hide.evaluate({"kind": "need"}).value is True


def test_options_keep_what_was_written_about_them() -> None:
    old = {"type": "radio", "key": "way", "label": "Weg", "values": [{"value": 1, "label": "Eins", "foreign": "x"}]}
    typed = {"source": "own", "values": "1 = Erstens\nZweiter Weg\nc = C = D"}
    component, problems = settings.changed(old, typed, {})
    assert problems == {}
    assert component["values"] == [
        {"value": 1, "label": "Erstens", "foreign": "x"},
        {"value": "zweiter_weg", "label": "Zweiter Weg"},
        {"value": "c", "label": "C = D"},
    ]
    listed, _ = settings.changed(component, {"source": "list", "code_list": "topic", "values": "x"}, {})
    assert listed["properties"] == {"codeList": "topic"}
    assert settings.changed(listed, {"source": "own", "values": settings.shown(listed)["values"]}, {})[0] == {
        **component
    }


@pytest.mark.parametrize(
    ("typed", "setting", "code"),
    [
        ({"hide": "a >"}, "hide", "form_not_feel"),
        ({"label": ""}, "label", "required"),
        ({"key": "zwei worte"}, "key", "form_unusable_key"),
        ({"max_length": "viele"}, "max_length", "not_a_number"),
        ({"max_length": "99999"}, "max_length", "form_unusable_setting"),
        ({"pattern": "("}, "pattern", "form_unusable_pattern"),
        ({"source": "list", "code_list": ""}, "code_list", "required"),
    ],
)
def test_what_cannot_be_is_said_at_its_setting(typed: dict[str, Any], setting: str, code: str) -> None:
    old = {"type": "select" if "source" in typed else "textfield", "key": "a", "label": "A", "values": ["x"]}
    _, problems = settings.changed(old, typed, {})
    assert {name: problem.code for name, (problem,) in problems.items()} == {setting: code}


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"components": [1]}', b'{"components": 1}', b"\xff"])
def test_what_is_no_form_is_refused(data: bytes) -> None:
    with pytest.raises(FormError):
        editing.read(data)


JSON = st.recursive(
    SCALARS | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
NAMES = ("id", "key", "path", "label", "description", "text", "content", "values", "validate", "properties", "hide")
STRANGE = st.fixed_dictionaries(
    {"type": st.sampled_from([*editing.ADDABLE, "filepicker", "table", ""])},
    optional={
        **dict.fromkeys(NAMES, JSON),
        **dict.fromkeys(("conditional", "components", "defaultValue", "valuesExpression", "subtype", "readonly"), JSON),
    },
)


@given(st.lists(STRANGE, max_size=3), st.dictionaries(st.sampled_from(settings.SETTINGS["select"]), WORDS))
def test_whatever_a_file_holds_the_editor_shows_and_changes_it_or_says_why_not(
    components: list[dict[str, Any]], typed: dict[str, Any]
) -> None:
    try:
        held = editing.read(json.dumps({"id": "strange", "components": components}).encode())
    except FormError:
        return
    for row in editing.rows(held):
        settings.shown(row.component)
        settings.changed(dict(row.component), typed, {})
        editing.moved(held, row.id, 1)
