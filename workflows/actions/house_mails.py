"""Mails of the house itself, beside those of the bundles: a text per language, with look-ups and a link."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from workflows.core import outbox, texts
from workflows.core.links import Link
from workflows.core.outbox import Mail
from workflows.core.tx import Tx

FOLDER = Path(__file__).parent / "data" / "mails"


def post(
    tx: Tx,
    name: str,
    *,
    to: str,
    language: str,
    about: str,
    values: Mapping[str, Any],
    link: Link,
    key: str | None = None,
) -> Mail:
    """Put the mail ``name`` into the outbox, in ``language``, else in plain German, else in German."""
    written, source = _text(name, language)
    subject, text = texts.split(texts.render(source, values, written))
    return outbox.post(tx, to=to, subject=subject, text=text, about=about, language=written, link=link, key=key)


@cache
def _text(name: str, language: str) -> tuple[str, str]:
    for candidate in (language, "de_simple", "de") if language != "de" else ("de",):
        path = FOLDER / f"{name}.{candidate}.txt"
        if path.is_file():
            return candidate, path.read_text(encoding="utf-8")
    raise LookupError(name)
