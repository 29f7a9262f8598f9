"""Reading raw values against a form: conversion, conditions and options in one walk, repeated until they agree.

Which fields are hidden depends on the values, and which values count depends on what is hidden. So the form is read
with everything visible, its conditions are evaluated, and it is read again without the hidden fields, until
nothing changes. Conditions that contradict each other end with the field hidden.
"""

import dataclasses
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from workflows.core.errors import Problem
from workflows.feel import Expression
from workflows.forms.converters import convert
from workflows.forms.errors import FormError, Refused
from workflows.forms.expressions import Functions, value_of
from workflows.forms.model import CHOICES, DISPLAYED, LONGEST_LIST, Field, Form, Option, Rules
from workflows.forms.schema import options_of

MOST_ROUNDS = 12
MOST_PLACES = 5_000
MOST_PROBLEMS = 500

Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Around:
    """Everything outside the form that its meaning depends on; ``files`` are the uploads it may name."""

    variables: Mapping[str, Any]
    now: datetime
    codes: Mapping[str, Sequence[Option]] = dataclasses.field(default_factory=dict)
    functions: Functions = dataclasses.field(default_factory=dict)
    files: Mapping[int, str] = dataclasses.field(default_factory=dict)


@dataclass(slots=True)
class Place:
    """One field at one place, with what was given for it; ``nodes`` are a group's places, ``rows`` a list's."""

    field: Field
    path: str
    mark: str
    scope: Scope
    raw: Any = None
    options: Sequence[Option] = ()
    nodes: "list[Place]" = dataclasses.field(default_factory=list)
    rows: "list[list[Place]]" = dataclasses.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Level:
    """Where a walk is: the raw values there, the typed ones being collected, and the names expressions see."""

    raw: Mapping[str, Any]
    values: dict[str, Any]
    path: str
    mark: str
    scope: Scope


def read(form: Form, raw: Any, around: Around) -> "Reading":
    """The reading on which values and conditions agree; never raises, whatever ``raw`` is."""
    hidden: frozenset[str] = frozenset()
    for _ in range(MOST_ROUNDS):
        reading = Reading(form, raw, around, hidden)
        if (found := reading.hidden_now()) == hidden:
            return reading
        hidden = found
    return Reading(form, raw, around, hidden | Reading(form, raw, around, hidden).hidden_now())


