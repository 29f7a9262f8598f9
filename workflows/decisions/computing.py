"""Whether what a table computes can be computed: functions there are, constants within the budget and with a value."""

from collections.abc import Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Final

from workflows.decisions.elements import Element
from workflows.decisions.shape import Found
from workflows.decisions.tables import Rule, Table
from workflows.feel import Budget, FeelBudgetError, syntax
from workflows.feel.analysis import called_names, free_names
from workflows.feel.builtins import BUILTINS
from workflows.feel.compiler import Surroundings, compile_node
from workflows.feel.runtime import BERLIN, Run, Scope

_MOST_FINDINGS: Final = 20
_AROUND: Final = Surroundings(BUILTINS, depth=1)


def check_calls(element: Element) -> Iterator[Found]:
    """The functions that an element calls and nobody offers: unknown_call, unknown_call_in_input, _in_expression.

    Those of cells and inputs are named where they stand; any other boxed expression and default results at the element.
    """
    told: set[str] = set()
    for found in _calls_in_tables(element):
        told.add(found[2]["function"])
        yield found
    for name in sorted(getattr(element, "calls", frozenset[str]()) - known_to(element) - told):
        facts = {"decision": element.name, "table": element.key[1], "function": name}
        yield "unknown_call_in_expression", (), MappingProxyType(facts)


def known_to(element: Element) -> set[str]:
    """The names an element sees besides those its caller gives."""
    known = {element.name}
    for requirement in getattr(element, "requirements", ()):
        known |= {requirement.name, requirement.group}
    return known


def _calls_in_tables(element: Element) -> Iterator[Found]:
    missing: frozenset[str] = getattr(element, "calls", frozenset()) - known_to(element)
    for table in getattr(element, "tables", ()) if missing else ():
        for column in table.inputs:
            for name in _called(column.expression, missing):
                yield _found("unknown_call_in_input", table, (), function=name, input=column.label)
        for rule in table.rules:
            for name in sorted({name for cell in (*rule.tests, *rule.outputs) for name in _called(cell, missing)}):
                yield _found("unknown_call", table, (rule.number,), function=name)


def _called(node: syntax.Node, missing: frozenset[str]) -> list[str]:
    called = called_names(node) & missing
    return sorted(called & free_names(node, called))


def check_constants(table: Table) -> Iterator[Found]:
    """Cells that say the same whatever the data is: too_costly ends the search, without_value goes on.

    All constants of a table share one budget, so that a hostile table is no more work to check than to decide.
    """
    run = Run(Budget(), None, BERLIN)
    try:
        for rule in islice(_without_value(table, run), _MOST_FINDINGS):
            yield _found("without_value", table, (rule.number,))
    except _TooCostly as problem:
        yield _found("too_costly", table, (problem.rule.number,))


class _TooCostly(Exception):
    """The constants up to a rule exceed the budget."""

    def __init__(self, rule: Rule) -> None:
        super().__init__(rule.number)
        self.rule = rule


def _without_value(table: Table, run: Run) -> Iterator[Rule]:
    for rule in table.rules:
        nodes = [*(test.operand for tests in rule.tests for test in tests.tests), *rule.outputs]
        try:
            if any(_has_no_value(node, run) for node in nodes if _is_constant(node)):
                yield rule
        except (FeelBudgetError, RecursionError):
            raise _TooCostly(rule) from None


def _is_constant(node: syntax.Node) -> bool:
    # What is no FEEL stands there as foreign code and is a finding already.
    return not isinstance(node, syntax.Literal | syntax.Foreign) and not free_names(node) - BUILTINS.keys()


def _has_no_value(node: syntax.Node, run: Run) -> bool:
    run.warnings = []
    return compile_node(node, _AROUND)(Scope(run, {})) is None and bool(run.warnings)


def _found(code: str, table: Table, rules: tuple[int, ...], **facts: str) -> Found:
    named: Mapping[str, str] = {"decision": table.owner, "table": table.id, **facts}
    return code, rules, MappingProxyType(named)
