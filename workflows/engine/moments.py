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
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)
_TIMES = re.compile(r"R(\d{0,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in calendar months, calendar days and exact seconds."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    def after(self, moment: datetime) -> datetime:
        """``moment`` plus this period.

        Months and days keep the clock time in Berlin over a change of daylight saving, a month that is too short ends
        on its last day; hours and less are exact. Raises ``Stuck`` for what no calendar holds.
        """
        local = moment.astimezone(BERLIN)
        index = local.year * 12 + local.month - 1 + self.months
        year, month = divmod(index, 12)
        try:
            if not self.months and not self.days:
                # Arithmetic on local time forgets which of two hours of the same name in October it stands in.
                return moment.astimezone(UTC) + timedelta(seconds=self.seconds)
            day = min(local.day, monthrange(year, month + 1)[1])
            local = local.replace(year=year, month=month + 1, day=day) + timedelta(days=self.days)
            return local.astimezone(UTC) + timedelta(seconds=self.seconds)
        except (OverflowError, ValueError):
            raise Stuck("moment_out_of_range") from None

    def times(self, number: int) -> "Period":
        """So many of this period in a row."""
        return Period(self.months * number, self.days * number, self.seconds * number)


@dataclass(frozen=True, slots=True)
class Cycle:
    """``R3/PT10H`` or ``R/2026-03-02T09:00:00Z/P1D``: how often (None is for ever), from when, how far apart."""

    times: int | None
    start: datetime | None
    period: Period

    def first(self, begun: datetime, now: datetime) -> tuple[datetime, datetime, int | None]:
        """What all turns are counted from, the first turn not before ``now``, and how many there are from it on.

        What lay before is not made up for; of a number that is all over the last one comes at once.
        """
        anchor, number = self.start or begun, 0 if self.start else 1
        passed = max(_turns_before(anchor, self.period, now) - number, 0)
        if self.times is not None:
            passed = min(passed, self.times - 1)
        left = None if self.times is None else self.times - passed
        return anchor, self.period.times(number + passed).after(anchor), left


def next_turn(anchor: datetime, period: Period, due: datetime) -> datetime | None:
    """The turn after the one that was due; None where the calendar ends.

    Counted from the beginning, so that a short month or a night of daylight saving moves only its own turn.
    """
    try:
        return period.times(_turns_before(anchor, period, due + timedelta.resolution)).after(anchor)
    except (Stuck, OverflowError):
        return None


def _turns_before(anchor: datetime, period: Period, moment: datetime) -> int:
    """How many turns come before a moment, ``anchor`` among them; as there may be millions, halving finds it."""
    few, many = 0, 1
    while _comes_before(anchor, period.times(many), moment):
        few, many = many, many * 2
    if not few and not anchor < moment:
        return 0
    while few < many - 1:
        middle = (few + many) // 2
        few, many = (middle, many) if _comes_before(anchor, period.times(middle), moment) else (few, middle)
    return few + 1


def _comes_before(anchor: datetime, period: Period, moment: datetime) -> bool:
    try:
        return period.after(anchor) < moment
    except Stuck:
        return False


def moment(value: Any, now: datetime) -> datetime:
    """The moment (UTC) that a value of the expression language names; a date ends with its day in Berlin.

    Raises ``Stuck`` for anything else.
    """
    if isinstance(value, date):
        return _in_utc(value)
    if isinstance(value, timedelta | YearMonthDuration):
        return period(value).after(now)
    if isinstance(value, str):
        return _text_moment(value.strip(), now)
    raise Stuck("not_a_moment", value=str(value))


def _in_utc(value: date) -> datetime:
    try:
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=BERLIN)).astimezone(UTC)
        return end_of_day(value)
    except OverflowError:
        raise Stuck("moment_out_of_range") from None


def _text_moment(text: str, now: datetime) -> datetime:
    if text.lstrip("-").startswith("P"):
        return period(text).after(now)
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return _in_utc(read(text))
        except ValueError:
            continue
    raise Stuck("not_a_moment", value=text)


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
    times = _TIMES.fullmatch(head)
    if times is None or not 1 <= len(rest) <= 2:
        raise Stuck("not_a_cycle", value=value)
    start = moment(rest[0], now) if len(rest) == 2 else None
    return _long_enough(Cycle(int(times[1]) if times[1] else None, start, period(rest[-1])), value)


def _long_enough(found: Cycle, value: Any) -> Cycle:
    # A repetition without length would fire for ever within one moment.
    if found.times == 0 or (found.period.months, found.period.days, found.period.seconds) <= (0, 0, 0):
        raise Stuck("not_a_cycle", value=str(value))
    return found
