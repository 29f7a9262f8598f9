"""What an expression can start with: literals, names, brackets and the forms that begin with a keyword."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from workflows.feel import syntax
from workflows.feel.errors import FeelSyntaxError
from workflows.feel.lexer import KEYWORDS, unquote
from workflows.feel.syntax import Node
from workflows.feel.types import ANY, FeelType
from workflows.feel.values import NUMBERS

if TYPE_CHECKING:
    from workflows.feel.parser import Parser

_CONSTANTS = {"true": True, "false": False, "null": None}


def parse_primary(parser: Parser) -> Node:
    """Parse one primary expression."""
    token = parser.token
    if token.kind in _BY_KIND:
        return _BY_KIND[token.kind](parser)
    if token.text in _BY_TEXT and not (token.kind == "name" and _is_known_name(parser)):
        return _BY_TEXT[token.text](parser)
    if token.kind == "other" or (token.kind == "name" and (token.text not in KEYWORDS or _is_known_name(parser))):
        return syntax.Name(token.start, parser.name())
    raise parser.unexpected("expression")


def _is_known_name(parser: Parser) -> bool:
    return any(index.match(parser.tokens, parser.index) for index in parser.indexes)


def _number(parser: Parser) -> Node:
    token = parser.advance()
    try:
        return syntax.Literal(token.start, NUMBERS.create_decimal(token.text))
    except ArithmeticError:
        raise FeelSyntaxError("number_too_large", token.start, {"found": token.text[:40]}) from None


def _string(parser: Parser) -> Node:
    token = parser.advance()
    return syntax.Literal(token.start, unquote(token.text))


def _at_literal(parser: Parser) -> Node:
    token = parser.advance()
    return syntax.AtLiteral(token.start, unquote(token.text[1:]))


def _constant(parser: Parser) -> Node:
    token = parser.advance()
    return syntax.Literal(token.start, _CONSTANTS[token.text])


def _input(parser: Parser) -> Node:
    parser.asks_input = True
    return syntax.Name(parser.advance().start, "?")


def _parenthesis(parser: Parser) -> Node:
    start = parser.advance().start
    if parser.sees("<", "<=", ">", ">=", "="):
        return _one_sided_range(parser, start)
    inner = parser.expression()
    if parser.sees(".."):
        return parser.close_range(start, inner, start_included=False)
    parser.expect(")")
    return inner


def _one_sided_range(parser: Parser, start: int) -> Node:
    operator = parser.advance().text
    bound = parser.additive()
    parser.expect(")")
    if operator == "=":
        return syntax.RangeOf(start, bound, bound, True, True)
    if operator in ("<", "<="):
        return syntax.RangeOf(start, None, bound, False, operator == "<=")
    return syntax.RangeOf(start, bound, None, operator == ">=", False)


def _open_range(parser: Parser) -> Node:
    start = parser.advance().start
    return parser.close_range(start, parser.expression(), start_included=False)


def _bracket(parser: Parser) -> Node:
    start = parser.advance().start
    entries: list[Node] = []
    while not parser.accept("]"):
        entries.append(_list_entry(parser))
        if len(entries) == 1 and parser.sees(".."):
            return parser.close_range(start, entries[0], start_included=True)
        parser.separate("]")
    return syntax.ListOf(start, tuple(entries))


def _list_entry(parser: Parser) -> Node:
    if not parser.sees("<", "<=", ">", ">="):
        return parser.expression()
    # A test such as `< 5` inside a list stands for the range it describes.
    start = parser.token.start
    operator = parser.advance().text
    bound = parser.additive()
    if operator in ("<", "<="):
        return syntax.RangeOf(start, None, bound, False, operator == "<=")
    return syntax.RangeOf(start, bound, None, operator == ">=", False)


def _context(parser: Parser) -> Node:
    start = parser.advance().start
    entries: list[tuple[str, Node, FeelType | None]] = []
    with parser.local_names() as names:
        while not parser.accept("}"):
            key = _context_key(parser)
            parser.expect(":")
            entries.append((key, parser.expression(), None))
            names.add(key)
            parser.entry_names.add(key)
            parser.separate("}")
    return syntax.ContextOf(start, tuple(entries))


def _context_key(parser: Parser) -> str:
    if parser.token.kind == "string":
        return unquote(parser.advance().text)
    first = parser.token
    last = None
    while not parser.sees(":", ",", "}", "{") and parser.token.kind not in ("end", "string"):
        last = parser.advance()
    if last is None:
        raise parser.unexpected("name")
    return " ".join(parser.source[first.start : last.end].split())


def _if(parser: Parser) -> Node:
    start = parser.advance().start
    condition = parser.expression()
    parser.expect("then")
    then = parser.expression()
    parser.expect("else")
    return syntax.If(start, condition, then, parser.expression())


def _for(parser: Parser) -> Node:
    start = parser.advance().start
    with parser.local_names("partial") as names:
        iterators = _iterators(parser, names.add)
        parser.expect("return")
        return syntax.For(start, iterators, parser.expression())


def _quantified(parser: Parser) -> Node:
    token = parser.advance()
    with parser.local_names() as names:
        iterators = _iterators(parser, names.add)
        parser.expect("satisfies")
        return syntax.Quantified(token.start, token.text, iterators, parser.expression())


def _iterators(parser: Parser, declare: Callable[[str], None]) -> tuple[syntax.Iterator, ...]:
    iterators = []
    while True:
        start = parser.token.start
        name = parser.new_name()
        parser.expect("in")
        domain = parser.expression()
        end = parser.expression() if parser.accept("..") else None
        iterators.append(syntax.Iterator(start, name, domain, end))
        declare(name)
        if not parser.accept(","):
            return tuple(iterators)


def _function(parser: Parser) -> Node:
    start = parser.advance().start
    parser.expect("(")
    parameters: list[tuple[str, FeelType]] = []
    while not parser.accept(")"):
        name = parser.new_name()
        parameters.append((name, parser.type() if parser.accept(":") else ANY))
        parser.separate(")")
    names = tuple(name for name, _ in parameters)
    with parser.local_names(*names):
        if parser.sees("external"):
            parser.advance()
            parser.expression()
            return syntax.External(start, names)
        return syntax.Function(start, tuple(parameters), parser.expression())


_BY_KIND = {"number": _number, "string": _string, "at": _at_literal}
_BY_TEXT = {
    "?": _input,
    "(": _parenthesis,
    "[": _bracket,
    "]": _open_range,
    "{": _context,
    "if": _if,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
    "function": _function,
    "true": _constant,
    "false": _constant,
    "null": _constant,
}
