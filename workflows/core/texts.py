"""Texts from bundles with look-ups in double braces: ``{{name}}``, ``{{case.reference}}``. Nothing is ever executed."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from workflows.core.clock import BERLIN
from workflows.core.errors import LotseError

_LOOKUP = re.compile(r"\{\{([^{}]*)\}\}")
_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
"""Languages written from right to left."""

_SUBJECT = re.compile(r"(Betreff|Subject):[ \t]*([^\r\n]*)(?:\r?\n)*")


def placeholders(template: str) -> list[str]:
    """The dotted names ``template`` looks up, in order of appearance; raises ``LotseError`` for a malformed one."""
    paths = [match[1].strip() for match in _LOOKUP.finditer(template)]
    for path in paths:
        if not _PATH.fullmatch(path):
            raise LotseError("text_placeholder", name=path)
    if "{{" in _LOOKUP.sub("", template):
        raise LotseError("text_placeholder", name="{{")
    return paths


def render(template: str, values: Mapping[str, Any], language: str = "de") -> str:
    """``template`` with every look-up replaced; what a value contains is never looked up again.

    In a ``language`` written from right to left values are set apart (Unicode UAX #9, isolates), or 2026-0142 would
    be shown as 0142-2026.

    Dates read DD.MM.YYYY, moments DD.MM.YYYY HH:MM in Berlin, lists are joined by commas, null is empty.
    Raises ``LotseError`` ``text_missing`` for a name without a value, ``text_value`` for one that cannot be written.
    """
    placeholders(template)
    before, after = (
        ("\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}") if language in RIGHT_TO_LEFT else ("", "")
    )

    def written(match: re.Match[str]) -> str:
        path = match[1].strip()
        return before + _written(path, _look_up(path, values)) + after

    return _LOOKUP.sub(written, template)


def split(text: str) -> tuple[str, str]:
    """Subject and body of a mail text whose first line reads ``Betreff: …`` or ``Subject: …``.

    Raises ``LotseError`` ``text_subject`` without such a line.
    """
    match = _SUBJECT.match(text)
    if match is None or not match[2].strip():
        raise LotseError("text_subject")
    return match[2].strip(), text[match.end() :]


def _look_up(path: str, values: Mapping[str, Any]) -> Any:
    found: Any = values
    for name in path.split("."):
        if not isinstance(found, Mapping) or name not in found:
            raise LotseError("text_missing", name=path)
        found = found[name]
    return found


def _written(path: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(BERLIN).strftime("%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, list | tuple):
        return ", ".join(_written(path, item) for item in value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value)
    raise LotseError("text_value", name=path)
