"""Working days in Hesse: what counts as one, and when a deadline given in working days ends.

§31 HVwVfG with §§187-193 BGB: the day of the event is not counted, and a deadline never ends on a Saturday, a Sunday or
a public holiday of the land. 24 and 31 December are ordinary days in the sense of that law.
"""

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

import holidays

from workflows.core.clock import BERLIN

FURTHEST = 2_500
"""How many working days may be counted in one go, about ten years; a typing error must not count for minutes."""

FURTHEST_APART = 2 * FURTHEST
"""Days between the two ends of what is halved."""

_SATURDAY = 5
_LAST_MOMENT = time(23, 59, 59)


@lru_cache(maxsize=512)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv="HE", years=year))


@lru_cache(maxsize=512)
def _working_days(year: int) -> tuple[date, ...]:
    length = (date(year, 12, 31) - date(year, 1, 1)).days + 1
    return tuple(day for day in (date(year, 1, 1) + timedelta(days=n) for n in range(length)) if is_working_day(day))


def is_working_day(day: date) -> bool:
    """Whether offices in Hesse work on ``day``: Monday to Friday and no public holiday."""
    return day.weekday() < _SATURDAY and day not in _holidays(day.year)


def next_working_day(day: date) -> date:
    """``day`` itself if it is a working day, else the first one after it (§31 (3) HVwVfG)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``, before it when ``count`` is negative; 0 gives the next working day.

    Raises ``ValueError`` beyond ``FURTHEST``.
    """
    if abs(count) > FURTHEST:
        raise ValueError(f"at most {FURTHEST} working days")
    if count == 0:
        return next_working_day(day)
    year, days = day.year, _working_days(day.year)
    place = bisect_right(days, day) - 1 + count if count > 0 else bisect_left(days, day) + count
    while place >= len(days):
        place, year = place - len(days), year + 1
        days = _working_days(year)
    while place < 0:
        year -= 1
        days = _working_days(year)
        place += len(days)
    return days[place]


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after ``start`` up to and including ``end``; 0 when ``end`` is not later."""
    if end <= start:
        return 0
    whole_years = sum(len(_working_days(year)) for year in range(start.year, end.year))
    before_start = bisect_right(_working_days(start.year), start)
    return whole_years - before_start + bisect_right(_working_days(end.year), end)


def half_way(start: date, end: date) -> date:
    """The working day on which half of the working days from ``start`` to ``end`` are over, rounded up.

    Raises ``ValueError`` for days further from each other than anything that is counted in working days.
    """
    if (end - start).days > FURTHEST_APART:
        raise ValueError(f"at most {FURTHEST_APART} days")
    count = working_days_between(start, end)
    return add_working_days(start, (count + 1) // 2) if count else end


def end_of_day(day: date) -> datetime:
    """The last second of ``day`` in Berlin, in UTC: the moment a deadline on that day ends (§188 BGB)."""
    return datetime.combine(day, _LAST_MOMENT, BERLIN).astimezone(UTC)
