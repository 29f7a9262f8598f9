"""A list of associations as a spreadsheet saves it: CSV to the fields of an entry, nothing checked yet."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.actions import house_forms
from workflows.core.errors import Invalid, Problem
from workflows.forms import Field, Option

LARGEST = 1024 * 1024
"""Bytes a list may have."""

MOST_ROWS = 1_000
"""Rows it may have: as many as are surely written before a request times out."""

MOST_PEOPLE = 3
"""Contact persons one row may name."""

# What a column about a contact person is called, in German and in English.
PERSON: Mapping[str, tuple[str, str]] = {
    "name": ("Ansprechperson", "Contact person"),
    "role": ("Aufgabe", "Role"),
    "email": ("E-Mail", "E-mail"),
    "phone": ("Telefon", "Telephone"),
    "language": ("Sprache", "Language"),
}

SEPARATORS = ";,\t"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its number as the spreadsheet shows it, the filled cells by field, and whether cells are too many."""

    number: int
    cells: Mapping[str, str]
    has_surplus: bool

    def entry(self) -> dict[str, str]:
        """The cells that are about the association itself."""
        return {key: cell for key, cell in self.cells.items() if key in columns()}

    def people(self) -> dict[int, dict[str, str]]:
        """The cells about each contact person, by the person's number in the row."""
        found: dict[int, dict[str, str]] = {}
        for key, column in people_columns().items():
            if key in self.cells:
                found.setdefault(column.number, {})[column.name] = self.cells[key]
        return found


@dataclass(frozen=True, slots=True)
class PersonColumn:
    """A column about one contact person: which one, which field of the form, and what it is called."""

    number: int
    name: str
    field: Field
    german: str
    english: str


def columns() -> dict[str, Field]:
    """The fields a column may be for, by key, in the order of the form."""
    return {field.key: field for field in house_forms.form("organisation").walk() if field.key}


def people_columns() -> dict[str, PersonColumn]:
    """The columns about contact persons, by key: ``contact_email``, ``contact2_email`` …"""
    fields = {field.key: field for field in house_forms.form("contact").walk() if field.key}
    return {
        person_key(number, name): PersonColumn(
            number, name, fields[name], _called(number, name, 0), _called(number, name, 1)
        )
        for number in range(1, MOST_PEOPLE + 1)
        for name in PERSON
    }


def person_key(number: int, name: str) -> str:
    """The key of a column about a contact person."""
    return f"contact{number if number > 1 else ''}_{name}"


def _called(number: int, name: str, language: int) -> str:
    person = PERSON["name"][language] + (f" {number}" if number > 1 else "")
    return person if name == "name" else f"{person}: {PERSON[name][language]}"


def coded(field: Field, cell: str, options: Mapping[str, Sequence[Option]]) -> object:
    """The codes a cell means, written as codes or in German words, several with a comma, semicolon or bar between."""
    choices = options[field.code_list] if field.code_list else field.options
    words = {word.casefold(): option.key for option in choices for word in (option.label, option.key)}
    if not choices:
        return cell
    if field.kind not in ("taglist", "checklist"):
        return words.get(cell.casefold(), cell)
    if cell.casefold() in words:
        return [words[cell.casefold()]]
    parts = [part.strip() for part in re.split(r"[,;|]", cell) if part.strip()]
    return list(dict.fromkeys(words.get(part.casefold(), part) for part in parts))


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

    Columns are called by the keys or the German or English names of the fields. Raises ``Invalid`` for ``file`` with
    ``list_broken``, ``list_unknown_columns``, ``list_double_columns``, ``list_no_name``, ``list_no_rows`` or
    ``list_too_long``.
    """
    names = _names()
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


def _names() -> dict[str, str]:
    entry = {key: (field.label, house_forms.translate(field.label, "en")) for key, field in columns().items()}
    people = {key: (column.german, column.english) for key, column in people_columns().items()}
    return {word.casefold(): key for key, words in {**people, **entry}.items() for word in (key, *words)}


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
