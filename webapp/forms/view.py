"""What a template needs to draw a form of a bundle; the rules themselves stay in ``workflows.forms.clean``."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from webapp.i18n import day, measured, moment
from workflows.core.errors import Problem
from workflows.forms.cleaning import input_value
from workflows.forms.model import Field

Problems = Mapping[str, tuple[Problem, ...]]


@dataclass(frozen=True, slots=True)
class FormView:
    """A form ready to be drawn by ``macros/forms.html``.

    ``fields`` are the visible fields with path, value and options resolved; ``problems`` are keyed by path;
    ``refresh_url`` answers with the fields drawn anew; ``hidden`` is bookkeeping
    the form carries along; ``glossary`` explains words of the office where they stand in a field's texts.
    """

    fields: Sequence[Field]
    problems: Problems = field(default_factory=dict)
    t: Callable[[str], str] = str  # the fields are translated already
    refresh_url: str | None = None
    hidden: Markup = Markup("")
    values: Mapping[str, Any] = field(default_factory=dict)
    glossary: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def shown(item: Field) -> str | list[str]:
        """The value as its input shows it; ``true`` for a ticked box, a list where several may be chosen."""
        shown = input_value(item, item.value)
        if isinstance(shown, bool):
            return "true" if shown else ""
        return shown if isinstance(shown, list) else str(shown)

    @staticmethod
    def given(item: Field) -> str:
        """A read-only value in words, dates and moments as the reader's language writes them."""
        return _words(item)

    def terms(self, item: Field) -> list[tuple[str, str]]:
        """The words of the glossary in a field's label and hint, with their meaning."""
        text = f"{item.label} {item.description}".casefold()
        words = re.split(r"\W+", text)
        return [
            (word, meaning)
            for word, meaning in self.glossary.items()
            if (" " in word and word.casefold() in text) or any(part.startswith(word.casefold()) for part in words)
        ]

    def troubles(self, path: str) -> tuple[Problem, ...]:
        """What is wrong with one field."""
        return self.problems.get(path, ())


def typed(fields: Sequence[Field]) -> list[dict[str, str]]:
    """What stands in the form, as label and text: for somebody whose answer came too late."""
    return [{"label": label, "value": value} for label, value in _typed(fields) if value]


def _typed(fields: Sequence[Field]) -> Iterator[tuple[str, str]]:
    for item in fields:
        if item.kind == "group":
            yield from _typed(item.fields)
        elif item.kind == "dynamiclist":
            for row in item.rows:
                yield from _typed(row)
        else:
            yield item.label, _words(item)


def _words(item: Field) -> str:
    if isinstance(item.value, datetime):
        return moment(item.value)
    if isinstance(item.value, date):
        return day(item.value)
    if item.unit and isinstance(item.value, Decimal):
        return measured(item.value, item.unit)
    words = {option.key: option.label for option in item.options}
    written = input_value(item, item.value)
    if isinstance(written, bool):
        return _("ja") if written else ""
    return ", ".join(words.get(text, text) for text in (written if isinstance(written, list) else [str(written)]))
