"""Forms of the house itself (offices, register), written like those of the bundles: a schema with translations beside.

``data/forms/NAME.form`` is the schema in German, ``data/forms/translations/LANGUAGE.json`` maps its texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from workflows import forms
from workflows.actions import forms as drawing
from workflows.core.tx import Tx
from workflows.forms import Field, Form

FOLDER = Path(__file__).parent / "data" / "forms"

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HouseTexts:
    """What the drawing of a form asks for its words."""

    def translate(self, text: str, language: str) -> str:
        """A German text in a language; else in plain German, else as it is."""
        return translate(text, language)


def form(name: str) -> Form:
    """The form of that name."""
    return _form(name)


def drawn(tx: Tx, name: str, values: Values, language: str, facts: Values | None = None) -> list[Field]:
    """The visible fields with ``values``, options and texts in ``language``; its expressions read ``facts``."""
    return drawing.drawn(tx, HouseTexts(), form(name), values, facts or {}, language)


def untouched(tx: Tx, name: str) -> dict[str, Any]:
    """What an empty form holds."""
    return drawing.untouched(tx, form(name), {})


def checked(tx: Tx, name: str, values: Values, facts: Values | None = None) -> dict[str, Any]:
    """The typed values; raises ``Invalid`` with the problems by path."""
    return drawing.checked(tx, form(name), values, facts or {})


def translate(text: str, language: str) -> str:
    """A German text of any of these forms in a language; else in plain German, else as it is."""
    for candidate in (language, "de_simple") if language != "de" else ():
        found = _translations(candidate).get(text)
        if found:
            return str(found["text"])
    return text


@cache
def _form(name: str) -> Form:
    return forms.parse((FOLDER / f"{name}.form").read_bytes())


@cache
def _translations(language: str) -> Mapping[str, Mapping[str, Any]]:
    path = FOLDER / "translations" / f"{language}.json"
    return dict(orjson.loads(path.read_bytes())) if path.is_file() else {}
