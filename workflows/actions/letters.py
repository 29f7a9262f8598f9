"""Mails of the house itself, which no process sends: their texts lie in ``data/``, in German and English."""

from collections.abc import Mapping
from importlib import resources

from workflows.core import outbox, texts
from workflows.core.links import Link
from workflows.core.tx import Tx
from workflows.domain.people import User

LANGUAGES = ("de", "en")


def post(tx: Tx, user: User, name: str, link: Link, values: Mapping[str, object]) -> None:
    """Post the text ``name`` with its link to a user, in the user's language."""
    language = user.language if user.language in LANGUAGES else "de"
    text = resources.files("workflows.actions").joinpath(f"data/{name}.{language}.txt").read_text("utf-8")
    subject, body = texts.split(texts.render(text, values, language))
    outbox.post(tx, to=user.email, subject=subject, text=body, language=language, about=f"user:{user.id}", link=link)
