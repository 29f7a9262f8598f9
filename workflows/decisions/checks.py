"""Static checks of decision tables: rules that overlap, cases no rule covers, rules never reached."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from types import MappingProxyType
from typing import Final

from workflows.decisions.cells import Cell, Column, Effort, TooLarge, columns_of
from workflows.decisions.computing import check_calls, check_constants
from workflows.decisions.elements import Element
from workflows.decisions.model import DecisionModel
from workflows.decisions.shape import check_shape
from workflows.decisions.tables import Table
from workflows.feel import syntax

_MOST_FINDINGS: Final = 20
#: Values held against rules, so that even a hostile table is checked within a second or two.
_MOST_STEPS: Final = 400_000
_MOST_RULES: Final = 400
_STEPS_PER_PLACE: Final = 10
_GATHERING: Final = ("COLLECT", "RULE ORDER", "OUTPUT ORDER")


@dataclass(frozen=True, slots=True)
class Case:
    """A condition on one input, for the wording: `cell` says which values are meant."""

    input: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a table: code, 1-based rules, and facts; `case` lists the inputs concerned, as words need them.

    Codes: overlap, overlap_possible, conflict (ANY), gap, unreachable (FIRST), not_checked, too_large, expression, and
    those of `check_shape`, `check_calls` and `check_constants`. Facts hold the table's decision, and `input` and
    `value` of the first input concerned.
    """

    code: str
    rules: tuple[int, ...]
    facts: Mapping[str, str]
    case: tuple[Case, ...] = ()


def check_model(model: DecisionModel) -> list[Finding]:
    """Check all tables and expressions of a model."""
    findings = [finding for element in model.elements.values() for finding in check_element(element)]
    for problem in model.problems:
        facts = {"decision": problem.element, "source": problem.source, "problem": problem.error.code}
        facts |= {"position": str(problem.error.position)}
        findings.append(Finding("expression", (), MappingProxyType(facts)))
    return findings


def check_element(element: Element) -> list[Finding]:
    """Check the tables of a decision or knowledge model, and what they call."""
    tables = [finding for table in getattr(element, "tables", ()) for finding in check_table(table)]
    return tables + [Finding(*found) for found in islice(check_calls(element), _MOST_FINDINGS)]


def check_table(table: Table) -> list[Finding]:
    """Check one table for what its hit policy does not allow; at most twenty findings of each kind."""
    constants = [Finding(*found) for found in check_constants(table)]
    if any(finding.code == "too_costly" for finding in constants):
        return constants
    shape = constants + [Finding(*found) for found in check_shape(table)]
    if len(table.rules) > _MOST_RULES:
        return [*shape, _finding("too_large", table, (), ())]
    try:
        return shape + _promised(table)
    except TooLarge:
        return [*shape, _finding("too_large", table, (), ())]


def _promised(table: Table) -> list[Finding]:
    """What the hit policy promises and the rules do not keep; raises ``TooLarge`` before anything is found."""
    columns = columns_of(table, Effort(_MOST_STEPS))
    opaque = {index for column in columns for index, mask in enumerate(column.masks) if mask is None}
    # A table that gathers what applies promises nothing that would have to be checked.
    promises = table.hit_policy not in _GATHERING
    findings = [_finding("not_checked", table, (index + 1,), ()) for index in sorted(opaque) if promises]
    if table.hit_policy in ("UNIQUE", "ANY"):
        findings += islice(_overlaps(table, columns), _MOST_FINDINGS)
    effort = Effort(_MOST_STEPS)
    try:
        if table.hit_policy == "FIRST":
            findings += islice(_unreachable(table, columns, effort), _MOST_FINDINGS)
        if not opaque and promises and not any(column.default for column in table.outputs):
            whole = [column.everything for column in columns]
            gaps = islice(_gaps(columns, (1 << len(table.rules)) - 1, whole, effort), _MOST_FINDINGS)
            findings += [_finding("gap", table, (), case) for case in gaps]
    except TooLarge:
        findings.append(_finding("too_large", table, (), ()))
    return findings


def _finding(code: str, table: Table, rules: tuple[int, ...], case: Sequence[Case]) -> Finding:
    facts = {"decision": table.owner, "table": table.id}
    if case:
        facts |= {"input": case[0].input, "value": case[0].cell.low or case[0].cell.high}
    return Finding(code, rules, MappingProxyType(facts), tuple(case))


