"""What a page gets to draw: texts filled and translated, options, first values, and values as inputs show them."""

from datetime import date, datetime
from decimal import Decimal

from tests.forms.sample import CODES, NOW, form
from workflows import forms
from workflows.core.clock import BERLIN

GREETING = form(
    {"type": "text", "text": "Hallo {{contact.name}}, Frist {{deadline}}, {{amount}} Euro"},
    {"type": "html", "content": '<p>An <a href="{{address}}">{{contact.name}}</a></p>'},
    {"type": "radio", "key": "ok", "label": "Passt es?", "values": [{"label": "Ja", "value": "yes"}]},
    {"type": "taglist", "key": "topics", "label": "Themen", "properties": {"codeList": "topic"}},
    {"type": "textfield", "key": "fixed", "label": "Fest", "readonly": True},
    {"type": "dynamiclist", "path": "rows", "components": [{"type": "textfield", "key": "a", "label": "A"}]},
)
VARIABLES = {
    "contact": {"name": "<Ayla>"},
    "deadline": date(2026, 12, 1),
    "amount": Decimal("1234.50"),
    "address": "javascript:alert(1)",
    "fixed": "steht",
}


def drawn(values: object = None) -> list[forms.Field]:
    words = {"Passt es?": "Is it fine?", "Ja": "Yes"}
    return forms.visible(
        GREETING, values, VARIABLES, now=NOW, codes=CODES, translate=lambda text: words.get(text, text)
    )


def test_texts_name_variables_the_german_way() -> None:
    assert drawn()[0].text == "Hallo <Ayla>, Frist 01.12.2026, 1.234,50 Euro"


def test_values_cannot_smuggle_markup_or_scripts_into_html() -> None:
    html = drawn()[1].text
    assert "&lt;Ayla&gt;" in html
    assert "javascript" not in html


def test_labels_and_options_are_translated_code_lists_are_already() -> None:
    fields = {field.key: field for field in drawn()}
    assert fields["ok"].label == "Is it fine?"
    assert fields["ok"].options[0].label == "Yes"
    assert [option.label for option in fields["topics"].options] == ["Räume", "Fördermittel"]


def test_rows_carry_their_paths_and_what_was_typed() -> None:
    rows = next(field for field in drawn({"rows": [{"a": "x"}, {"a": " y"}]}) if field.key == "rows").rows
    assert [(field.path, field.value) for row in rows for field in row] == [("rows[0].a", "x"), ("rows[1].a", " y")]


def test_read_only_fields_show_the_variable() -> None:
    assert next(field for field in drawn({"fixed": "anders"}) if field.key == "fixed").value == "steht"


def test_read_only_lists_and_groups_show_their_variable_and_never_write_it() -> None:
    plan = {"type": "dynamiclist", "path": "plan", "readonly": True, "components": [{"type": "number", "key": "euro"}]}
    seat = {"type": "group", "path": "seat", "disabled": True, "components": [{"type": "textfield", "key": "town"}]}
    frame = {"type": "group", "readonly": True, "components": [{"type": "textfield", "key": "goal"}]}
    the_form = form(plan, seat, frame, {"type": "textfield", "key": "note"})
    known = {"plan": [{"euro": Decimal(7)}, {"euro": Decimal(9)}], "seat": {"town": "Wiesbaden"}, "goal": "Sprache"}
    drawn_fields = {field.key: field for field in forms.visible(the_form, {}, known, now=NOW)}
    assert [(field.path, field.value) for row in drawn_fields["plan"].rows for field in row] == [
        ("plan[0].euro", Decimal(7)),
        ("plan[1].euro", Decimal(9)),
    ]
    assert [field.value for field in drawn_fields["seat"].fields] == ["Wiesbaden"]
    for sent in ({}, {"plan": []}, {"plan": [{"euro": "1"}], "seat": {"town": "x"}, "goal": "y"}):
        cleaned = forms.clean(the_form, {**sent, "note": "da"}, known, now=NOW)
        assert (cleaned.values, cleaned.problems) == ({"note": "da"}, {})
    assert the_form.written() == {"note"}
    assert forms.initial(the_form, known, now=NOW) == {}
    assert forms.draft(the_form, {**known, "note": "halb"}) == {"note": "halb"}


def test_an_untouched_form_holds_variables_and_defaults() -> None:
    the_form = form(
        {"type": "textfield", "key": "name"},
        {"type": "datetime", "key": "on", "properties": {"default": '=today() + duration("P1D")'}},
        {"type": "checkbox", "key": "ok", "defaultValue": True},
        {"type": "textfield", "key": "none"},
    )
    assert forms.initial(the_form, {"name": "Verein"}, now=NOW) == {
        "name": "Verein",
        "on": date(2026, 11, 23),
        "ok": True,
    }


def test_a_list_begins_with_the_entries_it_promises_until_there_are_some() -> None:
    def rows(repetitions: object, known: dict[str, object]) -> int:
        the_form = form(
            {
                "type": "dynamiclist",
                "path": "lines",
                "defaultRepetitions": repetitions,
                "components": [{"type": "textfield", "key": "position"}],
            }
        )
        first = forms.initial(the_form, known, now=NOW)
        return len(forms.visible(the_form, first, known, now=NOW)[0].rows)

    assert [rows(count, {}) for count in (None, 0, -1, 1, 3, 10_000)] == [0, 0, 0, 1, 3, 20]
    assert rows(3, {"lines": [{"position": "Miete"}]}) == 1


def test_values_are_shown_as_inputs_want_them() -> None:
    the_form = form(
        {"type": "number", "key": "a"},
        {"type": "datetime", "subtype": "datetime", "key": "b"},
        {"type": "datetime", "key": "c"},
        {"type": "taglist", "key": "d", "properties": {"codeList": "topic"}},
        {"type": "checkbox", "key": "e"},
        {"type": "textfield", "key": "f"},
    )
    values = [Decimal("1234.50"), datetime(2026, 7, 1, 9, tzinfo=BERLIN), date(2026, 7, 1), ["rooms"], "on", None]
    shown = [forms.input_value(field, value) for field, value in zip(the_form.fields, values, strict=True)]
    assert shown == ["1234,50", "2026-07-01T09:00", "2026-07-01", ["rooms"], True, ""]


def test_half_typed_values_are_shown_again_as_typed() -> None:
    assert forms.input_value(form({"type": "datetime", "key": "c"}).fields[0], "22.11.") == "22.11."
    kept = forms.draft(GREETING, {"ok": "vielleicht", "unknown": 1, "rows": [{"a": "x", "b": 1}]})
    assert kept == {"ok": "vielleicht", "rows": [{"a": "x"}]}
