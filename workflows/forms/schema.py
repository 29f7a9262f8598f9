"""Reading a form schema: the form-js JSON format, as far as the office uses it."""

import codecs
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import re2

from workflows.core.sizes import size_text
from workflows.feel import Expression
from workflows.forms.errors import FormError, Refused
from workflows.forms.expressions import Functions, compile_expression
from workflows.forms.lookups import harmless_html, lookups
from workflows.forms.model import CHOICES, DISPLAYED, LONGEST_TEXT, Field, Form, Option, Rules
from workflows.forms.numbers import number

#: form-js component types and our kinds; None is layout or a button, which the pages draw themselves.
KINDS: Mapping[str, str | None] = {
    **{kind: kind for kind in ("textfield", "textarea", "number", "datetime", "checkbox", "group", "dynamiclist")},
    **{kind: kind for kind in (*CHOICES, *DISPLAYED, "file")},
    "filepicker": "file",
    "button": None,
    "separator": None,
    "spacer": None,
}
LARGEST_SCHEMA = 500_000
MOST_FIELDS = 300
MOST_OPTIONS = 500
DEEPEST = 5
#: What the patterns of one form may cost together: size of their programs times the longest text they look through.
MOST_PATTERNS = 100_000_000
SHORTEST_COUNTED = 1_000
MOST_MEMORY = 1024 * 1024
LONGEST_LABEL = 2_000
LONGEST_UNIT = 20
MOST_ROWS_AT_FIRST = 20
LONGEST_DISPLAY = 20_000

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_SUBTYPES = {"date", "time", "datetime"}


def parse(data: bytes, functions: Functions | None = None) -> Form:
    """The form that ``data`` describes; ``functions`` are the office functions its expressions may call.

    Raises ``FormError`` for anything that is no usable schema, whatever it is.
    """
    schema = opened(data)
    form_id = schema.get("id")
    if not isinstance(form_id, str) or not _ID.fullmatch(form_id):
        raise FormError("form_without_id")
    return Form(form_id, _Reader(functions or {}).level(schema["components"], 1))


