"""Walking the requirements graph: each element is computed once per evaluation, when something asks for it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from workflows.decisions.elements import Decision, Element, InputData, Key, Knowledge, Requirement, Service
from workflows.decisions.errors import DecisionModelError
from workflows.feel.runtime import Run, Scope
from workflows.feel.types import ANY_OR_NULL, FeelType, fit
from workflows.feel.values import FeelFunction, Parameter, Signature, kind

NO_FUNCTIONS: Mapping[str, object] = MappingProxyType({})


class Requirements:
    """The values of a model's elements in one evaluation; `root` holds the caller's variables.

    A service knows nothing of them, but the same `functions`.
    """

    def __init__(
        self,
        elements: Mapping[Key, Element],
        root: Scope,
        given: Mapping[Key, object] | None = None,
        functions: Mapping[str, object] = NO_FUNCTIONS,
    ) -> None:
        self._elements = elements
        self._root = root
        self._functions = functions
        self._values: dict[Key, object] = dict(given or {})

    def result(self, element: Element | None) -> object:
        """Compute a decision, or invoke a service with the caller's variables of its parameters' names."""
        if isinstance(element, Service):
            parameters = (*element.inputs, *element.given)
            return self._invoke(element, self._root.run, [self._argument(parameter) for parameter in parameters])
        return self.value(element.key) if element is not None else None

    def value(self, key: Key) -> object:
        """Give the value of an element: data, a decision's outcome or a function."""
        if key not in self._values:
            self._values[key] = self._compute(self._elements[key])
        return self._values[key]

    def _compute(self, element: Element) -> object:
        if isinstance(element, InputData):
            return self._held_to(element.type, self._variable(element.name), element.name)
        if isinstance(element, Decision):
            return element.code(self._scope(element.requirements))
        if isinstance(element, Knowledge):
            scope = self._scope(element.requirements, own=element.name)
            function = element.code(scope)
            scope.names[element.name] = function  # type: ignore[index]
            return function
        return self._service(element)

    def _argument(self, parameter: Requirement) -> object:
        value = self._variable(parameter.name)
        return self._held_to(self._parameter_type(parameter), value, parameter.name)

    def _variable(self, name: str) -> object:
        try:
            return self._root.root(name)
        except KeyError:
            self._root.run.warn("unknown_name", 0, {"name": name})
            return None

    def _held_to(self, expected: FeelType | None, value: object, name: str) -> object:
        if expected is None:
            return value
        fits, converted = fit(self._root.run, expected, value)
        if not fits:
            self._root.run.warn("wrong_type", 0, {"name": name, "expected": expected.name, "type": kind(value)})
        return converted

    def _scope(self, requirements: Sequence[Requirement], own: str | None = None) -> Scope:
        names: dict[str, object] = {} if own is None else {own: None}
        for requirement in requirements:
            value = self.value(requirement.key)
            if requirement.group:
                group = names.setdefault(requirement.group, {})
                assert isinstance(group, dict)
                group[requirement.name] = value
            else:
                names[requirement.name] = value
        return Scope(self._root.run, names, self._root)

    def _service(self, service: Service) -> FeelFunction:
        parameters = tuple(
            Parameter(requirement.name, self._parameter_type(requirement))
            for requirement in (*service.inputs, *service.given)
        )
        return FeelFunction(
            service.name, (Signature(parameters, lambda run, values: self._invoke(service, run, values)),)
        )

    def _parameter_type(self, requirement: Requirement) -> FeelType:
        element = self._elements[requirement.key]
        declared = element.type if isinstance(element, InputData | Decision) else None
        return declared or ANY_OR_NULL

    def _invoke(self, service: Service, run: Run, values: Sequence[object]) -> object:
        given = {
            requirement.key: value for requirement, value in zip((*service.inputs, *service.given), values, strict=True)
        }
        inside = Requirements(self._elements, Scope(run, self._functions), given, self._functions)
        results = {output.name: inside.value(output.key) for output in service.outputs}
        result = next(iter(results.values())) if len(results) == 1 else results
        return self._held_to(service.type, result, service.name)


def refuse_cycles(elements: Mapping[Key, Element]) -> None:
    """Raise DecisionModelError when an element requires itself through others."""
    done: set[Key] = set()

    def visit(key: Key, path: tuple[Key, ...]) -> None:
        if key in path:
            raise DecisionModelError("requirement_cycle", elements=", ".join(elements[step].name for step in path))
        if key in done:
            return
        for requirement in getattr(elements[key], "requirements", ()):
            visit(requirement.key, (*path, key))
        done.add(key)

    for key in elements:
        visit(key, ())
