"""Texts of bundles get their values and nothing else."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.core import texts
from workflows.core.errors import LotseError


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Kulturamt", "Kulturamt"),
        (None, ""),
        (Decimal("2500.50"), "2500,50"),
        (Decimal("1E+3"), "1000"),
        (5, "5"),
        (date(2026, 3, 2), "02.03.2026"),
        (datetime(2026, 3, 2, 23, 30, tzinfo=UTC), "03.03.2026 00:30"),
        (["Schule", "Sport"], "Schule, Sport"),
    ],
)
def test_values_are_written_as_people_read_them(value: Any, written: str) -> None:
    assert texts.render("<{{ value }}>", {"value": value}) == f"<{written}>"


def test_values_are_set_apart_in_texts_from_right_to_left() -> None:
    assert (
        texts.render("رقم {{ n }}", {"n": "2026-0142"}, "ar")
        == "رقم \N{FIRST STRONG ISOLATE}2026-0142\N{POP DIRECTIONAL ISOLATE}"
    )


def test_dots_look_into_contexts() -> None:
    assert (
        texts.render(
            "{{case.reference}}/{{case.office.name}}", {"case": {"reference": "2026-0001", "office": {"name": "A"}}}
        )
        == "2026-0001/A"
    )


@given(st.text())
def test_what_a_value_contains_is_never_looked_up(value: str) -> None:
    assert texts.render("{{a}}|{{b}}", {"a": "{{b}}" + value, "b": "secret"}) == "{{b}}" + value + "|secret"


@pytest.mark.parametrize(
    ("template", "values", "code"),
    [
        ("{{name}}", {}, "text_missing"),
        ("{{case.name}}", {"case": {}}, "text_missing"),
        ("{{case.name}}", {"case": "x"}, "text_missing"),
        ("{{case.__class__}}", {"case": object()}, "text_missing"),
        ("{{flag}}", {"flag": True}, "text_value"),
        ("{{it}}", {"it": {"a": 1}}, "text_value"),
        ("{{ 1 + 1 }}", {}, "text_placeholder"),
        ("{{}}", {}, "text_placeholder"),
        ("Guten Tag {{name", {"name": "x"}, "text_placeholder"),
    ],
)
def test_what_cannot_be_written_is_an_error(template: str, values: dict[str, Any], code: str) -> None:
    with pytest.raises(LotseError) as refused:
        texts.render(template, values)
    assert refused.value.code == code


def test_the_names_of_a_template_are_known_before_it_is_used() -> None:
    assert texts.placeholders("{{ name }}, {{case.reference}}") == ["name", "case.reference"]


@pytest.mark.parametrize("line", ["Betreff: Ihre Anfrage", "Subject: Ihre Anfrage", "Betreff:   Ihre Anfrage  "])
def test_the_first_line_is_the_subject(line: str) -> None:
    assert texts.split(f"{line}\n\nGuten Tag,\n\nBetreff: nein\n") == ("Ihre Anfrage", "Guten Tag,\n\nBetreff: nein\n")


@pytest.mark.parametrize("text", ["Guten Tag", "", "Betreff:\n\nGuten Tag", "\nBetreff: x"])
def test_a_mail_text_without_subject_is_an_error(text: str) -> None:
    with pytest.raises(LotseError, match="text_subject"):
        texts.split(text)
