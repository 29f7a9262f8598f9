"""What can go wrong with decisions."""

from collections.abc import Mapping
from types import MappingProxyType


class DecisionModelError(ValueError):
    """A text is no usable DMN model; `code` names the problem, `facts` say where."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(f"{code} {facts}" if facts else code)
        self.code = code
        self.facts: Mapping[str, str] = MappingProxyType(facts)


class DecisionError(RuntimeError):
    """A decision has no single answer: its hit policy is violated. `facts` name the table and the rules."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(f"{code} {facts}")
        self.code = code
        self.facts: Mapping[str, str] = MappingProxyType(facts)
