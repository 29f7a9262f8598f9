"""The few errors the house raises: facts for the edge to word, never sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field


class LotseError(Exception):
    """Base of all expected errors; ``code`` names the case, ``facts`` fill the sentence at the edge."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class NotFound(LotseError):
    """The thing does not exist or the actor may not know that it does (HTTP 404)."""


class NotAllowed(LotseError):
    """The actor may see the thing but not do this with it (HTTP 403)."""


class Conflict(LotseError):
    """The state has moved on since the actor looked: done, closed, expired, taken (HTTP 409)."""


class Throttled(LotseError):
    """Too many tries; ``facts["retry_after"]`` says in how many seconds the next is allowed (HTTP 429)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field: ``code`` such as ``required``, ``facts`` such as ``{"max": 200}``."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


class Invalid(LotseError):
    """Input that fails its rules; ``problems`` maps the field path to its problems (HTTP 422)."""

    def __init__(self, problems: Mapping[str, tuple[Problem, ...]]) -> None:
        super().__init__("invalid", fields=sorted(problems))
        self.problems = dict(problems)
