"""What follows a dot: entries of contexts and the properties of dates, durations and ranges (DMN 1.5 table 61)."""

import datetime
import zoneinfo
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from workflows.feel.runtime import Run
from workflows.feel.values import FeelRange, YearMonthDuration, kind


def read_path(run: Run, value: object, name: str, position: int) -> object:
    """Read a property; of a list, the property of each entry. Null of null, null and a warning where there is none."""
    if type(value) is dict:
        if name in value:
            return value[name]
        run.warn("no_entry", position, {"name": name})
        return None
    if type(value) is list:
        run.spend(len(value))
        return [read_path(run, entry, name, position) for entry in value]
    if value is None:
        return None
    reader = _PROPERTIES.get(type(value), {}).get(name)
    if reader is None:
        run.warn("no_property", position, {"name": name, "type": kind(value)})
        return None
    return reader(value)


def _offset(value: Any) -> object:
    if isinstance(value.tzinfo, zoneinfo.ZoneInfo) and isinstance(value, datetime.time):
        return None
    return value.utcoffset()


def _zone(value: Any) -> object:
    return value.tzinfo.key if isinstance(value.tzinfo, zoneinfo.ZoneInfo) else None


def _total(divisor: int, modulus: int) -> Callable[[Any], object]:
    def part(value: datetime.timedelta) -> object:
        seconds = value // datetime.timedelta(seconds=1) if value >= datetime.timedelta() else -(-value // _SECOND)
        sign = -1 if seconds < 0 else 1
        return Decimal(sign * (abs(seconds) // divisor % modulus))

    return part


def _whole_years(value: YearMonthDuration) -> object:
    return Decimal(int(value.months / 12))


def _odd_months(value: YearMonthDuration) -> object:
    return Decimal(value.months - int(value.months / 12) * 12)


_SECOND = datetime.timedelta(seconds=1)
_DAY: dict[str, Callable[[Any], object]] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(value.isoweekday()),
}
_CLOCK: dict[str, Callable[[Any], object]] = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": lambda value: Decimal(value.second),
    "time offset": _offset,
    "timezone": _zone,
}
# A date alone is midnight UTC wherever a date and time is asked for.
_MIDNIGHT: dict[str, Callable[[Any], object]] = {
    "hour": lambda value: Decimal(0),
    "minute": lambda value: Decimal(0),
    "second": lambda value: Decimal(0),
    "time offset": lambda value: datetime.timedelta(),
    "timezone": lambda value: None,
}
_PROPERTIES: dict[type, dict[str, Callable[[Any], object]]] = {
    datetime.date: _DAY | _MIDNIGHT,
    datetime.datetime: _DAY | _CLOCK,
    datetime.time: _CLOCK,
    datetime.timedelta: {
        "days": _total(86_400, 10**12),
        "hours": _total(3_600, 24),
        "minutes": _total(60, 60),
        "seconds": _total(1, 60),
    },
    YearMonthDuration: {"years": _whole_years, "months": _odd_months},
    FeelRange: {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}
