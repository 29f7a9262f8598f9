"""Reading tokens one after another: expectations, names and type names. The grammar is in `parser`."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from workflows.feel.errors import FeelSyntaxError
from workflows.feel.lexer import KEYWORDS, Token, tokenize
from workflows.feel.names import NameIndex
from workflows.feel.types import (
    ANY,
    SIMPLE_TYPES,
    ContextType,
    FeelType,
    FunctionType,
    ListType,
    NamedType,
    RangeType,
)

_TYPE_NAMES = NameIndex(SIMPLE_TYPES)
_MOST_NESTING = 70
_WRONG_QUOTES = frozenset("'`´‘’‚“”„«»‹›")
_FOREIGN_SIGNS = {
    **{"==": "=", "<>": "!=", "=>": ">=", "=<": "<=", "!": "not( )", "?": "if … then … else …"},
    **{"&&": "and", "&": "and", "and": "and", "und": "and", "||": "or", "|": "or", "or": "or", "oder": "or"},
}


class Cursor:
    """A position in the tokens of one source, with the names known there."""

    def __init__(
        self, source: str, indexes: Iterable[NameIndex] = (), types: Mapping[str, FeelType] | None = None
    ) -> None:
        self.source = source
        self.tokens = tokenize(source)
        self.index = 0
        self.indexes = list(indexes)
        self.entry_names = NameIndex()
        self.type_names = NameIndex(types or ())
        self.types = types or {}
        self.nesting = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.index]

    def peek(self, ahead: int = 1) -> Token:
        """Look further ahead; past the end the end token repeats."""
        return self.tokens[min(self.index + ahead, len(self.tokens) - 1)]

    def advance(self) -> Token:
        """Take the next token."""
        token = self.token
        if token.kind != "end":
            self.index += 1
        return token

    def sees(self, *texts: str) -> bool:
        """Whether the next token is one of these operators or keywords."""
        return self.token.kind in ("operator", "name") and self.token.text in texts

    def accept(self, text: str) -> bool:
        """Take the next token if it is this operator or keyword."""
        if self.sees(text):
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        """Take this operator or keyword; FeelSyntaxError for anything else."""
        if not self.sees(text):
            raise self.unexpected(text)
        return self.advance()

    def separate(self, closing: str) -> None:
        """Take the comma before a further entry; where the source ends, its closing sign is what is missing."""
        if not self.sees(closing) and not self.accept(","):
            raise self.unexpected(closing if self.token.kind == "end" else ",")

    def unexpected(self, expected: str) -> FeelSyntaxError:
        """Make the error for the next token."""
        if self.token.kind == "end":
            return FeelSyntaxError("unexpected_end", self.token.start, {"expected": expected})
        facts = {"found": self.token.text, "expected": expected}
        if self.token.text in _WRONG_QUOTES:
            return FeelSyntaxError("wrong_quotes", self.token.start, facts)
        if (foreign := self._foreign_sign()) is not None:
            return foreign
        return FeelSyntaxError("unexpected", self.token.start, facts)

    def _foreign_sign(self) -> FeelSyntaxError | None:
        """Recognise what other languages write here, alone or as one sign of two tokens, and name FEEL's own."""
        before, here, after = self.tokens[self.index - 1 if self.index else 0], self.token, self.peek()
        for first, text in ((before, before.text + here.text), (here, here.text + after.text), (here, here.text)):
            instead = _FOREIGN_SIGNS.get(text.lower())
            if instead not in (None, text):
                return FeelSyntaxError("foreign_sign", first.start, {"found": text, "instead": str(instead)})
        return None

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Bound how deep expressions sit inside each other, so that no source can exhaust the stack."""
        self.nesting += 1
        if self.nesting > _MOST_NESTING:
            raise FeelSyntaxError("too_deep", self.token.start)
        yield
        self.nesting -= 1

    @contextmanager
    def local_names(self, *names: str) -> Iterator[NameIndex]:
        """Open a scope of local names."""
        index = NameIndex(names)
        self.indexes.append(index)
        yield index
        self.indexes.pop()

    def name(self, indexes: Iterable[NameIndex] | None = None) -> str:
        """Take a name: the longest known one, or all plain words that follow each other."""
        known = self._longest(self.indexes if indexes is None else indexes)
        words = self._plain_words()
        if known is not None and known[1] >= len(words):
            self.index += known[1]
            return known[0]
        if not words:
            raise self.unexpected("name")
        self.index += len(words)
        return " ".join(words)

    def entry_name(self) -> str:
        """Take the name after a dot."""
        return self.name([*self.indexes, self.entry_names])

    def new_name(self) -> str:
        """Take a name being introduced: everything up to the word or sign that must follow one."""
        words = []
        while self.token.kind in ("name", "other") and not self.sees("in"):
            words.append(self.advance().text)
        if not words:
            raise self.unexpected("name")
        return " ".join(words)

    def _longest(self, indexes: Iterable[NameIndex]) -> tuple[str, int] | None:
        found = [match for index in indexes if (match := index.match(self.tokens, self.index))]
        return max(found, key=lambda match: match[1], default=None)

    def _plain_words(self) -> list[str]:
        words: list[str] = []
        while (token := self.peek(len(words))).kind == "name" and token.text not in KEYWORDS:
            words.append(token.text)
        return words

    def type(self) -> FeelType:
        """Take a type expression (grammar rule 51 and following)."""
        with self.nested():
            if self.sees("list", "context", "range", "function") and self.peek().text == "<":
                return self._generic_type(self.advance().text)
            name = self._type_name()
            return SIMPLE_TYPES.get(name) or NamedType(name, self.types)

    def _type_name(self) -> str:
        known = self._longest([_TYPE_NAMES, self.type_names])
        if known is not None:
            self.index += known[1]
            return known[0]
        words = [self.name([])] if not self.sees("function", "null") else [self.advance().text]
        while self.accept("."):
            words.append(self.name([]))
        return ".".join(words)

    def _generic_type(self, generic: str) -> FeelType:
        self.expect("<")
        if generic == "list":
            made: FeelType = ListType("list", self.type())
        elif generic == "range":
            made = RangeType("range", self.type())
        elif generic == "context":
            made = ContextType("context", tuple(self._typed_fields()))
        else:
            return self._function_type()
        self.expect(">")
        return made

    def _typed_fields(self) -> Iterator[tuple[str, FeelType]]:
        while True:
            name = self.new_name()
            self.expect(":")
            yield name, self.type()
            if not self.accept(","):
                return

    def _function_type(self) -> FeelType:
        parameters = []
        while not self.accept(">"):
            parameters.append(self.type())
            self.separate(">")
        result = self.type() if self.accept("->") else ANY
        return FunctionType("function", tuple(parameters), result)
