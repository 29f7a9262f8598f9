"""Texts of a form that name variables: ``Sehr geehrte {{contact.name}}``; and HTML made harmless."""

import html
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import nh3

from workflows.core.clock import BERLIN
from workflows.feel import Expression
from workflows.forms.errors import FormError
from workflows.forms.expressions import Functions, compile_expression, value_of

_LOOKUP = re.compile(r"\{\{(.{1,500}?)\}\}", re.DOTALL)
_TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "b", "i", "a", "h2", "h3", "h4", "blockquote", "span", "div"}


def harmless_html(source: str) -> str:
    """Paragraphs, lists, emphasis and links; everything else is removed, scripts with their content."""
    return nh3.clean(source, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto", "tel"})


def lookups(text: str, functions: Functions, *, is_html: bool = False) -> Iterator[Expression]:
    """The expressions between ``{{`` and ``}}``; raises ``FormError`` for one that does not compile."""
    for source in _LOOKUP.findall(text):
        yield compile_expression(html.unescape(source) if is_html else source, functions, "text")


def filled(
    text: str, variables: Mapping[str, Any], functions: Functions, now: datetime, *, is_html: bool = False
) -> str:
    """The text with its look-ups replaced by the values, written the German way; what is null leaves nothing.

    HTML is made harmless after filling, so that a value cannot turn into a link to a script. A text whose look-ups
    do not compile (a translation may say anything) stays as it is.
    """
    if "{{" not in text:
        return text
    try:
        values = iter([display(value_of(each, variables, now)) for each in lookups(text, functions, is_html=is_html)])
    except FormError:
        return text
    written = _LOOKUP.sub(lambda _: html.escape(next(values)) if is_html else next(values), text)
    return harmless_html(written) if is_html else written


def display(value: Any) -> str:
    """A value as a German reader expects it: ``22.11.2026``, ``1.234,50``, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, list | tuple):
        return ", ".join(display(item) for item in value)
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return str(write(value))
    return str(value)


def _number(value: Decimal) -> str:
    return f"{value:,f}".translate(str.maketrans(",.", ".,"))


def _moment(value: datetime) -> str:
    local = value.astimezone(BERLIN) if value.tzinfo else value
    return f"{local:%d.%m.%Y, %H:%M}"


# datetime before date: every datetime is a date.
_WRITERS: dict[type, Any] = {
    datetime: _moment,
    date: lambda value: f"{value:%d.%m.%Y}",
    time: lambda value: f"{value:%H:%M}",
    Decimal: _number,
}
