"""The elements of a decision requirements graph, compiled: inputs, decisions, knowledge models, services."""

from dataclasses import dataclass

from workflows.decisions.tables import Table
from workflows.feel.compiler import Code
from workflows.feel.types import FeelType

Key = tuple[str, str]
"""Namespace of the model and id of the element."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A name an element sees and the element it stands for; `group` is the name of the import it came through."""

    name: str
    key: Key
    group: str = ""


@dataclass(frozen=True, slots=True)
class InputData:
    """A value given by the caller."""

    key: Key
    name: str
    type: FeelType | None


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """A decision; `inputs` are the names it needs from the caller, its requirements' ones included.

    `reads` are the names its expressions take from outside, `calls` those among them that are called as functions.
    """

    key: Key
    name: str
    requirements: tuple[Requirement, ...]
    code: Code
    reads: frozenset[str]
    calls: frozenset[str]
    tables: tuple[Table, ...]
    type: FeelType | None = None
    inputs: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """The id within its model."""
        return self.key[1]


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """A business knowledge model: code that makes a function value."""

    key: Key
    name: str
    requirements: tuple[Requirement, ...]
    code: Code
    reads: frozenset[str]
    calls: frozenset[str]
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: parameters are its input data, then its input decisions, in the order they are listed."""

    key: Key
    name: str
    inputs: tuple[Requirement, ...]
    given: tuple[Requirement, ...]
    outputs: tuple[Requirement, ...]
    type: FeelType | None
    requirements: tuple[Requirement, ...] = ()


Element = InputData | Decision | Knowledge | Service
