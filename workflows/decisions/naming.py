"""Names in decisions that nobody sets; in the cells of tables mostly a text whose quotation marks were forgotten."""

from collections.abc import Callable, Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from itertools import islice
from types import MappingProxyType
from typing import Final

from workflows.decisions.computing import known_to
from workflows.decisions.elements import Element, InputData
from workflows.decisions.model import DecisionModel
from workflows.decisions.shape import Found
from workflows.decisions.tables import Rule, Table
from workflows.feel import syntax
from workflows.feel.analysis import children, free_names
from workflows.feel.builtins import BUILTINS

_MOST_FINDINGS: Final = 20
_NEAR: Final = 0.7
Values = Mapping[str, Collection[str]]


def check_names(
    model: DecisionModel, known: Callable[[str], Collection[str] | None], values: Values
) -> Iterator[Found]:
    """Names in tables and formulas that nobody knows who decides by them, and texts that an input never has.

    ``known`` gives the names that the decision of an id may read, None for one that nobody decides by.
    ``values`` holds all texts that a variable may have, where it has only some. Codes: unknown_input,
    text_without_quotes, unknown_in_cell, unknown_in_formula, never_given.
    """
    for element in model.elements.values():
        given = known(element.key[1])
        if given is None:
            continue
        unknown = unsupplied(model, element, given)
        told: set[str] = set()
        for table in getattr(element, "tables", ()):
            for found in (
                *islice(_inputs(table, unknown), _MOST_FINDINGS),
                *islice(_cells(table, unknown), _MOST_FINDINGS),
            ):
                told.add(found[2]["name"])
                yield found
            yield from islice(_never_given(table, values), _MOST_FINDINGS)
        if len(told) < _MOST_FINDINGS:
            yield from islice(_formula(element, unknown - told), _MOST_FINDINGS)


def unsupplied(model: DecisionModel, element: Element, given: Collection[str]) -> frozenset[str]:
    """The names an element reads that neither a requirement nor its caller, who knows ``given``, has a value for.

    Functions nobody offers are left out: they are findings of their own. Input data is only a name for what the
    caller gives (DMN 1.5 §6.3.6).
    """
    missing = {
        each.name
        for each in getattr(element, "requirements", ())
        if isinstance(model.elements[each.key], InputData) and not each.group and each.name not in given
    }
    seen = (known_to(element) - missing) | set(given) | BUILTINS.keys() | getattr(element, "calls", frozenset[str]())
    return frozenset(getattr(element, "reads", frozenset[str]()) - seen - {"?"})


def _formula(element: Element, unknown: AbstractSet[str]) -> Iterator[Found]:
    for name in sorted(unknown):
        facts = {"decision": element.name, "table": element.key[1], "name": name}
        yield "unknown_in_formula", (), MappingProxyType(facts)


def _inputs(table: Table, missing: AbstractSet[str]) -> Iterator[Found]:
    for column in table.inputs:
        for name in sorted(free_names(column.expression) & missing):
            yield _found("unknown_input", table, (), column=column.label, name=name)


def _cells(table: Table, missing: AbstractSet[str]) -> Iterator[Found]:
    for rule in table.rules:
        for label, node in _labelled(table, rule):
            unknown = free_names(node) & missing
            bare = {each.name for each in _bare(node)} if unknown else set[str]()
            for name in sorted(unknown):
                code = "text_without_quotes" if name in bare else "unknown_in_cell"
                yield _found(code, table, (rule.number,), column=label, name=name)


def _labelled(table: Table, rule: Rule) -> Iterator[tuple[str, syntax.Node]]:
    for column, tests in zip(table.inputs, rule.tests, strict=False):
        yield column.label, tests
    for output, node in zip(table.outputs, rule.outputs, strict=False):
        yield output.label or output.name or table.owner, node


def _bare(node: object) -> Iterator[syntax.Name]:
    """The names that are a whole cell, or one entry of the list in it."""
    if isinstance(node, syntax.Name):
        yield node
    elif isinstance(node, syntax.Tests):
        for test in node.tests:
            yield from _bare(test.operand) if not test.operator else ()
    elif isinstance(node, syntax.ListOf):
        for each in node.entries:
            yield from _bare(each)


def _never_given(table: Table, values: Values) -> Iterator[Found]:
    for rule in table.rules:
        for column, tests in zip(table.inputs, rule.tests, strict=False):
            if column.source not in values:
                continue
            known = values[column.source]
            for text in dict.fromkeys(_texts(tests)):
                if text not in known:
                    near = get_close_matches(text, sorted(known), 1, _NEAR)
                    facts = {"column": column.label, "text": text, "near": near[0] if near else ""}
                    yield _found("never_given", table, (rule.number,), **facts)


def _texts(tests: syntax.Tests) -> Iterator[str]:
    """The texts that a cell holds its input against, one by one or in a list; not those it only looks into."""
    for test in tests.tests:
        if not test.asks_input:
            yield from _listed(test.operand) if test.operator in {"", "="} else ()
        else:
            yield from _asked(test.operand)


def _listed(node: object) -> Iterator[str]:
    if isinstance(node, syntax.Literal) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, syntax.ListOf):
        for entry in node.entries:
            yield from _listed(entry)


def _asked(node: object) -> Iterator[str]:
    if isinstance(node, syntax.Call) and isinstance(node.function, syntax.Name):
        if node.function.name == "list contains":
            for part in node.positional:
                yield from _listed(part)
        return
    for inner in children(node):
        yield from _asked(inner)


def _found(code: str, table: Table, rules: tuple[int, ...], **facts: str) -> Found:
    return code, rules, MappingProxyType({"decision": table.owner, "table": table.id, **facts})
