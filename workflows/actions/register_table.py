"""A list of associations as a spreadsheet saves it: CSV to the fields of an entry, nothing checked yet."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.actions import house_forms
from workflows.core.errors import Invalid, Problem
from workflows.forms import Field

LARGEST = 1024 * 1024
"""Bytes a list may have."""

MOST_ROWS = 1_000
"""Rows it may have: as many as are surely written before a request times out."""

SEPARATORS = ";,\t"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number as the spreadsheet shows it, the filled cells by field, and whether cells are too many."""

    number: int
    cells: Mapping[str, str]
    has_surplus: bool


def columns() -> dict[str, Field]:
    """The fields a column may be for, by key, in the order of the form."""
    return {field.key: field for field in house_forms.form("organisation").walk() if field.key}


def decoded(data: bytes) -> str:
    """The text of a list in UTF-8, with mark or without, or Windows-1252.

    Raises ``Invalid`` for ``file`` with ``file_empty``, ``file_too_large`` or ``list_no_text``.
    """
    if len(data) > LARGEST:
        raise _refused("file_too_large", max=f"{LARGEST // 1024**2} MB")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _UNPRINTABLE.search(text):
            break
        if not text.strip():
            raise _refused("file_empty")
        return text
    raise _refused("list_no_text")


def rows(text: str) -> list[Row]:
    """The lines with something in them; the separator is the one that makes most sense of the first line.

    Columns are called by the keys or the German names of the fields. Raises ``Invalid`` for ``file`` with
    ``list_broken``, ``list_unknown_columns``, ``list_double_columns``, ``list_no_name``, ``list_no_rows`` or
    ``list_too_long``.
    """
    names = {word.casefold(): key for key, field in columns().items() for word in (key, field.label)}
    tables = [_cells(text, separator) for separator in SEPARATORS]
    first, *rest = max(tables, key=lambda table: (sum(_plain(cell) in names for cell in table[0]), len(table[0])))
    header = _header(first, names)
    found = [
        Row(
            number,
            {key: cell.strip() for key, cell in zip(header, line, strict=False) if cell.strip()},
            any(cell.strip() for cell in line[len(header) :]),
        )
        for number, line in enumerate(rest, start=2)
        if any(cell.strip() for cell in line)
    ]
    if not found:
        raise _refused("list_no_rows")
    if len(found) > MOST_ROWS:
        raise _refused("list_too_long", max=MOST_ROWS)
    return found


def _cells(text: str, separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator)) or [[]]
    except csv.Error:
        raise _refused("list_broken") from None


def _header(cells: Sequence[str], names: Mapping[str, str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if unknown := [cell.strip()[:60] for cell in cells if _plain(cell) not in names]:
        raise _refused("list_unknown_columns", columns=", ".join(f"„{name}“" for name in unknown[:10]))
    header = [names[_plain(cell)] for cell in cells]
    if len(set(header)) < len(header):
        raise _refused("list_double_columns")
    if "name" not in header:
        raise _refused("list_no_name")
    return header


def _plain(cell: str) -> str:
    return cell.strip().casefold()


def _refused(code: str, **facts: object) -> Invalid:
    return Invalid({"file": (Problem(code, facts),)})
