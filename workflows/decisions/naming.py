"""Names in decisions that nobody sets; in the cells of tables mostly a text whose quotation marks were forgotten."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from types import MappingProxyType
from typing import Final

from workflows.decisions.computing import known_to
from workflows.decisions.elements import Element, InputData, Key, Service
from workflows.decisions.model import DecisionModel
from workflows.decisions.shape import Found
from workflows.decisions.tables import Rule, Table
from workflows.feel import syntax
from workflows.feel.analysis import children, free_names
from workflows.feel.builtins import BUILTINS

_MOST_FINDINGS: Final = 20
_NEAR: Final = 0.7
_MOST_REACHED: Final = 100_000
Values = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Supply:
    """The names an element can read besides its requirements, by who decides: a step, or a service it lies in."""

    ways: Mapping[str, frozenset[str]]
    services: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """What is known whoever decides."""
        return frozenset.intersection(*self.ways.values())

    def lacking(self, name: str) -> str:
        """Who decides without knowing the name; empty where no step does, so that this need not be said."""
        without = [where for where, names in self.ways.items() if name not in names]
        return ", ".join(without[:3]) if len(without) < len(self.ways) or self.services else ""


def reached(model: DecisionModel, decision: str) -> set[tuple[Key, Key | None]]:
    """All that is computed for a decision or service, each with the service it lies in.

    Inside a service only its own inputs are known, and its input decisions come from outside (DMN 1.5 § 10.4).
    """
    start = model.services.get(decision) or model.decisions.get(decision)
    found: set[tuple[Key, Key | None]] = set()
    waiting: list[tuple[Key, Key | None]] = [] if start is None else [(start.key, None)]
    while waiting and len(found) < _MOST_REACHED:
        key, inside = waiting.pop()
        if (key, inside) in found:
            continue
        found.add((key, inside))
        element = model.elements[key]
        if isinstance(element, Service):
            waiting += [(each.key, key) for each in element.outputs]
        else:
            around = model.elements[inside] if inside is not None else None
            given = {each.key for each in around.given} if isinstance(around, Service) else set()
            waiting += [(each.key, inside) for each in getattr(element, "requirements", ()) if each.key not in given]
    return found


def check_names(model: DecisionModel, known: Callable[[Key], Supply | None], values: Values) -> Iterator[Found]:
    """Names in tables and formulas that not all know who decide by them, and texts that an input never has.

    ``known`` gives the names that an element may read, None for one that nobody decides by.
    ``values`` holds all texts that a variable may have, where it has only some. Codes: unknown_input,
    text_without_quotes, unknown_in_cell, unknown_in_formula, never_given.
    """
    for element in model.elements.values():
        supply = known(element.key)
        if supply is None:
            continue
        unknown = {name: supply.lacking(name) for name in unsupplied(model, element, supply.names)}
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
            left = {name: lacking for name, lacking in unknown.items() if name not in told}
            yield from islice(_formula(element, left), _MOST_FINDINGS)


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
    return frozenset(_reads(element) - seen - {"?"})


def _reads(element: Element) -> frozenset[str]:
    """The names an element takes from outside; a service those of its parameters."""
    if isinstance(element, Service):
        return frozenset(each.name for each in (*element.inputs, *element.given))
    return getattr(element, "reads", frozenset())


def _formula(element: Element, unknown: Mapping[str, str]) -> Iterator[Found]:
    for name, lacking in sorted(unknown.items()):
        facts = {"decision": element.name, "table": element.key[1], "name": name, "lacking": lacking}
        yield "unknown_in_formula", (), MappingProxyType(facts)


def _inputs(table: Table, missing: Mapping[str, str]) -> Iterator[Found]:
    for column in table.inputs:
        for name in sorted(free_names(column.expression) & missing.keys()):
            yield _found("unknown_input", table, (), column=column.label, name=name, lacking=missing[name])


def _cells(table: Table, missing: Mapping[str, str]) -> Iterator[Found]:
    for rule in table.rules:
        for label, node in _labelled(table, rule):
            unknown = free_names(node) & missing.keys()
            bare = {each.name for each in _bare(node)} if unknown else set[str]()
            for name in sorted(unknown):
                code = "text_without_quotes" if name in bare else "unknown_in_cell"
                yield _found(code, table, (rule.number,), column=label, name=name, lacking=missing[name])


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
