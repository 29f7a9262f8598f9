"""How each setting of a form component is written into the schema; ``Refused`` for what it cannot take."""

from collections.abc import Callable, Mapping
from typing import Any

from workflows.forms.editing import Component, kind_of, slug
from workflows.forms.errors import Refused
from workflows.forms.model import CHOICES, option_key
from workflows.forms.numbers import number
from workflows.forms.settings_read import line_of, look_up

#: A component of one of these kinds may become any other of them.
EXCHANGEABLE = (
    *("textfield", "textarea", "number", "datetime", "select", "radio", "checkbox", "checklist", "taglist", "file"),
)


def _put(component: Component, path: tuple[str, ...], value: Any) -> None:
    """Set what lies at the path; None takes it out, and an emptied part with it."""
    *parts, last = path
    holder = component
    for name in parts:
        inner = holder.get(name)
        holder[name] = holder = inner if isinstance(inner, dict) else {}
    if value is None or value == "":
        holder.pop(last, None)
        if parts and not component.get(parts[0]):
            component.pop(parts[0], None)
    else:
        holder[last] = value


def _text_to(*path: str) -> Callable[[Component, Any], None]:
    return lambda component, value: _put(component, path, str(value))


def _flag_to(*path: str) -> Callable[[Component, Any], None]:
    return lambda component, value: _put(component, path, True if value else None)


def _whole_to(*path: str) -> Callable[[Component, Any], None]:
    def put(component: Component, value: Any) -> None:
        found = number(str(value), 0) if value else None
        _put(component, path, None if found is None else int(found))

    return put


def _bound_to(*path: str) -> Callable[[Component, Any], None]:
    def put(component: Component, value: Any) -> None:
        text = str(value).strip()
        _put(component, path, text if text.startswith("=") else _json_number(text))

    return put


def _json_number(text: str) -> int | float | None:
    found = number(text, None)
    return None if found is None else int(found) if found == found.to_integral_value() else float(found)


def _feel_to(*path: str) -> Callable[[Component, Any], None]:
    """An expression; the sign that marks it as one is put in front where it is missing."""

    def put(component: Component, value: Any) -> None:
        text = str(value).strip()
        _put(component, path, text if not text or text.startswith("=") else f"={text}")

    return put


def _write_kind(component: Component, kind: Any) -> None:
    if kind not in (EXCHANGEABLE if kind_of(component) in EXCHANGEABLE else ()):
        raise Refused("not_an_option")
    component["type"] = "filepicker" if kind == "file" else str(kind)
    if kind in CHOICES and not (look_up(component, ("properties", "codeList")) or component.get("valuesExpression")):
        component.setdefault("values", [{"value": "yes", "label": "Ja"}, {"value": "no", "label": "Nein"}])


def _write_key(component: Component, key: Any) -> None:
    kind = kind_of(component)
    uses_path = kind == "group" or (kind == "dynamiclist" and ("path" in component or "key" not in component))
    _put(component, ("path",) if uses_path else ("key",), str(key).strip())


def _write_read_only(component: Component, value: Any) -> None:
    component.pop("disabled", None)
    _put(component, ("readonly",), True if value else None)


def _write_values(component: Component, text: Any) -> None:
    """One option a line, ``value = label``; options that stay keep whatever else was written about them."""
    old = component.get("values")
    same = {line_of(entry): entry for entry in old} if isinstance(old, list) else {}
    known = {option_key(entry.get("value")): entry for entry in same.values() if isinstance(entry, Mapping)}
    lines = [line.strip() for line in str(text).splitlines() if line.strip()]
    component["values"] = [same[line] if line in same else _option(line, known) for line in lines]


def _option(line: str, known: Mapping[str, Any]) -> Component:
    value, sign, label = (part.strip() for part in line.partition(" = "))
    if not sign:
        value, label = slug(line), line
    return {**known.get(value, {"value": value}), "label": label}


def _write_source(component: Component, source: Any) -> None:
    """Where the options come from; what belongs to the other sources goes, or they would win."""
    if source not in {"own", "list", "feel"}:
        raise Refused("not_an_option")
    if source != "list":
        _put(component, ("properties", "codeList"), None)
    if source != "feel":
        component.pop("valuesExpression", None)


def _write_default(component: Component, value: Any) -> None:
    text, kind = str(value).strip(), kind_of(component)
    found: Any = text or None
    if kind in {"checklist", "taglist"} and text:
        found = [part.strip() for part in text.split(",") if part.strip()]
    elif kind == "number":
        found = _json_number(text)
    _put(component, ("defaultValue",), found)


def _display_to(component: Component, value: Any) -> None:
    component["content" if kind_of(component) == "html" else "text"] = str(value)


WRITERS: Mapping[str, Callable[[Component, Any], None]] = {
    "kind": _write_kind,
    "label": _text_to("label"),
    "description": _text_to("description"),
    "text": _display_to,
    "key": _write_key,
    "hide": _feel_to("conditional", "hide"),
    "required": _flag_to("validate", "required"),
    "read_only": _write_read_only,
    "multiple": _flag_to("multiple"),
    "not_past": _flag_to("disallowPassedDates"),
    "not_future": _flag_to("disallowFutureDates"),
    "unit": _text_to("appearance", "suffixAdorner"),
    "subtype": _text_to("subtype"),
    "format": _text_to("validate", "validationType"),
    "min_length": _whole_to("validate", "minLength"),
    "max_length": _whole_to("validate", "maxLength"),
    "minimum": _bound_to("validate", "min"),
    "maximum": _bound_to("validate", "max"),
    "decimals": _whole_to("decimalDigits"),
    "pattern": _text_to("validate", "pattern"),
    "source": _write_source,
    "values": _write_values,
    "code_list": _text_to("properties", "codeList"),
    "options_from": _feel_to("valuesExpression"),
    "default": _write_default,
    "default_from": _feel_to("properties", "default"),
}
