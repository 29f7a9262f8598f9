"""Tokens to syntax tree: recursive descent over the grammar of DMN 1.5 § 10.3.1.2."""

from collections.abc import Iterable, Mapping

from workflows.feel import syntax
from workflows.feel.cursor import Cursor
from workflows.feel.errors import FeelSyntaxError
from workflows.feel.names import NameIndex
from workflows.feel.primary import parse_primary
from workflows.feel.syntax import Node
from workflows.feel.types import FeelType

_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


def parse_expression(
    source: str, indexes: Iterable[NameIndex] = (), types: Mapping[str, FeelType] | None = None
) -> Node:
    """Parse a whole source as one expression; FeelSyntaxError with position and facts."""
    parser = Parser(source, indexes, types)
    node = parser.expression()
    parser.end()
    return node


def parse_unary_tests(
    source: str, indexes: Iterable[NameIndex] = (), types: Mapping[str, FeelType] | None = None
) -> syntax.Tests:
    """Parse a whole source as unary tests, the form of a decision table's input entries."""
    parser = Parser(source, indexes, types)
    tests = parser.unary_tests()
    parser.end()
    return tests


class Parser(Cursor):
    """The expression levels from `or` down to postfix; `primary` holds everything that starts an expression."""

    asks_input = False

    def end(self) -> None:
        """Require that nothing is left."""
        if self.token.kind != "end":
            raise self.unexpected("end")

    def unary_tests(self) -> syntax.Tests:
        """Grammar rules 15 and 16: `-`, `not(...)` or positive tests."""
        start = self.token.start
        if self.sees("-") and self.peek().kind == "end":
            self.advance()
            return syntax.Tests(start, ())
        if self.sees("not") and self.peek().text == "(" and self._closes_at_end():
            self.index += 2
            tests = self.tests()
            self.expect(")")
            return syntax.Tests(start, tests, negated=True)
        return syntax.Tests(start, self.tests())

    def _closes_at_end(self) -> bool:
        depth = 0
        for offset, token in enumerate(self.tokens[self.index :]):
            depth += (token.text == "(") - (token.text == ")")
            if depth == 0 and token.text == ")":
                return self.peek(offset + 1).kind == "end"
        return False

    def tests(self) -> tuple[syntax.Test, ...]:
        """One or more unary tests separated by commas."""
        tests = [self.test()]
        while self.accept(","):
            tests.append(self.test())
        return tuple(tests)

    def test(self) -> syntax.Test:
        """One unary test: `< 5` or an expression, noting whether that expression asks for the input `?`."""
        start = self.token.start
        if self.sees(*_COMPARISONS):
            return syntax.Test(start, self.advance().text, self.additive())
        outer, self.asks_input = self.asks_input, False
        operand = self.expression()
        asked, self.asks_input = self.asks_input, outer
        return syntax.Test(start, "", operand, asked)

    def expression(self) -> Node:
        """Any expression."""
        with self.nested():
            return self._logic("or", ("and",))

    def _logic(self, operator: str, tighter: tuple[str, ...]) -> Node:
        start = self.token.start
        operands = []
        while True:
            operands.append(self._logic(tighter[0], ()) if tighter else self.comparison())
            if not self.accept(operator):
                break
        return operands[0] if len(operands) == 1 else syntax.Logic(start, operator, tuple(operands))

    def comparison(self) -> Node:
        """Comparison, `between`, `in` and `instance of`."""
        left = self.additive()
        while True:
            start = self.token.start
            if self.sees(*_COMPARISONS):
                left = syntax.Comparison(start, self.advance().text, left, self.additive())
            elif self.accept("between"):
                low = self.additive()
                self.expect("and")
                left = syntax.Between(start, left, low, self.additive())
            elif self.accept("in"):
                left = syntax.In(start, left, self._in_tests())
            elif self.accept("instance"):
                self.expect("of")
                left = syntax.InstanceOf(start, left, self.type())
            else:
                return left

    def _in_tests(self) -> syntax.Tests:
        start = self.token.start
        if self.sees(*_COMPARISONS):
            return syntax.Tests(start, (self.test(),))
        if not self.sees("("):
            return syntax.Tests(start, (syntax.Test(start, "", self.additive()),))
        self.advance()
        tests = self.tests()
        if self.sees("..") and len(tests) == 1 and not tests[0].operator:
            closed = self.close_range(start, tests[0].operand, start_included=False)
            return syntax.Tests(start, (syntax.Test(start, "", closed),))
        self.expect(")")
        return syntax.Tests(start, tests)

    def close_range(self, start: int, low: Node, *, start_included: bool) -> Node:
        """Take `..`, the upper end and the closing bracket of a range."""
        self.expect("..")
        high = self.additive()
        if not self.sees(")", "]", "["):
            raise self.unexpected("]")
        return syntax.RangeOf(start, low, high, start_included, self.advance().text == "]")

    def additive(self) -> Node:
        """Sums and differences."""
        left = self._multiplicative()
        while self.sees("+", "-"):
            operator = self.advance()
            left = syntax.Arithmetic(operator.start, operator.text, left, self._multiplicative())
        return left

    def _multiplicative(self) -> Node:
        left = self._power()
        while self.sees("*", "/"):
            operator = self.advance()
            left = syntax.Arithmetic(operator.start, operator.text, left, self._power())
        return left

    def _power(self) -> Node:
        left = self._negation()
        while self.sees("**"):
            operator = self.advance()
            left = syntax.Arithmetic(operator.start, operator.text, left, self._negation())
        return left

    def _negation(self) -> Node:
        if not self.sees("-"):
            return self._postfix()
        start = self.advance().start
        with self.nested():
            return syntax.Negation(start, self._negation())

    def _postfix(self) -> Node:
        base = parse_primary(self)
        while self.token.kind == "operator":
            start = self.token.start
            if self.accept("."):
                base = syntax.Path(start, base, self.entry_name())
            elif self.sees("[") and not self._bracket_closes_range():
                self.advance()
                with self.local_names("item"):
                    base = syntax.Filter(start, base, self.expression())
                self.expect("]")
            elif self.accept("("):
                base = self._call(base)
            else:
                return base
        return base

    def _bracket_closes_range(self) -> bool:
        """Whether `[` is the end of a range as in `]1..10[`: then no expression can start after it."""
        after = self.peek()
        if after.kind == "operator":
            return after.text not in ("(", "[", "]", "{", "-", "?", "<", "<=", ">", ">=")
        return after.kind == "end" or after.text in ("and", "or", "then", "else", "return", "satisfies", "between")

    def _call(self, function: Node) -> Node:
        positional: list[Node] = []
        named: list[tuple[str, Node]] = []
        while not self.accept(")"):
            name = self._argument_name()
            if name is None and named:
                raise FeelSyntaxError("mixed_arguments", self.token.start)
            argument = self.expression()
            if name is None:
                positional.append(argument)
            else:
                named.append((name, argument))
            self.separate(")")
        if positional and named:
            raise FeelSyntaxError("mixed_arguments", function.position)
        return syntax.Call(function.position, function, tuple(positional), tuple(named))

    def _argument_name(self) -> str | None:
        length = 0
        while self.peek(length).kind == "name":
            length += 1
        if not length or self.peek(length).text != ":":
            return None
        words = [self.advance().text for _ in range(length)]
        self.expect(":")
        return " ".join(words)
