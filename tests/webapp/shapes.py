"""Holds JSON against the schemas of the API's document: the part of JSON Schema that the document uses."""

from datetime import datetime
from typing import Any

KINDS: dict[str, Any] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
}


def misfits(value: Any, schema: dict[str, Any], document: dict[str, Any], path: str = "") -> list[str]:
    """What does not fit, by path; an unknown keyword is a misfit as well, so that this stays complete."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return misfits(value, document["components"]["schemas"][name], document, path)
    found = [f"{path}: keyword {word}" for word in schema.keys() - KEYWORDS]
    if "anyOf" in schema:
        options = [misfits(value, option, document, path) for option in schema["anyOf"]]
        return found + ([] if [] in options else [f"{path}: none of the options"])
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: {value!r} not in enum")
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(KINDS[kind](value) for kind in kinds):
        return [*found, f"{path}: {value!r} is no {kinds}"]
    if schema.get("format") == "date-time" and value is not None:
        datetime.fromisoformat(value)
    if isinstance(value, dict):
        found += _members(value, schema, document, path)
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            found += misfits(item, schema["items"], document, f"{path}[{index}]")
    return found


KEYWORDS = {
    *("type", "description", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "format"),
    *("minimum", "maximum", "default"),
}


def _members(value: dict[str, Any], schema: dict[str, Any], document: dict[str, Any], path: str) -> list[str]:
    properties = schema.get("properties", {})
    found = [f"{path}.{name}: missing" for name in schema.get("required", []) if name not in value]
    for name, item in value.items():
        if name in properties:
            found += misfits(item, properties[name], document, f"{path}.{name}")
        elif schema.get("additionalProperties") is False:
            found.append(f"{path}.{name}: unknown")
    return found
