"""How FEEL fails: a text that is no expression, an evaluation that costs too much, a value that nothing comes of."""

from collections.abc import Mapping
from types import MappingProxyType


class FeelSyntaxError(ValueError):
    """A source text is not FEEL.

    `code` names the problem, `position` is the 0-based offset in the source and `facts` hold what was found and
    expected; `workflows.feel.messages.explain` turns all three into a sentence.
    """

    def __init__(self, code: str, position: int, facts: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{code} at {position}")
        self.code = code
        self.position = position
        self.facts: Mapping[str, str] = MappingProxyType(dict(facts or {}))


class FeelBudgetError(RuntimeError):
    """An evaluation was stopped because it exceeded its budget; `code` is "steps", "depth" or "size"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.position = 0
        self.facts: Mapping[str, str] = MappingProxyType({})


class InvalidValue(ValueError):
    """An operation has no result for these operands: the evaluation goes on with null and a warning."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class CallRefused(ValueError):
    """Raised by a registered function that cannot work with what it was given; says why in German and in English."""

    def __init__(self, german: str, english: str) -> None:
        super().__init__(english)
        self.german = german
