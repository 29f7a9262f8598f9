"""Decision models: parsed once, evaluated often, from any thread (DMN 1.5 § 6)."""

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

# Importing the module of tables teaches the compiler to run them.
from workflows.decisions.boxed import ExpressionProblem
from workflows.decisions.elements import Decision, Element, Key, Service
from workflows.decisions.errors import DecisionModelError
from workflows.decisions.evaluation import DecisionRun, TableExplanation
from workflows.decisions.reading import Source, element_keys, open_source, read_elements
from workflows.decisions.requirements import Requirements, refuse_cycles
from workflows.decisions.tables import Table
from workflows.decisions.xml import read_definitions
from workflows.feel import Budget, Warning  # noqa: A004 - the standard's word
from workflows.feel.expressions import evaluate_in_run, register
from workflows.feel.runtime import BERLIN, DEFAULT_BUDGET, Scope

_MOST_IMPORTS = 20


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """A decision's value, the warnings on the way, and one explanation per table in order of evaluation."""

    value: object
    warnings: tuple[Warning, ...]
    explanation: tuple[TableExplanation, ...]


class Decisions(Mapping[str, Decision]):
    """The decisions of a model by id; a name finds them too."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._by_id = {decision.id: decision for decision in decisions}
        self._by_name = {decision.name: decision for decision in self._by_id.values()}

    def __getitem__(self, key: str) -> Decision:
        return self._by_id[key] if key in self._by_id else self._by_name[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)


@dataclass(frozen=True, eq=False)
class DecisionModel:
    """A model: its decisions, and the expressions in it that are no FEEL (null and a warning when evaluated)."""

    name: str
    decisions: Decisions
    services: Mapping[str, Service]
    problems: tuple[ExpressionProblem, ...]
    elements: Mapping[Key, Element]

    @property
    def tables(self) -> tuple[Table, ...]:
        """All decision tables of decisions and knowledge models."""
        return tuple(table for element in self.elements.values() for table in getattr(element, "tables", ()))

    def evaluate(
        self,
        decision_id: str,
        variables: Mapping[str, object],
        *,
        now: datetime.datetime | None = None,
        functions: Mapping[str, Callable[..., object]] | None = None,
        budget: Budget | None = None,
        zone: datetime.tzinfo = BERLIN,
    ) -> DecisionResult:
        """Decide by id or name of a decision or service.

        Raises KeyError for an unknown one, DecisionError for a violated hit policy and FeelBudgetError.
        """
        element: Element | None = self.services.get(decision_id) or self.decisions[decision_id]
        run = DecisionRun(budget or DEFAULT_BUDGET, now, zone)
        run.tables = []
        offered = register(functions) if functions else {}
        root = Scope(run, {**offered, **variables})
        found = evaluate_in_run(
            lambda scope: Requirements(self.elements, scope, functions=offered).result(element), root
        )
        return DecisionResult(found.value, found.warnings, tuple(run.tables))


def parse_decisions(xml: bytes, imports: Iterable[bytes] = (), functions: Collection[str] = ()) -> DecisionModel:
    """Read a DMN file, and the files it imports; `functions` are the names that `evaluate` will offer.

    Raises DecisionModelError for what is no DMN or refers to nothing; expressions that are no FEEL are listed in
    `problems` instead, so that one of them does not stop the others.
    """
    extra = list(imports)
    if len(extra) > _MOST_IMPORTS:
        raise DecisionModelError("too_many_imports", most=str(_MOST_IMPORTS))
    try:
        return _assemble(xml, extra, functions)
    except RecursionError:
        raise DecisionModelError("too_deep") from None


def _assemble(xml: bytes, imports: Iterable[bytes], functions: Collection[str]) -> DecisionModel:
    imported = [open_source(read_definitions(other), (), functions) for other in imports]
    own = open_source(read_definitions(xml), imported, functions)
    sources = [*imported, own]
    named = {key: element for source in sources for key, element in element_keys(source).items()}
    elements = {element.key: element for source in sources for element in read_elements(source, named)}
    refuse_cycles(elements)
    asked: dict[Key, frozenset[str]] = {}
    elements = {key: _with_inputs(element, elements, asked) for key, element in elements.items()}
    services = [element for element in _own(elements, own) if isinstance(element, Service)]
    return DecisionModel(
        name=own.root.get("name") or "",
        decisions=Decisions(element for element in _own(elements, own) if isinstance(element, Decision)),
        services={key: service for service in services for key in (service.key[1], service.name)},
        problems=tuple(problem for source in sources for problem in source.problems),
        elements=elements,
    )


def _own(elements: Mapping[Key, Element], source: Source) -> Iterator[Element]:
    return (element for key, element in elements.items() if key[0] == source.namespace)


def _with_inputs(element: Element, elements: Mapping[Key, Element], asked: dict[Key, frozenset[str]]) -> Element:
    return replace(element, inputs=_inputs(element, elements, asked)) if isinstance(element, Decision) else element


def _inputs(element: Element, elements: Mapping[Key, Element], asked: dict[Key, frozenset[str]]) -> frozenset[str]:
    """Collect the names an element needs from the caller: its inputs and whatever no requirement gives it.

    ``asked`` keeps what was found: many ways lead to the same element, and to walk each would never end.
    """
    if element.key in asked:
        return asked[element.key]
    needed: set[str] = set()
    given: set[str] = {element.name}
    for requirement in getattr(element, "requirements", ()):
        target = elements[requirement.key]
        given |= {requirement.name, requirement.group}
        needed |= _inputs(target, elements, asked) if hasattr(target, "requirements") else {target.name}
    asked[element.key] = frozenset(needed | {name for name in getattr(element, "reads", ()) if name not in given})
    return asked[element.key]
