"""Conditions in the notations of other tools, as FEEL where that is the same thing said differently.

Understood are names, paths, numbers, texts, truth values, comparisons, and, or, not and brackets, written
``${amount > 100 && !urgent}`` (Java's Unified Expression Language) or ``amount > 100 and not urgent``. Calls,
arithmetic and everything else is not: its meaning differs, or it runs code.
"""

import re

from workflows.feel import FeelSyntaxError, compile_expression

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'[^'\\]*'|\"[^\"\\]*\")|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)|(?P<sign>==|!=|<=|>=|&&|\|\||[<>!()]))"
)
_WRAPPED = re.compile(r"\s*[$#]\{(.*)\}\s*", re.DOTALL)
_WORDS = {
    "eq": "=", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "and": "and", "or": "or", "not": "!",
    "true": "true", "false": "false", "null": "null", "True": "true", "False": "false", "None": "null",
}  # fmt: skip
_SIGNS = {"==": "=", "&&": "and", "||": "or"}
_REFUSED = frozenset({"empty", "instanceof", "div", "mod", "is", "in", "lambda", "if", "else", "for"})
LONGEST = 2_000


def is_wrapped(source: str) -> bool:
    """Whether a text is written ``${…}`` or ``#{…}``."""
    return _WRAPPED.fullmatch(source) is not None


def translated(source: str) -> str | None:
    """The same condition or value in FEEL, without the leading ``=``; None when it is not trivial."""
    if len(source) > LONGEST:
        return None
    found = _WRAPPED.fullmatch(source)
    tokens = _tokens(found[1] if found else source)
    feel = " ".join(_negated(tokens)) if tokens else ""
    try:
        return feel if tokens and compile_expression(feel) else None
    except FeelSyntaxError:
        return None


def _tokens(text: str) -> list[str]:
    """The words of FEEL, negation still written ``!``; empty for what is not understood."""
    tokens: list[str] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        found = _TOKEN.match(text, position)
        if found is None or found["name"] in _REFUSED:
            return []
        position = found.end()
        word = found[0].strip()
        # A name before a bracket is a call.
        if word == "(" and tokens and re.fullmatch(r"[\w.]+", tokens[-1]) and tokens[-1] not in {"and", "or"}:
            return []
        if found["text"]:
            word = f'"{word[1:-1]}"' if '"' not in word[1:-1] else ""
        tokens.append(_SIGNS.get(word, word) if found["sign"] else _WORDS.get(word, word) if found["name"] else word)
    return tokens if "" not in tokens else []


def _negated(tokens: list[str]) -> list[str]:
    """``! x`` as ``not(x)``, ``! (…)`` as ``not(…)``."""
    done: list[str] = []
    for index, word in enumerate(tokens):
        before = tokens[index - 1] if index else ""
        if word == "!":
            done.append("not")
        elif before == "!" and word != "(":
            done.append(f"({word})")
        else:
            done.append(word)
    return done
