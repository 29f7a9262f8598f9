"""The processes of a case as its page shows them: the drawing, the same as steps in words, and what they know."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from webapp.i18n import language, measured, shown
from workflows.actions import case_diagrams, forms
from workflows.actions.cases import CaseFile
from workflows.core.tx import Tx
from workflows.engine.definitions import Definition
from workflows.engine.state import Instance
from workflows.forms.cleaning import input_value
from workflows.forms.model import DISPLAYED, Field

Row = dict[str, Any]


def diagrams(tx: Tx, file: CaseFile) -> list[Row]:
    """Every process, those that run first: its drawing, its steps, where it stands, its variables by section."""
    found = sorted(file.instances, key=lambda known: known[0].status != "running")
    return [_process(tx, file.case.id, instance, definition) for instance, definition in found]


def _process(tx: Tx, case_id: int, instance: Instance, definition: Definition) -> Row:
    steps = case_diagrams.steps(tx, instance, definition)
    named = [
        {"name": definition.element_name(step.element_id, language()), "state": step.state, "at": step.at}
        for step in steps
    ]
    return {
        "id": instance.id,
        "name": definition.name,
        "status": instance.status,
        "xml_url": url_for("cases.diagram", case_id=case_id, instance_id=instance.id),
        "marks_url": url_for("cases.marks", case_id=case_id, instance_id=instance.id),
        "steps": named,
        "current": [step["name"] for step in named if step["state"] == "current"],
        "sections": sections(tx, instance, definition),
    }


def sections(tx: Tx, instance: Instance, definition: Definition, without: Collection[str] = frozenset()) -> list[Row]:
    """What the process knows, under the labels of its forms: one section per form that asked for something, ``without``
    those forms."""
    known = instance.variables.get("", {})
    found = []
    for form_id, title in _titles(definition).items():
        if form_id in without:
            continue
        form = definition.forms[form_id]
        fields = forms.drawn(tx, definition, form, known, known, language())
        if facts := [fact for fact in _facts(fields, known) if fact["value"]]:
            found.append({"title": definition.translate(title, language()) or _("Anfrage"), "facts": facts})
    return found


def _titles(definition: Definition) -> Mapping[str, str]:
    """The forms of a process by id, each with the name of the task that shows it; none for what began it."""
    named = {each.form_id: each.name for each in definition.process.elements.values() if each.form_id}
    begun = {form_id: "" for form_id in definition.forms if form_id not in named}
    return {**begun, **{form_id: name for form_id, name in named.items() if form_id in definition.forms}}


def _facts(fields: Sequence[Field], known: Mapping[str, Any]) -> Iterator[Row]:
    for field in fields:
        if field.kind == "group" and not field.key:
            yield from _facts(field.fields, known)
        elif field.kind == "group":
            inner = known.get(field.key)
            yield from _facts(field.fields, inner if isinstance(inner, Mapping) else {})
        elif field.kind == "dynamiclist":
            yield {"label": field.label, "value": "\n".join(_row(row) for row in field.rows)}
        elif field.kind not in DISPLAYED and not field.is_read_only and known.get(field.key) is not None:
            yield {"label": field.label, "value": _words(field)}


def _row(columns: Sequence[Field]) -> str:
    return ", ".join(words for words in map(_said, columns) if words)


def _said(column: Field) -> str:
    """One column of an entry: a tick reads as what it stands for, and is not told when it is not set."""
    if column.kind == "checkbox":
        return column.label if column.value else ""
    return _words(column)


def _words(field: Field) -> str:
    """A value as its form's choices call it, a number with its unit."""
    if field.unit and isinstance(field.value, Decimal):
        return measured(field.value, field.unit)
    words = {option.key: option.label for option in field.options}
    if not words:
        return str(shown(field.value))
    written = input_value(field, field.value)
    if isinstance(written, bool):
        return str(_("ja") if written else _("nein"))
    return ", ".join(words.get(text, text) for text in (written if isinstance(written, list) else [str(written)]))
