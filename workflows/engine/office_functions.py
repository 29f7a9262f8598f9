"""The functions that diagrams, forms and decision tables of the office may call besides those of FEEL itself."""

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from workflows.core import workdays
from workflows.core.clock import BERLIN

#: Holidays are computed year by year, and an office's deadlines lie between these.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def working_days(date: object, n: object) -> datetime.date:
    """The n-th Hessian working day after a date, before it when n is negative (§31 HVwVfG, §§187-193 BGB)."""
    return workdays.add_working_days(_day(date), _whole(n))


def next_working_day(date: object) -> datetime.date:
    """The date itself or the first Hessian working day after it (§31 (3) HVwVfG)."""
    return workdays.next_working_day(_day(date))


def half_way(start: object, end: object) -> datetime.date:
    """The Hessian working day in the middle, for reminders."""
    return workdays.half_way(_day(start), _day(end))


def _day(value: object) -> datetime.date:
    """The date of a date or of a moment in Berlin; ValueError otherwise, which FEEL turns into null and a warning."""
    if isinstance(value, datetime.datetime):
        value = (value.astimezone(BERLIN) if value.tzinfo else value).date()
    if not isinstance(value, datetime.date):
        raise ValueError("not a date")
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"a year outside {_FIRST_YEAR} to {_LAST_YEAR}")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, Decimal) or value != value.to_integral_value():
        raise ValueError("not a whole number")
    return int(value)


#: By their name in FEEL.
OFFICE_FUNCTIONS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {"working days": working_days, "next working day": next_working_day, "half way": half_way}
)
