"""Boxed expressions as FEEL syntax trees (DMN 1.5 § 10.2): one language, one compiler, one budget."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from workflows.decisions.item_types import type_named
from workflows.decisions.xml import Element, child, children, local_name, name_of, text_of
from workflows.feel import FeelSyntaxError, syntax
from workflows.feel.names import NameIndex
from workflows.feel.parser import parse_expression, parse_unary_tests
from workflows.feel.runtime import Scope
from workflows.feel.syntax import Node
from workflows.feel.types import ANY, FeelType


@dataclass(frozen=True, slots=True)
class ExpressionProblem:
    """An expression of a model that is not FEEL: where it stands, its text and the error."""

    element: str
    source: str
    error: FeelSyntaxError


@dataclass(frozen=True, slots=True)
class Reader:
    """What is needed to read the expressions of one element: names in reach, types, and where to note problems."""

    element: str
    indexes: tuple[NameIndex, ...]
    types: Mapping[str, FeelType]
    problems: list[ExpressionProblem] = field(default_factory=list)
    known: dict[str, Node] = field(default_factory=dict, compare=False)
    known_tests: dict[str, syntax.Tests] = field(default_factory=dict, compare=False)

    def knowing(self, names: Iterable[str]) -> "Reader":
        """A reader for a place where more names are in reach."""
        return replace(self, indexes=(*self.indexes, NameIndex(names)), known={}, known_tests={})

    def parse(self, source: str) -> Node:
        """Parse a literal expression; one that is no FEEL becomes null with a warning, and is noted.

        What stands in many cells of a table is read, and noted, once.
        """
        if source not in self.known:
            try:
                self.known[source] = parse_expression(source, self.indexes, self.types)
            except FeelSyntaxError as error:
                self.known[source] = self.refuse(source, error)
        return self.known[source]

    def parse_tests(self, source: str) -> syntax.Tests:
        """Parse the tests of a cell like ``parse``; an empty cell asks nothing."""
        if source not in self.known_tests:
            try:
                found = parse_unary_tests(source, self.indexes, self.types) if source else syntax.Tests(0, ())
            except FeelSyntaxError as error:
                found = syntax.Tests(0, (syntax.Test(0, "", self.refuse(source, error)),))
            self.known_tests[source] = found
        return self.known_tests[source]

    def refuse(self, source: str, error: FeelSyntaxError) -> Node:
        """Note a syntax error and stand in for the expression."""
        # The way to it holds every frame of the parser; of a table full of nonsense that is most of the memory.
        self.problems.append(ExpressionProblem(self.element, source, error.with_traceback(None)))

        def complain(scope: Scope) -> None:
            scope.run.warn(error.code, error.position, error.facts)

        return syntax.Foreign(0, complain)


def read_boxed(element: Element | None, reader: Reader) -> Node | None:
    """Read the expression inside a decision, binding, entry or the like; None when there is none."""
    if element is None:
        return None
    boxed = child(element, *_FORMS)
    return read_form(boxed, reader) if boxed is not None else None


def read_form(boxed: Element, reader: Reader) -> Node:
    """Read one boxed expression and hold its value to the type it names."""
    node = _FORMS[local_name(boxed)](boxed, reader)
    # A decision table's typeRef describes its outputs, which check themselves.
    if local_name(boxed) in ("functionDefinition", "decisionTable"):
        return node
    return typed(node, boxed.get("typeRef"), reader)


def typed(node: Node, reference: str | None, reader: Reader) -> Node:
    """Hold an expression's value to a type, where there is one to check."""
    expected = type_named(reference, reader.types)
    return syntax.Typed(node.position, node, expected) if expected is not None else node


def _inside(element: Element | None, reader: Reader) -> Node:
    return read_boxed(element, reader) or syntax.Literal(0, None)


def _literal(element: Element, reader: Reader) -> Node:
    source = text_of(element)
    return reader.parse(source) if source else syntax.Literal(0, None)


def _context(element: Element, reader: Reader) -> Node:
    entries: list[tuple[str, Node, FeelType | None]] = []
    result = None
    for entry in children(element, "contextEntry"):
        variable = child(entry, "variable")
        if variable is None:
            result = _inside(entry, reader)
            continue
        name = name_of(variable)
        entries.append((name, _inside(entry, reader), type_named(variable.get("typeRef"), reader.types)))
        reader = reader.knowing([name])
    return syntax.ContextOf(0, tuple(entries), result)


def _list(element: Element, reader: Reader) -> Node:
    return syntax.ListOf(0, tuple(read_form(entry, reader) for entry in children(element, *_FORMS)))


def _relation(element: Element, reader: Reader) -> Node:
    columns = [name_of(column) for column in children(element, "column")]
    rows = []
    for row in children(element, "row"):
        cells = [read_form(cell, reader) for cell in children(row, *_FORMS)]
        entries = tuple((name, cell, None) for name, cell in zip(columns, cells, strict=False))
        rows.append(syntax.ContextOf(0, entries))
    return syntax.ListOf(0, tuple(rows))


def _invocation(element: Element, reader: Reader) -> Node:
    named = []
    for binding in children(element, "binding"):
        parameter = child(binding, "parameter")
        if parameter is not None:
            named.append((name_of(parameter), _inside(binding, reader)))
    return syntax.Call(0, _inside(element, reader), (), tuple(named))


def read_function(element: Element, reader: Reader, name: str = "function") -> Node:
    """Read a function definition; those of other programs (Java, PMML) are refused when called."""
    parameters = tuple(
        (name_of(parameter), type_named(parameter.get("typeRef"), reader.types) or ANY)
        for parameter in children(element, "formalParameter")
    )
    if element.get("kind", "FEEL") != "FEEL":
        return syntax.External(0, tuple(parameter for parameter, _ in parameters))
    body = _inside(element, reader.knowing(parameter for parameter, _ in parameters))
    return syntax.Function(0, parameters, typed(body, element.get("typeRef"), reader), name)


def _conditional(element: Element, reader: Reader) -> Node:
    condition, then, otherwise = (_inside(child(element, part), reader) for part in ("if", "then", "else"))
    return syntax.If(0, condition, then, otherwise)


def _filter(element: Element, reader: Reader) -> Node:
    base = _inside(child(element, "in"), reader)
    return syntax.Filter(0, base, _inside(child(element, "match"), reader.knowing(["item"])))


def _iterators(element: Element, reader: Reader) -> tuple[syntax.Iterator, ...]:
    name = " ".join((element.get("iteratorVariable") or "item").split())
    return (syntax.Iterator(0, name, _inside(child(element, "in"), reader)),)


def _for(element: Element, reader: Reader) -> Node:
    iterators = _iterators(element, reader)
    inner = reader.knowing([iterators[0].name, "partial"])
    return syntax.For(0, iterators, _inside(child(element, "return"), inner))


def _quantified(element: Element, reader: Reader) -> Node:
    iterators = _iterators(element, reader)
    condition = _inside(child(element, "satisfies"), reader.knowing([iterators[0].name]))
    return syntax.Quantified(0, local_name(element), iterators, condition)


def register_form(name: str, read: Callable[[Element, Reader], Node]) -> None:
    """Add a form that is read elsewhere: decision tables."""
    _FORMS[name] = read


_FORMS: dict[str, Callable[[Element, Reader], Node]] = {
    "literalExpression": _literal,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": read_function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
}
