"""Expressions tried with what people may enter: where no value comes out, the case would stand still."""

from collections.abc import Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from itertools import islice, product
from typing import Any

from workflows.engine import moments
from workflows.engine.checks.asked import asked_fields
from workflows.engine.checks.examined import Examined
from workflows.engine.checks.expressions import SOME_MOMENT, TIMES, TRUTHS
from workflows.engine.checks.unwritten import AWAITED, Names
from workflows.engine.checks.uses import Use, uses
from workflows.engine.checks.variables import compiled
from workflows.engine.faults import Stuck
from workflows.engine.findings import Finding
from workflows.feel import Expression, FeelBudgetError
from workflows.forms.model import Field

#: So many combinations of answers are tried for one expression.
MOST_TRIED = 60
MOST_CHOICES = 8
#: What somebody may type into a field of a kind. A text may be anything, a number and a date among it.
TYPED: Mapping[str, tuple[Any, ...]] = {
    "textfield": ("Ein Text", "5", "2026-12-31"),
    "textarea": ("Ein Text", "5", "2026-12-31"),
    "number": (Decimal(5), Decimal(5000)),
    "checkbox": (True, False),
}
MOMENTS: Mapping[str, Any] = {"date": date(2026, 12, 31), "time": time(9), "datetime": SOME_MOMENT}
Values = Mapping[str, Any]


def check_fitting(examined: Examined) -> Iterator[Finding]:
    """Values of the wrong kind, and answers that may be left out where the engine takes nothing but a value."""
    known = {
        name: typed for name, fields in asked_fields(examined).items() if (typed := _typed(examined, name, fields))
    }
    names = Names(examined)
    for use in uses(examined.parsed):
        expression = compiled(examined, use) if use.place in AWAITED and use.is_expression else None
        if expression is None or not expression.variables or not expression.variables <= known.keys():
            continue
        # What is read before it was asked for is another finding, or another value.
        if all(names.knows(use.element_id, each) for each in expression.variables):
            yield from _tried(examined, use, expression, {name: known[name] for name in sorted(expression.variables)})


def _typed(examined: Examined, name: str, fields: list[Field]) -> list[Any]:
    """Some values a variable may have, None among them where it may be left out; none where that is not known."""
    if name in examined.catalogue.variables.get(examined.bundle.key, ()):
        return []  # what a case keeps of an answer is for the case to say
    found: dict[str, Any] = {}
    for field in fields:
        samples = _samples(field)
        if not samples or field.hide is not None:
            return []
        found |= {repr(each): each for each in samples}
        if not field.required and field.kind != "checkbox":
            found["None"] = None
    return list(found.values())


def _samples(field: Field) -> tuple[Any, ...]:
    if field.rules.pattern is not None or field.rules.format:
        return ()
    if field.kind in {"select", "radio"}:
        return tuple(option.value for option in field.options[:MOST_CHOICES])
    return (MOMENTS[field.subtype],) if field.kind == "datetime" else TYPED.get(field.kind, ())


def _tried(examined: Examined, use: Use, expression: Expression, known: Mapping[str, list[Any]]) -> Iterator[Finding]:
    told = {"place": use.place, "source": use.source.strip()[:200]}
    filled = {name: [each for each in values if each is not None] for name, values in known.items()}
    tried = _combined(filled)
    wrong = [each for each in tried if _stands_still(use, expression, each)]
    if wrong:
        example = ", ".join(f"{name} = {_shown(value)}" for name, value in wrong[0].items())
        certain = len(wrong) == len(tried)
        yield (examined.error if certain else examined.warning)(use.element_id, "value_unfit", **told, example=example)
        return
    for name, values in known.items():
        if None in values and any(_stands_still(use, expression, each) for each in _combined({**filled, name: [None]})):
            way = f"{name} != null and …" if use.place in TRUTHS else f"=if {name} = null then … else …"
            yield examined.warning(use.element_id, "may_be_empty", **told, variable=name, way=way)


def _combined(values: Mapping[str, list[Any]]) -> list[Values]:
    return [dict(zip(values, each, strict=True)) for each in islice(product(*values.values()), MOST_TRIED)]


def _stands_still(use: Use, expression: Expression, values: Values) -> bool:
    try:
        found = expression.evaluate(values, now=SOME_MOMENT)
    except FeelBudgetError:
        return True
    if found.warnings or found.value is None:
        return True
    if use.place in TRUTHS:
        return not isinstance(found.value, bool)
    return use.place in TIMES and not _is_time(use.place, found.value)


def _is_time(place: str, value: Any) -> bool:
    try:
        if place == "timer_cycle":
            moments.cycle(value, SOME_MOMENT)
        elif place == "follow_up_date":
            moments.day(value, SOME_MOMENT)
        else:
            moments.moment(value, SOME_MOMENT)
    except (Stuck, ArithmeticError, ValueError):
        return False
    return True


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
