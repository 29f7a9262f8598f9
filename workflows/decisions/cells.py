"""The values of one table column, cut into cells that no test of the column can tell apart inside."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.decisions.tables import Input, Table
from workflows.feel import Budget, FeelBudgetError, FeelRange, YearMonthDuration, syntax
from workflows.feel.analysis import free_names
from workflows.feel.builtins import BUILTINS
from workflows.feel.compiler import Surroundings, compile_node
from workflows.feel.parser import parse_unary_tests
from workflows.feel.runtime import BERLIN, Run, Scope
from workflows.feel.texts import to_text
from workflows.feel.types import RestrictedType
from workflows.feel.unary import Check, compile_tests

_AROUND = Surroundings(BUILTINS, depth=1)
_OTHER = "\N{REPLACEMENT CHARACTER} any other text"
Point = Decimal | datetime.date | datetime.datetime | datetime.time | datetime.timedelta | YearMonthDuration


@dataclass(frozen=True, slots=True)
class Cell:
    """Values that all pass the same tests; shape is point, below, between, above or other."""

    shape: str
    sample: object
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its cells; for each rule (0-based) the cells it takes as bits, None where only data can tell.

    `takers` is the same turned round: for each cell the rules that take it, as bits. `anything` tells the rules that
    ask nothing here.
    """

    label: str
    cells: tuple[Cell, ...]
    masks: tuple[int | None, ...]
    takers: tuple[int, ...]
    anything: tuple[bool, ...]

    @property
    def everything(self) -> int:
        """All cells as bits."""
        return (1 << len(self.cells)) - 1

    def sharing(self, rule: int) -> int:
        """The rules that take a value this one takes, or ask nothing, as bits."""
        found, left = (
            sum(1 << each for each, asks_nothing in enumerate(self.anything) if asks_nothing),
            self.masks[rule] or 0,
        )
        while left:
            found |= self.takers[(left & -left).bit_length() - 1]
            left &= left - 1
        return found


class TooLarge(Exception):
    """A table takes more work to be checked than anybody wants to wait for."""


class Effort:
    """How much work may still be spent on a table: about a million steps are a second or two."""

    def __init__(self, most: int) -> None:
        self.left = most

    def spend(self, steps: int) -> None:
        """Take so many steps; raises ``TooLarge`` when there are none left."""
        self.left -= steps
        if self.left < 0:
            raise TooLarge


def columns_of(table: Table, effort: Effort) -> list[Column]:
    """Cut every column of a table; a column nobody tests has no cells to tell apart and is left out.

    Raises ``TooLarge`` where there are too many combinations of rules and values to be held against each other.
    """
    columns = [_column(table, index, column, effort) for index, column in enumerate(table.inputs)]
    return [column for column in columns if any(mask != column.everything for mask in column.masks)]


def _column(table: Table, index: int, column: Input, effort: Effort) -> Column:
    tests = [rule.tests[index] if index < len(rule.tests) else syntax.Tests(0, ()) for rule in table.rules]
    allowed = _allowed(column)
    values = [value for test in (*tests, allowed) if is_constant(test) for value in _constants(test)]
    is_allowed = compile_tests(allowed, _AROUND)
    cells = tuple(cell for cell in _cells(values, closed=bool(allowed.tests)) if _passes(is_allowed, cell.sample))
    places = {(type(cell.sample), cell.sample): 1 << place for place, cell in enumerate(cells) if cell.shape == "point"}
    masks = tuple(_mask(test, cells, places, effort) if is_constant(test) else None for test in tests)
    anything = tuple(not test.tests and not test.negated for test in tests)
    return Column(column.label, cells, masks, _turned(masks, anything, len(cells)), anything)


def _turned(masks: Sequence[int | None], anything: Sequence[bool], cells: int) -> tuple[int, ...]:
    """For each cell the rules that take it, as bits."""
    takers = [sum(1 << rule for rule, asks_nothing in enumerate(anything) if asks_nothing)] * cells
    for rule, mask in enumerate(masks):
        left = 0 if anything[rule] else mask or 0
        while left:
            takers[(left & -left).bit_length() - 1] |= 1 << rule
            left &= left - 1
    return tuple(takers)


def _allowed(column: Input) -> syntax.Tests:
    if column.allowed is not None and is_constant(column.allowed):
        return column.allowed
    if isinstance(column.type, RestrictedType) and column.type.source:
        return parse_unary_tests(column.type.source)
    return syntax.Tests(0, ())


def is_constant(tests: syntax.Tests) -> bool:
    """Whether tests say the same whatever the data is."""
    return not any(test.asks_input or free_names(test.operand) - BUILTINS.keys() for test in tests.tests) and not (
        free_names(tests) & {"today", "now"}
    )