def opened(data: bytes) -> dict[str, Any]:
    """The JSON of a form, which has a list of components; raises ``FormError`` for anything else."""
    if len(data) > LARGEST_SCHEMA:
        raise FormError("schema_too_large", max=size_text(LARGEST_SCHEMA))
    try:
        schema = orjson.loads(data.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError as error:
        raise FormError("not_json", line=error.lineno, column=error.colno) from None
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        raise FormError("not_a_form")
    return schema


class _Reader:
    """One pass over a schema; counts components so that no schema is endless."""

    def __init__(self, functions: Functions) -> None:
        self.functions = functions
        self.count = 0
        self.patterns = 0
        self.ids: set[str] = set()

    def level(self, components: list[Any], depth: int) -> tuple[Field, ...]:
        """The fields of one level; keys are unique within it."""
        if depth > DEEPEST:
            raise FormError("too_deep", max=DEEPEST)
        fields = tuple(field for component in components if (field := self.field(component, depth)) is not None)
        _keys_are_unique(fields)
        return fields

    def field(self, component: Any, depth: int) -> Field | None:
        """One component, None for layout."""
        self.count += 1
        if self.count > MOST_FIELDS:
            raise FormError("too_many_fields", max=MOST_FIELDS)
        if not isinstance(component, dict):
            raise FormError("not_a_component", component=self.count)
        kind_name = component.get("type")
        name = str(component.get("key") or component.get("id") or self.count)[:100]
        try:
            if not isinstance(kind_name, str) or kind_name not in KINDS:
                raise FormError("unknown_kind", kind=str(kind_name)[:100])
            kind = KINDS[kind_name]
            return None if kind is None else self._field(component, kind, depth)
        except FormError as error:
            if "component" in error.facts:
                raise
            raise FormError(error.code, component=name, **error.facts) from None

    def _field(self, component: dict[str, Any], kind: str, depth: int) -> Field:
        properties = _properties(component)
        field = Field(
            id=self._id(component),
            kind=kind,
            key=_key(component, kind),
            label=_text(component, "label", LONGEST_LABEL),
            description=_text(component, "description", LONGEST_LABEL),
            text=_display(component, kind),
            rules=self._rules(component, kind),
            hide=self._hide(component),
            is_read_only=_flag(component, "disabled") or _flag(component, "readonly"),
            is_multiple=_flag(component, "multiple"),
            subtype=_subtype(component) if kind == "datetime" else "",
            unit=_unit(component) if kind == "number" else "",
            properties=properties,
            default=_rows_at_first(component) if kind == "dynamiclist" else component.get("defaultValue"),
            default_from=self._expression(properties.get("default"), "default"),
        )
        field = replace(field, spoken=self._spoken(field))
        if kind in CHOICES:
            field = self._with_options(field, component)
        if kind in {"group", "dynamiclist"}:
            children = component.get("components")
            if not isinstance(children, list):
                raise FormError("no_components")
            field = replace(field, fields=self.level(children, depth + 1))
        return _sealed(field) if field.is_read_only else field

    def _spoken(self, field: Field) -> tuple[Expression, ...]:
        """The expressions inside label, hint and text."""
        texts = (field.label, field.description, field.text)
        return tuple(each for text in texts for each in lookups(text, self.functions, is_html=field.kind == "html"))

    def _id(self, component: dict[str, Any]) -> str:
        """The component's own id, or one from its place; unique in the form."""
        found = component.get("id")
        usable = isinstance(found, str) and bool(_ID.fullmatch(found)) and found not in self.ids
        identifier = str(found) if usable else f"_field_{self.count}"
        self.ids.add(identifier)
        return identifier

    def _expression(self, source: Any, where: str) -> Expression | None:
        if source is None or source == "":
            return None
        if not isinstance(source, str) or not source.startswith("="):
            raise FormError("expression_without_equals", where=where)
        return compile_expression(source[1:], self.functions, where)

    def _hide(self, component: dict[str, Any]) -> Expression | None:
        conditional = component.get("conditional")
        if conditional is None:
            return None
        if not isinstance(conditional, dict):
            raise FormError("unusable_setting", setting="conditional")
        return self._expression(conditional.get("hide"), "hide")

    def _with_options(self, field: Field, component: dict[str, Any]) -> Field:
        source = component.get("valuesExpression")
        if code_list := field.properties.get("codeList"):
            return replace(field, code_list=code_list)
        if source:
            return replace(field, options_from=self._expression(source, "valuesExpression"))
        values = component.get("values")
        if not isinstance(values, list):
            raise FormError("no_options")
        options = options_of(values)
        return replace(field, options=options, doubled=_doubled(values, options) if len(options) < len(values) else ())

    def _rules(self, component: dict[str, Any], kind: str) -> Rules:
        validate = component.get("validate") or {}
        if not isinstance(validate, dict):
            raise FormError("unusable_setting", setting="validate")
        return Rules(
            required=_flag(validate, "required"),
            min_length=_whole(validate, "minLength", LONGEST_TEXT) or 0,
            max_length=_whole(validate, "maxLength", LONGEST_TEXT) or LONGEST_TEXT,
            minimum=self._bound(validate, "min"),
            maximum=self._bound(validate, "max"),
            pattern=self._pattern(validate),
            format=_format(validate),
            decimals=_whole(component, "decimalDigits", 12) if kind == "number" else None,
            not_past=_flag(component, "disallowPassedDates"),
            # No property of form-js: most days of the office are those on which something has happened.
            not_future=_flag(component, "disallowFutureDates"),
        )

    def _pattern(self, validate: dict[str, Any]) -> Any:
        """The compiled pattern; all of a form together may look through texts of full length in half a second."""
        pattern = _compiled(validate)
        if pattern is not None:
            longest = _whole(validate, "maxLength", LONGEST_TEXT) or LONGEST_TEXT
            self.patterns += pattern.programsize * max(longest, SHORTEST_COUNTED)
            if self.patterns > MOST_PATTERNS:
                raise FormError("pattern_too_costly", pattern=str(validate["pattern"])[:100])
        return pattern

    def _bound(self, validate: dict[str, Any], name: str) -> Decimal | Expression | None:
        value = validate.get(name)
        if isinstance(value, str) and value.startswith("="):
            return self._expression(value, name)
        try:
            return None if value is None else number(value, None)
        except Refused:
            raise FormError("unusable_setting", setting=name) from None


def _sealed(field: Field) -> Field:
    """The field with everything in it read-only, too: what only shows something must not write a part of it."""
    return replace(field, is_read_only=True, fields=tuple(_sealed(child) for child in field.fields))


def _keys_are_unique(fields: tuple[Field, ...]) -> None:
    seen: set[str] = set()
    stack = list(fields)
    while stack:
        field = stack.pop()
        if field.kind == "group" and not field.key:
            stack.extend(field.fields)
        elif field.key in seen and field.key:
            raise FormError("duplicate_key", component=field.key)
        seen.add(field.key)


def options_of(values: list[Any]) -> tuple[Option, ...]:
    """Options from a list of scalars or of ``{"value": …, "label": …}``; raises ``FormError``."""
    if len(values) > MOST_OPTIONS:
        raise FormError("too_many_options", max=MOST_OPTIONS)
    options: dict[str, Option] = {}
    for entry in values:
        value = entry.get("value") if isinstance(entry, Mapping) else entry
        label = entry.get("label") if isinstance(entry, Mapping) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = _option_number(value)
        if not isinstance(value, str | Decimal | bool) or value == "":
            raise FormError("unusable_option")
        option = Option(value, label if isinstance(label, str) else str(value))
        options.setdefault(option.key, option)
    return tuple(options.values())


def _doubled(values: list[Any], options: tuple[Option, ...]) -> tuple[str, ...]:
    """The values that stand in a list more than once."""
    keys = Counter(options_of([entry])[0].key for entry in values)
    return tuple(option.key for option in options if keys[option.key] > 1)


def _option_number(value: int | float) -> Decimal:
    try:
        return number(value, None) or Decimal(0)
    except Refused:
        raise FormError("unusable_option") from None


def _key(component: dict[str, Any], kind: str) -> str:
    if kind in DISPLAYED:
        return ""
    if kind == "group":
        key = component.get("path") or ""
    else:
        key = component.get("path" if kind == "dynamiclist" else "key") or component.get("key")
    if kind == "group" and key == "":
        return ""
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise FormError("unusable_key", key=str(key)[:100])
    return key


def _text(component: dict[str, Any], name: str, longest: int) -> str:
    value = component.get(name) or ""
    if not isinstance(value, str):
        raise FormError("unusable_setting", setting=name)
    if len(value) > longest:
        raise FormError("text_too_long", setting=name, max=longest)
    return value.strip()


def _display(component: dict[str, Any], kind: str) -> str:
    if kind == "html":
        return harmless_html(_text(component, "content", LONGEST_DISPLAY))
    return _text(component, "text", LONGEST_DISPLAY) if kind == "text" else ""


def _flag(component: dict[str, Any], name: str) -> bool:
    value = component.get(name, False)
    if not isinstance(value, bool):
        raise FormError("unusable_setting", setting=name)
    return value


def _whole(component: dict[str, Any], name: str, most: int) -> int | None:
    value = component.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise FormError("unusable_setting", setting=name)
    return value


def _subtype(component: dict[str, Any]) -> str:
    subtype = component.get("subtype", "date")
    if subtype not in _SUBTYPES:
        raise FormError("unusable_setting", setting="subtype")
    return str(subtype)


def _compiled(validate: dict[str, Any]) -> Any:
    source = validate.get("pattern")
    if not source:
        return None
    if not isinstance(source, str) or len(source) > 1_000:
        raise FormError("unusable_setting", setting="pattern")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MOST_MEMORY
    try:
        return re2.compile(source, options)
    except re2.error:
        raise FormError("unusable_pattern", pattern=source[:100]) from None


def _format(validate: dict[str, Any]) -> str:
    value = validate.get("validationType") or ""
    if value not in ("", "custom", "email", "phone"):
        raise FormError("unusable_setting", setting="validationType")
    return "" if value == "custom" else str(value)


def _rows_at_first(component: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The empty entries an untouched list begins with, so that the first need not be asked for."""
    count = component.get("defaultRepetitions")
    return [{} for _ in range(min(count, MOST_ROWS_AT_FIRST))] or None if isinstance(count, int) else None


def _unit(component: dict[str, Any]) -> str:
    appearance = component.get("appearance") or {}
    if not isinstance(appearance, dict):
        raise FormError("unusable_setting", setting="appearance")
    return _text(appearance, "suffixAdorner", LONGEST_UNIT)


def _properties(component: dict[str, Any]) -> Mapping[str, str]:
    properties = component.get("properties") or {}
    if not isinstance(properties, dict):
        raise FormError("unusable_setting", setting="properties")
    return {name: value for name, value in properties.items() if isinstance(value, str)}
