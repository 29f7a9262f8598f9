"""Equality, order, membership and arithmetic between values (DMN 1.5 tables 42 to 59)."""

import datetime
import operator
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from workflows.feel.errors import InvalidValue
from workflows.feel.runtime import Run
from workflows.feel.temporal import add_months, duration_of, microseconds
from workflows.feel.values import NUMBERS, FeelRange, YearMonthDuration, kind

Duration = datetime.timedelta
_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SIMPLY_ORDERED = frozenset({Decimal, str, datetime.date, datetime.timedelta})
_COMPARABLE = frozenset(
    {"number", "string", "date", "time", "date and time", "days and time duration", "years and months duration"}
)
_Clock = datetime.datetime | datetime.time
_ANY_DAY = datetime.date(2000, 1, 1)


def equal(run: Run, left: object, right: object) -> bool | None:
    """Compare for equality: None for values of different kinds; null equals only null."""
    if left is None or right is None:
        return left is right
    if type(left) is not type(right):
        return None
    if type(left) is list and type(right) is list:
        run.spend(1 + len(left))
        return len(left) == len(right) and all_of(equal(run, *pair) for pair in zip(left, right, strict=True))
    if type(left) is dict and type(right) is dict:
        run.spend(1 + len(left))
        return left.keys() == right.keys() and all_of(equal(run, left[key], right[key]) for key in left)
    if isinstance(left, _Clock) and isinstance(right, _Clock):
        return _is_zoned(left) == _is_zoned(right) and _moment(left) == _moment(right)
    if isinstance(left, str) and isinstance(right, str):
        run.spend(min(len(left), len(right)) >> 8)
    return bool(left == right)


def compare(symbol: str, left: object, right: object) -> bool | None:
    """Order two values; None when they have no order."""
    if type(left) is type(right) and type(left) in SIMPLY_ORDERED:
        return _ORDERED[symbol](left, right)
    if type(left) is not type(right) or kind(left) not in _COMPARABLE:
        return None
    if isinstance(left, _Clock) and isinstance(right, _Clock):
        if _is_zoned(left) != _is_zoned(right):
            return None
        left, right = _moment(left), _moment(right)
    return _ORDERED[symbol](left, right)


def _is_zoned(value: datetime.datetime | datetime.time) -> bool:
    return value.tzinfo is not None


def _moment(value: datetime.datetime | datetime.time) -> datetime.datetime:
    """Give the point on the time line; two values of one zone would else compare and subtract by wall clock."""
    moment = value if isinstance(value, datetime.datetime) else datetime.datetime.combine(_ANY_DAY, value)
    try:
        return moment if moment.tzinfo is None else moment.astimezone(datetime.UTC)
    except OverflowError:
        return moment


def is_within(run: Run, value: object, interval: FeelRange) -> bool | None:
    """Say whether a value lies in a range; None when it cannot be compared with the ends."""
    if interval.start is None and interval.end is None:
        return None
    if interval.start == interval.end:
        found = equal(run, value, interval.start)
        return found and interval.start_included and interval.end_included
    low = True if interval.start is None else compare(">=" if interval.start_included else ">", value, interval.start)
    high = True if interval.end is None else compare("<=" if interval.end_included else "<", value, interval.end)
    return all_of((low, high))


def is_member(run: Run, value: object, test: object) -> bool | None:
    """Say whether a value passes a test that is a value itself: in a range, among a list, or equal."""
    if type(test) is FeelRange and type(value) is not FeelRange:
        return is_within(run, value, test)
    if type(test) is list:
        run.spend(len(test))
        if type(value) is list and equal(run, value, test):
            return True
        return any_of(_is_entry(run, value, entry) for entry in test)
    return equal(run, value, test)


def _is_entry(run: Run, value: object, entry: object) -> bool | None:
    if type(entry) is FeelRange and type(value) is not FeelRange:
        return is_within(run, value, entry)
    return equal(run, value, entry) is True


def all_of(truths: Iterable[object]) -> bool | None:
    """Conjunction of three-valued logic."""
    result: bool | None = True
    for truth in truths:
        if truth is False:
            return False
        if truth is not True:
            result = None
    return result


def any_of(truths: Iterable[object]) -> bool | None:
    """Disjunction of three-valued logic."""
    result: bool | None = False
    for truth in truths:
        if truth is True:
            return True
        if truth is not False:
            result = None
    return result


def negate(value: object) -> object:
    """Arithmetic negation; InvalidValue for what is no number and no duration."""
    if isinstance(value, Decimal):
        return NUMBERS.minus(value)
    if isinstance(value, Duration):
        return -value
    if isinstance(value, YearMonthDuration):
        return YearMonthDuration(-value.months)
    raise InvalidValue("wrong_sign", type=kind(value))


