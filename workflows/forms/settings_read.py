"""How each setting of a form component is shown: read from the schema as the text or the yes or no of a page."""

from collections.abc import Callable, Mapping
from typing import Any

from workflows.forms.editing import kind_of
from workflows.forms.model import option_key


def _text_at(*path: str) -> Callable[[Mapping[str, Any]], str]:
    def get(component: Mapping[str, Any]) -> str:
        found = look_up(component, path)
        return found if isinstance(found, str) else "" if found is None else option_key(found)

    return get


def _flag_at(*path: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda component: look_up(component, path) is True


def look_up(component: Any, path: tuple[str, ...]) -> Any:
    """What lies at a path of the schema, None where it leads nowhere."""
    for name in path:
        component = component.get(name) if isinstance(component, Mapping) else None
    return component


def _number_at(*path: str) -> Callable[[Mapping[str, Any]], str]:
    def get(component: Mapping[str, Any]) -> str:
        found = look_up(component, path)
        if found is None or isinstance(found, str):
            return found or ""
        return str(found).replace(".", ",")

    return get


def _display(component: Mapping[str, Any]) -> str:
    return _text_at("content" if kind_of(component) == "html" else "text")(component)


def _key(component: Mapping[str, Any]) -> str:
    return _text_at("path")(component) or _text_at("key")(component)


def _source(component: Mapping[str, Any]) -> str:
    if look_up(component, ("properties", "codeList")):
        return "list"
    return "feel" if component.get("valuesExpression") else "own"


def _lines(component: Mapping[str, Any]) -> str:
    values = component.get("values")
    return "\n".join(line_of(entry) for entry in values) if isinstance(values, list) else ""


def line_of(entry: Any) -> str:
    """One option as a line of the page: ``value = label``."""
    value, label = (entry.get("value"), entry.get("label")) if isinstance(entry, Mapping) else (entry, None)
    return f"{option_key(value)} = {label}" if isinstance(label, str) else option_key(value)


def _default(component: Mapping[str, Any]) -> str:
    found = component.get("defaultValue")
    if isinstance(found, list):
        return ", ".join(option_key(entry) for entry in found)
    return "" if found is None else str(found).replace(".", ",") if isinstance(found, float) else option_key(found)


READERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "kind": kind_of,
    "label": _text_at("label"),
    "description": _text_at("description"),
    "text": _display,
    "key": _key,
    "hide": _text_at("conditional", "hide"),
    "required": _flag_at("validate", "required"),
    "read_only": lambda component: component.get("readonly") is True or component.get("disabled") is True,
    "multiple": _flag_at("multiple"),
    "not_past": _flag_at("disallowPassedDates"),
    "not_future": _flag_at("disallowFutureDates"),
    "unit": _text_at("appearance", "suffixAdorner"),
    "subtype": lambda component: _text_at("subtype")(component) or "date",
    "format": _text_at("validate", "validationType"),
    "min_length": _number_at("validate", "minLength"),
    "max_length": _number_at("validate", "maxLength"),
    "minimum": _number_at("validate", "min"),
    "maximum": _number_at("validate", "max"),
    "decimals": _number_at("decimalDigits"),
    "pattern": _text_at("validate", "pattern"),
    "source": _source,
    "values": _lines,
    "code_list": _text_at("properties", "codeList"),
    "options_from": _text_at("valuesExpression"),
    "default": _default,
    "default_from": _text_at("properties", "default"),
}
