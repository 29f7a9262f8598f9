"""Numbers computed from lists: sums, means, extremes and conjunctions (DMN 1.5 § 10.3.4.4)."""

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal

from workflows.feel.builtins.registry import builtin
from workflows.feel.errors import InvalidValue
from workflows.feel.operators import all_of, any_of, compare
from workflows.feel.runtime import Run
from workflows.feel.values import NUMBERS

List = list[object]


def _numbers(run: Run, entries: Sequence[object]) -> list[Decimal]:
    run.spend(len(entries) >> 1)
    numbers = [entry for entry in entries if isinstance(entry, Decimal)]
    if len(numbers) < len(entries):
        raise InvalidValue("wrong_entries", expected="number")
    return numbers


def _total(numbers: Sequence[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = _in_range(NUMBERS.add, total, number)
    return total


def _in_range(operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal) -> Decimal:
    try:
        return operation(left, right)
    except ArithmeticError:
        raise InvalidValue("out_of_range") from None


@builtin("count", "list...: list")
def count(entries: List) -> Decimal:
    """Count the entries."""
    return Decimal(len(entries))


@builtin("sum", "list...: list")
def total(run: Run, entries: List) -> Decimal | None:
    """Add numbers; null for none."""
    return _total(_numbers(run, entries)) if entries else None


@builtin("product", "list...: list")
def product(run: Run, entries: List) -> Decimal | None:
    """Multiply numbers; null for none."""
    result = Decimal(1)
    for number in _numbers(run, entries):
        result = _in_range(NUMBERS.multiply, result, number)
    return result if entries else None


@builtin("mean", "list...: list")
def mean(run: Run, entries: List) -> Decimal | None:
    """Give the arithmetic mean; null for none."""
    numbers = _numbers(run, entries)
    return NUMBERS.divide(_total(numbers), Decimal(len(numbers))) if numbers else None


@builtin("median", "list...: list")
def median(run: Run, entries: List) -> Decimal | None:
    """Give the middle number, or the mean of the two middle ones."""
    numbers = sorted(_numbers(run, entries))
    if not numbers:
        return None
    upper = numbers[len(numbers) // 2]
    if len(numbers) % 2:
        return upper
    return NUMBERS.divide(_in_range(NUMBERS.add, numbers[len(numbers) // 2 - 1], upper), Decimal(2))


@builtin("stddev", "list...: list")
def standard_deviation(run: Run, entries: List) -> Decimal:
    """Compute the standard deviation of a sample."""
    numbers = _numbers(run, entries)
    run.spend(len(numbers))
    if len(numbers) < 2:
        raise InvalidValue("wrong_entries", expected="number")
    middle = NUMBERS.divide(_total(numbers), Decimal(len(numbers)))
    squares = [_in_range(NUMBERS.multiply, number - middle, number - middle) for number in numbers]
    return NUMBERS.sqrt(NUMBERS.divide(_total(squares), Decimal(len(numbers) - 1)))


@builtin("mode", "list...: list")
def mode(run: Run, entries: List) -> list[Decimal]:
    """List the most frequent numbers in ascending order."""
    counts = Counter(_numbers(run, entries))
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)


@builtin("min", "list...: list")
def least(run: Run, entries: List) -> object:
    """Give the smallest of comparable values."""
    return _extreme(run, entries, "<")


@builtin("max", "list...: list")
def greatest(run: Run, entries: List) -> object:
    """Give the largest of comparable values."""
    return _extreme(run, entries, ">")


def _extreme(run: Run, entries: List, symbol: str) -> object:
    run.spend(len(entries))
    found = entries[0] if entries else None
    for entry in entries:
        better = compare(symbol, entry, found)
        if better is None:
            raise InvalidValue("wrong_entries", expected="comparable")
        found = entry if better else found
    return found


@builtin("all", "list...: list")
def all_true(run: Run, entries: List) -> bool | None:
    """Conjunction of truths; false beats null beats true."""
    return _decided(run, all_of(entries), entries)


@builtin("any", "list...: list")
def any_true(run: Run, entries: List) -> bool | None:
    """Disjunction of truths; true beats null beats false."""
    return _decided(run, any_of(entries), entries)


def _decided(run: Run, answer: bool | None, entries: List) -> bool | None:
    run.spend(len(entries) >> 3)
    if answer is None and not all(entry is None or type(entry) is bool for entry in entries):
        raise InvalidValue("wrong_entries", expected="boolean")
    return answer
