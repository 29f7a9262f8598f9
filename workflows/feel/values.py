"""The values of FEEL and their kinds (DMN 1.5 § 10.3.2).

null None, boolean bool, number Decimal, string str, date, time, date and time datetime, days and time duration
timedelta, years and months duration YearMonthDuration, list list, context dict, range FeelRange, function FeelFunction.
"""

import datetime
import decimal
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from workflows.feel.errors import InvalidValue

if TYPE_CHECKING:
    from workflows.feel.runtime import Run
    from workflows.feel.types import FeelType

#: IEEE 754-2008 Decimal128 (DMN 1.5 § 10.3.2.3.1). Used through its methods, so the caller's context never matters.
NUMBERS = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)

# The standard bounds years to nine digits; durations need no more.
_MOST_MONTHS = 999_999_999 * 12


@dataclass(frozen=True, slots=True, order=True)
class YearMonthDuration:
    """A duration of whole months, negative ones included; ValueError beyond 999 999 999 years."""

    months: int

    def __post_init__(self) -> None:
        if abs(self.months) > _MOST_MONTHS:
            raise InvalidValue("out_of_range")

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        sign = "-" if self.months < 0 else ""
        year_part = f"{years}Y" if years else ""
        month_part = f"{months}M" if months or not years else ""
        return f"{sign}P{year_part}{month_part}"


@dataclass(frozen=True, slots=True)
class FeelRange:
    """An interval; a side without bound has None and is not included (DMN 1.5 § 10.3.2.7)."""

    start: object
    end: object
    start_included: bool = True
    end_included: bool = True


@dataclass(frozen=True, slots=True)
class Parameter:
    """One formal parameter; `rest` takes either one list or any number of arguments."""

    name: str
    type: "FeelType"
    optional: bool = False
    rest: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """One way to call a function; the code gets the run and one value for each argument given."""

    parameters: tuple[Parameter, ...]
    code: "Callable[[Run, list[object]], object]"


@dataclass(frozen=True, slots=True, eq=False)
class FeelFunction:
    """A function value: built in, registered by the house, or written in FEEL; opaque to callers."""

    name: str
    signatures: tuple[Signature, ...]


KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    datetime.date: "date",
    datetime.time: "time",
    datetime.datetime: "date and time",
    datetime.timedelta: "days and time duration",
    YearMonthDuration: "years and months duration",
    list: "list",
    dict: "context",
    FeelRange: "range",
    FeelFunction: "function",
}


def kind(value: object) -> str:
    """Name the FEEL type of an admitted value."""
    return KINDS[type(value)]


def whole(number: Decimal) -> int:
    """Read a number as a whole one; InvalidValue when it has decimals or is beyond any use as a position."""
    if abs(number) > 1_000_000_000 or number != number.to_integral_value():
        raise InvalidValue("not_a_whole_number", value=str(number))
    return int(number)