def _overlaps(table: Table, columns: Sequence[Column]) -> Iterator[Finding]:
    alike = _alike(table) if table.hit_policy == "ANY" else [0] * len(table.rules)
    for first in range(len(table.rules)):
        for second in _perhaps(columns, first, len(table.rules), alike[first]):
            common = _common(columns, first, second)
            if common is None:
                continue
            case, left_to_data = common
            rules = (first + 1, second + 1)
            if left_to_data:
                yield _possible(table, rules, case, left_to_data)
            else:
                yield _finding("overlap" if table.hit_policy == "UNIQUE" else "conflict", table, rules, case)


def _perhaps(columns: Sequence[Column], first: int, rules: int, alike: int) -> Iterator[int]:
    """The rules after one, but those ``alike``, that share a value with it in every column, or ask nothing there."""
    left = (1 << rules) - (1 << first + 1) & ~alike
    for column in columns:
        if not column.anything[first]:
            left &= column.sharing(first)
    while left:
        yield (left & -left).bit_length() - 1
        left &= left - 1


def _possible(table: Table, rules: tuple[int, ...], case: Sequence[Case], left_to_data: Sequence[str]) -> Finding:
    found = _finding("overlap_possible", table, rules, case)
    return replace(found, facts=MappingProxyType({**found.facts, "columns": ", ".join(left_to_data)}))


def _alike(table: Table) -> list[int]:
    """For each rule those with the same results, as bits: under ANY they may match together."""
    results = [tuple(map(_result, rule.outputs)) for rule in table.rules]
    same: dict[object, int] = {}
    for index, each in enumerate(results):
        same[each] = same.get(each, 0) | 1 << index
    return [same[each] for each in results]


def _result(node: syntax.Node) -> object:
    return (type(node.value), node.value) if isinstance(node, syntax.Literal) else repr(node)


def _common(columns: Sequence[Column], first: int, second: int) -> tuple[list[Case], list[str]] | None:
    """A case both rules take, and the inputs where one asks nothing and only data tells what the other takes.

    None when there is no such case, or data decides about both.
    """
    case: list[Case] = []
    left_to_data: list[str] = []
    for column in columns:
        one, other = column.masks[first], column.masks[second]
        if column.anything[first] or column.anything[second]:
            if one is None or other is None:
                left_to_data.append(column.label)
                continue
            if not column.cells:
                continue
        if one is None or other is None or not one & other:
            return None
        if one & other != column.everything:
            case.append(Case(column.label, _lowest(column, one & other)))
    return case, left_to_data


def _lowest(column: Column, mask: int) -> Cell:
    return column.cells[(mask & -mask).bit_length() - 1]


def _unreachable(table: Table, columns: Sequence[Column], effort: Effort) -> Iterator[Finding]:
    for index in range(1, len(table.rules)):
        area = [column.masks[index] for column in columns]
        known = [mask for mask in area if mask is not None]
        if len(known) == len(area) and next(_gaps(columns, (1 << index) - 1, known, effort), None) is None:
            yield _finding("unreachable", table, (index + 1,), ())


def _gaps(columns: Sequence[Column], rules: int, area: Sequence[int], effort: Effort) -> Iterator[list[Case]]:
    """Find cases within an area that none of the rules takes; ``TooLarge`` when the effort is used up."""
    covered: set[tuple[int, int]] = set()

    def visit(depth: int, left: int, case: list[Case]) -> Iterator[list[Case]]:
        if not left:
            yield case
            return
        if depth == len(columns) or (depth, left) in covered:
            return
        column = columns[depth]
        effort.spend(_STEPS_PER_PLACE + len(column.cells))
        found = False
        for remaining, cells in _groups(column.takers, left, area[depth]).items():
            step = [Case(column.label, _lowest(column, cells))] if cells != column.everything else []
            for gap in visit(depth + 1, remaining, case + step):
                found = True
                yield gap
        if not found:
            covered.add((depth, left))

    return visit(0, rules, [])


def _groups(takers: Sequence[int], left: int, area: int) -> dict[int, int]:
    """Group the cells of an area by those of the rules left that take them, all as bits."""
    groups: dict[int, int] = {}
    for cell, rules in enumerate(takers):
        if area >> cell & 1:
            groups[rules & left] = groups.get(rules & left, 0) | 1 << cell
    return groups
