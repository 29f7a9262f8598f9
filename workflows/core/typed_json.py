"""Values of the expression language as JSON: what JSON cannot say is tagged, numbers are always Decimal.

``{"$decimal": "2500.50"}``, ``{"$date": "2026-11-22"}``, ``{"$datetime": "…"}``, ``{"$time": "…"}``,
``{"$duration": "93600"}`` (days and time, in seconds), ``{"$months": 14}`` (years and months). Whole numbers are
plain JSON integers. A context whose own key starts with ``$`` is wrapped in ``{"$context": …}``.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson

from workflows.feel.values import YearMonthDuration

LARGEST_INTEGER = 2**53


def dumps(value: Any) -> bytes:
    """Encode; raises ``TypeError`` for floats and anything the expression language has no type for."""
    return orjson.dumps(to_plain(value))


def loads(data: bytes) -> Any:
    """Decode what ``dumps`` made."""
    return from_plain(orjson.loads(data))


def to_plain(value: Any) -> Any:
    """The JSON structure for ``value``; raises ``TypeError`` like ``dumps``."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) < LARGEST_INTEGER else {"$decimal": str(value)}
    if isinstance(value, Decimal):
        return _plain_decimal(value)
    if isinstance(value, Mapping):
        return _plain_context(value)
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, YearMonthDuration):
        return {"$months": value.months}
    for kind, tag in TAGS.items():
        if isinstance(value, kind):
            return {tag: _seconds(value) if isinstance(value, timedelta) else value.isoformat()}
    raise TypeError(f"{type(value).__name__} is not a value of the expression language")


# datetime before date: every datetime is a date.
TAGS: dict[type[date] | type[time] | type[timedelta], str] = {
    datetime: "$datetime",
    date: "$date",
    time: "$time",
    timedelta: "$duration",
}


def _plain_decimal(value: Decimal) -> Any:
    if not value.is_finite():
        raise TypeError("not a finite number")
    if value.as_tuple().exponent == 0 and abs(value) < LARGEST_INTEGER:
        return int(value)
    return {"$decimal": str(value)}


def _plain_context(value: Mapping[Any, Any]) -> Any:
    plain = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError("context keys are strings")
        plain[key] = to_plain(item)
    return {"$context": plain} if any(key.startswith("$") for key in plain) else plain


def _seconds(value: timedelta) -> str:
    micro = value // timedelta(microseconds=1)
    return str(Decimal(micro).scaleb(-6))


def from_plain(plain: Any) -> Any:
    """The value of a JSON structure made by ``to_plain``; numbers become Decimal."""
    if isinstance(plain, bool | str | Decimal) or plain is None:
        return plain
    if isinstance(plain, int):
        return Decimal(plain)
    if isinstance(plain, float):
        return Decimal(repr(plain))
    if isinstance(plain, list):
        return [from_plain(item) for item in plain]
    if len(plain) == 1:
        ((tag, content),) = plain.items()
        if tag == "$context":
            return {key: from_plain(item) for key, item in content.items()}
        if tag in READERS:
            return READERS[tag](content)
    return {key: from_plain(item) for key, item in plain.items()}


READERS: dict[str, Any] = {
    "$decimal": Decimal,
    "$date": date.fromisoformat,
    "$datetime": datetime.fromisoformat,
    "$time": time.fromisoformat,
    "$duration": lambda text: timedelta(microseconds=int(Decimal(text).scaleb(6))),
    "$months": lambda months: YearMonthDuration(int(months)),
}