def _constants(tests: syntax.Tests) -> Iterator[object]:
    for test in tests.tests:
        value = _evaluate(test.operand)
        yield from value if isinstance(value, list) else (value,)


def evaluate_constant(node: syntax.Node) -> object:
    """The value of an expression that reads nothing from outside; None for any other, or when there is none."""
    return None if free_names(node) - BUILTINS.keys() or free_names(node) & {"today", "now"} else _evaluate(node)


def _evaluate(node: syntax.Node) -> object:
    run = Run(Budget(), None, BERLIN)
    try:
        return compile_node(node, _AROUND)(Scope(run, {}))
    except (FeelBudgetError, RecursionError):
        return None


def _passes(check: Check, value: object) -> bool:
    run = Run(Budget(), None, BERLIN)
    try:
        return check(Scope(run, {}), value) is True
    except (FeelBudgetError, RecursionError):
        return False


def _mask(tests: syntax.Tests, cells: Sequence[Cell], places: Mapping[Any, int], effort: Effort) -> int:
    if not tests.tests and not tests.negated:
        return (1 << len(cells)) - 1
    plain = _plain(tests)
    if plain is not None:
        return sum({places.get((type(value), value), 0) for value in plain})
    effort.spend(len(cells) * len(tests.tests))
    check = compile_tests(tests, _AROUND)
    return sum(1 << index for index, cell in enumerate(cells) if _passes(check, cell.sample))


def _plain(tests: syntax.Tests) -> list[str | Decimal] | None:
    """The texts and numbers of a cell that lists nothing else, the most frequent kind by far."""
    operands = [test.operand for test in tests.tests if not test.operator and not test.asks_input]
    found = [operand.value for operand in operands if isinstance(operand, syntax.Literal)]
    plain = [value for value in found if isinstance(value, str | Decimal)]
    return plain if len(plain) == len(tests.tests) and not tests.negated else None


def _cells(values: Sequence[object], *, closed: bool) -> Iterator[Cell]:
    """Make the cells around constants; `closed` columns have no texts besides the allowed ones."""
    texts = list(dict.fromkeys(value for value in values if isinstance(value, str)))
    yield from (Cell("point", text, text) for text in texts)
    if texts and not closed:
        yield Cell("other", _OTHER)
    if any(isinstance(value, bool) for value in values):
        yield from (Cell("point", truth, str(truth).lower()) for truth in (True, False))
    points: dict[type, set[Any]] = {}
    for value in values:
        for bound in (value.start, value.end) if isinstance(value, FeelRange) else (value,):
            if isinstance(bound, Point) and not isinstance(bound, bool):
                points.setdefault(type(bound), set()).add(bound)
    for bounds in points.values():
        yield from _ordered_cells(bounds)


def _ordered_cells(bounds: set[Any]) -> Iterator[Cell]:
    try:
        ordered = sorted(bounds)
        steps = _steps(ordered[0])
        yield Cell("below", steps.before(ordered[0]), high=_text(ordered[0]))
        for index, bound in enumerate(ordered):
            yield Cell("point", bound, _text(bound))
            if index + 1 < len(ordered):
                middle = steps.between(bound, ordered[index + 1])
                if bound < middle < ordered[index + 1]:
                    yield Cell("between", middle, _text(bound), _text(ordered[index + 1]))
        yield Cell("above", steps.after(ordered[-1]), low=_text(ordered[-1]))
    except (TypeError, OverflowError):
        # Times with and without zone have no order, the first and the last day no neighbour.
        return


@dataclass(frozen=True, slots=True)
class _Steps:
    unit: Any

    def before(self, bound: Any) -> Any:
        return bound - self.unit

    def after(self, bound: Any) -> Any:
        return bound + self.unit

    def between(self, low: Any, high: Any) -> Any:
        return low + (high - low) / 2


@dataclass(frozen=True, slots=True)
class _MonthSteps(_Steps):
    def before(self, bound: Any) -> Any:
        return YearMonthDuration(bound.months - 1)

    def after(self, bound: Any) -> Any:
        return YearMonthDuration(bound.months + 1)

    def between(self, low: Any, high: Any) -> Any:
        return YearMonthDuration((low.months + high.months) // 2)


def _steps(bound: object) -> _Steps:
    if isinstance(bound, YearMonthDuration):
        return _MonthSteps(1)
    return _Steps(Decimal(1) if isinstance(bound, Decimal) else datetime.timedelta(days=1))


def _text(value: object) -> str:
    return to_text(Run(Budget(), None, BERLIN), value)
