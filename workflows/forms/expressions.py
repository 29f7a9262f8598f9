"""Expressions inside forms: compiled when the schema is read, never failing when it is used."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from workflows.feel import Expression, FeelBudgetError, FeelSyntaxError
from workflows.feel import compile_expression as compile_feel
from workflows.forms.errors import FormError

#: Office functions by their name in FEEL.
Functions = Mapping[str, Callable[..., object]]


def compile_expression(source: str, functions: Functions, where: str) -> Expression:
    """Compile; raises ``FormError`` with the position and the setting ``where`` it stands."""
    try:
        return compile_feel(source, functions=functions)
    except FeelSyntaxError as error:
        raise FormError("not_feel", where=where, problem=error, source=source[:200]) from None


def value_of(expression: Expression, variables: Mapping[str, Any], now: datetime) -> Any:
    """The value, None where the expression has none: a form is shown and checked even when a condition fails."""
    try:
        return expression.evaluate(variables, now=now).value
    except FeelBudgetError:
        return None
