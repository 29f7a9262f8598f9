"""Deadlines in working days end when the law says (§31 HVwVfG, §§187-193 BGB)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.core import workdays

DAYS = st.dates(date(2015, 1, 1), date(2045, 12, 31))


def easter_sunday(year: int) -> date:
    """The Gregorian rule by Butcher (1876): a second way to find the moving holidays."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (a + 11 * h) // 319
    r = (2 * e + 2 * i - k - h + m + 32) % 7
    month = (h - m + r + 90) // 25
    return date(year, month, (h - m + r + month + 19) % 32)


def is_working_day_by_law(day: date) -> bool:
    """The public holidays of Hesse by the Hessisches Feiertagsgesetz §1."""
    fixed = {(1, 1), (5, 1), (10, 3), (12, 25), (12, 26)}
    # In 2017 Reformation Day was a holiday everywhere, once.
    once = {date(2017, 10, 31)}
    moving = {easter_sunday(day.year) + timedelta(days=offset) for offset in (-2, 1, 39, 50, 60)}
    return day.weekday() < 5 and (day.month, day.day) not in fixed and day not in moving | once


def test_every_day_of_thirty_years_is_what_the_law_says() -> None:
    days = [date(2015, 1, 1) + timedelta(days=number) for number in range(31 * 365)]
    assert [day for day in days if workdays.is_working_day(day) != is_working_day_by_law(day)] == []


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),  # Friday to Monday
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # over Good Friday and Easter Monday
        (date(2026, 12, 23), 1, date(2026, 12, 24)),  # Christmas Eve is an ordinary day
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
        (date(2026, 12, 30), 2, date(2027, 1, 4)),  # New Year's Eve is one as well
        (date(2026, 6, 3), 1, date(2026, 6, 5)),  # Corpus Christi is a holiday in Hesse
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
        (date(2026, 3, 7), 0, date(2026, 3, 9)),
        (date(2026, 3, 9), 0, date(2026, 3, 9)),
        (date(2026, 3, 9), -1, date(2026, 3, 6)),
    ],
)
def test_working_days_are_counted_from_the_day_after(start: date, count: int, end: date) -> None:
    assert workdays.add_working_days(start, count) == end


@given(DAYS, st.integers(1, 60))
def test_the_end_is_a_working_day_with_exactly_that_many_before(start: date, count: int) -> None:
    end = workdays.add_working_days(start, count)
    assert workdays.is_working_day(end)
    between = [start + timedelta(days=number) for number in range(1, (end - start).days + 1)]
    assert sum(map(is_working_day_by_law, between)) == count == workdays.working_days_between(start, end)


@given(DAYS, st.integers(1, 60))
def test_half_way_has_as_many_working_days_behind_as_before_it(start: date, count: int) -> None:
    end = workdays.add_working_days(start, count)
    half = workdays.half_way(start, end)
    behind, before = workdays.working_days_between(start, half), workdays.working_days_between(half, end)
    assert behind - before in {0, 1}


def test_half_of_nothing_is_the_end() -> None:
    assert workdays.half_way(date(2026, 3, 7), date(2026, 3, 8)) == date(2026, 3, 8)


def test_a_typing_error_does_not_count_for_ever() -> None:
    with pytest.raises(ValueError, match="2500"):
        workdays.add_working_days(date(2026, 3, 2), 10**9)


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2026, 1, 15), datetime(2026, 1, 15, 22, 59, 59, tzinfo=UTC)),
        (date(2026, 7, 15), datetime(2026, 7, 15, 21, 59, 59, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC)),  # summer time begins
        (date(2026, 10, 25), datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC)),  # and ends
    ],
)
def test_a_deadline_ends_with_its_day_in_berlin(day: date, moment: datetime) -> None:
    assert workdays.end_of_day(day) == moment
