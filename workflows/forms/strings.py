"""Typed text made comparable and harmless: composed, stripped, without invisible tricks."""

import re
import unicodedata

from workflows.forms.errors import Refused

# Direction overrides and embeddings make a text read differently from what it says; byte order marks come along
# with pasted text. Zero-width joiners stay: Persian and Arabic need them.
_INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff]")
_LINE_ENDS = re.compile("\r\n|\r|\u2028|\u2029|\u0085")
_LONGEST_RAW = 200_000
_LONGEST_SHORT = 100


def single_line(raw: str) -> str:
    """One line of text, NFC, stripped; raises ``Refused`` for control characters and line breaks."""
    return _normal(raw, "")


def short_line(raw: str) -> str:
    """A number or date as typed: one line of at most a hundred characters; raises ``Refused``."""
    text = _normal(raw, "")
    if len(text) > _LONGEST_SHORT:
        raise Refused("too_long", max=_LONGEST_SHORT)
    return text


def many_lines(raw: str) -> str:
    """Text with ``\\n`` as line end, tabs allowed; raises ``Refused`` for other control characters."""
    return _normal(_LINE_ENDS.sub("\n", _bounded(raw)), "\n\t")


def _bounded(raw: str) -> str:
    # Before normalising, which costs time per character.
    if len(raw) > _LONGEST_RAW:
        raise Refused("too_long", max=_LONGEST_RAW)
    return raw


def _normal(raw: str, allowed: str) -> str:
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", _bounded(raw))).strip()
    for character in text:
        if character not in allowed and unicodedata.category(character) in {"Cc", "Cs"}:
            raise Refused("control_characters")
    return text
