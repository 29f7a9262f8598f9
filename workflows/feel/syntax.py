"""The syntax tree: small frozen nodes, each with the 0-based offset it starts at."""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.feel.runtime import Scope
from workflows.feel.types import FeelType


@dataclass(frozen=True, slots=True)
class Node:
    """Any expression."""

    position: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: object


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    """A date, time or duration written as @"..."; a text that is none of them is null."""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: Node
    positional: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`and` or `or` over two or more operands."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Test(Node):
    """One unary test: an operator with its operand, or (operator "") an expression."""

    operator: str
    operand: Node
    asks_input: bool = False


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """A list of unary tests; without tests it is "-", true for everything."""

    tests: tuple[Test, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(Node):
    operand: Node
    tests: Tests


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    operand: Node
    type: FeelType


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    entries: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    """Entries see the ones before them; with `result` the context stands for that expression's value (boxed)."""

    entries: tuple[tuple[str, Node, FeelType | None], ...]
    result: Node | None = None


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    start: Node | None
    end: Node | None
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`name in domain`, or `name in domain..end`."""

    name: str
    domain: Node
    end: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some` or `every`."""

    quantifier: str
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class Function(Node):
    parameters: tuple[tuple[str, FeelType], ...]
    body: Node
    name: str = "function"


@dataclass(frozen=True, slots=True)
class External(Node):
    """A function of another system (Java, PMML): always refused."""

    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Foreign(Node):
    """Code made outside the language, such as a decision table, taking part in scopes and budget."""

    code: Callable[[Scope], object]


@dataclass(frozen=True, slots=True)
class Typed(Node):
    """An expression whose value must fit a type, or becomes null with a warning (DMN 1.5 § 10.3.2.9.4)."""

    operand: Node
    type: FeelType
