"""When something is due: dates, moments, durations and repetitions of the Berlin calendar (ISO 8601)."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from workflows.core.clock import BERLIN
from workflows.core.workdays import end_of_day
from workflows.engine.faults import Stuck
from workflows.feel import YearMonthDuration

_DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,9})S)?)?"
)


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in calendar months, calendar days and exact seconds."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    def after(self, moment: datetime) -> datetime:
        """``moment`` plus this period.

        Months and days keep the clock time in Berlin over a change of daylight saving, a month that is too short ends
        on its last day; hours and less are exact.
        """
        local = moment.astimezone(BERLIN)
        index = local.year * 12 + local.month - 1 + self.months
        year, month = divmod(index, 12)
        if not 1 <= year <= 9990:
            raise Stuck("moment_out_of_range")
        day = min(local.day, monthrange(year, month + 1)[1])
        local = local.replace(year=year, month=month + 1, day=day) + timedelta(days=self.days)
        return local.astimezone(UTC) + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class Cycle:
    """``R3/PT10H`` or ``R/2026-03-02T09:00:00Z/P1D``: how often (None is for ever), from when, how far apart."""

    times: int | None
    start: datetime | None
    period: Period


def moment(value: Any, now: datetime) -> datetime:
    """The moment (UTC) that a value of the expression language names; a date ends with its day in Berlin.

    Raises ``Stuck`` for anything else.
    """
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=BERLIN)).astimezone(UTC)
    if isinstance(value, date):
        return end_of_day(value)
    if isinstance(value, timedelta | YearMonthDuration):
        return period(value).after(now)
    if isinstance(value, str):
        return _text_moment(value.strip(), now)
    raise Stuck("not_a_moment", value=str(value))


def _text_moment(text: str, now: datetime) -> datetime:
    if text.lstrip("-").startswith("P"):
        return period(text).after(now)
    try:
        if len(text) == len("2026-03-02"):
            return end_of_day(date.fromisoformat(text))
        return moment(datetime.fromisoformat(text), now)
    except ValueError as error:
        raise Stuck("not_a_moment", value=text) from error


def day(value: Any, now: datetime) -> date:
    """The day in Berlin that a value names; raises ``Stuck`` like ``moment``."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return moment(value, now).astimezone(BERLIN).date()


def period(value: Any) -> Period:
    """The length a duration of the expression language or an ISO 8601 text gives; raises ``Stuck``."""
    if isinstance(value, YearMonthDuration):
        return Period(months=value.months)
    if isinstance(value, timedelta):
        return Period(days=value.days, seconds=value.seconds)
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or found.group(0).endswith(("P", "T")):
        raise Stuck("not_a_duration", value=str(value))
    number = {name: int(digits or 0) for name, digits in found.groupdict().items() if name != "sign"}
    sign = -1 if found["sign"] else 1
    return Period(
        sign * (number["years"] * 12 + number["months"]),
        sign * (number["weeks"] * 7 + number["days"]),
        sign * (number["hours"] * 3600 + number["minutes"] * 60 + number["seconds"]),
    )


def cycle(value: Any, now: datetime) -> Cycle:
    """A repetition from its text, or from a duration that is repeated for ever; raises ``Stuck``."""
    if not isinstance(value, str):
        return _long_enough(Cycle(None, None, period(value)), value)
    head, *rest = value.strip().split("/")
    times = head.removeprefix("R")
    if not head.startswith("R") or not (times == "" or times.isdigit()) or not 1 <= len(rest) <= 2:
        raise Stuck("not_a_cycle", value=value)
    start = moment(rest[0], now) if len(rest) == 2 else None
    return _long_enough(Cycle(int(times) if times else None, start, period(rest[-1])), value)


def _long_enough(found: Cycle, value: Any) -> Cycle:
    # A repetition without length would fire for ever within one moment.
    if found.times == 0 or (found.period.months, found.period.days, found.period.seconds) <= (0, 0, 0):
        raise Stuck("not_a_cycle", value=str(value))
    return found
