"""Calling function values: choosing a signature, binding arguments, converting and checking them."""

from collections.abc import Mapping, Sequence

from workflows.feel.errors import FeelBudgetError, InvalidValue
from workflows.feel.runtime import Run
from workflows.feel.types import fit
from workflows.feel.values import FeelFunction, Parameter, Signature, kind


def call_function(
    run: Run, function: object, positional: Sequence[object], named: Mapping[str, object], position: int
) -> object:
    """Call with the first signature that takes the arguments; null and a warning when none does."""
    if type(function) is not FeelFunction:
        run.warn("not_a_function", position, {"type": kind(function)})
        return None
    run.spend(6)
    problem = InvalidValue("wrong_arguments", function=function.name)
    for signature in function.signatures:
        bound = _bind_named(signature, named) if named else _bind_positional(signature, positional)
        if bound is None:
            continue
        try:
            arguments = [_checked(run, parameter, value, function.name) for parameter, value in bound]
        except InvalidValue as mismatch:
            problem = mismatch
            continue
        return _perform(run, function, signature, arguments, position)
    run.warn(problem.code, position, problem.facts)
    return None


def _perform(run: Run, function: FeelFunction, signature: Signature, arguments: list[object], position: int) -> object:
    for value in arguments:
        if type(value) is str or type(value) is list:
            run.spend(len(value) >> 7)
    if run.depth <= 0:
        raise FeelBudgetError("depth")
    run.depth -= 1
    try:
        return run.sized(signature.code(run, arguments))
    except InvalidValue as problem:
        run.warn(problem.code, position, {"function": function.name, **problem.facts})
        return None
    except (ArithmeticError, ValueError):
        # Dates and numbers at the edge of what they can hold.
        run.warn("out_of_range", position, {"function": function.name})
        return None
    finally:
        run.depth += 1


def _bind_positional(signature: Signature, values: Sequence[object]) -> list[tuple[Parameter, object]] | None:
    parameters = signature.parameters
    if parameters and parameters[-1].rest:
        fixed = len(parameters) - 1
        if len(values) < fixed or not values:
            return None
        rest = values[fixed:]
        # A list alone is the list, and nothing alone is no list of one.
        is_alone = len(rest) == 1 and fixed == 0 and (rest[0] is None or type(rest[0]) is list)
        gathered = rest[0] if is_alone else list(rest)
        return [*zip(parameters[:fixed], values[:fixed], strict=True), (parameters[-1], gathered)]
    required = sum(not parameter.optional for parameter in parameters)
    if not required <= len(values) <= len(parameters):
        return None
    return list(zip(parameters, values, strict=False))


def _bind_named(signature: Signature, values: Mapping[str, object]) -> list[tuple[Parameter, object]] | None:
    known = {parameter.name for parameter in signature.parameters}
    if not values.keys() <= known:
        return None
    bound: list[tuple[Parameter, object]] = []
    for parameter in signature.parameters:
        if parameter.name not in values and not parameter.optional:
            return None
        bound.append((parameter, values.get(parameter.name)))
    while bound and bound[-1][0].optional and bound[-1][0].name not in values:
        bound.pop()
    return bound


def _checked(run: Run, parameter: Parameter, value: object, function: str) -> object:
    fits, converted = fit(run, parameter.type, value)
    if not fits or (converted is None and not parameter.type.accepts(run, None)):
        facts = {"function": function, "parameter": parameter.name, "expected": parameter.type.name}
        raise InvalidValue("wrong_argument", **facts, type=kind(value))
    return converted
