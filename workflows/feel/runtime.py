"""What one evaluation carries: budget, clock, warnings and the chain of scopes."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from workflows.feel.errors import FeelBudgetError
from workflows.feel.values import NUMBERS, FeelFunction, FeelRange, YearMonthDuration

BERLIN: Final = ZoneInfo("Europe/Berlin")
_MOST_WARNINGS = 50
_MOST_NESTING = 60
_UNCHANGED = frozenset(
    {type(None), bool, str, datetime.date, datetime.timedelta, datetime.time, datetime.datetime}
    | {YearMonthDuration, FeelFunction}
)
_NO_FACTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one evaluation: steps, nested calls, list entries and characters of any one value.

    A step is what takes about a microsecond; the default stops an evaluation after some 50 milliseconds.
    """

    steps: int = 40_000
    depth: int = 64
    size: int = 100_000
    text: int = 500_000


DEFAULT_BUDGET: Final = Budget()


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - the word of the standard's "Evaluation yields a value and warnings"
    """Why a part of an expression gave null; `position` is the 0-based offset in the source."""

    code: str
    facts: Mapping[str, str] = field(default_factory=lambda: _NO_FACTS)
    position: int = 0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome: a FEEL value that shares nothing with the caller's variables, and the warnings on the way."""

    value: object
    warnings: tuple[Warning, ...] = ()


class Run:
    """The state of one evaluation; never shared between threads."""

    __slots__ = ("_now", "depth", "limits", "patterns", "steps", "warnings", "zone")

    def __init__(self, limits: Budget, now: datetime.datetime | None, zone: datetime.tzinfo) -> None:
        self.limits = limits
        self.steps = limits.steps
        self.depth = limits.depth
        self.zone = zone
        self.warnings: list[Warning] = []
        self.patterns: dict[tuple[str, str], Any] = {}
        self._now = now

    def now(self) -> datetime.datetime:
        """Give the one moment this evaluation happens at, in its zone."""
        if self._now is None:
            self._now = datetime.datetime.now(self.zone)
        return self._now.astimezone(self.zone)

    def warn(self, code: str, position: int, facts: Mapping[str, str] = _NO_FACTS) -> None:
        """Note a warning; only the first fifty are kept."""
        self.spend(1)
        if len(self.warnings) < _MOST_WARNINGS:
            self.warnings.append(Warning(code, MappingProxyType(dict(facts)), position))

    def spend(self, steps: int) -> None:
        """Count steps down; FeelBudgetError when none are left."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelBudgetError("steps")

    def sized(self, value: object) -> object:
        """Check a fresh value against the size limits and charge for building it."""
        if type(value) is str:
            if len(value) > self.limits.text:
                raise FeelBudgetError("size")
            self.spend(len(value) >> 6)
        elif type(value) is list:
            if len(value) > self.limits.size:
                raise FeelBudgetError("size")
            self.spend(len(value) >> 2)
        return value

    def admit(self, value: object, where: str, nesting: int = 0) -> object:
        """Copy a value from outside into FEEL's own types; what has no FEEL type becomes null with a warning."""
        if type(value) in _UNCHANGED:
            return value
        if isinstance(value, Decimal | int):
            return value if isinstance(value, bool) else self._admit_number(value, where)
        if nesting > _MOST_NESTING:
            raise FeelBudgetError("depth")
        self.spend(1)
        if isinstance(value, Mapping):
            return {str(key): self.admit(entry, where, nesting + 1) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            return self.sized([self.admit(entry, where, nesting + 1) for entry in value])
        if isinstance(value, FeelRange):
            start, end = (self.admit(side, where, nesting + 1) for side in (value.start, value.end))
            return FeelRange(start, end, value.start_included, value.end_included)
        return self._admit_subclass(value, where)

    def _admit_number(self, value: Decimal | int, where: str) -> Decimal | None:
        # Comparing an unbounded int is cheap, converting it to decimal digits is not.
        if isinstance(value, int) and value.bit_length() > 20_000:
            self.warn("number_too_large", 0, {"name": where})
            return None
        number = Decimal(value) if type(value) is not Decimal else value
        if not number.is_finite() or abs(number.adjusted()) > NUMBERS.Emax:
            self.warn("number_too_large", 0, {"name": where})
            return None
        return NUMBERS.plus(number)

    def _admit_subclass(self, value: object, where: str) -> object:
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, datetime.datetime):
            parts = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
            return datetime.datetime(*parts, tzinfo=value.tzinfo, fold=value.fold)
        if isinstance(value, datetime.date):
            return datetime.date(value.year, value.month, value.day)
        if isinstance(value, datetime.timedelta):
            return datetime.timedelta(value.days, value.seconds, value.microseconds)
        self.warn("unusable_value", 0, {"name": where, "type": type(value).__name__})
        return None

    def release(self, value: object) -> object:
        """Copy a result out, so that structures shared inside cannot be changed or explode in the caller's hands."""
        if type(value) is list:
            self._count_result(len(value))
            return [self.release(entry) for entry in value]
        if type(value) is dict:
            self._count_result(len(value))
            return {key: self.release(entry) for key, entry in value.items()}
        return value

    def _count_result(self, entries: int) -> None:
        self.spend(entries + 1)


class Scope:
    """Names visible at one place. The outermost scope holds the caller's variables as they came."""

    __slots__ = ("_admitted", "names", "parent", "run")

    def __init__(self, run: Run, names: Mapping[str, object], parent: "Scope | None" = None) -> None:
        self.run = run
        self.names = names
        self.parent = parent
        self._admitted: dict[str, object] | None = None

    def root(self, name: str) -> object:
        """Read a variable of the caller, converted once; KeyError when there is none."""
        value = self.names[name]
        if type(value) in _UNCHANGED:
            return value
        if self._admitted is None:
            self._admitted = {}
        if name not in self._admitted:
            self._admitted[name] = self.run.admit(value, name)
        return self._admitted[name]


def look_up(scope: Scope, name: str) -> object:
    """Find a name from the innermost scope outwards; KeyError when no scope has it."""
    while scope.parent is not None:
        if name in scope.names:
            return scope.names[name]
        scope = scope.parent
    return scope.root(name)
