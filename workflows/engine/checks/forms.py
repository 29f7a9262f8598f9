"""Forms that nobody could send, and fields that ask for what nobody can give."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from workflows.engine.checks.examined import Examined
from workflows.engine.findings import Finding
from workflows.forms.model import CHOICES, Field


def check_forms(examined: Examined) -> Iterator[Finding]:
    """Bounds that exclude each other, choices without or with double options, what must be given but cannot."""
    for form_id, form in examined.content.forms.items():
        path = examined.content.form_files[form_id]
        for field in form.walk():
            for code, facts in _wrong(field):
                yield Finding("error", path, field.id, code, {"label": field.label or field.key, **facts})
            if field.rules.required and field.is_read_only:
                # Whoever only shows something asks for nothing: the form can be sent.
                yield Finding("warning", path, field.id, "required_but_read_only", {"label": field.label or field.key})


def _wrong(field: Field) -> Iterator[tuple[str, dict[str, Any]]]:
    rules = field.rules
    low, high = rules.minimum, rules.maximum
    if isinstance(low, Decimal) and isinstance(high, Decimal) and low > high:
        yield "form_bounds_crossed", {"min": _shown(low), "max": _shown(high)}
    if rules.min_length > rules.max_length:
        yield "form_lengths_crossed", {"min": rules.min_length, "max": rules.max_length}
    if field.kind in CHOICES and not field.is_read_only:
        yield from _options(field)
    if field.kind == "dynamiclist" and rules.required and not any(_is_asked(each) for each in field.fields):
        yield "form_nothing_to_fill", {}


def _options(field: Field) -> Iterator[tuple[str, dict[str, Any]]]:
    if not (field.options or field.options_from or field.code_list):
        yield ("form_required_without_options" if field.rules.required else "form_without_options"), {}
    for value in field.doubled:
        yield "form_double_option", {"value": value}


def _is_asked(field: Field) -> bool:
    if field.kind == "group" and not field.key:
        return any(_is_asked(each) for each in field.fields)
    return bool(field.key) and not field.is_read_only


def _shown(number: Decimal) -> str:
    return format(number.normalize(), "f").replace(".", ",")
