"""FEEL types: whether a value belongs to one, and the implicit conversions (DMN 1.5 § 10.3.2.9)."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workflows.feel.runtime import Run
from workflows.feel.values import KINDS, FeelFunction, FeelRange


@dataclass(frozen=True, slots=True)
class FeelType:
    """A type by name; `Any` holds every value."""

    name: str

    def accepts(self, run: Run, value: object) -> bool:
        """Say whether a value, null excluded, is of this type."""
        return value is not None and (self.name == "Any" or KINDS[type(value)] in _MEMBERS.get(self.name, ()))

    def describes(self, run: Run, value: object) -> bool:
        """Answer `instance of`, which looks at the structure and not at allowed values."""
        return self.accepts(run, value)

    @property
    def holds_lists(self) -> bool:
        """Whether a list as such may belong to the type, so that [x] must not be unwrapped to x."""
        return self.name in ("Any", "list")


@dataclass(frozen=True, slots=True)
class OneOf(FeelType):
    """Any of several types, null included when said so; used by built-in functions."""

    choices: tuple[FeelType, ...]
    nullable: bool = False

    def accepts(self, run: Run, value: object) -> bool:
        if value is None:
            return self.nullable
        return any(choice.accepts(run, value) for choice in self.choices)

    @property
    def holds_lists(self) -> bool:
        return any(choice.holds_lists for choice in self.choices)


def _every_entry(run: Run, value: object, fits: Callable[[Run, object], bool]) -> bool:
    """Look at each entry of a list, which is charged; nulls belong to every type."""
    if type(value) is not list:
        return False
    run.spend(1 + (len(value) >> 1))
    return all(entry is None or fits(run, entry) for entry in value)


@dataclass(frozen=True, slots=True)
class ListType(FeelType):
    item: FeelType

    def accepts(self, run: Run, value: object) -> bool:
        return _every_entry(run, value, self.item.accepts)

    def describes(self, run: Run, value: object) -> bool:
        return _every_entry(run, value, self.item.describes)

    @property
    def holds_lists(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class ContextType(FeelType):
    fields: tuple[tuple[str, FeelType], ...]

    def accepts(self, run: Run, value: object) -> bool:
        return type(value) is dict and all(
            name in value and (value[name] is None or field.accepts(run, value[name])) for name, field in self.fields
        )


@dataclass(frozen=True, slots=True)
class FunctionType(FeelType):
    parameters: tuple[FeelType, ...]
    result: FeelType

    def accepts(self, run: Run, value: object) -> bool:
        return type(value) is FeelFunction and any(
            len(signature.parameters) == len(self.parameters) for signature in value.signatures
        )


@dataclass(frozen=True, slots=True)
class RangeType(FeelType):
    item: FeelType

    def accepts(self, run: Run, value: object) -> bool:
        return type(value) is FeelRange and all(
            side is None or self.item.accepts(run, side) for side in (value.start, value.end)
        )


@dataclass(frozen=True, slots=True)
class RestrictedType(FeelType):
    """A named type of a model: another type with a condition on the value, `source` being its text (allowed values)."""

    base: FeelType
    allows: Callable[[Run, object], bool]
    source: str = ""

    def accepts(self, run: Run, value: object) -> bool:
        return self.base.accepts(run, value) and self.allows(run, value)

    def describes(self, run: Run, value: object) -> bool:
        return self.base.describes(run, value)

    @property
    def holds_lists(self) -> bool:
        return self.base.holds_lists


@dataclass(frozen=True, slots=True)
class NamedType(FeelType):
    """A type of the model that is looked up when first used; an unknown name accepts nothing."""

    known: Mapping[str, FeelType]

    def accepts(self, run: Run, value: object) -> bool:
        found = self.known.get(self.name)
        return found is not None and found.accepts(run, value)

    def describes(self, run: Run, value: object) -> bool:
        found = self.known.get(self.name)
        return found is not None and found.describes(run, value)

    @property
    def holds_lists(self) -> bool:
        found = self.known.get(self.name)
        return found is not None and found.holds_lists


_DURATIONS = ("days and time duration", "years and months duration")
_MEMBERS: dict[str, tuple[str, ...]] = {name: (name,) for name in KINDS.values()} | {
    "days and time duration": _DURATIONS[:1],
    "dayTimeDuration": _DURATIONS[:1],
    "yearMonthDuration": _DURATIONS[1:],
    "dateTime": ("date and time",),
    "duration": _DURATIONS,
    "null": (),
}
SIMPLE_TYPES: dict[str, FeelType] = {name: FeelType(name) for name in (*_MEMBERS, "Any") if name != "duration"}
ANY = SIMPLE_TYPES["Any"]
ANY_OR_NULL = OneOf("Any", (ANY,), nullable=True)


def fit(run: Run, expected: FeelType, value: object) -> tuple[bool, object]:
    """Convert a value implicitly where the standard says so: [x] to x, x to [x], a date to a date and time."""
    if value is None or expected.accepts(run, value):
        return True, value
    if type(value) is list and len(value) == 1 and not expected.holds_lists and expected.accepts(run, value[0]):
        return True, value[0]
    if type(value) is not list and expected.holds_lists and expected.accepts(run, [value]):
        return True, [value]
    if type(value) is datetime.date:
        midnight = datetime.datetime(value.year, value.month, value.day, tzinfo=datetime.UTC)
        if expected.accepts(run, midnight):
            return True, midnight
    return False, None
