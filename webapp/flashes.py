"""Messages for the next page that say more than a sentence."""

from typing import Any

from flask import flash


def say(text: str, tone: str = "success", *, url: str = "", label: str = "", undo: str = "") -> None:
    """Show a sentence on the next page, with a way on (``url``, ``label``) or back (``undo``: where to post)."""
    message: Any = {"text": text, "url": url, "label": label, "undo": undo}
    flash(message, tone)
