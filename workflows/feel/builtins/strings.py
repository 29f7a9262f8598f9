"""Strings (DMN 1.5 § 10.3.4.3); regular expressions run in linear time, see `patterns`."""

from decimal import Decimal

from workflows.feel.builtins.registry import builtin
from workflows.feel.errors import InvalidValue
from workflows.feel.patterns import expand_replacement, matches_in, pattern_for
from workflows.feel.runtime import Run
from workflows.feel.values import whole


@builtin("substring", "string: string, start position: number, length?: number|null")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> str:
    """Take characters from a position on, counted from 1 or, negative, from the end."""
    position = whole(start)
    first = position - 1 if position > 0 else len(text) + position
    if not position or not 0 <= first <= len(text) or (length is not None and length < 1):
        raise InvalidValue("no_such_position", value=str(start), size=str(len(text)))
    return text[first:] if length is None else text[first : first + int(min(length, Decimal(len(text))))]


@builtin("string length", "string: string")
def string_length(text: str) -> Decimal:
    """Count the characters."""
    return Decimal(len(text))


builtin("upper case", "string: string")(lambda text: text.upper())
builtin("lower case", "string: string")(lambda text: text.lower())
builtin("contains", "string: string, match: string")(lambda text, match: match in text)
builtin("starts with", "string: string, match: string")(lambda text, match: text.startswith(match))
builtin("ends with", "string: string, match: string")(lambda text, match: text.endswith(match))
builtin("substring before", "string: string, match: string")(
    lambda text, match: text.partition(match)[0] if match and match in text else ""
)


@builtin("substring after", "string: string, match: string")
def substring_after(text: str, match: str) -> str:
    """Take what follows the first match; nothing where there is none."""
    return text.partition(match)[2] if match else text


@builtin("matches", "input: string, pattern: string, flags?: string|null")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool:
    """Say whether the pattern is found in the text."""
    return bool(pattern_for(run, text, pattern, flags or "").search(text))


@builtin("replace", "input: string, pattern: string, replacement: string, flags?: string|null")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str:
    """Replace every match; $1 to $9 stand for groups."""
    compiled = pattern_for(run, text, pattern, flags or "")
    expand = expand_replacement(replacement, compiled, literal="q" in (flags or ""))
    pieces: list[str] = []
    end = length = 0
    for match in matches_in(run, text, compiled):
        pieces += [text[end : match.start()], expand(match)]
        end = match.end()
        length += len(pieces[-1])
        if length > run.limits.text:
            break
    return "".join([*pieces, text[end:]])


@builtin("split", "string: string, delimiter: string")
def split(run: Run, text: str, delimiter: str) -> list[str]:
    """Cut a text at every match of the delimiter pattern."""
    parts: list[str] = []
    end = 0
    for match in matches_in(run, text, pattern_for(run, text, delimiter, "")):
        if match.end() > match.start():
            parts.append(text[end : match.start()])
            end = match.end()
    return [*parts, text[end:]]


@builtin("string join", "list: list, delimiter?: string|null")
def string_join(run: Run, entries: list[object], delimiter: str | None = None) -> str:
    """Join texts, nulls left out."""
    run.spend(len(entries) >> 3)
    words = [entry for entry in entries if isinstance(entry, str)]
    if len(words) + entries.count(None) < len(entries):
        raise InvalidValue("wrong_entries", expected="string")
    run.spend(sum(len(word) + len(delimiter or "") for word in words) >> 6)
    return (delimiter or "").join(words)
