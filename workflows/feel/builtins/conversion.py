"""Conversion between types (DMN 1.5 § 10.3.4.1)."""

import datetime
import re
from decimal import Decimal

from workflows.feel.builtins.registry import builtin
from workflows.feel.errors import InvalidValue
from workflows.feel.lexer import unquote
from workflows.feel.operators import compare
from workflows.feel.runtime import Run
from workflows.feel.temporal import (
    fixed_offset,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_temporal,
    parse_time,
)
from workflows.feel.texts import to_text
from workflows.feel.values import NUMBERS, FeelRange, YearMonthDuration, whole

#: Steps for reading a date, time or duration from its text.
_READING = 6
_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_RANGE = re.compile(r"([\[(\]])(.*?)\.\.(.*)([\])\[])", re.DOTALL)
_TEMPORAL = re.compile(r'(?:@|(?:date|time|date and time|duration)\s*\()\s*"([^"]*)"\s*\)?')


@builtin("string", "from: Any|null")
def string(run: Run, value: object) -> str | None:
    """Write a value as text; null stays null."""
    return None if value is None else to_text(run, value)


@builtin("number", "from: string, grouping separator?: string|null, decimal separator?: string|null")
def number(text: str, grouping: str | None = None, point: str | None = None) -> Decimal:
    """Read a number with the separators given."""
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", ".") or grouping == (point or "."):
        raise InvalidValue("bad_separators", grouping=str(grouping), decimal=str(point))
    plain = text.replace(grouping, "") if grouping else text
    plain = plain.replace(point, ".") if point else plain
    if len(plain) > 10_000 or not _NUMBER.fullmatch(plain):
        raise InvalidValue("not_a_number", value=text[:80])
    try:
        return NUMBERS.create_decimal(plain)
    except ArithmeticError:
        raise InvalidValue("out_of_range", value=text[:80]) from None


@builtin("date", "from: string|date|date and time")
def date(run: Run, value: str | datetime.date) -> datetime.date:
    """Read a date, or take the day of a moment."""
    if isinstance(value, str):
        run.spend(_READING)
        return parse_date(value)
    return value.date() if isinstance(value, datetime.datetime) else value


@builtin("date", "year: number, month: number, day: number")
def date_of(year: Decimal, month: Decimal, day: Decimal) -> datetime.date:
    """Make a date of year, month and day."""
    try:
        return datetime.date(whole(year), whole(month), whole(day))
    except ValueError:
        raise InvalidValue("not_a_date", value=f"{year}-{month}-{day}") from None


@builtin("date and time", "from: string|date|date and time")
def date_and_time(run: Run, value: str | datetime.date) -> datetime.datetime:
    """Read a moment; a date alone is its midnight in UTC."""
    if isinstance(value, str):
        run.spend(_READING)
        return parse_date_time(value)
    if isinstance(value, datetime.datetime):
        return value
    return datetime.datetime.combine(value, datetime.time(tzinfo=datetime.UTC))


@builtin("date and time", "date: date|date and time, time: time")
def date_and_time_of(day: datetime.date, clock: datetime.time) -> datetime.datetime:
    """Join a day and a time."""
    return datetime.datetime.combine(day.date() if isinstance(day, datetime.datetime) else day, clock)


@builtin("time", "from: string|time|date|date and time")
def time(run: Run, value: str | datetime.date | datetime.time) -> datetime.time:
    """Read a time, or take the time of a moment; a date alone is midnight in UTC."""
    if isinstance(value, str):
        run.spend(_READING)
        return parse_time(value)
    if isinstance(value, datetime.datetime):
        return value.timetz()
    return value if isinstance(value, datetime.time) else datetime.time(tzinfo=datetime.UTC)


@builtin("time", "hour: number, minute: number, second: number, offset?: days and time duration|null")
def time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: datetime.timedelta | None = None) -> datetime.time:
    """Make a time of hour, minute, second and an offset to UTC."""
    whole_second = second.to_integral_value("ROUND_FLOOR")
    micros = int((second - whole_second) * 1_000_000)
    try:
        zone = None if offset is None else fixed_offset(offset)
        return datetime.time(whole(hour), whole(minute), whole(whole_second), micros, tzinfo=zone)
    except InvalidValue:
        raise
    except ValueError:
        raise InvalidValue("not_a_date", value=f"{hour}:{minute}:{second}") from None


@builtin("duration", "from: string|days and time duration|years and months duration")
def duration(run: Run, value: str | datetime.timedelta | YearMonthDuration) -> datetime.timedelta | YearMonthDuration:
    """Read a duration of either kind."""
    run.spend(_READING)
    return parse_duration(value) if isinstance(value, str) else value


@builtin("years and months duration", "from: date|date and time, to: date|date and time")
def years_and_months(start: datetime.date, end: datetime.date) -> YearMonthDuration:
    """Count the whole months between two days."""
    earlier, later, sign = (start, end, 1) if _day(start) <= _day(end) else (end, start, -1)
    months = (later.year - earlier.year) * 12 + later.month - earlier.month - (later.day < earlier.day)
    return YearMonthDuration(sign * months)


def _day(value: datetime.date) -> tuple[int, int, int]:
    return value.year, value.month, value.day


@builtin("range", "from: string")
def range_of(text: str) -> FeelRange:
    """Read a range whose ends are literals; an empty end is no bound."""
    match = _RANGE.fullmatch(text.strip())
    if match is None:
        raise InvalidValue("not_a_range", value=text[:80])
    opening, low, high, closing = match.groups()
    start, end = _end(low.strip()), _end(high.strip())
    open_ended = start is None or end is None
    if (start is None and end is None) or (not open_ended and compare("<=", start, end) is not True):
        raise InvalidValue("not_a_range", value=text[:80])
    return FeelRange(start, end, opening == "[" and start is not None, closing == "]" and end is not None)


def _end(text: str) -> object:
    temporal = _TEMPORAL.fullmatch(text)
    if temporal:
        return parse_temporal(temporal.group(1))
    if len(text) > 1 and text[0] == text[-1] == '"':
        return unquote(text)
    return number(text) if text else None
