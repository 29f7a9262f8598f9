"""Static checks of decision tables: rules that overlap, cases no rule covers, rules never reached."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from workflows.decisions.cells import Cell, Column, columns_of
from workflows.decisions.model import DecisionModel
from workflows.decisions.tables import Rule, Table

_MOST_FINDINGS: Final = 20
_MOST_STEPS: Final = 50_000
_GATHERING: Final = ("COLLECT", "RULE ORDER", "OUTPUT ORDER")


@dataclass(frozen=True, slots=True)
class Case:
    """A condition on one input, for the wording: `cell` says which values are meant."""

    input: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a table: code, 1-based rules, and facts; `case` lists the inputs concerned, as words need them.

    Codes: overlap, conflict (ANY), gap, unreachable (FIRST), not_checked, expression. Facts hold the table's
    decision, and `input` and `value` of the first input concerned.
    """

    code: str
    rules: tuple[int, ...]
    facts: Mapping[str, str]
    case: tuple[Case, ...] = ()


def check_model(model: DecisionModel) -> list[Finding]:
    """Check all tables and expressions of a model."""
    findings = [finding for table in model.tables for finding in check_table(table)]
    for problem in model.problems:
        facts = {"decision": problem.element, "source": problem.source, "problem": problem.error.code}
        facts |= {"position": str(problem.error.position)}
        findings.append(Finding("expression", (), MappingProxyType(facts)))
    return findings


def check_table(table: Table) -> list[Finding]:
    """Check one table for what its hit policy does not allow; at most twenty findings of each kind."""
    columns = columns_of(table)
    opaque = {index for column in columns for index, mask in enumerate(column.masks) if mask is None}
    findings = [_finding("not_checked", table, (index + 1,), ()) for index in sorted(opaque)]
    if table.hit_policy in ("UNIQUE", "ANY"):
        findings += _first(_overlaps(table, columns))
    if table.hit_policy == "FIRST":
        findings += _first(_unreachable(table, columns))
    if not opaque and table.hit_policy not in _GATHERING and not any(column.default for column in table.outputs):
        whole = [column.everything for column in columns]
        findings += _first(_finding("gap", table, (), case) for case in _gaps(columns, range(len(table.rules)), whole))
    return findings


def _first(findings: Iterator[Finding]) -> list[Finding]:
    return [finding for finding, _ in zip(findings, range(_MOST_FINDINGS), strict=False)]


def _finding(code: str, table: Table, rules: tuple[int, ...], case: Sequence[Case]) -> Finding:
    facts = {"decision": table.owner, "table": table.id}
    if case:
        facts |= {"input": case[0].input, "value": case[0].cell.low or case[0].cell.high}
    return Finding(code, rules, MappingProxyType(facts), tuple(case))


def _overlaps(table: Table, columns: Sequence[Column]) -> Iterator[Finding]:
    for first, one in enumerate(table.rules):
        for second in range(first + 1, len(table.rules)):
            common = _common(columns, first, second)
            if common is None:
                continue
            if table.hit_policy == "UNIQUE":
                yield _finding("overlap", table, (first + 1, second + 1), common)
            elif _outputs(one) != _outputs(table.rules[second]):
                yield _finding("conflict", table, (first + 1, second + 1), common)


def _outputs(rule: Rule) -> list[str]:
    return [repr(_without_positions(node)) for node in rule.outputs]


def _without_positions(node: object) -> object:
    return getattr(node, "value", node)


def _common(columns: Sequence[Column], first: int, second: int) -> list[Case] | None:
    """A case both rules take; None when there is none or only data can tell."""
    case: list[Case] = []
    for column in columns:
        one, other = column.masks[first], column.masks[second]
        if one is None or other is None or not one & other:
            return None
        if one & other != column.everything:
            case.append(Case(column.label, _lowest(column, one & other)))
    return case


def _lowest(column: Column, mask: int) -> Cell:
    return column.cells[(mask & -mask).bit_length() - 1]


def _unreachable(table: Table, columns: Sequence[Column]) -> Iterator[Finding]:
    for index in range(1, len(table.rules)):
        area = [column.masks[index] for column in columns]
        known = [mask for mask in area if mask is not None]
        if len(known) == len(area) and next(_gaps(columns, range(index), known), None) is None:
            yield _finding("unreachable", table, (index + 1,), ())


def _gaps(columns: Sequence[Column], rules: Sequence[int], area: Sequence[int]) -> Iterator[list[Case]]:
    """Find cases within an area that none of the rules takes, giving up quietly on very large tables."""
    steps = iter(range(_MOST_STEPS))
    covered: set[tuple[int, frozenset[int]]] = set()

    def visit(depth: int, left: frozenset[int], case: list[Case]) -> Iterator[list[Case]]:
        if not left:
            yield case
            return
        if depth == len(columns) or (depth, left) in covered or next(steps, None) is None:
            return
        column = columns[depth]
        found = False
        for cells, remaining in _groups(column, left, area[depth]):
            limits = cells != column.everything
            step = [Case(column.label, _lowest(column, cells))] if limits else []
            for gap in visit(depth + 1, remaining, case + step):
                found = True
                yield gap
        if not found:
            covered.add((depth, left))

    return visit(0, frozenset(rules), [])


def _groups(column: Column, rules: frozenset[int], area: int) -> Iterator[tuple[int, frozenset[int]]]:
    """Group the cells of an area by the rules that take them, as bits."""
    groups: dict[frozenset[int], int] = {}
    for index in range(len(column.cells)):
        if area >> index & 1:
            taking = frozenset(rule for rule in rules if (column.masks[rule] or 0) >> index & 1)
            groups[taking] = groups.get(taking, 0) | 1 << index
    for taking, cells in groups.items():
        yield cells, taking
