"""Mails of the house itself to colleagues, which no process sends: their texts lie in ``data/``, German and English."""

from collections.abc import Mapping
from importlib import resources

from workflows.core import outbox, texts
from workflows.core.links import Link
from workflows.core.tx import Tx
from workflows.domain.people import User

LANGUAGES = ("de", "en")


def post(tx: Tx, user: User, name: str, link: Link, values: Mapping[str, object]) -> None:
    """Post the text ``name`` with its link to a user, in the user's language."""
    subject, body = written(name, user.language, values)
    language = _language(user.language)
    outbox.post(tx, to=user.email, subject=subject, text=body, language=language, about=f"user:{user.id}", link=link)


def tell(tx: Tx, to: str, language: str, name: str, values: Mapping[str, object], about: str, key: str | None) -> None:
    """Post the text ``name``, which has no link of its own, in the language of whoever reads it."""
    subject, body = written(name, language, values)
    outbox.post(tx, to=to, subject=subject, text=body, language=_language(language), about=about, key=key)


def written(name: str, language: str, values: Mapping[str, object]) -> tuple[str, str]:
    """Subject and body of the text ``name``."""
    language = _language(language)
    text = resources.files("workflows.actions").joinpath(f"data/{name}.{language}.txt").read_text("utf-8")
    subject, body = texts.split(texts.render(text, values, language))
    return " ".join(subject.split()), body


def _language(wanted: str) -> str:
    return wanted if wanted in LANGUAGES else LANGUAGES[0]
