"""What pages, API and command line ask of a form: clean input, fields to draw, a first filling, a draft."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from workflows.core.clock import BERLIN
from workflows.forms.errors import Refused
from workflows.forms.expressions import Functions, value_of
from workflows.forms.lookups import filled, harmless_html
from workflows.forms.model import DISPLAYED, Cleaned, Field, Form, Option, option_key
from workflows.forms.reading import Around, Place, read

Translate = Callable[[str], str]
_NOTHING: Mapping[str, Any] = {}
_NO_FILES: Mapping[int, str] = {}


def clean(
    form: Form,
    values: Any,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    codes: Mapping[str, Sequence[Option]] = _NOTHING,
    functions: Functions = _NOTHING,
    files: Mapping[int, str] = _NO_FILES,
) -> Cleaned:
    """Typed values of the visible fields and the problems by path (``items[0].amount``); never raises.

    Every visible field is in the values, empty ones as None, False or []; hidden and read-only ones are not.
    ``variables`` are what conditions and options may look at; ``files`` the uploads that may be named, number and name.
    """
    reading = read(form, values, Around(variables, now, codes, functions, files))
    return Cleaned(reading.values, reading.problems)


def visible(
    form: Form,
    values: Any,
    variables: Mapping[str, Any],
    *,
    now: datetime,
    codes: Mapping[str, Sequence[Option]] = _NOTHING,
    functions: Functions = _NOTHING,
    files: Mapping[int, str] = _NO_FILES,
    translate: Translate = str,
) -> list[Field]:
    """The fields to draw for the raw ``values``: hidden ones gone, path, value, rows, options and texts filled in.

    ``translate`` turns the German source texts of the schema into the reader's language.
    """
    around = Around(variables, now, codes, functions, files)
    return [_drawn(place, around, translate) for place in read(form, values, around).places]


def _drawn(place: Place, around: Around, translate: Translate) -> Field:
    current = place.field

    def text(source: str, *, is_html: bool = False) -> str:
        if not source:
            return ""
        spoken = harmless_html(translate(source)) if is_html else translate(source)
        return filled(spoken, place.scope, around.functions, around.now, is_html=is_html)

    # Labels from code lists and expressions come in the reader's language already.
    own_labels = not current.code_list and current.options_from is None and current.kind != "file"
    return replace(
        current,
        path="" if current.kind in DISPLAYED or not current.key else place.path,
        value=place.raw,
        label=text(current.label),
        description=text(current.description),
        text=text(current.text, is_html=current.kind == "html"),
        options=tuple(Option(o.value, translate(o.label)) if own_labels else o for o in place.options),
        fields=tuple(_drawn(node, around, translate) for node in place.nodes) or current.fields * bool(place.rows),
        rows=tuple(tuple(_drawn(node, around, translate) for node in row) for row in place.rows),
    )


def initial(
    form: Form, variables: Mapping[str, Any], *, now: datetime, functions: Functions = _NOTHING
) -> dict[str, Any]:
    """What an untouched form holds: the variable of the same name, else the field's default."""
    around = Around(variables, now, functions=functions)
    return _initial(form.fields, variables, around)


def _initial(fields: Sequence[Field], given: Mapping[str, Any], around: Around) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for current in fields:
        if current.kind == "group":
            inner = given if not current.key else given.get(current.key)
            found = _initial(current.fields, inner if isinstance(inner, Mapping) else {}, around)
            values.update(found if not current.key else {current.key: found} if found else {})
        elif current.key and not current.is_read_only:
            value = given.get(current.key)
            if value is None and current.default_from is not None:
                value = value_of(current.default_from, around.variables, around.now)
            value = current.default if value is None else value
            if value is not None:
                values[current.key] = value
    return values


def input_value(field: Field, value: Any) -> Any:
    """A value as its input shows it: text as typed, numbers with comma, dates ISO (browsers want them), choices by key.

    Returns a string, a boolean for a checkbox, a list of strings for kinds with several values.
    """
    if field.kind in {"checklist", "taglist", "file"}:
        entries = value if isinstance(value, list | tuple) else [] if value in (None, "") else [value]
        return [option_key(entry) for entry in entries if not isinstance(entry, Refused)]
    if field.kind == "checkbox":
        return value is True or (isinstance(value, str) and value.strip().lower() in {"true", "on", "1", "yes", "ja"})
    if value is None:
        return ""
    if field.kind in {"select", "radio"} or isinstance(value, bool):
        return option_key(value)
    if isinstance(value, datetime):
        local = value.astimezone(BERLIN) if value.tzinfo else value
        return f"{local:%Y-%m-%dT%H:%M}" if field.subtype == "datetime" else local.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()[:10] if isinstance(value, date) else f"{value:%H:%M}"
    if isinstance(value, int | float | Decimal):
        return str(value if not isinstance(value, Decimal) else format(value, "f")).replace(".", ",")
    return str(value)
