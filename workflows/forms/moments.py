"""Dates and times as people type them (22.11.2026, 14:30) and as browsers and programs send them (ISO 8601)."""

import re
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from workflows.core.clock import BERLIN
from workflows.forms.errors import Refused
from workflows.forms.strings import short_line

_GERMAN_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:\s?Uhr)?")
_ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?")
_GERMAN_MOMENT = re.compile(r"(\S+?),?\s+(?:um\s+)?(\d.*)")
FIRST_YEAR, LAST_YEAR = 1800, 2200


def day(raw: Any) -> date | None:
    """The date meant, None for nothing; raises ``Refused``."""
    if isinstance(raw, datetime) or not isinstance(raw, date | str):
        raise Refused("not_a_date")
    return _in_range(raw) if isinstance(raw, date) else _day_of(short_line(raw))


def _day_of(text: str) -> date | None:
    if not text:
        return None
    if german := _GERMAN_DATE.fullmatch(text):
        parts = int(german[3]), int(german[2]), int(german[1])
    elif iso := _ISO_DATE.fullmatch(text):
        parts = int(iso[1]), int(iso[2]), int(iso[3])
    else:
        raise Refused("not_a_date")
    try:
        return _in_range(date(*parts))
    except ValueError:
        raise Refused("not_a_date") from None


def clock_time(raw: Any) -> time | None:
    """The time of day meant, without zone, to the second; None for nothing; raises ``Refused``."""
    if isinstance(raw, time):
        return raw.replace(microsecond=0, tzinfo=None)
    if not isinstance(raw, str):
        raise Refused("not_a_time")
    return _time_of(short_line(raw))


def _time_of(text: str) -> time | None:
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if not found:
        raise Refused("not_a_time")
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        raise Refused("not_a_time") from None


def moment(raw: Any) -> datetime | None:
    """The moment meant, in Berlin time, to the second; None for nothing; raises ``Refused``.

    What has no offset is Berlin time; an hour that daylight saving leaves out does not exist.
    """
    if isinstance(raw, datetime):
        return _in_berlin(raw)
    if not isinstance(raw, str):
        raise Refused("not_a_datetime")
    text = short_line(raw)
    if not text:
        return None
    if _ISO_MOMENT.fullmatch(text):
        try:
            return _in_berlin(datetime.fromisoformat(text))
        except ValueError:
            raise Refused("not_a_datetime") from None
    if found := _GERMAN_MOMENT.fullmatch(text):
        on, at = _day_of(found[1]), _time_of(found[2])
        if on and at is not None:
            return _in_berlin(datetime.combine(on, at))
    raise Refused("not_a_datetime")


def _in_berlin(value: datetime) -> datetime:
    _in_range(value)
    value = value.replace(microsecond=0)
    if value.tzinfo is not None:
        return value.astimezone(BERLIN)
    local = value.replace(tzinfo=BERLIN)
    if local.astimezone(UTC).astimezone(BERLIN).replace(tzinfo=None) != value:
        raise Refused("not_a_datetime")
    return local


Day = TypeVar("Day", date, datetime)


def _in_range(value: Day) -> Day:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise Refused("date_out_of_range", min=FIRST_YEAR, max=LAST_YEAR)
    return value
