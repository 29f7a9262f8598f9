"""The office's own functions in FEEL: no day however far off makes anybody wait."""

import pytest

from workflows.engine.office_functions import OFFICE_FUNCTIONS
from workflows.feel import compile_expression
from workflows.feel.messages import explain


@pytest.mark.parametrize(
    "source",
    [
        'half way(@"2026-11-26", @"9999-12-31")',
        'half way(@"1900-01-01", @"2199-12-31")',
        'working days(@"0001-01-01", 5)',
        'next working day(@"9999-12-31")',
        'working days(@"2026-11-26", 2501)',
    ],
)
def test_days_no_deadline_lies_on_are_refused_at_once(source):
    evaluation = compile_expression(source, functions=OFFICE_FUNCTIONS).evaluate({})
    assert evaluation.value is None
    assert [warning.code for warning in evaluation.warnings] == ["function_refused"]


@pytest.mark.parametrize(
    ("source", "german", "english"),
    [
        ('working days("morgen", 5)', "das ist kein Datum.", "this is no date."),
        ('working days(@"2026-11-26", 2.5)', "das ist keine ganze Zahl.", "this is no whole number."),
        ('working days(@"2026-11-26", 2501)', "höchstens 2500 Arbeitstage.", "at most 2500 working days."),
        ('half way(@"2026-11-26", @"2099-12-31")', "höchstens 5000 Tage auseinander.", "at most 5000 days apart."),
        ('money("viel")', "das ist kein Betrag.", "this is no amount."),
        ('next working day(@"9999-12-31")', "das Jahr liegt nicht in 1900-2199.", "the year is not in 1900-2199."),
    ],
)
def test_a_refusal_says_why_in_the_language_of_whoever_reads_it(source, german, english):
    (warning,) = compile_expression(source, functions=OFFICE_FUNCTIONS).evaluate({}).warnings
    assert explain(warning, "de").endswith(german)
    assert explain(warning, "en").endswith(english)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("money(3200)", "3.200,00"),
        ("money(0.5)", "0,50"),
        ("money(1234567.005)", "1.234.567,00"),
        ("money(-12.3)", "-12,30"),
        ('written day(@"2026-12-01")', "01.12.2026"),
    ],
)
def test_amounts_and_days_are_written_as_in_german_letters(source, text):
    assert compile_expression(source, functions=OFFICE_FUNCTIONS).evaluate({}).value == text
