"""What one field makes of what was typed or sent."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from tests.forms.sample import NOW, clean, form, one
from workflows.core.clock import BERLIN

HUGE = 1 << 30_000
TEXT = {"type": "textfield"}
AMOUNT = {"type": "number", "decimalDigits": 2}
DAY = {"type": "datetime", "subtype": "date"}
MOMENT = {"type": "datetime", "subtype": "datetime"}
CHOICE = {"type": "select", "values": [{"label": "Ja", "value": "yes"}, {"label": "Siebzehn", "value": 17}]}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("  Verein  ", "Verein"),
        ("u\u0308ber", "über"),
        ("a\u202eb", "ab"),
        ("", None),
        (None, None),
        ("   ", None),
        ("a\x00b", {"control_characters"}),
        ("a\nb", {"control_characters"}),
        ("\ud800x", {"control_characters"}),
        (5, {"not_a_text"}),
        (["a"], {"not_a_text"}),
        ("x" * 10_001, {"too_long"}),
        ("x" * 300_000, {"too_long"}),
    ],
)
def test_a_line_of_text_is_composed_stripped_and_harmless(raw: Any, value: Any) -> None:
    assert one(TEXT, raw) == value


def test_longer_texts_keep_their_lines() -> None:
    assert one({"type": "textarea"}, "eins\r\nzwei\rdrei\t4 ") == "eins\nzwei\ndrei\t4"


@pytest.mark.parametrize(
    ("validate", "raw", "value"),
    [
        ({"minLength": 3}, "ab", {"too_short"}),
        ({"maxLength": 3}, "abcd", {"too_long"}),
        ({"pattern": "^[A-Z]{2}$"}, "AB", "AB"),
        ({"pattern": "^[A-Z]{2}$"}, "ABC", {"pattern"}),
        ({"validationType": "email"}, "vorstand@VEREIN.example", "vorstand@verein.example"),
        ({"validationType": "email"}, "vorstand@verein", {"not_an_email"}),
        ({"validationType": "email"}, "a@b.example\x00", {"control_characters"}),
        ({"validationType": "phone"}, "+49 (611) 31-0", "+49 (611) 31-0"),
        ({"validationType": "phone"}, "ruf an", {"not_a_phone"}),
        ({"required": True}, " ", {"required"}),
    ],
)
def test_texts_obey_their_rules(validate: dict[str, Any], raw: Any, value: Any) -> None:
    assert one({**TEXT, "validate": validate}, raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1.234,56", Decimal("1234.56")),
        ("1234,5", Decimal("1234.5")),
        ("1.234", Decimal(1234)),
        ("1.234.567", Decimal(1234567)),
        ("0.75", Decimal("0.75")),
        ("1234.56", Decimal("1234.56")),
        ("2 500 €", Decimal(2500)),
        ("−3", Decimal(-3)),
        ("٢٥", Decimal(25)),
        (12, Decimal(12)),
        (0.1, Decimal("0.1")),
        (Decimal("7.50"), Decimal("7.5")),
        ("1,234", {"too_many_decimals"}),
        ("1.23.4", {"not_a_number"}),
        ("1e5", {"not_a_number"}),
        ("viel", {"not_a_number"}),
        (True, {"not_a_number"}),
        (float("nan"), {"not_a_number"}),
        (float("inf"), {"not_a_number"}),
        (10**30, {"too_large"}),
        (HUGE, {"too_large"}),
        (Decimal("1e-400"), {"too_many_decimals"}),
        ("", None),
    ],
    ids=lambda value: "case",
)
def test_amounts_are_read_the_german_way_and_the_iso_way(raw: Any, value: Any) -> None:
    assert one(AMOUNT, raw) == value


def test_a_number_that_could_mean_two_things_is_refused() -> None:
    assert one({"type": "number"}, "1.500") == {"ambiguous_number"}
    assert one({"type": "number"}, "1.500,5") == Decimal("1500.5")


def test_bounds_may_come_from_variables() -> None:
    capped = {**AMOUNT, "validate": {"min": 1, "max": "=ceiling * 2"}}
    assert one(capped, "2.500", {"ceiling": Decimal(1000)}) == {"too_large"}
    assert one(capped, "0,5", {"ceiling": Decimal(1000)}) == {"too_small"}
    assert one(capped, "2.500", {}) == Decimal(2500)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("22.11.2026", date(2026, 11, 22)),
        ("1.3.2026", date(2026, 3, 1)),
        ("2026-11-22", date(2026, 11, 22)),
        (date(2026, 11, 22), date(2026, 11, 22)),
        ("31.02.2026", {"not_a_date"}),
        ("morgen", {"not_a_date"}),
        ("22.11.26", {"not_a_date"}),
        ("01.01.0001", {"date_out_of_range"}),
        (NOW, {"not_a_date"}),
        (20261122, {"not_a_date"}),
    ],
)
def test_dates_are_read_the_german_way_and_the_iso_way(raw: Any, value: Any) -> None:
    assert one(DAY, raw) == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("2026-07-01T09:00", datetime(2026, 7, 1, 9, tzinfo=BERLIN)),
        ("2026-07-01T07:00:00Z", datetime(2026, 7, 1, 9, tzinfo=BERLIN)),
        ("1.7.2026, 9:00 Uhr", datetime(2026, 7, 1, 9, tzinfo=BERLIN)),
        ("01.07.2026 um 09.00", datetime(2026, 7, 1, 9, tzinfo=BERLIN)),
        ("2026-03-29T02:30", {"not_a_datetime"}),
        ("2026-07-01", {"not_a_datetime"}),
        ("2026-07-01T25:00", {"not_a_datetime"}),
    ],
)
def test_moments_without_offset_are_berlin_time(raw: Any, value: Any) -> None:
    assert one(MOMENT, raw) == value


def test_times_of_day() -> None:
    at = {"type": "datetime", "subtype": "time"}
    assert one(at, "14:30") == time(14, 30)
    assert one(at, "9.05 Uhr") == time(9, 5)
    assert one(at, "24:00") == {"not_a_time"}


def test_a_follow_up_cannot_lie_in_the_past() -> None:
    coming = {**DAY, "disallowPassedDates": True}
    assert one(coming, "22.11.2026") == date(2026, 11, 22)
    assert one(coming, "21.11.2026") == {"in_the_past"}


def test_what_has_happened_does_not_lie_in_the_future() -> None:
    happened = {**DAY, "disallowFutureDates": True}
    assert one(happened, "22.11.2026") == date(2026, 11, 22)
    assert one(happened, "23.11.2026") == {"in_the_future"}


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("yes", "yes"),
        ("17", Decimal(17)),
        (17, Decimal(17)),
        (17.0, Decimal(17)),
        ("", None),
        ("maybe", {"not_an_option"}),
        ({"a": 1}, {"not_an_option"}),
        (float("nan"), {"not_a_number"}),
    ],
)
def test_a_choice_is_one_of_its_options_with_its_own_type(raw: Any, value: Any) -> None:
    assert one(CHOICE, raw) == value


def test_several_choices_come_once_each_and_from_code_lists() -> None:
    topics = {"type": "taglist", "properties": {"codeList": "topic"}}
    assert one(topics, ["funding", "rooms", "funding"]) == ["funding", "rooms"]
    assert one(topics, "rooms") == ["rooms"]
    assert one(topics, None) == []
    assert one(topics, ["sport"]) == {"not_an_option"}
    assert one(topics, ["rooms"] * 201) == {"too_many"}
    assert one({**topics, "validate": {"required": True}}, []) == {"required"}


def test_a_checkbox_is_yes_or_no() -> None:
    box = {"type": "checkbox"}
    assert [one(box, raw) for raw in (True, "true", "on", "ja")] == [True] * 4
    assert [one(box, raw) for raw in (False, "", None, "nein")] == [False] * 4
    assert one(box, "vielleicht") == {"not_yes_or_no"}
    assert one({**box, "validate": {"required": True}}, None) == {"required"}


def test_only_files_uploaded_here_can_be_named() -> None:
    upload = form({"type": "filepicker", "key": "letter"}, {"type": "file", "key": "more", "multiple": True})
    cleaned = clean(upload, {"letter": "3", "more": [3, "4"]}, files={3: "a.pdf", 4: "b.pdf"})
    assert cleaned.values == {"letter": Decimal(3), "more": [Decimal(3), Decimal(4)]}
    assert clean(upload, {"letter": 5}, files={3: "a.pdf"}).problems["letter"][0].code == "unknown_file"
