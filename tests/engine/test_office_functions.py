"""The office's own functions in FEEL: no day however far off makes anybody wait."""

import pytest

from workflows.engine.office_functions import OFFICE_FUNCTIONS
from workflows.feel import compile_expression


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
