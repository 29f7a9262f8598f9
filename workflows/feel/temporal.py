"""Dates, times and durations: reading and writing their text forms (DMN 1.5 § 10.3.2.3.4 to .9)."""

import calendar
import datetime
import re
import zoneinfo
from decimal import Decimal

from workflows.feel.errors import InvalidValue
from workflows.feel.values import YearMonthDuration

_DATE = re.compile(r"(-?)([1-9]\d{4,8}|\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(
    r"(\d\d):(\d\d):(\d\d)(\.\d+)?(?:(Z)|([+-])(\d\d):(\d\d)(?::(\d\d))?|@([A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*))?", re.ASCII
)
_MONTHS = re.compile(r"(-?)P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)
_DAYS = re.compile(r"(-?)P(?=[\dT])(?:(\d+)D)?(?:T(?=\d|\.\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d*\.?\d*)S)?)?", re.ASCII)
_LONGEST_TEXT = 200
_FARTHEST_OFFSET = datetime.timedelta(hours=18)
_MICROSECOND = datetime.timedelta(microseconds=1)


def parse_date(text: str) -> datetime.date:
    """Read YYYY-MM-DD; InvalidValue otherwise, also for years outside 1 to 9999, which Python cannot hold."""
    match = _match(_DATE, text)
    sign, year, month, day = match.groups()
    if sign:
        raise InvalidValue("not_a_date", value=text)
    try:
        return datetime.date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        raise InvalidValue("not_a_date", value=text) from None


def parse_time(text: str) -> datetime.time:
    """Read hh:mm:ss with fraction and Z, offset or @zone; digits below the microsecond are cut."""
    hour, minute, second, fraction, utc, sign, hours, minutes, seconds, zone = _match(_TIME, text).groups()
    offset: datetime.tzinfo | None = None
    if utc:
        offset = datetime.UTC
    elif sign:
        distance = datetime.timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
        offset = fixed_offset(-distance if sign == "-" else distance)
    elif zone:
        offset = named_zone(zone)
    microsecond = int((fraction or ".0")[1:7].ljust(6, "0"))
    try:
        return datetime.time(int(hour), int(minute), int(second), microsecond, tzinfo=offset)
    except ValueError:
        raise InvalidValue("not_a_date", value=text) from None


def parse_date_time(text: str) -> datetime.datetime:
    """Read a date, or a date and a time joined by T."""
    day, separator, clock = text.partition("T")
    if not separator:
        return datetime.datetime.combine(parse_date(day), datetime.time())
    return datetime.datetime.combine(parse_date(day), parse_time(clock))


def parse_duration(text: str) -> datetime.timedelta | YearMonthDuration:
    """Read an ISO 8601 duration of either kind; InvalidValue for a mixture of both."""
    months = _MONTHS.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if months:
        sign, years, rest = months.groups()
        count = int(years or 0) * 12 + int(rest or 0)
        return YearMonthDuration(-count if sign else count)
    sign, days, hours, minutes, seconds = _match(_DAYS, text).groups()
    micros = int(Decimal(seconds) * 1_000_000) if seconds and seconds != "." else 0
    try:
        length = datetime.timedelta(
            days=int(days or 0), hours=int(hours or 0), minutes=int(minutes or 0), microseconds=micros
        )
    except OverflowError:
        raise InvalidValue("out_of_range", value=text) from None
    return -length if sign else length


def parse_temporal(text: str) -> object:
    """Read the text of an @-literal: date, time, date and time or duration."""
    if text.lstrip("-").startswith("P"):
        return parse_duration(text)
    if "T" in text.split("@")[0]:
        return parse_date_time(text)
    return parse_time(text) if ":" in text else parse_date(text)


def fixed_offset(distance: datetime.timedelta) -> datetime.timezone:
    """Make a zone from its distance to UTC; InvalidValue beyond 18 hours."""
    if abs(distance) > _FARTHEST_OFFSET:
        raise InvalidValue("bad_zone", value=str(distance))
    return datetime.timezone(distance)


def named_zone(name: str) -> zoneinfo.ZoneInfo:
    """Find a zone of the IANA database; InvalidValue when there is none of that name."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidValue("bad_zone", value=name) from None


def format_temporal(value: datetime.date | datetime.time | datetime.timedelta | YearMonthDuration) -> str:
    """Write a temporal value in the form `parse_temporal` reads."""
    if isinstance(value, datetime.timedelta):
        return _format_days(value)
    if isinstance(value, datetime.datetime | datetime.time):
        plain = value.replace(tzinfo=None).isoformat()
        return (plain.rstrip("0") if "." in plain else plain) + _format_zone(value)
    return str(value)


def _format_zone(value: datetime.datetime | datetime.time) -> str:
    if value.tzinfo is None:
        return ""
    if isinstance(value.tzinfo, zoneinfo.ZoneInfo):
        return f"@{value.tzinfo.key}"
    offset = value.utcoffset()
    if not offset:
        return "Z"
    seconds = abs(int(offset.total_seconds()))
    tail = f":{seconds % 60:02}" if seconds % 60 else ""
    sign = "-" if offset < datetime.timedelta() else "+"
    return f"{sign}{seconds // 3600:02}:{seconds % 3600 // 60:02}{tail}"


def _format_days(value: datetime.timedelta) -> str:
    micros = abs(value // _MICROSECOND)
    seconds, fraction = divmod(micros, 1_000_000)
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    tail = f"{seconds}.{fraction:06}".rstrip("0") if fraction else str(seconds)
    clock = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes) + f"{tail}S" * bool(seconds or fraction)
    if not days and not clock:
        return "PT0S"
    sign = "-" if value < datetime.timedelta() else ""
    return f"{sign}P" + f"{days}D" * bool(days) + f"T{clock}" * bool(clock)


def add_months(day: datetime.date, months: int) -> datetime.date:
    """Move a date or date and time by months; a day the month lacks becomes its last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not datetime.MINYEAR <= year <= datetime.MAXYEAR:
        raise InvalidValue("out_of_range")
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def microseconds(length: datetime.timedelta) -> Decimal:
    """Give a duration as a number of microseconds."""
    return Decimal(length // _MICROSECOND)


def duration_of(micros: Decimal) -> datetime.timedelta:
    """Make a duration from microseconds, cut to whole ones; InvalidValue when it is too long."""
    try:
        return datetime.timedelta(microseconds=int(micros)) if abs(micros) < 10**20 else _too_long()
    except OverflowError:
        return _too_long()


def _too_long() -> datetime.timedelta:
    raise InvalidValue("out_of_range")


def _match(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    match = pattern.fullmatch(text) if len(text) <= _LONGEST_TEXT else None
    if match is None:
        raise InvalidValue("not_a_date", value=text[:_LONGEST_TEXT])
    return match
