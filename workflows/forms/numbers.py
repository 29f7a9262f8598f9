"""Numbers as people in Germany type them and as programs send them."""

import re
from decimal import Decimal
from typing import Any

from workflows.feel.values import NUMBERS
from workflows.forms.errors import Refused
from workflows.forms.strings import short_line

_SPACES = re.compile("[\\s\u00a0\u202f\u2009'’]")
_CURRENCY = re.compile("(€|EUR|Euro)$", re.IGNORECASE)
_GERMAN = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d*")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+")
_PLAIN = re.compile(r"[+-]?\d+(\.\d+)?")
_MOST_DIGITS = 18
_MOST_DECIMALS = 12
LARGEST = 10**_MOST_DIGITS - 1


def number(raw: Any, decimals: int | None) -> Decimal | None:
    """The number meant by ``raw``, None for nothing; raises ``Refused``.

    ``1.500`` means 1500 where at most two decimals are allowed; where it could be either it is refused rather than
    guessed.
    """
    if isinstance(raw, str):
        raw = _from_text(raw, decimals)
    elif isinstance(raw, bool) or not isinstance(raw, int | float | Decimal):
        raise Refused("not_a_number")
    elif isinstance(raw, float):
        raw = Decimal(repr(raw))
    elif isinstance(raw, int):
        # Before converting: the digits of an endless integer cost quadratic time.
        if raw.bit_length() > 100:
            raise Refused("too_large", max=LARGEST)
        raw = Decimal(raw)
    return None if raw is None else _bounded(raw, decimals)


def _from_text(raw: str, decimals: int | None) -> Decimal | None:
    text = _SPACES.sub("", _CURRENCY.sub("", short_line(raw))).replace("\u2212", "-")
    if not text:
        return None
    if not text.isascii():
        text = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    if _GERMAN.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", ".").rstrip("."))
    if _GROUPED.fullmatch(text):
        if text.count(".") == 1 and (decimals is None or decimals > 2):
            raise Refused("ambiguous_number", text=text)
        return Decimal(text.replace(".", ""))
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    raise Refused("not_a_number")


def _bounded(value: Decimal, decimals: int | None) -> Decimal:
    if not value.is_finite():
        raise Refused("not_a_number")
    most = _MOST_DECIMALS if decimals is None else decimals
    if value and value.adjusted() >= _MOST_DIGITS:
        raise Refused("too_large", max=LARGEST)
    if value and value.adjusted() < -_MOST_DIGITS:
        raise Refused("too_many_decimals", max=most)
    rounded = value.quantize(Decimal(1).scaleb(-most), context=NUMBERS)
    if rounded != value:
        raise Refused("too_many_decimals", max=most)
    if decimals is None:
        rounded = NUMBERS.normalize(rounded)
        # 1E+3 is a number people do not write.
        rounded = rounded.quantize(Decimal(1)) if rounded.as_tuple().exponent > 0 else rounded  # type: ignore[operator]
    return NUMBERS.add(rounded, Decimal(0))
