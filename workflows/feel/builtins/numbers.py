"""Numbers: rounding, roots and the like (DMN 1.5 § 10.3.4.5), and the one function of booleans, not()."""

import datetime
import decimal
from collections.abc import Callable
from decimal import Decimal

from workflows.feel.builtins.registry import builtin
from workflows.feel.errors import InvalidValue
from workflows.feel.runtime import Run
from workflows.feel.values import NUMBERS, YearMonthDuration

_LOWEST_SCALE, _HIGHEST_SCALE = -6111, 6176
_ROUNDINGS = {
    "decimal": decimal.ROUND_HALF_EVEN,
    "floor": decimal.ROUND_FLOOR,
    "ceiling": decimal.ROUND_CEILING,
    "round up": decimal.ROUND_UP,
    "round down": decimal.ROUND_DOWN,
    "round half up": decimal.ROUND_HALF_UP,
    "round half down": decimal.ROUND_HALF_DOWN,
}


def _rounding(mode: str) -> Callable[[Decimal, Decimal], Decimal]:
    def rounded(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
        places = int(scale) if abs(scale) < 10_000 else _HIGHEST_SCALE + 1
        if not _LOWEST_SCALE <= places <= _HIGHEST_SCALE:
            raise InvalidValue("out_of_range", value=str(scale))
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent <= places:
            return number
        # More digits than a number has are cut by the final operation, never by the rounding itself.
        wide = decimal.Context(prec=7000, Emin=-20_000, Emax=20_000)
        return NUMBERS.plus(number.quantize(Decimal(1).scaleb(-places, wide), mode, wide))

    return rounded


for _name, _mode in _ROUNDINGS.items():
    _scale = "scale?" if _name in ("floor", "ceiling") else "scale"
    builtin(_name, f"n: number, {_scale}: number")(_rounding(_mode))


@builtin("abs", "n: number|days and time duration|years and months duration")
def absolute(value: Decimal | datetime.timedelta | YearMonthDuration) -> object:
    """Drop the sign of a number or duration."""
    return YearMonthDuration(abs(value.months)) if isinstance(value, YearMonthDuration) else abs(value)


@builtin("modulo", "dividend: number, divisor: number")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """Give the rest of a division, with the sign of the divisor."""
    if not divisor:
        raise InvalidValue("division_by_zero")
    # The result has the sign of the divisor: dividend - divisor * floor(dividend / divisor).
    try:
        rest = NUMBERS.remainder(dividend, divisor)
    except decimal.InvalidOperation:
        raise InvalidValue("out_of_range") from None
    return NUMBERS.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


def _computed(operation: Callable[[Decimal], Decimal], steps: int) -> Callable[[Run, Decimal], Decimal]:
    """A function computed to 34 digits, which takes as long as so many steps."""

    def compute(run: Run, number: Decimal) -> Decimal:
        run.spend(steps)
        try:
            return operation(number)
        except ArithmeticError:
            raise InvalidValue("out_of_range", value=str(number)) from None

    return compute


def _logarithm(number: Decimal) -> Decimal:
    if number <= 0:
        raise InvalidValue("out_of_range", value=str(number))
    return NUMBERS.ln(number)


builtin("sqrt", "number: number")(_computed(NUMBERS.sqrt, 16))
builtin("log", "number: number")(_computed(_logarithm, 64))
builtin("exp", "number: number")(_computed(NUMBERS.exp, 64))


def _integer(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise InvalidValue("not_a_whole_number", value=str(number))
    return int(number)


@builtin("odd", "number: number")
def odd(number: Decimal) -> bool:
    """Say whether a whole number is odd."""
    return _integer(number) % 2 == 1


@builtin("even", "number: number")
def even(number: Decimal) -> bool:
    """Say whether a whole number is even."""
    return _integer(number) % 2 == 0


@builtin("not", "negand: boolean|null")
def negation(value: bool | None) -> bool | None:
    """Negate a truth; null stays null."""
    return None if value is None else not value
