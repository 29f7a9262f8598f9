"""Values written as FEEL texts, as the function string() gives them (DMN 1.5 § 10.3.4.1)."""

import datetime
import re
from decimal import Decimal

from workflows.feel.errors import FeelBudgetError
from workflows.feel.runtime import Run
from workflows.feel.temporal import format_temporal
from workflows.feel.values import FeelFunction, FeelRange, YearMonthDuration

_PLAIN_KEY = re.compile(r"[^\W\d]\w*")


def to_text(run: Run, value: object) -> str:
    """Write a value; strings stand as they are at the top and quoted inside lists and contexts."""
    return value if isinstance(value, str) else _inner(run, value)


def format_number(number: Decimal) -> str:
    """Write a number without exponent and without trailing zeros."""
    if not number:
        return "0"
    plain = format(number, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _inner(run: Run, value: object) -> str:
    run.spend(2)
    text = _compose(run, value)
    if len(text) > run.limits.text:
        raise FeelBudgetError("size")
    run.spend(len(text) >> 6)
    return text


def _compose(run: Run, value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        return format_number(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + ", ".join(_inner(run, entry) for entry in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)}: {_inner(run, entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, FeelRange):
        return _range(run, value)
    if isinstance(value, FeelFunction):
        return f"function {value.name}"
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta | YearMonthDuration):
        return format_temporal(value)
    raise TypeError(type(value))


def _range(run: Run, interval: FeelRange) -> str:
    if interval.start is None:
        return f"({'<=' if interval.end_included else '<'}{_inner(run, interval.end)})"
    if interval.end is None:
        return f"({'>=' if interval.start_included else '>'}{_inner(run, interval.start)})"
    opening = "[" if interval.start_included else "("
    closing = "]" if interval.end_included else ")"
    return f"{opening}{_inner(run, interval.start)}..{_inner(run, interval.end)}{closing}"


def _key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
