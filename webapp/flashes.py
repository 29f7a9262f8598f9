"""Messages for the next page that say more than a sentence."""

from collections.abc import Sequence
from typing import Any

from flask import flash
from flask_babel import ngettext

MOST_TOLD = 1_500


def say(text: str, tone: str = "success", *, url: str = "", label: str = "", undo: str = "") -> None:
    """Show a sentence on the next page, with a way on (``url``, ``label``) or back (``undo``: where to post)."""
    message: Any = {"text": text, "url": url, "label": label, "undo": undo}
    flash(message, tone)


def enumerate_points(text: str, points: Sequence[str]) -> None:
    """Show a sentence on the next page and single points below it: as many as the cookie holds that carries them."""
    lines: list[str] = []
    for point in points:
        if sum(map(len, lines)) + len(point) > MOST_TOLD:
            rest = len(points) - len(lines)
            lines.append(ngettext("und %(num)d weitere", "und %(num)d weitere", rest))
            break
        lines.append(point)
    message: Any = {"text": text, "lines": lines}
    flash(message, "info")
