"""FEEL, the expression language of DMN 1.5: parsed once, compiled to closures, bounded in cost, no way into Python.

expression = compile_expression('topic in ("rooms", "funding") and amount <= 2500')
expression.evaluate({"topic": "rooms", "amount": Decimal(100)}).value
"""

from workflows.feel.errors import CallRefused, FeelBudgetError, FeelSyntaxError
from workflows.feel.expressions import Expression, UnaryTests, compile_expression, compile_unary_tests
from workflows.feel.runtime import Budget, Evaluation, Warning  # noqa: A004 - the standard's word
from workflows.feel.values import FeelFunction, FeelRange, YearMonthDuration

__all__ = [
    "Budget",
    "CallRefused",
    "Evaluation",
    "Expression",
    "FeelBudgetError",
    "FeelFunction",
    "FeelRange",
    "FeelSyntaxError",
    "UnaryTests",
    "Warning",
    "YearMonthDuration",
    "compile_expression",
    "compile_unary_tests",
]
