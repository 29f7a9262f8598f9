"""Decision tables read from XML (DMN 1.5 § 8): inputs, outputs, rules, hit policy, still as expressions."""

from dataclasses import dataclass
from typing import Final

from workflows.decisions.boxed import Reader, register_form
from workflows.decisions.item_types import type_named
from workflows.decisions.xml import Element, child, children, name_of, text_of, title_of
from workflows.feel import FeelSyntaxError, analysis, syntax
from workflows.feel.parser import parse_expression
from workflows.feel.types import FeelType, RestrictedType

HIT_POLICIES: Final = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT")
AGGREGATIONS: Final = {"SUM": "sum", "MIN": "min", "MAX": "max", "COUNT": "count"}


@dataclass(frozen=True, slots=True)
class Input:
    """A column of conditions: its expression as written and parsed, and the values it may take."""

    label: str
    source: str
    expression: syntax.Node
    allowed: syntax.Tests | None
    type: FeelType | None


@dataclass(frozen=True, slots=True)
class Output:
    """A column of results with the values it may give; `order` lists them, highest priority first, where it can."""

    name: str
    label: str
    type: FeelType | None
    allowed: syntax.Tests | None
    order: syntax.Node | None
    default: syntax.Node | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: 1-based number, one test per input, one expression per output, and its annotation or description.

    `conditions` counts the input entries as written, whether there are as many as inputs or not; `blank` are the places
    of results that nothing is written in.
    """

    number: int
    id: str
    conditions: int
    tests: tuple[syntax.Tests, ...]
    sources: tuple[str, ...]
    outputs: tuple[syntax.Node, ...]
    description: str
    blank: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table of the element `owner`, which people call `title`.

    `written_policy` is its hit policy before an unknown one is UNIQUE.
    """

    owner: str
    title: str
    id: str
    hit_policy: str
    written_policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class TableNode(syntax.Node):
    """A table as an expression among others; `parts` are all expressions in it."""

    table: Table
    parts: tuple[syntax.Node, ...]


def tables_in(node: object) -> tuple[Table, ...]:
    """Find the tables within an expression; what stands in the cells of one is never another."""
    if isinstance(node, TableNode):
        return (node.table,)
    return tuple(table for part in analysis.children(node) for table in tables_in(part))


def _as_node(element: Element, reader: Reader) -> syntax.Node:
    table = read_table(element, reader)
    inputs = tuple(column.expression for column in table.inputs)
    rows = tuple(node for rule in table.rules for node in (*rule.tests, *rule.outputs))
    defaults = tuple(column.default for column in table.outputs if column.default is not None)
    return TableNode(0, table, (*inputs, *rows, *defaults))


def _title(table: Element, reader: Reader) -> str:
    """The label of what the table belongs to, however deep it lies in its expression."""
    owners = (each for each in table.iterancestors() if name_of(each) == reader.element)
    return next((title_of(each) for each in owners), reader.element)


def read_table(element: Element, reader: Reader) -> Table:
    """Read a table; an unknown hit policy reads as UNIQUE, the standard's default."""
    policy = element.get("hitPolicy", "UNIQUE")
    inputs = tuple(_input(column, reader) for column in children(element, "input"))
    outputs = tuple(_output(column, reader, element.get("typeRef")) for column in children(element, "output"))
    rules = tuple(_rule(number, row, inputs, reader) for number, row in enumerate(children(element, "rule"), start=1))
    return Table(
        owner=reader.element,
        title=_title(element, reader),
        id=element.get("id") or "",
        hit_policy=policy if policy in HIT_POLICIES else "UNIQUE",
        written_policy=policy,
        aggregation=element.get("aggregation"),
        inputs=inputs,
        outputs=outputs,
        rules=rules,
    )


def _input(column: Element, reader: Reader) -> Input:
    expression = child(column, "inputExpression")
    source = text_of(expression)
    reference = expression.get("typeRef") if expression is not None else None
    allowed = text_of(child(column, "inputValues"))
    return Input(
        label=column.get("label") or source,
        source=source,
        expression=reader.parse(source) if source else syntax.Literal(0, None),
        allowed=reader.parse_tests(allowed) if allowed else None,
        type=type_named(reference, reader.types),
    )


def _output(column: Element, reader: Reader, table_type: str | None) -> Output:
    reference = column.get("typeRef")
    values = text_of(child(column, "outputValues"))
    default = text_of(child(column, "defaultOutputEntry"))
    return Output(
        name=name_of(column),
        label=column.get("label") or name_of(column),
        type=type_named(reference, reader.types),
        allowed=reader.parse_tests(values) if values else None,
        order=_order(values or _values_of_type(reference or table_type, reader), reader),
        default=reader.parse(default) if default else None,
    )


def _order(values: str, reader: Reader) -> syntax.Node | None:
    """The allowed values one by one; None where they are conditions, such as `>= 0`, or not given at all."""
    try:
        return parse_expression(f"[{values}]", reader.indexes, reader.types) if values else None
    except FeelSyntaxError:
        return None


def _values_of_type(reference: str | None, reader: Reader) -> str:
    found = type_named(reference, reader.types)
    return found.source if isinstance(found, RestrictedType) else ""


def _rule(number: int, row: Element, inputs: tuple[Input, ...], reader: Reader) -> Rule:
    entries = list(children(row, "inputEntry"))
    sources = tuple(text_of(entry) for entry in entries)
    annotations = [text_of(entry) for entry in children(row, "annotationEntry")]
    results = tuple(text_of(entry) for entry in children(row, "outputEntry"))
    description = child(row, "description")
    if description is not None:
        annotations.insert(0, "".join(str(part) for part in description.itertext()).strip())
    return Rule(
        number=number,
        id=row.get("id") or "",
        conditions=len(sources),
        tests=tuple(reader.parse_tests(source) for source in sources[: len(inputs)]),
        sources=sources[: len(inputs)],
        outputs=tuple(reader.parse(source or "null") for source in results),
        description="; ".join(annotation for annotation in annotations if annotation),
        blank=tuple(index for index, source in enumerate(results) if not source.strip()),
    )


register_form("decisionTable", _as_node)
