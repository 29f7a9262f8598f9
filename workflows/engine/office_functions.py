"""The functions that diagrams, forms and decision tables of the office may call besides those of FEEL itself."""

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

from workflows.core import workdays
from workflows.core.clock import BERLIN
from workflows.feel import CallRefused

#: Holidays are computed year by year, and an office's deadlines lie between these.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def working_days(date: object, n: object) -> datetime.date:
    """The n-th Hessian working day after a date, before it when n is negative (§31 HVwVfG, §§187-193 BGB)."""
    count = _whole(n)
    if abs(count) > workdays.FURTHEST:
        most = workdays.FURTHEST
        raise CallRefused(f"höchstens {most} Arbeitstage", f"at most {most} working days")
    return workdays.add_working_days(_day(date), count)


def next_working_day(date: object) -> datetime.date:
    """The date itself or the first Hessian working day after it (§31 (3) HVwVfG)."""
    return workdays.next_working_day(_day(date))


def half_way(start: object, end: object) -> datetime.date:
    """The Hessian working day in the middle, for reminders."""
    begins, ends = _day(start), _day(end)
    if (ends - begins).days > workdays.FURTHEST_APART:
        most = workdays.FURTHEST_APART
        raise CallRefused(f"höchstens {most} Tage auseinander", f"at most {most} days apart")
    return workdays.half_way(begins, ends)


def money(amount: object) -> str:
    """An amount of euros as it is written in German, without its sign: ``3.200,00``."""
    if not isinstance(amount, Decimal):
        raise CallRefused("das ist kein Betrag", "this is no amount")
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def written_day(date: object) -> str:
    """A date as it is written in German: ``31.12.2026``."""
    return f"{_day(date):%d.%m.%Y}"


def _day(value: object) -> datetime.date:
    """The date of a date or of a moment in Berlin; anything else is refused: null and a warning in FEEL."""
    if isinstance(value, datetime.datetime):
        value = (value.astimezone(BERLIN) if value.tzinfo else value).date()
    if not isinstance(value, datetime.date):
        raise CallRefused("das ist kein Datum", "this is no date")
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        years = f"{_FIRST_YEAR}-{_LAST_YEAR}"
        raise CallRefused(f"das Jahr liegt nicht in {years}", f"the year is not in {years}")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, Decimal) or value != value.to_integral_value():
        raise CallRefused("das ist keine ganze Zahl", "this is no whole number")
    return int(value)


#: By their name in FEEL.
OFFICE_FUNCTIONS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        "working days": working_days,
        "next working day": next_working_day,
        "half way": half_way,
        "money": money,
        "written day": written_day,
    }
)
