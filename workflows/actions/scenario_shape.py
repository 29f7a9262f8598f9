"""What a scenario's text may hold: plain YAML within bounds, each entry of its type; anything else names its place.

People upload scenarios: nothing in one may raise later, grow without bound, or keep the engine busy for ever.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date
from typing import Any, get_origin

import yaml

from workflows.domain.cases import Enquiry
from workflows.domain.referrals import Terms
from workflows.engine import moments
from workflows.engine.faults import Stuck

LARGEST = 300_000
"""Bytes of a file: what is larger takes seconds to read and tells no story."""
MOST_STEPS = 200
MOST_WORKDAYS = 400
MOST_MONTHS, MOST_DAYS = 120, 4_000
LONGEST_TITLE = 200
LONGEST_KEY = 100
LARGEST_NUMBER = 10**30
MOST_NAMED, MOST_SHOWN = 5, 60


class Misshapen(ValueError):
    """A text that is no scenario; ``why`` names the reason (``engine/checks/words_scenarios.py``), ``facts`` tell."""

    def __init__(self, why: str, **facts: str | int) -> None:
        super().__init__(why, facts)
        self.why = why
        self.facts = facts


class _Plain(yaml.SafeLoader):
    """Without references: a few lines of them can stand for more values than any memory holds."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise Misshapen("reference", line=mark.line + 1)
        return super().compose_node(parent, index)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except yaml.YAMLError:
            raise
        # A date that is none, a number longer than any.
        except (ValueError, OverflowError) as error:
            raise Misshapen("no_value", line=node.start_mark.line + 1) from error


def plain(text: str) -> Any:
    """The value a YAML text stands for; raises ``Misshapen`` with the reason for one that cannot be read."""
    try:
        return yaml.load(text, _Plain)  # noqa: S506 - a safe loader with less
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Misshapen("not_yaml", line=mark.line + 1 if mark else 1, column=mark.column + 1 if mark else 1) from error
    except yaml.reader.ReaderError as error:
        raise Misshapen("character", line=text[: error.position].count("\n") + 1) from error
    except RecursionError as error:
        raise Misshapen("too_deep") from error
    except yaml.YAMLError as error:
        raise Misshapen("not_yaml", line=1, column=1) from error


Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _days(value: Any) -> bool:
    return type(value) is int and 0 < value <= MOST_WORKDAYS


def _passing(value: Any) -> bool:
    try:
        found = moments.period(value) if isinstance(value, str) else None
    except (Stuck, ValueError):
        return False
    return found is not None and 0 <= found.months <= MOST_MONTHS and 0 <= found.days <= MOST_DAYS


def _amounts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and type(amount) is int for name, amount in value.items()
    )


def _values(value: Any) -> bool:
    """Names with what a form or a message may hold."""
    return isinstance(value, Mapping) and all(
        isinstance(name, str) and _held(name) and _held(each) for name, each in value.items()
    )


def _held(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_held, value))
    if isinstance(value, str):
        return "\x00" not in value  # no database keeps it
    if isinstance(value, int | float):
        return abs(value) < LARGEST_NUMBER  # which no infinity is, nor what is no number
    return _values(value) if isinstance(value, Mapping) else isinstance(value, date | None)


def _process(value: Any) -> bool:
    return _text(value) and value.isprintable() and 0 < len(value) <= LONGEST_KEY


def _of(kind: type[Any], *more: str) -> Check:
    """A noun's own fields by name and type, and ``more`` texts; what has no default must be there."""
    known: dict[str, Any] = {each.name: each.type for each in fields(kind)} | dict.fromkeys(more, str)
    needed = {each.name for each in fields(kind) if each.default is MISSING} | set(more)

    def check(value: Any) -> bool:
        if not isinstance(value, Mapping) or not needed <= value.keys() <= known.keys():
            return False
        return all(_fits(each, known[name]) for name, each in value.items())

    return check


def _fits(value: Any, kind: Any) -> bool:
    return _names(value) if get_origin(kind) is list else type(value) is kind


_AT_START: Mapping[str, Check] = {
    "day": lambda value: type(value) is date,
    "language": _text,
    "enquiry": _values,
    "referral": _of(Terms, "office"),
    "funding": _flag,
    "message": _text,
    "process": _process,
    "at": _process,
    "values": _values,
    "pots": _amounts,
    "offices_without_address": _names,
}
_IN_A_STEP: Mapping[str, Check] = {
    "complete": _text,
    "advance": _passing,
    "workdays": _days,
    "message": _text,
    "closes": _text,
    "by": _text,
    "about": _text,
    "values": _values,
}
_EXPECTED: Mapping[str, Check] = {
    "tasks": _names,
    "mails": _names,
    "letters": _names,
    "entries": _names,
    "path": _names,
    "status": _text,
    "outcome": lambda value: value is None or _text(value),
    "application": lambda value: value is None or _text(value),
    "referrals": lambda value: isinstance(value, Mapping) and all(map(_text, value.values())),
    "ended": _flag,
}
_VERBS: Mapping[str, frozenset[str]] = {
    "complete": frozenset({"by", "about", "values"}),
    "advance": frozenset(),
    "workdays": frozenset(),
    "message": frozenset({"about", "values"}),
    "closes": frozenset(),
    "expect": frozenset(),
}
_ADVISED = _of(Enquiry)


def verb_of(step: Any) -> str:
    """The one verb of a line that has the right shape; raises ``Misshapen`` saying what is wrong with another."""
    found = [verb for verb in _VERBS if isinstance(step, Mapping) and verb in step]
    if len(found) != 1:
        raise Misshapen("one_verb", verbs=", ".join(_VERBS))
    if found == ["expect"]:
        _refuse_wrong(step, {"expect": lambda value: isinstance(value, Mapping)})
        _refuse_wrong(step["expect"], _EXPECTED)
    else:
        _refuse_wrong(step, {name: _IN_A_STEP[name] for name in (found[0], *_VERBS[found[0]])})
    return found[0]


def refuse_misshapen(story: Any) -> None:
    """Raise ``Misshapen`` saying which entry of a story is missing, unknown, or not of its type."""
    if not isinstance(story, Mapping):
        raise Misshapen("no_story")
    if not _text(story.get("title")) or not 0 < len(story["title"]) <= LONGEST_TITLE:
        raise Misshapen("no_title", max=LONGEST_TITLE)
    start, steps = story.get("start"), story.get("steps")
    if not isinstance(start, Mapping) or "day" not in start:
        raise Misshapen("no_day")
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        raise Misshapen("no_steps", max=MOST_STEPS)
    _refuse_wrong(start, _AT_START)
    if any(start.get(each) for each in ("referral", "funding", "message", "process")) and not _ADVISED(
        start.get("enquiry", {})
    ):
        raise Misshapen("no_enquiry", names="choice, kind, topics, text")
    if "at" in start and "process" not in start:
        raise Misshapen("no_process")


def _refuse_wrong(given: Mapping[Any, Any], known: Mapping[str, Check]) -> None:
    wrong = [str(name) for name, value in given.items() if name not in known or not known[name](value)]
    if wrong:
        raise Misshapen("unusable", names=", ".join(sorted(each[:MOST_SHOWN] for each in wrong)[:MOST_NAMED]))