def calculate(symbol: str, left: object, right: object) -> object:
    """Apply + - * / ** to two values; InvalidValue says why there is no result."""
    operation = _ARITHMETIC.get((symbol, type(left), type(right)))
    if operation is None:
        raise InvalidValue("wrong_types", operator=symbol, left=kind(left), right=kind(right))
    try:
        return operation(left, right)
    except ZeroDivisionError:
        raise InvalidValue("division_by_zero") from None
    except (ArithmeticError, ValueError, TypeError) as problem:
        if isinstance(problem, InvalidValue):
            raise
        raise InvalidValue("out_of_range") from None


def _divide(left: Decimal, right: Decimal) -> Decimal:
    if not right:
        raise ZeroDivisionError
    return NUMBERS.divide(left, right)


def _zoned(value: datetime.date) -> datetime.datetime:
    if isinstance(value, datetime.datetime):
        return _moment(value)
    return datetime.datetime(value.year, value.month, value.day, tzinfo=datetime.UTC)


def _between(left: datetime.date, right: datetime.date) -> Duration:
    return _zoned(left) - _zoned(right)


def _move(day: datetime.date, length: Duration) -> datetime.date:
    moved = _zoned(day) + length
    if not isinstance(day, datetime.datetime):
        return moved.date()
    return moved if day.tzinfo is None else moved.astimezone(day.tzinfo)


def _move_time(clock: datetime.time, length: Duration) -> datetime.time:
    return (datetime.datetime.combine(_ANY_DAY, clock) + length % Duration(days=1)).timetz()


def _months(number: Decimal) -> YearMonthDuration:
    return YearMonthDuration(int(number) if abs(number) < 10**12 else 10**12)


def _swapped(operation: Callable[[Any, Any], object]) -> Callable[[Any, Any], object]:
    return lambda left, right: operation(right, left)


def _scaled(length: Duration, number: Decimal) -> Duration:
    return duration_of(NUMBERS.multiply(microseconds(length), number))


def _months_scaled(length: YearMonthDuration, number: Decimal) -> YearMonthDuration:
    return _months(NUMBERS.multiply(Decimal(length.months), number))


def _table() -> dict[tuple[str, type, type], Callable[[Any, Any], object]]:
    day, moment, clock, months = datetime.date, datetime.datetime, datetime.time, YearMonthDuration
    table: dict[tuple[str, type, type], Callable[[Any, Any], object]] = {
        ("+", Decimal, Decimal): NUMBERS.add,
        ("-", Decimal, Decimal): NUMBERS.subtract,
        ("*", Decimal, Decimal): NUMBERS.multiply,
        ("/", Decimal, Decimal): _divide,
        ("**", Decimal, Decimal): NUMBERS.power,
        ("+", str, str): operator.add,
        ("+", Duration, Duration): operator.add,
        ("-", Duration, Duration): operator.sub,
        ("*", Duration, Decimal): _scaled,
        ("*", Decimal, Duration): _swapped(_scaled),
        ("/", Duration, Decimal): lambda length, number: duration_of(_divide(microseconds(length), number)),
        ("/", Duration, Duration): lambda left, right: _divide(microseconds(left), microseconds(right)),
        ("+", months, months): lambda left, right: YearMonthDuration(left.months + right.months),
        ("-", months, months): lambda left, right: YearMonthDuration(left.months - right.months),
        ("*", months, Decimal): _months_scaled,
        ("*", Decimal, months): _swapped(_months_scaled),
        ("/", months, Decimal): lambda length, number: _months(_divide(Decimal(length.months), number)),
        ("/", months, months): lambda left, right: _divide(Decimal(left.months), Decimal(right.months)),
        ("+", clock, Duration): _move_time,
        ("+", Duration, clock): _swapped(_move_time),
        ("-", clock, Duration): lambda left, right: _move_time(left, -right),
        ("-", clock, clock): lambda left, right: _moment(left) - _moment(right),
    }
    for date_type in (day, moment):
        table["+", date_type, months] = lambda left, right: add_months(left, right.months)
        table["+", months, date_type] = lambda left, right: add_months(right, left.months)
        table["-", date_type, months] = lambda left, right: add_months(left, -right.months)
        table["+", date_type, Duration] = _move
        table["+", Duration, date_type] = _swapped(_move)
        table["-", date_type, Duration] = lambda left, right: _move(left, -right)
        for other_type in (day, moment):
            table["-", date_type, other_type] = _between
    return table


_ARITHMETIC = _table()
