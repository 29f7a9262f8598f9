"""What a browser sent, as the nested raw values that ``forms.clean`` checks; nothing is checked or typed here."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from workflows.forms.errors import Refused
from workflows.forms.model import DISPLAYED, Field, Form

Sent = MultiDict[str, str]
Kept = Mapping[str, Sequence[int | Refused]]

SEVERAL = frozenset({"checklist", "taglist"})
MOST_ROWS = 200
ADD, REMOVE = "_add", "_remove"
_ROW = re.compile(r"(?P<list>.+)\[(?P<index>\d{1,4})\]")


def written(sent: Sent, name: str) -> str:
    """What stands in a large text field; browsers count a line's end as one character and send two."""
    return sent.get(name, "").replace("\r\n", "\n")


def whole_number(text: str, least: int, most: int) -> int | None:
    """The whole number somebody typed; None for anything else and for one that is out of range."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    return int(text) if is_number and least <= int(text) <= most else None


def is_redrawing(sent: Sent) -> bool:
    """Whether the form is only to be drawn anew: "Weiter" without JavaScript, or a row more or less."""
    return sent.get("_action") == "refresh" or ADD in sent or REMOVE in sent


def raw_values(form: Form, sent: Sent, kept: Kept | None = None) -> dict[str, Any]:
    """The raw values of the form's own fields; a row button (``_add``, ``_remove``) is already carried out.

    ``kept`` are the uploads of this request by path, as numbers or refused.
    """
    values = _level(form.fields, "", sent, kept or {})
    if path := sent.get(ADD):
        _rows(values, path).append({})
    if found := _ROW.fullmatch(sent.get(REMOVE, "")):
        rows = _rows(values, found["list"])
        index = int(found["index"])
        if index < len(rows):
            del rows[index]
    return values


def _level(fields: Sequence[Field], prefix: str, sent: Sent, kept: Kept) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for item in fields:
        if item.kind in DISPLAYED or item.is_read_only:
            continue
        path = f"{prefix}{item.key}"
        if item.kind == "group" and not item.key:
            values |= _level(item.fields, prefix, sent, kept)
        elif item.kind == "group":
            values[item.key] = _level(item.fields, f"{path}.", sent, kept)
        elif item.kind == "dynamiclist":
            rows = _indices(path, sent, kept)
            values[item.key] = [_level(item.fields, f"{path}[{index}].", sent, kept) for index in rows]
        elif item.kind == "checkbox":
            values[item.key] = path in sent
        elif item.kind == "file":
            values[item.key] = _files(item, sent.getlist(path), list(kept.get(path, ())))
        elif item.kind in SEVERAL:
            values[item.key] = sent.getlist(path)
        elif path in sent:
            values[item.key] = sent[path]
    return values


def _files(item: Field, before: list[str], uploaded: list[int | Refused]) -> list[Any]:
    """What was uploaded earlier and now; where only one may be, a new one takes the place of the old."""
    taken = [each for each in uploaded if not isinstance(each, Refused)]
    if taken and not item.is_multiple:
        return [*taken[-1:], *(each for each in uploaded if isinstance(each, Refused))]
    return [*before, *uploaded]


def _indices(path: str, sent: Sent, kept: Kept) -> list[int]:
    row = re.compile(re.escape(path) + r"\[(\d{1,4})\]\.")
    found = {int(match[1]) for name in (*sent, *kept) if (match := row.match(name))}
    return sorted(found)[:MOST_ROWS]


def _rows(values: dict[str, Any], path: str) -> list[Any]:
    """The rows of the dynamic list at ``path``; an empty list of nowhere for a path that is none."""
    here: Any = values
    for part in re.findall(r"[A-Za-z]\w*|\[\d{1,4}\]", path):
        try:
            here = here[int(part[1:-1])] if part.startswith("[") else here[part]
        except (KeyError, IndexError, TypeError):
            return []
    return here if isinstance(here, list) else []
