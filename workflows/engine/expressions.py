"""Evaluates the texts of a diagram: FEEL after ``=``, anything else is itself."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from workflows.engine.faults import Stuck
from workflows.feel import Evaluation, FeelBudgetError, FeelSyntaxError, compile_expression

Functions = Mapping[str, Callable[..., Any]]


def is_expression(source: str) -> bool:
    """Whether a text is FEEL."""
    return source.lstrip().startswith("=")


def is_key(value: object, longest: int) -> bool:
    """Whether a value can stand in a column that others look it up by."""
    return isinstance(value, str) and len(value.strip()) > 0 and len(value) <= longest and "\x00" not in value


def evaluate(source: str, variables: Mapping[str, Any], functions: Functions, now: datetime) -> Evaluation:
    """The value of a text with warnings; raises ``Stuck`` for what is no FEEL or costs too much."""
    if not is_expression(source):
        return Evaluation(source)
    return feel(source, variables, functions, now)


def feel(source: str, variables: Mapping[str, Any], functions: Functions, now: datetime) -> Evaluation:
    """The value of FEEL, with or without the leading ``=``; raises ``Stuck`` like ``evaluate``."""
    text = source.strip().removeprefix("=")
    try:
        return compile_expression(text, (), functions).evaluate(variables, now=now)
    except FeelSyntaxError as error:
        facts = {**error.facts, "expression": source, "problem": error.code, "position": error.position}
        raise Stuck("expression_syntax", **facts) from error
    except FeelBudgetError as error:
        raise Stuck("expression_budget", expression=source, problem=error.code) from error


def certain(source: str, evaluation: Evaluation, purpose: str) -> Any:
    """The value where null or a warning must stop the process (decision 2); raises ``Stuck``."""
    if evaluation.warnings:
        warnings = [warning.code for warning in evaluation.warnings]
        # The first one says why; those after it mostly follow from it.
        facts = {**evaluation.warnings[0].facts, "purpose": purpose, "expression": source, "warnings": warnings}
        raise Stuck("expression_warning", **facts)
    if evaluation.value is None:
        raise Stuck("expression_null", purpose=purpose, expression=source)
    return evaluation.value
