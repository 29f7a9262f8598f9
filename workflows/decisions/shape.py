"""Whether a table says what the standard knows: its hit policy, its aggregation, its cells and the values it gives."""

from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final

from workflows.decisions.cells import evaluate_constant, is_constant
from workflows.decisions.evaluation import is_allowed
from workflows.decisions.tables import AGGREGATIONS, HIT_POLICIES, Output, Table
from workflows.feel import Budget, FeelBudgetError, syntax
from workflows.feel.builtins import BUILTINS
from workflows.feel.compiler import Surroundings
from workflows.feel.runtime import BERLIN, Run, Scope
from workflows.feel.unary import Check, compile_tests

#: What a table cannot be published with: it would not decide, or by something else than is written there.
STOPPING: Final = frozenset(
    {"unknown_policy", "unknown_aggregation", "wrong_inputs", "wrong_outputs"}
    | {"unknown_call", "unknown_call_in_input", "unknown_call_in_expression", "too_costly"}
)
_ORDERED: Final = ("PRIORITY", "OUTPUT ORDER")
_MOST_FINDINGS: Final = 20
Found = tuple[str, tuple[int, ...], Mapping[str, str]]


def check_shape(table: Table) -> Iterator[Found]:
    """Code, rules and facts of everything that is wrong, at most twenty of each kind of cell.

    Codes: unknown_policy, unknown_aggregation, wrong_inputs, wrong_outputs, order_missing, not_allowed,
    default_not_allowed, blank_output.
    """
    if table.written_policy not in HIT_POLICIES:
        yield _found("unknown_policy", table, (), policy=table.written_policy[:100])
    if table.hit_policy == "COLLECT" and table.aggregation and table.aggregation not in AGGREGATIONS:
        yield _found("unknown_aggregation", table, (), aggregation=table.aggregation[:100])
    if table.hit_policy in _ORDERED and not any(column.order for column in table.outputs):
        yield _found("order_missing", table, (), policy=table.hit_policy)
    yield from islice(_cells(table), _MOST_FINDINGS)
    yield from islice(_values(table), _MOST_FINDINGS)
    yield from islice(_blanks(table), _MOST_FINDINGS)


def _found(code: str, table: Table, rules: tuple[int, ...], **facts: str) -> Found:
    return code, rules, MappingProxyType({"decision": table.owner, "table": table.id, **facts})


def _cells(table: Table) -> Iterator[Found]:
    for rule in table.rules:
        for code, found, expected in (
            ("wrong_inputs", rule.conditions, len(table.inputs)),
            ("wrong_outputs", len(rule.outputs), len(table.outputs)),
        ):
            if found != expected:
                yield _found(code, table, (rule.number,), found=str(found), expected=str(expected))


def _blanks(table: Table) -> Iterator[Found]:
    """Results that nobody wrote: they would be empty without a word."""
    for rule in table.rules:
        for index in rule.blank:
            if index < len(table.outputs):
                yield _found("blank_output", table, (rule.number,), output=_named(table, table.outputs[index]))


def _values(table: Table) -> Iterator[Found]:
    """Results known beforehand that their column does not allow."""
    around = Surroundings(BUILTINS, depth=1)
    for index, column in enumerate(table.outputs):
        if column.allowed is None or not is_constant(column.allowed):
            continue
        allowed = compile_tests(column.allowed, around)
        for rule in table.rules:
            if index < len(rule.outputs) and not _may_give(rule.outputs[index], allowed):
                yield _found("not_allowed", table, (rule.number,), output=_named(table, column))
        if column.default is not None and not _may_give(column.default, allowed):
            yield _found("default_not_allowed", table, (), output=_named(table, column))


def _may_give(result: syntax.Node, allowed: Check) -> bool:
    value = evaluate_constant(result)
    try:
        return is_allowed(Scope(Run(Budget(), None, BERLIN), {}), allowed, value)
    except (FeelBudgetError, RecursionError):
        return True


def _named(table: Table, column: Output) -> str:
    return column.label or column.name or table.owner
