"""Drafts: what was typed, kept as it was typed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from workflows.forms.model import DISPLAYED, LONGEST_LIST, LONGEST_TEXT, Field, Form

_MOST_PLACES = 5_000


def draft(form: Form, raw: Any) -> dict[str, Any]:
    """The raw values of known fields, bounded and storable as typed JSON; unknown fields are dropped, never raises.

    Nothing is checked: a draft may be half a date.
    """
    return _Keeper().level(form.fields, raw)


class _Keeper:
    def __init__(self) -> None:
        self.count = 0

    def level(self, fields: Sequence[Field], raw: Any) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for field in fields:
            self.count += 1
            if not isinstance(raw, Mapping) or field.kind in DISPLAYED or self.count > _MOST_PLACES:
                continue
            if field.kind == "group" and not field.key:
                kept.update(self.level(field.fields, raw))
            elif field.key in raw and not field.is_read_only:
                kept[field.key] = self.value(field, raw[field.key])
        return kept

    def value(self, field: Field, raw: Any) -> Any:
        if field.kind == "group":
            return self.level(field.fields, raw)
        if isinstance(raw, list | tuple):
            rows = raw[:LONGEST_LIST]
            if field.kind == "dynamiclist":
                return [self.level(field.fields, row) for row in rows]
            return [_scalar(entry) for entry in rows]
        return [] if field.kind == "dynamiclist" else _scalar(raw)


def _scalar(raw: Any) -> Any:
    """A value that typed JSON can store, else None."""
    if isinstance(raw, str):
        # Lone surrogates are no text; they cannot be stored.
        return raw[: LONGEST_TEXT * 2].encode("utf-8", "replace").decode()
    if isinstance(raw, bool | date | datetime | time):
        return raw
    if isinstance(raw, int):
        return raw if raw.bit_length() < 200 else None
    if isinstance(raw, float):
        raw = Decimal(repr(raw))
    if isinstance(raw, Decimal):
        return raw if raw.is_finite() and len(raw.as_tuple().digits) < 100 and abs(raw.adjusted()) < 100 else None
    return None
