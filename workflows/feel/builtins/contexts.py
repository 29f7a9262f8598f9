"""Contexts (DMN 1.5 § 10.3.4.9); every function makes a new context."""

from workflows.feel.builtins.registry import builtin
from workflows.feel.errors import InvalidValue
from workflows.feel.runtime import Run

Context = dict[str, object]


@builtin("get value", "m: context, key: string")
@builtin("get value", "context: context, key: string")
def get_value(context: Context, key: str) -> object:
    """Read one entry; null when there is none."""
    return context.get(key)


@builtin("get value", "m: context, key: list")
@builtin("get value", "context: context, keys: list")
def get_nested_value(context: Context, keys: list[object]) -> object:
    """Read an entry along a list of keys."""
    value: object = context
    for key in keys:
        value = value.get(key) if isinstance(value, dict) and isinstance(key, str) else None
    return value if keys else None


@builtin("get entries", "m: context")
@builtin("get entries", "context: context")
def get_entries(run: Run, context: Context) -> list[Context]:
    """List the entries as contexts of key and value."""
    run.spend(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", "entries: list")
def context_of(entries: list[object]) -> Context:
    """Make a context from entries of key and value; a key may occur once."""
    made: Context = {}
    for entry in entries:
        if not isinstance(entry, dict) or not {"key", "value"} <= entry.keys():
            raise InvalidValue("wrong_entries", expected="{key, value}")
        key = entry["key"]
        if not isinstance(key, str) or key in made:
            raise InvalidValue("wrong_entries", expected="{key, value}")
        made[key] = entry["value"]
    return made


@builtin("context put", "context: context, key: string, value: Any|null")
def context_put(run: Run, context: Context, key: str, value: object) -> Context:
    """Set one entry."""
    run.spend(len(context))
    return {**context, key: value}


@builtin("context put", "context: context, keys: list, value: Any|null")
def context_put_nested(run: Run, context: Context, keys: list[object], value: object) -> Context:
    """Set an entry along a list of keys; all but the last must exist."""
    if not keys or not isinstance(keys[0], str):
        raise InvalidValue("wrong_entries", expected="string")
    if len(keys) == 1:
        return context_put(run, context, keys[0], value)
    inner = context.get(keys[0])
    if not isinstance(inner, dict):
        raise InvalidValue("wrong_entries", expected="context")
    return context_put(run, context, keys[0], context_put_nested(run, inner, keys[1:], value))


@builtin("context merge", "contexts: list")
def context_merge(run: Run, contexts: list[object]) -> Context:
    """Join contexts, later ones winning."""
    merged: Context = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise InvalidValue("wrong_entries", expected="context")
        run.spend(len(context))
        merged.update(context)
    return merged
