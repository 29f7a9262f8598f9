"""Changing a form schema: add, move, remove and change its components, keeping everything this house does not know.

A schema is the parsed JSON. Every function gives a new one and leaves the one it was given as it is. Components are
named by their id; ``read`` gives one to those that have none.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from workflows.core.errors import NotFound
from workflows.forms.errors import FormError
from workflows.forms.schema import DEEPEST, KINDS, opened

Schema = dict[str, Any]
Component = dict[str, Any]

CONTAINERS = frozenset({"group", "dynamiclist"})
LAYOUT = frozenset({"separator", "spacer", "button"})
#: What can be added, in the order people look for it.
ADDABLE = (
    *("textfield", "textarea", "number", "datetime", "select", "radio", "checkbox", "checklist", "taglist", "file"),
    *("group", "dynamiclist", "text", "html", "separator"),
)
_TYPES = {"file": "filepicker"}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Row:
    """One component in the order of reading: how deep it lies, in which container, and whether it is first or last."""

    component: Mapping[str, Any]
    depth: int
    container: str
    is_first: bool
    is_last: bool

    @property
    def id(self) -> str:
        """How the component is named."""
        return str(self.component["id"])

    @property
    def kind(self) -> str:
        """Its kind as the pages know it."""
        return kind_of(self.component)


def read(data: bytes) -> Schema:
    """The schema in a file, every component with an id of its own; raises ``FormError`` when it cannot be edited."""
    schema = opened(data)
    _identify(schema["components"], set(), 1)
    return schema


def _identify(components: list[Any], taken: set[str], depth: int) -> None:
    if depth > DEEPEST + 1:
        raise FormError("too_deep", max=DEEPEST)
    for component in components:
        if not isinstance(component, dict):
            raise FormError("not_a_component")
        found = component.get("id")
        if not isinstance(found, str) or not found or found in taken:
            component["id"] = free_name("field", taken)
        taken.add(component["id"])
        _identify(_inside(component), taken, depth + 1)


def write(schema: Mapping[str, Any]) -> bytes:
    """The file of a schema, indented so that versions can be compared line by line."""
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def new(form_id: str) -> Schema:
    """An empty form."""
    return {"type": "default", "id": form_id, "schemaVersion": 18, "components": []}


def kind_of(component: Mapping[str, Any]) -> str:
    """The kind as this house names it; layout by its own name, an unknown one as it is written."""
    name = str(component.get("type"))
    return KINDS.get(name) or name


def rows(schema: Mapping[str, Any]) -> Iterator[Row]:
    """All components in the order of reading."""
    yield from _rows(schema["components"], 0, "")


def _rows(components: list[Component], depth: int, container: str) -> Iterator[Row]:
    last = len(components) - 1
    for index, component in enumerate(components):
        yield Row(component, depth, container, index == 0, index == last)
        yield from _rows(_inside(component), depth + 1, str(component["id"]))


def find(schema: Mapping[str, Any], component_id: str) -> Component:
    """The component of that id; raises ``NotFound``."""
    level, index = _place(schema, component_id)
    return level[index]


def added(schema: Schema, kind: str, label: str, container: str = "") -> tuple[Schema, str]:
    """The schema with one more component at the end of a container, and its id; raises ``NotFound``."""
    if kind not in ADDABLE:
        raise NotFound("not_found", kind="field")
    copied = copy.deepcopy(schema)
    names = {str(row.component.get("key") or row.component.get("path")) for row in rows(copied)}
    key = free_name(slug(label) or "field", names)
    component_id = free_name(f"field_{key}", {row.id for row in rows(copied)})
    _level(copied, container).append({"id": component_id, **_fresh(kind, label, key)})
    return copied, component_id


def _fresh(kind: str, label: str, key: str) -> Component:
    component: Component = {"type": _TYPES.get(kind, kind)}
    if kind in {"text", "html"}:
        component["content" if kind == "html" else "text"] = label
    elif kind in CONTAINERS:
        component |= {"label": label, "components": []} | ({"path": key} if kind == "dynamiclist" else {})
    elif kind != "separator":
        component |= {"key": key, "label": label}
    if kind in {"select", "radio", "checklist", "taglist"}:
        component["values"] = [{"value": "yes", "label": "Ja"}, {"value": "no", "label": "Nein"}]
    if kind == "datetime":
        component |= {"subtype": "date", "dateLabel": label}
    return component


def moved(schema: Schema, component_id: str, step: int) -> Schema:
    """The component ``step`` places further among its neighbours; at the ends it stays. Raises ``NotFound``."""
    copied = copy.deepcopy(schema)
    level, index = _place(copied, component_id)
    component = level.pop(index)
    level.insert(max(0, min(len(level), index + step)), component)
    return copied


def put_into(schema: Schema, component_id: str, container: str) -> Schema:
    """The component at the end of another container (empty: of the form); raises ``NotFound``.

    Raises ``FormError("too_deep")`` for a container inside the component itself.
    """
    copied = copy.deepcopy(schema)
    level, index = _place(copied, component_id)
    component = level.pop(index)
    try:
        _level(copied, container).append(component)
    except NotFound:
        raise FormError("too_deep", max=DEEPEST) from None
    return copied


def removed(schema: Schema, component_id: str) -> Schema:
    """The schema without a component and what is in it; raises ``NotFound``."""
    copied = copy.deepcopy(schema)
    level, index = _place(copied, component_id)
    del level[index]
    return copied


def replaced(schema: Schema, component_id: str, component: Component) -> Schema:
    """The schema with another component in this place; raises ``NotFound``."""
    copied = copy.deepcopy(schema)
    level, index = _place(copied, component_id)
    level[index] = copy.deepcopy(component)
    return copied


def unconditional(schema: Schema) -> Schema:
    """The schema with nothing hidden by a condition: what a preview of everything shows."""
    copied = copy.deepcopy(schema)
    for row in list(rows(copied)):
        if isinstance(row.component, dict):
            row.component.pop("conditional", None)
    return copied


def slug(text: str) -> str:
    """A name for a key or file from what people call the thing: ``Straße der MO`` becomes ``strasse_der_mo``."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower().translate(_UMLAUTS)).strip("_")[:40].strip("_")
    return plain if plain[:1].isalpha() else f"field_{plain}" if plain else ""


def free_name(wanted: str, taken: set[str]) -> str:
    """``wanted``, or with the first number that is not taken yet."""
    candidates = (wanted, *(f"{wanted}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in candidates if name not in taken)


def _inside(component: Component) -> list[Component]:
    inside = component.get("components")
    return inside if isinstance(inside, list) else []


def _place(schema: Mapping[str, Any], component_id: str) -> tuple[list[Component], int]:
    stack: list[list[Component]] = [schema["components"]]
    while stack:
        level = stack.pop()
        for index, component in enumerate(level):
            if component["id"] == component_id:
                return level, index
            stack.append(_inside(component))
    raise NotFound("not_found", kind="field")


def _level(schema: Schema, container: str) -> list[Component]:
    if not container:
        return list_of(schema)
    component = find(schema, container)
    if component.get("type") not in CONTAINERS:
        raise NotFound("not_found", kind="field")
    return list_of(component)


def list_of(holder: Schema | Component) -> list[Component]:
    """The components of a form or container, made where there are none."""
    inside: list[Component] = holder.setdefault("components", [])
    return inside
