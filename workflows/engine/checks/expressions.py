"""Every expression compiles, and what is written as a literal is one."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from workflows.engine import moments
from workflows.engine.checks.examined import Examined
from workflows.engine.checks.uses import Use, uses
from workflows.engine.faults import Stuck
from workflows.engine.findings import Finding
from workflows.feel import Expression, FeelBudgetError, FeelSyntaxError, compile_expression

#: Constants are tried at some moment; which one does not matter.
SOME_MOMENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TIMES = frozenset({"timer_date", "timer_duration", "timer_cycle", "due_date", "follow_up_date"})
TRUTHS = frozenset({"condition", "completion_condition", "hide"})
_ACCOUNT = re.compile("[0-9]{1,9}")
_TARGET = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def check_expressions(examined: Examined) -> Iterator[Finding]:
    """Syntax, unknown functions, constants of the wrong kind, unusable variable names."""
    for use in uses(examined.parsed):
        if use.place in {"input", "output"} and not _TARGET.fullmatch(use.target):
            yield examined.error(use.element_id, "unusable_target", target=use.target)
        if not use.is_expression:
            yield from _literal(examined, use)
            continue
        try:
            expression = compile_expression(use.feel, (), examined.functions)
        except FeelSyntaxError as error:
            facts = {"place": use.place, "target": use.target, "source": use.source[:200], "problem": error}
            yield examined.error(use.element_id, "not_feel", **facts)
            continue
        yield from _functions(examined, use, expression)
        if not expression.variables:
            yield from _constant(examined, use, expression)


def check_form_expressions(examined: Examined) -> Iterator[Finding]:
    """The same for the expressions of forms, which compiled when the form was read."""
    for form_id, form in examined.content.forms.items():
        for field_id, setting, expression in form.expressions():
            use = Use(field_id, setting, expression.source, "feel")
            found = [*_functions(examined, use, expression)]
            if not expression.variables:
                found += _constant(examined, use, expression)
            # A field may be called like an element of the diagram: its file is that of the form.
            for each in found:
                yield replace(each, file=examined.content.form_files[form_id])


def _functions(examined: Examined, use: Use, expression: Expression) -> Iterator[Finding]:
    """A name followed by an opening bracket is meant as a function; no variable holds one."""
    for name in sorted(expression.calls):
        yield examined.error(use.element_id, "unknown_function", function=name, place=use.place)


def _literal(examined: Examined, use: Use) -> Iterator[Finding]:
    if use.place in TIMES:
        yield from _time(examined, use, use.source.strip())
    elif use.place == "assignee" and not _ACCOUNT.fullmatch(use.source.strip()):
        yield examined.error(use.element_id, "not_a_person", source=use.source[:200])
    elif use.place in {"collection", "output_element"}:
        yield examined.error(use.element_id, "expression_missing", place=use.place, source=use.source[:200])
    elif use.place == "priority" and not (re.fullmatch("[0-9]{1,3}", use.source) and int(use.source) <= 100):
        yield examined.error(use.element_id, "priority_out_of_range", source=use.source[:200])


def _constant(examined: Examined, use: Use, expression: Expression) -> Iterator[Finding]:
    """An expression without variables says now what it will say then."""
    try:
        evaluation = expression.evaluate({}, now=SOME_MOMENT)
    except FeelBudgetError:
        yield examined.error(use.element_id, "expression_too_costly", place=use.place, source=use.source[:200])
        return
    value = evaluation.value
    if use.place in TIMES:
        yield from _time(examined, use, value)
    elif use.place in TRUTHS and not isinstance(value, bool):
        yield examined.error(use.element_id, "condition_not_boolean", place=use.place, source=use.source[:200])
    elif value is None and evaluation.warnings:
        facts = {"place": use.place, "source": use.source[:200], "problem": evaluation.warnings[0]}
        yield examined.warning(use.element_id, "expression_without_value", **facts)


def _time(examined: Examined, use: Use, value: Any) -> Iterator[Finding]:
    try:
        if use.place == "timer_cycle":
            moments.cycle(value, SOME_MOMENT)
        elif use.place == "follow_up_date":
            moments.day(value, SOME_MOMENT)
        else:
            moments.moment(value, SOME_MOMENT)
    except (Stuck, ArithmeticError, ValueError):
        examples = "R3/P14D, R/P1M" if use.place == "timer_cycle" else "P14D, PT2H, 2026-12-31, =deadline"
        facts = {"place": use.place, "source": use.source[:200], "examples": examples}
        yield examined.error(use.element_id, "not_a_time", **facts)
        return
    if _is_negative(value):
        yield examined.error(use.element_id, "time_negative", place=use.place, source=use.source[:200])


def _is_negative(value: Any) -> bool:
    """Whether it is a duration into the past, by which everything is over as soon as it begins."""
    try:
        period = moments.period(value)
    except Stuck:
        return False
    return (period.months, period.days, period.seconds) < (0, 0, 0)
