"""Unary tests compiled: input entries of decision tables and the right side of `in` (DMN 1.5 § 7.3.4)."""

from collections.abc import Callable
from decimal import Decimal

from workflows.feel import syntax
from workflows.feel.compiler import COMPILERS, Code, Surroundings, compile_node
from workflows.feel.operators import any_of, compare, equal, is_member
from workflows.feel.runtime import Scope
from workflows.feel.values import kind

Check = Callable[[Scope, object], object]


def compile_tests(tests: syntax.Tests, around: Surroundings) -> Check:
    """Turn unary tests into a check of a value in a scope: True, False or None."""
    if not tests.tests:
        return lambda scope, value: True
    positive = _constants(tests) or _alternatives(tuple(_test(test, around) for test in tests.tests))
    if not tests.negated:
        return positive

    def check(scope: Scope, value: object) -> object:
        result = positive(scope, value)
        return None if result is None else not result

    return check


def _alternatives(checks: tuple[Check, ...]) -> Check:
    if len(checks) == 1:
        return checks[0]
    return lambda scope, value: any_of(check(scope, value) for check in checks)


def _constants(tests: syntax.Tests) -> Check | None:
    """A shorter way for lists of texts or of numbers, the most frequent tests by far."""
    operands = [test.operand for test in tests.tests if not test.operator]
    constants = tuple(operand.value for operand in operands if isinstance(operand, syntax.Literal))
    types = {type(constant) for constant in constants}
    if len(constants) < len(tests.tests) or types not in ({str}, {Decimal}):
        return None
    only = types.pop()

    def check(scope: Scope, value: object) -> object:
        if type(value) is only:
            return value in constants
        return None if value is not None else False

    return check


def _test(test: syntax.Test, around: Surroundings) -> Check:
    symbol, position = test.operator, test.position
    if test.asks_input:
        return _question(compile_node(test.operand, around.inside()))
    operand = compile_node(test.operand, around)
    if not symbol and isinstance(test.operand, syntax.RangeOf):
        return _within(operand)
    if not symbol:
        return _membership(operand)

    def ordered(scope: Scope, value: object) -> object:
        bound = operand(scope)
        if symbol in ("=", "!="):
            same = equal(scope.run, value, bound)
            return None if same is None else same is (symbol == "=")
        result = compare(symbol, value, bound)
        if result is None and value is not None:
            facts = {"operator": symbol, "left": kind(value), "right": kind(bound)}
            scope.run.warn("not_comparable", position, facts)
        return result

    return ordered


def _question(operand: Code) -> Check:
    def question(scope: Scope, value: object) -> object:
        answer = operand(Scope(scope.run, {"?": value}, scope))
        return answer if type(answer) is bool else None

    return question


def _within(operand: Code) -> Check:
    def within(scope: Scope, value: object) -> object:
        interval = operand(scope)
        return None if interval is None else is_member(scope.run, value, interval)

    return within


def _membership(operand: Code) -> Check:
    def membership(scope: Scope, value: object) -> object:
        test = operand(scope)
        if type(test) is bool and type(value) is not bool:
            # An expression that answers by itself, without naming the input (DMN 1.5 § 7.3.4).
            return test
        return is_member(scope.run, value, test)

    return membership


def _in(node: syntax.In, around: Surroundings) -> Code:
    operand, check = compile_node(node.operand, around), compile_tests(node.tests, around)

    def within(scope: Scope) -> object:
        value = operand(scope)
        answer = check(scope, value)
        if answer is None and value is not None:
            scope.run.warn("not_among", node.position, {"left": kind(value)})
        return answer

    return within


COMPILERS[syntax.In] = _in
