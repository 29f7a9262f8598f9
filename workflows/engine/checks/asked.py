"""Which variables only fields of forms set, and by which fields: for those it is known what they may hold."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflows.engine.checks.examined import Examined
from workflows.engine.checks.variables import handed_in, passed_on, started_with
from workflows.feel import Expression
from workflows.forms import Form
from workflows.forms.model import Field

#: What a table inside it, or called by it, reads before anything else.
HOLDING = frozenset({"business_rule_task", "sub_process", "call_activity"})


def asked_fields(examined: Examined) -> Mapping[str, list[Field]]:
    """The fields that set a variable, for every variable that nothing else sets."""
    found: dict[str, list[Field]] = {}
    set_otherwise: set[str] = set()
    for form, names in _asking(examined):
        fields = {field.key: field for field in _asked(form.fields, None)} if form is not None else {}
        for name in names:
            if name in fields:
                found.setdefault(name, []).append(fields[name])
            else:
                set_otherwise.add(name)
    return {name: fields for name, fields in found.items() if name not in set_otherwise}


def _asked(fields: tuple[Field, ...], hide: Expression | None) -> Iterator[Field]:
    """The fields that write a variable of their own, each with what may hide it."""
    for field in fields:
        if field.kind == "group" and not field.key:
            yield from _asked(field.fields, hide or field.hide)
        elif field.key and not field.is_read_only:
            yield replace(field, hide=field.hide or hide)


def _asking(examined: Examined) -> Iterator[tuple[Form | None, frozenset[str]]]:
    """Who sets which names; a form where it asks for them, None for everybody else."""
    forms = examined.content.forms
    beginning = forms.get(examined.bundle.key)
    asked = beginning.written() if beginning is not None else frozenset()
    yield beginning, asked
    yield None, (started_with(examined) or frozenset()) - asked
    for element in examined.parsed.elements.values():
        plain = element.kind == "user_task" and not element.outputs and element.loop is None
        yield forms.get(element.form_id or "") if plain else None, frozenset(passed_on(examined, element))
        if element.kind in HOLDING:
            yield None, frozenset(handed_in(element))
