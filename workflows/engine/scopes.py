"""Variables beside the tokens: scopes inside scopes, looked up outwards, results written to the enclosing one.

A scope belongs to the instance (key ``""``), a called process, a subprocess with input mapping, a run of a
multi-instance activity, or any element with input mapping; its key is the token's id. A plain subprocess has none of
its own, so that what was written inside it is still there when a boundary event interrupts it.
"""

from collections import ChainMap
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

from workflows.core import typed_json
from workflows.engine.faults import Stuck
from workflows.engine.tokens import Token

INSTANCE = ""
RESULT = ":result"
"""Suffix of the key under which what came from outside waits for the output mapping of its element."""


class Scopes:
    """The variables of one instance while it runs."""

    def __init__(self, stored: Mapping[str, Mapping[str, Any]]) -> None:
        self._values: dict[str, dict[str, Any]] = {key: dict(names) for key, names in stored.items()}
        self._values.setdefault(INSTANCE, {})

    def stored(self) -> dict[str, dict[str, Any]]:
        """What is saved with the instance."""
        return self._values

    def open(self, key: str, values: Mapping[str, Any]) -> None:
        """A scope with these variables; an existing one of that key is replaced."""
        self._values[key] = dict(storable(values))

    def close(self, key: str) -> None:
        """Forget a scope and what came in for it."""
        self._values.pop(key, None)
        self._values.pop(key + RESULT, None)

    def own(self, key: str) -> Mapping[str, Any]:
        """The variables of exactly this scope."""
        return self._values.get(key, {})

    def has(self, key: str) -> bool:
        """Whether there is such a scope."""
        return key in self._values

    def visible(self, token: Token, extra: Mapping[str, Any] | None = None) -> MutableMapping[str, Any]:
        """Every variable an expression on this token's element may read; ``extra`` lies innermost."""
        chain = [self._values[key] for key in _chain(token) if key in self._values]
        return ChainMap(dict(extra or {}), *chain)

    def enclosing(self, token: Token) -> str:
        """The key of the scope that the results of this token's element are written to."""
        if token.task_spec.is_iteration:
            return str(token.id.hex)
        owner = token.workflow.owner
        while owner is not None:
            if owner.id.hex in self._values:
                return str(owner.id.hex)
            owner = owner.workflow.owner
        return INSTANCE

    def write(self, key: str, values: Mapping[str, Any]) -> None:
        """Set variables of a scope; a dotted name sets one entry of a nested context, others stay as they are."""
        scope = self._values.setdefault(key, {})
        for name, value in storable(values).items():
            head, *path = name.split(".")
            scope[head] = _with(scope.get(head), path, value)


def _chain(token: Token) -> Iterable[str]:
    """Keys from the innermost scope outwards."""
    while token is not None:
        yield token.id.hex + RESULT
        yield token.id.hex
        above = token.parent
        if above is not None and above is not token.workflow.task_tree:
            yield above.id.hex
        token = token.workflow.owner
    yield INSTANCE


def _with(old: Any, path: list[str], value: Any) -> Any:
    """A copy of ``old`` with the entry at ``path`` set; the old value may be shared and is never changed."""
    if not path:
        return value
    context = dict(old) if isinstance(old, Mapping) else {}
    context[path[0]] = _with(context.get(path[0]), path[1:], value)
    return context


def storable(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same values; raises ``Stuck`` for one that is no value of the expression language."""
    for name, value in values.items():
        try:
            typed_json.to_plain(value)
        except TypeError as error:
            raise Stuck("value_not_storable", variable=name, reason=str(error)) from error
    return values
