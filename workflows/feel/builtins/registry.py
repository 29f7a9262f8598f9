"""How built-in functions are declared: `@builtin("substring", "string: string, start position: number")`.

Parameters are separated by commas; a type may list alternatives with "|" and "null" among them; "?" after a name
makes the parameter optional, "..." lets it take one list or any number of arguments. Implementations take the
values in order, and first the run where their first parameter is called `run`.
"""

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from workflows.feel.runtime import Run
from workflows.feel.types import SIMPLE_TYPES, FeelType, OneOf
from workflows.feel.values import FeelFunction, Parameter, Signature

Implementation = TypeVar("Implementation", bound=Callable[..., object])
FUNCTIONS: dict[str, FeelFunction] = {}


def builtin(name: str, parameters: str) -> Callable[[Implementation], Implementation]:
    """Register an implementation as a (further) signature of a built-in function."""
    declared = tuple(_parameter(part.strip()) for part in parameters.split(",") if part.strip())

    def register(implementation: Implementation) -> Implementation:
        signature = Signature(declared, _code(implementation))
        earlier = FUNCTIONS[name].signatures if name in FUNCTIONS else ()
        FUNCTIONS[name] = FeelFunction(name, (*earlier, signature))
        return implementation

    return register


def _code(implementation: Callable[..., Any]) -> Callable[[Run, list[object]], object]:
    if next(iter(inspect.signature(implementation).parameters), "") == "run":
        return lambda run, values: implementation(run, *values)
    return lambda run, values: implementation(*values)


def _parameter(declaration: str) -> Parameter:
    name, _, type_text = declaration.partition(":")
    bare = name.strip().removesuffix("...").removesuffix("?")
    return Parameter(bare, _type(type_text.strip()), optional=name.endswith("?"), rest=name.endswith("..."))


def _type(text: str) -> FeelType:
    names = [name.strip() for name in text.split("|")]
    choices = tuple(SIMPLE_TYPES[name] for name in names if name != "null")
    if len(choices) == 1 and "null" not in names:
        return choices[0]
    return OneOf(text, choices, nullable="null" in names)
