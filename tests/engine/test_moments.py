"""When things are due in Berlin: months, daylight saving, repetitions."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from workflows.core.clock import BERLIN
from workflows.engine.faults import Stuck
from workflows.engine.moments import Period, cycle, day, moment
from workflows.feel import YearMonthDuration

WINTER = datetime(2026, 3, 28, 9, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("value", "due"),
    [
        ("P1D", datetime(2026, 3, 29, 9, 0, tzinfo=BERLIN)),
        ("PT24H", datetime(2026, 3, 29, 10, 0, tzinfo=BERLIN)),
        (timedelta(days=1), datetime(2026, 3, 29, 9, 0, tzinfo=BERLIN)),
        ("P1M2DT3H", datetime(2026, 4, 30, 12, 0, tzinfo=BERLIN)),
        (YearMonthDuration(1), datetime(2026, 4, 28, 9, 0, tzinfo=BERLIN)),
        ("P2W", datetime(2026, 4, 11, 9, 0, tzinfo=BERLIN)),
        ("2026-07-01", datetime(2026, 7, 1, 23, 59, 59, tzinfo=BERLIN)),
        (date(2026, 7, 1), datetime(2026, 7, 1, 23, 59, 59, tzinfo=BERLIN)),
        ("2026-07-01T09:00:00", datetime(2026, 7, 1, 9, 0, tzinfo=BERLIN)),
        ("2026-07-01T09:00:00Z", datetime(2026, 7, 1, 9, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 9, 0), datetime(2026, 7, 1, 9, 0, tzinfo=BERLIN)),  # noqa: DTZ001 - the point of it
    ],
)
def test_values_name_moments(value: Any, due: datetime) -> None:
    assert moment(value, WINTER) == due


def test_a_month_after_the_last_day_ends_on_the_last_day() -> None:
    assert Period(months=1).after(datetime(2026, 1, 31, 12, 0, tzinfo=BERLIN)) == datetime(
        2026, 2, 28, 12, 0, tzinfo=BERLIN
    )


def test_the_day_of_a_late_moment_is_the_one_in_berlin() -> None:
    assert day(datetime(2026, 7, 1, 23, 0, tzinfo=UTC), WINTER) == date(2026, 7, 2)


def test_a_repetition_may_have_a_start_and_a_number() -> None:
    found = cycle("R3/2026-04-01T08:00:00Z/P1D", WINTER)
    assert (found.times, found.start, found.period) == (3, datetime(2026, 4, 1, 8, tzinfo=UTC), Period(days=1))
    assert cycle("R/PT1H", WINTER).times is None


@pytest.mark.parametrize("value", ["tomorrow", "P", "PT", "P1", "", "1D", "P1DT", 5, True, ["P1D"], "P99999999D"])
def test_what_names_no_moment_is_refused(value: Any) -> None:
    with pytest.raises(Stuck):
        moment(value, WINTER)


@pytest.mark.parametrize("value", ["R0/P1D", "R/P0D", "R3/-P1D", "P1D", "R3", "R3/P1D/P1D/P1D", "Rx/P1D"])
def test_what_is_no_repetition_is_refused(value: str) -> None:
    with pytest.raises(Stuck):
        cycle(value, WINTER)
