"""Item definitions of a model as FEEL types (DMN 1.5 § 7.3.3)."""

from collections.abc import Callable, Mapping

from workflows.decisions.xml import Element, child, children, name_of, text_of
from workflows.feel import FeelSyntaxError, compile_unary_tests
from workflows.feel.runtime import Run, Scope
from workflows.feel.types import (
    ANY,
    SIMPLE_TYPES,
    ContextType,
    FeelType,
    FunctionType,
    ListType,
    NamedType,
    RestrictedType,
)


def read_types(root: Element) -> dict[str, FeelType]:
    """Read all item definitions of a model by name; they may refer to each other in any order."""
    types: dict[str, FeelType] = {}
    for definition in children(root, "itemDefinition"):
        types[name_of(definition)] = _item_type(definition, types)
    return types


def type_named(reference: str | None, types: Mapping[str, FeelType]) -> FeelType | None:
    """Find the type a typeRef means; None where nothing is to be checked. Unknown types check nothing."""
    name = (reference or "").strip().removeprefix("feel:")
    if not name or name == "Any":
        return None
    if name in types:
        return types[name]
    # Older models write the names of types in other forms; what is unknown must not turn every value into null.
    return SIMPLE_TYPES.get(name) or SIMPLE_TYPES.get(name.lower())


def _item_type(definition: Element, types: Mapping[str, FeelType]) -> FeelType:
    name = name_of(definition)
    item = _base_type(definition, name, types)
    allowed = text_of(child(definition, "allowedValues"))
    if allowed:
        item = RestrictedType(name, item, _allows(allowed), allowed)
    if definition.get("isCollection") == "true":
        item = ListType(name, item)
    constraint = text_of(child(definition, "typeConstraint"))
    return RestrictedType(name, item, _allows(constraint)) if constraint else item


def _base_type(definition: Element, name: str, types: Mapping[str, FeelType]) -> FeelType:
    components = list(children(definition, "itemComponent"))
    if components:
        return ContextType(name, tuple((name_of(component), _item_type(component, types)) for component in components))
    function = child(definition, "functionItem")
    if function is not None:
        parameters = tuple(ANY for _ in children(function, "parameters"))
        return FunctionType(name, parameters, ANY)
    reference = child(definition, "typeRef")
    named = ("".join(str(part) for part in reference.itertext()) if reference is not None else "").strip()
    named = named.removeprefix("feel:")
    if not named:
        return ANY
    return SIMPLE_TYPES.get(named) or NamedType(named, types)


def _allows(source: str) -> Callable[[Run, object], bool]:
    try:
        tests = compile_unary_tests(source)
    except FeelSyntaxError:
        return lambda run, value: False

    def allows(run: Run, value: object) -> bool:
        # What does not fit is told by whoever asks, not by how the answer was found.
        told = len(run.warnings)
        run.spend(1)
        answer = tests.check(Scope(run, {}), value)
        del run.warnings[told:]
        return answer is True

    return allows
