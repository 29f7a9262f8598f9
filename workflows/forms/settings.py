"""The settings of one form component as an editor shows and takes them: plain text, yes or no, all optional.

Only what differs from before is written, so that a component nobody changed stays as it is, byte for byte, and what
this house does not know about stays in place.
"""

import copy
from collections.abc import Mapping
from typing import Any

from workflows.core.errors import Problem
from workflows.forms.editing import CONTAINERS, Component, kind_of, slug, write
from workflows.forms.errors import FormError, Refused
from workflows.forms.expressions import Functions
from workflows.forms.model import CHOICES
from workflows.forms.schema import parse
from workflows.forms.settings_read import READERS
from workflows.forms.settings_write import EXCHANGEABLE, WRITERS

Typed = Mapping[str, Any]
Problems = dict[str, tuple[Problem, ...]]

_EVERY = ("label", "description", "key", "hide")
_INPUT = ("kind", *_EVERY, "required", "read_only")
_OPTIONS = ("source", "values", "code_list", "options_from", "default", "default_from")

#: Which settings a kind of component has, in the order of the page.
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "textfield": (*_INPUT, "min_length", "max_length", "format", "pattern", "default", "default_from"),
    "textarea": (*_INPUT, "min_length", "max_length", "default", "default_from"),
    "number": (*_INPUT, "minimum", "maximum", "decimals", "unit", "default", "default_from"),
    "datetime": (*_INPUT, "subtype", "not_past", "not_future", "default_from"),
    "checkbox": (*_INPUT, "default_from"),
    "file": (*_INPUT, "multiple"),
    **dict.fromkeys(CHOICES, (*_INPUT, *_OPTIONS)),
    "group": _EVERY,
    "dynamiclist": (*_EVERY, "read_only"),
    "text": ("text", "hide"),
    "html": ("text", "hide"),
}
#: What belongs to each source of options.
_CHOSEN = {"own": "values", "list": "code_list", "feel": "options_from"}
_SOURCE_OF = {setting: source for source, setting in _CHOSEN.items()}
FLAGS = frozenset({"required", "read_only", "multiple", "not_past", "not_future"})
_WHERE = {
    "hide": "hide", "valuesExpression": "options_from", "default": "default_from", "min": "minimum",
    "max": "maximum", "text": "label", "minLength": "min_length", "maxLength": "max_length",
    "decimalDigits": "decimals", "pattern": "pattern", "validationType": "format", "label": "label",
    "description": "description", "content": "text",
}  # fmt: skip
_CODES = {"no_options": "values", "unusable_option": "values", "too_many_options": "values",
          "unusable_key": "key", "duplicate_key": "key", "unusable_pattern": "pattern",
          "pattern_too_costly": "pattern"}  # fmt: skip


def exchangeable(kind: str) -> tuple[str, ...]:
    """The kinds a component of this kind may be turned into."""
    return EXCHANGEABLE if kind in EXCHANGEABLE else (kind,)


def shown(component: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting as the page shows it."""
    return {name: get(component) for name, get in READERS.items()}


def changed(component: Component, typed: Typed, functions: Functions) -> tuple[Component, Problems]:
    """The component with what was typed, and what is wrong with it by setting; the component counts without problems.

    Only the settings that ``typed`` names are looked at. An empty key is made from the label.
    """
    before, result = shown(component), copy.deepcopy(component)
    problems: Problems = {}
    wanted = {
        name: value for name, value in typed.items() if _SOURCE_OF.get(name, typed.get("source")) == typed.get("source")
    }
    if "key" in wanted and not wanted["key"] and kind_of(component) not in {"group", "text", "html"}:
        wanted["key"] = slug(str(wanted.get("label", "")))
    for name, value in wanted.items():
        if value == before[name]:
            continue
        try:
            WRITERS[name](result, value)
        except Refused as refused:
            problems[name] = (Problem(refused.code, refused.facts),)
    chosen = _CHOSEN.get(str(wanted.get("source")), "label")
    for name in ("label", chosen):
        if name in wanted and not str(wanted[name]).strip():
            problems[name] = (Problem("required"),)
    return result, problems or _unusable(result, functions)


def _unusable(component: Component, functions: Functions) -> Problems:
    """What the reader of schemas says about this component alone."""
    alone = {**component, "components": []} if kind_of(component) in CONTAINERS else component
    try:
        parse(write({"id": "alone", "components": [alone]}), functions)
    except FormError as error:
        return {setting_of(error): (Problem(f"form_{error.code}", error.facts),)}
    return {}


def setting_of(error: FormError) -> str:
    """The setting an error of the reader is about."""
    place = str(error.facts.get("where") or error.facts.get("setting") or "")
    return _WHERE.get(place) or _CODES.get(error.code, "label")
