"""Every value of the expression language comes back as it was, with its type."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.core import typed_json
from workflows.feel.values import YearMonthDuration

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.text(st.characters(exclude_categories=["Cs"])),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1E+40"), max_value=Decimal("1E+40")),
    st.dates(),
    st.times(),
    st.datetimes(timezones=st.just(UTC)),
    st.timedeltas(),
    st.integers(-2400, 2400).map(YearMonthDuration),
)
KEYS = st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(["$decimal", "$context", "$date"]))
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


def typed(value: Any) -> Any:
    """The value with its types spelled out, for Python calls True, 1 and Decimal(1) equal."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return type(value).__name__, value


@given(VALUES)
def test_values_come_back_as_they_were(value: Any) -> None:
    assert typed(typed_json.loads(typed_json.dumps(value))) == typed(value)


def test_whole_numbers_come_back_as_decimal() -> None:
    assert typed(typed_json.loads(typed_json.dumps({"a": 5, "b": 2**60}))) == typed(
        {"a": Decimal(5), "b": Decimal(2**60)}
    )


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (Decimal("2500.50"), b'{"$decimal":"2500.50"}'),
        (date(2026, 11, 22), b'{"$date":"2026-11-22"}'),
        (datetime(2026, 11, 22, 10, tzinfo=UTC), b'{"$datetime":"2026-11-22T10:00:00+00:00"}'),
        (time(10, 30), b'{"$time":"10:30:00"}'),
        (timedelta(hours=26), b'{"$duration":"93600.000000"}'),
        (YearMonthDuration(14), b'{"$months":14}'),
        ({"$date": "x"}, b'{"$context":{"$date":"x"}}'),
    ],
)
def test_the_stored_form_is_fixed(value: Any, stored: bytes) -> None:
    """Instances live for years: this form may be added to, never changed."""
    assert typed_json.dumps(value) == stored


@pytest.mark.parametrize("value", [1.5, {1: "a"}, {"a": {1, 2}}, Decimal("NaN"), Decimal("Infinity"), object()])
def test_what_the_language_does_not_know_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        typed_json.dumps(value)
