"""One converter per kind: from what was typed or sent to a typed value, None for nothing."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from email_validator import EmailNotValidError, validate_email

from workflows.core.clock import BERLIN
from workflows.forms.errors import Refused
from workflows.forms.model import LONGEST_LIST, Field, Option, Rules, option_key
from workflows.forms.moments import clock_time, day, moment
from workflows.forms.numbers import number
from workflows.forms.strings import many_lines, short_line, single_line

Converter = Callable[[Any, Field, Rules, Sequence[Option], datetime], Any]

_PHONE = re.compile(r"\+?[0-9][0-9 ()/.\-]{3,28}[0-9]")
_CHECKED = {"true": True, "on": True, "1": True, "yes": True, "ja": True}
_UNCHECKED = {"false": False, "off": False, "0": False, "no": False, "nein": False, "": False}
_CHECKBOX = {**_CHECKED, **_UNCHECKED}


def convert(field: Field, rules: Rules, raw: Any, options: Sequence[Option], now: datetime) -> Any:
    """The typed value of ``raw`` under the (resolved) rules; raises ``Refused``. Whether it is required comes later."""
    if raw is None or raw == "":
        raw = EMPTY.get(field.kind)
    return raw if raw is None else CONVERTERS[field.kind](raw, field, rules, options, now)


def _textfield(raw: Any, field: Field, rules: Rules, options: Sequence[Option], now: datetime) -> str | None:
    return _checked_text(single_line(_string(raw)), rules)


def _textarea(raw: Any, field: Field, rules: Rules, options: Sequence[Option], now: datetime) -> str | None:
    return _checked_text(many_lines(_string(raw)), rules)


def _string(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Refused("not_a_text")
    return raw


def _checked_text(text: str, rules: Rules) -> str | None:
    if not text:
        return None
    if rules.format:
        text = FORMATS[rules.format](text)
    if len(text) > rules.max_length:
        raise Refused("too_long", max=rules.max_length)
    if len(text) < rules.min_length:
        raise Refused("too_short", min=rules.min_length)
    if rules.pattern is not None and not rules.pattern.search(text):
        raise Refused("pattern")
    return text


def _email(text: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError:
        raise Refused("not_an_email") from None


def _phone(text: str) -> str:
    if not _PHONE.fullmatch(text):
        raise Refused("not_a_phone")
    return text


FORMATS: Mapping[str, Callable[[str], str]] = {"email": _email, "phone": _phone}


def _number(raw: Any, field: Field, rules: Rules, options: Sequence[Option], now: datetime) -> Decimal | None:
    value = number(raw, rules.decimals)
    if value is None:
        return None
    if isinstance(rules.minimum, Decimal) and value < rules.minimum:
        raise Refused("too_small", min=rules.minimum)
    if isinstance(rules.maximum, Decimal) and value > rules.maximum:
        raise Refused("too_large", max=rules.maximum)
    return value


def _datetime(
    raw: Any, field: Field, rules: Rules, options: Sequence[Option], now: datetime
) -> date | time | datetime | None:
    value: date | time | datetime | None = {"date": day, "time": clock_time, "datetime": moment}[field.subtype](raw)
    if rules.not_past and isinstance(value, date):
        passed = value < now if isinstance(value, datetime) else value < now.astimezone(BERLIN).date()
        if passed:
            raise Refused("in_the_past")
    if rules.not_future and isinstance(value, date):
        still_to_come = value > now if isinstance(value, datetime) else value > now.astimezone(BERLIN).date()
        if still_to_come:
            raise Refused("in_the_future")
    return value


def _checkbox(raw: Any, field: Field, rules: Rules, options: Sequence[Option], now: datetime) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and len(raw) < 10 and raw.strip().lower() in _CHECKBOX:
        return _CHECKBOX[raw.strip().lower()]
    raise Refused("not_yes_or_no")


def _choice(raw: Any, field: Field, rules: Rules, options: Sequence[Option], now: datetime) -> Any:
    return _chosen(raw, {option.key: option.value for option in options})


def _chosen(raw: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        raw = number(raw, None)
    if not isinstance(raw, str | bool | Decimal) or (isinstance(raw, Decimal) and not raw.is_finite()):
        raise Refused("not_an_option")
    key = single_line(raw) if isinstance(raw, str) else option_key(raw)
    if not key:
        return None
    if key not in values:
        raise Refused("not_an_option", value=key[:100])
    return values[key]


def _choices(raw: Any, field: Field, rules: Rules, options: Sequence[Option], now: datetime) -> list[Any]:
    values = {option.key: option.value for option in options}
    chosen: dict[str, Any] = {}
    for entry in _list(raw):
        value = _chosen(entry, values)
        if value is not None:
            chosen[option_key(value)] = value
    return list(chosen.values())


def _list(raw: Any) -> Sequence[Any]:
    entries = raw if isinstance(raw, list | tuple) else [raw]
    if len(entries) > LONGEST_LIST:
        raise Refused("too_many", max=LONGEST_LIST)
    return entries


def _file(raw: Any, field: Field, rules: Rules, options: Sequence[Option], now: datetime) -> Any:
    """Numbers of uploaded files; ``options`` are the files that may be used here.

    An upload that could not be kept is given as what was ``Refused``.
    """
    values = {option.key: option.value for option in options}
    chosen: dict[str, Any] = {}
    for entry in _list(raw):
        if isinstance(entry, Refused):
            raise entry
        key = short_line(entry) if isinstance(entry, str) else entry
        value = number(key, 0)
        if value is None:
            continue
        if option_key(value) not in values:
            raise Refused("unknown_file")
        chosen[option_key(value)] = value
    if field.is_multiple:
        return list(chosen.values())
    if len(chosen) > 1:
        raise Refused("too_many", max=1)
    return next(iter(chosen.values()), None)


CONVERTERS: Mapping[str, Converter] = {
    "textfield": _textfield,
    "textarea": _textarea,
    "number": _number,
    "datetime": _datetime,
    "checkbox": _checkbox,
    "select": _choice,
    "radio": _choice,
    "checklist": _choices,
    "taglist": _choices,
    "file": _file,
}
#: What an untouched field of a kind holds, where that is not simply nothing.
EMPTY: Mapping[str, Any] = {"checkbox": False, "checklist": (), "taglist": ()}
