"""What an installation offers to its diagrams: operators, groups, code lists and office functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workflows.core.tx import Tx

if TYPE_CHECKING:
    from workflows.engine.definitions import Definition


class BpmnError(Exception):
    """An expected failure of an operator: thrown to the error boundary event that catches ``code`` (BPMN 2.0 §10.5.5).

    ``variables`` reach the process only through the output mapping of that boundary event.
    """

    def __init__(self, code: str, variables: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.variables = dict(variables or {})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input of an operator; ``label`` is its German name in the workshop, ``is_text`` if it names a text.

    Its value, or each of its values, is one of ``choices`` or an entry of ``code_list`` where there are such.
    """

    name: str
    required: bool = True
    label: str = ""
    is_text: bool = False
    code_list: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operator: its evaluated inputs and the place it is called from.

    ``token`` together with ``instance_id`` is the same for every try of one call, so that it can key what must not
    be done twice.
    """

    inputs: Mapping[str, Any]
    instance_id: int
    subject: str
    process_key: str
    element_id: str
    token: str
    definition: "Definition"


Run = Callable[[Tx, Call], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Operator:
    """What a service task names in ``zeebe:taskDefinition``: database work only, called under a savepoint.

    ``run`` returns results by name, raises ``BpmnError`` for failures the diagram may treat, anything else becomes
    an incident. ``results`` are their names where they are always the same, None where the check must not rely on it.
    """

    name: str
    label: str
    parameters: tuple[Parameter, ...]
    run: Run
    results: tuple[str, ...] | None = None

    @property
    def known_results(self) -> frozenset[str] | None:
        """The names of all results, None when they are not known; a function that returns nothing has none."""
        if self.results is not None:
            return frozenset(self.results)
        return frozenset() if self.run.__annotations__.get("return", "") is None else None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a bundle may refer to, for the check before deployment.

    ``groups`` are keys such as ``group:coordination``; ``code_lists`` hold the keys of each list. ``functions`` are the
    office functions of the expression language, ``variables`` the names that instances of a process, by key, begin
    with where they are known. ``placeholders`` are the dotted names that texts may look up without being given them, by
    process, under the empty key for all others. ``languages`` are those people read besides German, empty where that is
    not known.
    """

    operators: Mapping[str, Operator] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    code_lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    variables: Mapping[str, frozenset[str]] = field(default_factory=dict)
    placeholders: Mapping[str, frozenset[str]] = field(default_factory=dict)
    languages: frozenset[str] = frozenset()

    def placeholders_of(self, process: str) -> frozenset[str] | None:
        """What texts of a process may look up anyway, None when that is not known."""
        return self.placeholders.get(process, self.placeholders.get(""))
