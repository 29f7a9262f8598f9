"""What a form is once it has been read: fields, their rules and options, all frozen and shared between threads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from workflows.core.errors import Problem
from workflows.feel import Expression

#: Kinds that only show something and carry no value.
DISPLAYED = frozenset({"text", "html"})
#: Kinds whose value is one or several of the field's options.
CHOICES = frozenset({"select", "radio", "checklist", "taglist"})

LONGEST_TEXT = 10_000
LONGEST_LIST = 200


@dataclass(frozen=True, slots=True)
class Option:
    """One choice; ``value`` is a string, a Decimal or a boolean, ``label`` what people read."""

    value: Any
    label: str

    @property
    def key(self) -> str:
        """The value as a page writes it."""
        return option_key(self.value)


def option_key(value: Any) -> str:
    """The one spelling under which a choice is compared: ``17``, ``17.0`` and ``"17"`` are the same choice."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f") if value else "0"
    return str(value)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a value must satisfy; lengths in characters, ``decimals`` the most digits after the comma.

    ``minimum`` and ``maximum`` may be expressions over the variables of the process. ``pattern`` is a compiled
    regular expression that must be found in the text; ``format`` is ``email``, ``phone`` or empty.
    """

    required: bool = False
    min_length: int = 0
    max_length: int = LONGEST_TEXT
    minimum: Decimal | Expression | None = None
    maximum: Decimal | Expression | None = None
    pattern: Any = None
    format: str = ""
    decimals: int | None = None
    not_past: bool = False
    not_future: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One component of a form.

    ``fields`` are the children of a group or the columns of a dynamic list. A group without key only frames its
    fields, one with key nests their values. ``spoken`` are the look-ups in its texts. ``subtype`` of a datetime is
    ``date``, ``time`` or ``datetime``; ``unit`` stands behind a number (form-js: suffix adorner); ``is_multiple`` lets
    a file field take several files; ``doubled`` are the values of options written more than once, of which only the
    first counts.

    The last five attributes are filled by ``visible`` alone: the path of the value (``items[0].amount``), the raw
    value, the rows of a dynamic list, whether a condition shows or hides it, and its texts and options resolved.
    """

    id: str
    kind: str
    key: str = ""
    label: str = ""
    description: str = ""
    text: str = ""
    rules: Rules = Rules()
    hide: Expression | None = None
    options: tuple[Option, ...] = ()
    doubled: tuple[str, ...] = ()
    options_from: Expression | None = None
    code_list: str = ""
    default: Any = None
    default_from: Expression | None = None
    spoken: tuple[Expression, ...] = ()
    subtype: str = ""
    unit: str = ""
    is_read_only: bool = False
    is_multiple: bool = False
    properties: Mapping[str, str] = field(default_factory=dict)
    fields: "tuple[Field, ...]" = ()
    path: str = ""
    value: Any = None
    rows: "tuple[tuple[Field, ...], ...]" = ()

    @property
    def required(self) -> bool:
        """Whether it must be filled in."""
        return self.rules.required


@dataclass(frozen=True, slots=True)
class Form:
    """A form as the bundle names it in ``formId``."""

    id: str
    fields: tuple[Field, ...]

    def walk(self) -> Iterator[Field]:
        """Every field, parents before children."""
        stack = list(reversed(self.fields))
        while stack:
            current = stack.pop()
            yield current
            stack.extend(reversed(current.fields))

    def written(self) -> frozenset[str]:
        """The names of the variables that a completed form may carry."""
        return frozenset(_written(self.fields))

    def expressions(self) -> Iterator[tuple[str, str, Expression]]:
        """Every expression with the id of its field and the setting it stands in."""
        for current in self.walk():
            for setting, candidate in (
                ("hide", current.hide),
                ("valuesExpression", current.options_from),
                ("default", current.default_from),
                ("min", current.rules.minimum),
                ("max", current.rules.maximum),
                *(("text", each) for each in current.spoken),
            ):
                if isinstance(candidate, Expression):
                    yield current.id, setting, candidate

    def german(self) -> Iterator[str]:
        """Every German source text that a reader sees: the keys of the bundle's translations."""
        for current in self.walk():
            yield from filter(None, (current.label, current.description, current.text))
            yield from (option.label for option in current.options if option.label)


def _written(fields: tuple[Field, ...]) -> Iterator[str]:
    for current in fields:
        if current.kind == "group" and not current.key:
            yield from _written(current.fields)
        elif current.key and not current.is_read_only:
            yield current.key


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Typed values by key, and what is wrong by field path; the values count only when nothing is wrong."""

    values: dict[str, Any]
    problems: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