class Reading:
    """One walk through a form with a given set of hidden places."""

    def __init__(self, form: Form, raw: Any, around: Around, hidden: frozenset[str]) -> None:
        self.around = around
        self.hidden = hidden
        self.problems: dict[str, tuple[Problem, ...]] = {}
        self.values: dict[str, Any] = {}
        self.count = 0
        self._conditions: list[tuple[str, Expression, Scope]] = []
        scope = _scope(form.fields, self.values, around.variables)
        self.places = self._level(form.fields, Level(self._mapping(raw, ""), self.values, "", "", scope))

    def hidden_now(self) -> frozenset[str]:
        """The places whose condition hides them, given the values of this walk."""
        now = self.around.now
        return frozenset(mark for mark, hide, scope in self._conditions if value_of(hide, scope, now) is True)

    def problem(self, path: str, code: str, **facts: object) -> None:
        """Note what is wrong at a path."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems[path] = (*self.problems.get(path, ()), Problem(code, facts))

    def _mapping(self, raw: Any, path: str) -> Mapping[str, Any]:
        if raw is None or raw == "":
            return {}
        if isinstance(raw, Mapping):
            return raw
        self.problem(path, "not_an_object")
        return {}

    def _level(self, fields: Sequence[Field], level: Level) -> list[Place]:
        known = _keys(fields)
        for key in level.raw:
            if key not in known:
                self.problem(_join(level.path, key[:100] if isinstance(key, str) else "?"), "unknown_field")
        return self._places(fields, level)

    def _places(self, fields: Sequence[Field], level: Level) -> list[Place]:
        places = []
        for current in fields:
            self.count += 1
            if self.count > MOST_PLACES:
                self.problem(level.path, "too_many", max=MOST_PLACES)
                break
            mark = f"{level.mark}/{current.id}"
            if current.hide is not None:
                self._conditions.append((mark, current.hide, level.scope))
            if mark not in self.hidden:
                places.append(self._place(current, level, mark))
        return places

    def _place(self, current: Field, level: Level, mark: str) -> Place:
        place = Place(current, _join(level.path, current.key), mark, level.scope)
        if current.kind == "group" and not current.key:
            place.nodes = self._places(current.fields, replace(level, mark=mark))
        elif current.is_read_only:
            self._show(place, level.scope)
        elif current.kind not in DISPLAYED:
            place.raw = level.raw.get(current.key)
            level.values[current.key] = READERS.get(current.kind, Reading._value)(self, place)
        return place

    def _show(self, place: Place, scope: Scope) -> None:
        """A read-only field shows the variable of its name, with all that is in it, and writes nothing."""
        current = place.field
        place.raw = scope.get(current.key, current.default)
        place.options = self._options(current, scope)
        if current.kind == "group":
            place.nodes = self._shown(place, place.raw, place.path, place.mark)
        elif current.kind == "dynamiclist":
            rows = place.raw if isinstance(place.raw, list | tuple) else []
            place.rows = [
                self._shown(place, row, f"{place.path}[{index}]", f"{place.mark}[{index}]")
                for index, row in enumerate(rows[:LONGEST_LIST])
            ]

    def _shown(self, place: Place, given: Any, path: str, mark: str) -> list[Place]:
        known = given if isinstance(given, Mapping) else {}
        return self._places(place.field.fields, Level({}, {}, path, mark, ChainMap(_map(known), _map(place.scope))))

    def _group(self, place: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        raw = self._mapping(place.raw, place.path)
        scope = _scope(place.field.fields, values, place.scope)
        place.nodes = self._level(place.field.fields, Level(raw, values, place.path, place.mark, scope))
        return values

    def _rows(self, place: Place) -> list[dict[str, Any]]:
        """The filled rows; a row in which nothing was entered does not count."""
        rows = place.raw if isinstance(place.raw, list | tuple) else []
        if place.raw not in (None, "") and not isinstance(place.raw, list | tuple):
            self.problem(place.path, "not_a_list")
        if len(rows) > LONGEST_LIST:
            self.problem(place.path, "too_many", max=LONGEST_LIST)
        filled = [row for index, raw in enumerate(rows[:LONGEST_LIST]) if (row := self._row(place, index, raw))]
        if place.field.required and not filled:
            self.problem(place.path, "required")
        return filled

    def _row(self, place: Place, index: int, raw: Any) -> dict[str, Any] | None:
        path = f"{place.path}[{index}]"
        values: dict[str, Any] = {}
        scope = _scope(place.field.fields, values, ChainMap({"this": values, "parent": place.scope}, _map(place.scope)))
        before = dict(self.problems)
        given = self._mapping(raw, path)
        places = self._level(place.field.fields, Level(given, values, path, f"{place.mark}[{index}]", scope))
        place.rows.append(places)
        if _is_empty(values) and not _says_more(self.problems, before):
            self.problems = before
            return None
        return values

    def _value(self, place: Place) -> Any:
        current = place.field
        place.options = self._options(current, place.scope)
        try:
            value = convert(current, self._rules(current, place.scope), place.raw, place.options, self.around.now)
        except Refused as refusal:
            self.problem(place.path, refusal.code, **refusal.facts)
            return EMPTY_VALUE.get(current.kind)
        if current.required and (value is None or value is False or value == []):
            self.problem(place.path, "required")
        return value

    def _rules(self, current: Field, scope: Scope) -> Rules:
        rules = current.rules
        if isinstance(rules.minimum, Expression) or isinstance(rules.maximum, Expression):
            return replace(rules, minimum=self._bound(rules.minimum, scope), maximum=self._bound(rules.maximum, scope))
        return rules

    def _bound(self, bound: Decimal | Expression | None, scope: Scope) -> Decimal | None:
        if not isinstance(bound, Expression):
            return bound
        value = value_of(bound, scope, self.around.now)
        return value if isinstance(value, Decimal) else None

    def _options(self, current: Field, scope: Scope) -> Sequence[Option]:
        if current.kind == "file":
            return [Option(Decimal(number), name) for number, name in self.around.files.items()]
        if current.kind not in CHOICES:
            return ()
        if current.code_list:
            return self.around.codes.get(current.code_list, ())
        if current.options_from is None:
            return current.options
        found = value_of(current.options_from, scope, self.around.now)
        try:
            return options_of(found if isinstance(found, list) else [])
        except FormError:
            return ()


READERS: Mapping[str, Callable[[Reading, Place], Any]] = {"group": Reading._group, "dynamiclist": Reading._rows}
EMPTY_VALUE: Mapping[str, Any] = {"checkbox": False, "checklist": [], "taglist": []}


def _scope(fields: Sequence[Field], values: dict[str, Any], outer: Scope) -> Scope:
    """Names inside one level. A field's own name never means the variable it will overwrite: empty is empty."""
    return ChainMap(values, dict.fromkeys(_keys(fields, written=True)), _map(outer))


def _map(scope: Scope) -> Any:
    # ChainMap only writes to its first map; its types ask for more than it needs.
    return scope


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _keys(fields: Sequence[Field], *, written: bool = False) -> frozenset[str]:
    """The keys of one level, with ``written`` only those that carry input."""
    keys: set[str] = set()
    for current in fields:
        if current.kind == "group" and not current.key:
            keys |= _keys(current.fields, written=written)
        elif not (written and current.is_read_only):
            keys.add(current.key)
    return frozenset(keys - {""})


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_empty(item) for item in value.values())
    return value is None or value is False or value == []


def _says_more(after: Mapping[str, tuple[Problem, ...]], before: Mapping[str, tuple[Problem, ...]]) -> bool:
    """Whether anything but "required" came up since ``before``."""
    return any(
        problem.code != "required" for path, problems in after.items() if path not in before for problem in problems
    )
