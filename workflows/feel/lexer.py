"""Source text to tokens (DMN 1.5 § 10.3.1.2, grammar rules 27 to 35, 61 to 66)."""

import re
from dataclasses import dataclass
from typing import Final

from workflows.feel.errors import FeelSyntaxError

MOST_CHARACTERS: Final = 50_000
KEYWORDS: Final = frozenset(
    {
        *("if", "then", "else", "for", "in", "return", "some", "every", "satisfies"),
        *("and", "or", "between", "instance", "of", "function", "true", "false", "null"),
    }
)

_NAME_START = (
    r"A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFE\uFF00-\uFFFD\U00010000-\U000EFFFF"
)
_SPACE = r"\s\u0085\u00A0\u1680\u180E\u2000-\u200B\u2028\u2029\u202F\u205F\u3000\uFEFF"
_TOKEN = re.compile(
    rf"""
    (?P<space>[{_SPACE}]+ | //[^\n]* | /\*.*?\*/ )
  | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<at>@"(?:[^"\\]|\\.)*")
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<name>[{_NAME_START}][{_NAME_START}0-9\u00B7\u0300-\u036F\u203F-\u2040]*)
  | (?P<operator>\*\*|\.\.|<=|>=|!=|->|[-+*/<>=()\[\]{{}},.:?])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of source: kind (number, string, at, name, operator, other, end), text and offsets."""

    kind: str
    text: str
    start: int
    end: int


def tokenize(source: str) -> list[Token]:
    """Split a source into tokens, the last one of kind "end"; FeelSyntaxError for open strings and comments."""
    if len(source) > MOST_CHARACTERS:
        raise FeelSyntaxError("too_long", MOST_CHARACTERS, {"most": str(MOST_CHARACTERS)})
    tokens = []
    for match in _TOKEN.finditer(source):
        group = match.lastgroup or "other"
        if group == "space":
            continue
        text = match.group()
        if text == '"':
            raise FeelSyntaxError("open_string", match.start())
        if text == "/" and source.startswith("/*", match.start()):
            raise FeelSyntaxError("open_comment", match.start())
        tokens.append(Token(group, text, match.start(), match.end()))
    tokens.append(Token("end", "", len(source), len(source)))
    return tokens


def unquote(text: str) -> str:
    """Give the content of a string literal, escapes resolved; surrogate pairs become one character."""
    content = _ESCAPE.sub(_unescape, text[1:-1]) if "\\" in text else text[1:-1]
    if any("\ud800" <= character <= "\udfff" for character in content):
        return content.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return content


def _unescape(match: re.Match[str]) -> str:
    escape = match.group(1)
    if len(escape) > 1:
        code = int(escape[1:], 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    return _SIMPLE_ESCAPES.get(escape, match.group())
