"""Syntax tree to closures: operators, conditions, paths, calls. Loops and scopes are in `scopes`."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from workflows.feel import analysis, syntax
from workflows.feel.calls import call_function
from workflows.feel.errors import InvalidValue
from workflows.feel.operators import SIMPLY_ORDERED, calculate, compare, equal, negate
from workflows.feel.properties import read_path
from workflows.feel.runtime import BERLIN, DEFAULT_BUDGET, Run, Scope, look_up
from workflows.feel.temporal import parse_temporal
from workflows.feel.types import fit
from workflows.feel.values import NUMBERS, FeelFunction, FeelRange, kind

Code = Callable[[Scope], object]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known while compiling: the functions, and how many local scopes may lie around the expression."""

    functions: Mapping[str, FeelFunction]
    depth: int = 0

    def inside(self, scopes: int = 1) -> "Surroundings":
        """The surroundings of an expression within local scopes."""
        return replace(self, depth=self.depth + scopes)


def price(node: object, around: Surroundings) -> int:
    """Steps for each time a part of an expression is evaluated: one for four nodes, more where names lie far out."""
    return 1 + (analysis.size(node) * (4 + around.depth) >> 4)


def compile_node(node: syntax.Node, around: Surroundings) -> Code:
    """Turn a tree into a closure that computes its value in a scope."""
    return COMPILERS[type(node)](node, around)


def _literal(node: syntax.Literal, around: Surroundings) -> Code:
    value = node.value
    return lambda scope: value


def _at_literal(node: syntax.AtLiteral, around: Surroundings) -> Code:
    try:
        value = parse_temporal(node.text)
    except InvalidValue as problem:
        return _complaint(node.position, problem.code, problem.facts)
    return lambda scope: value


def _complaint(position: int, code: str, facts: Mapping[str, str]) -> Code:
    def refuse(scope: Scope) -> None:
        scope.run.warn(code, position, facts)

    return refuse


def _name(node: syntax.Name, around: Surroundings) -> Code:
    name, position = node.name, node.position
    function = around.functions.get(name)
    read: Callable[[Scope, str], object] = look_up if around.depth else Scope.root

    def variable(scope: Scope) -> object:
        try:
            return read(scope, name)
        except KeyError:
            if function is None:
                scope.run.warn("unknown_name", position, {"name": name})
            return function

    return variable


def _path(node: syntax.Path, around: Surroundings) -> Code:
    base, name, position = compile_node(node.base, around), node.name, node.position

    def path(scope: Scope) -> object:
        value = base(scope)
        if type(value) is dict and name in value:
            return value[name]
        return read_path(scope.run, value, name, position)

    return path


def _negation(node: syntax.Negation, around: Surroundings) -> Code:
    if isinstance(node.operand, syntax.Literal) and isinstance(node.operand.value, Decimal):
        return _literal(syntax.Literal(node.position, NUMBERS.minus(node.operand.value)), around)
    operand, position = compile_node(node.operand, around), node.position

    def negation(scope: Scope) -> object:
        try:
            return negate(operand(scope))
        except InvalidValue as problem:
            scope.run.warn(problem.code, position, problem.facts)
            return None

    return negation


_SMALL_POWERS = frozenset(map(Decimal, range(13)))
_FAST_ARITHMETIC: dict[str, Callable[[Any, Any], Decimal]] = {
    "+": NUMBERS.add,
    "-": NUMBERS.subtract,
    "*": NUMBERS.multiply,
}


def _power_steps(exponent: object) -> int:
    """A square is one multiplication; other exponents take a logarithm and more, about 0.1 ms."""
    return 1 if isinstance(exponent, Decimal) and exponent in _SMALL_POWERS else 128


def _arithmetic(node: syntax.Arithmetic, around: Surroundings) -> Code:
    left, right = compile_node(node.left, around), compile_node(node.right, around)
    symbol, position = node.operator, node.position
    fast = _FAST_ARITHMETIC.get(symbol)

    def arithmetic(scope: Scope) -> object:
        a, b = left(scope), right(scope)
        try:
            if fast is not None and type(a) is Decimal and type(b) is Decimal:
                return fast(a, b)
            scope.run.spend(_power_steps(b) if symbol == "**" else 2)
            return scope.run.sized(calculate(symbol, a, b))
        except InvalidValue as problem:
            scope.run.warn(problem.code, position, problem.facts)
        except ArithmeticError:
            scope.run.warn("out_of_range", position)
        return None

    return arithmetic


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _comparison(node: syntax.Comparison, around: Surroundings) -> Code:
    left, right = compile_node(node.left, around), compile_node(node.right, around)
    symbol, position = node.operator, node.position
    if symbol in ("=", "!="):
        return _equality(left, right, position, wanted=symbol == "=")
    fast = _ORDER[symbol]

    def comparison(scope: Scope) -> object:
        a, b = left(scope), right(scope)
        if type(a) is type(b) and type(a) in SIMPLY_ORDERED:
            return fast(a, b)
        result = compare(symbol, a, b)
        if result is None:
            scope.run.warn("not_comparable", position, {"operator": symbol, "left": kind(a), "right": kind(b)})
        return result

    return comparison


def _equality(left: Code, right: Code, position: int, *, wanted: bool) -> Code:
    def equality(scope: Scope) -> object:
        a, b = left(scope), right(scope)
        result = equal(scope.run, a, b)
        if result is None:
            facts = {"operator": "=" if wanted else "!=", "left": kind(a), "right": kind(b)}
            scope.run.warn("not_comparable", position, facts)
            return None
        return result is wanted

    return equality


def _logic(node: syntax.Logic, around: Surroundings) -> Code:
    operands = tuple(compile_node(operand, around) for operand in node.operands)
    decisive = node.operator == "or"
    word, position = node.operator, node.position

    def logic(scope: Scope) -> object:
        result: bool | None = not decisive
        for operand in operands:
            value = operand(scope)
            if value is decisive:
                return decisive
            if type(value) is not bool:
                result = None
                if value is not None:
                    scope.run.warn("not_a_truth", position, {"operator": word, "type": kind(value)})
        return result

    return logic


def _between(node: syntax.Between, around: Surroundings) -> Code:
    low = syntax.Comparison(node.position, ">=", node.operand, node.low)
    high = syntax.Comparison(node.position, "<=", node.operand, node.high)
    return _logic(syntax.Logic(node.position, "and", (low, high)), around)


def _instance_of(node: syntax.InstanceOf, around: Surroundings) -> Code:
    operand, expected = compile_node(node.operand, around), node.type
    if expected.name == "null":
        return lambda scope: operand(scope) is None
    return lambda scope: expected.describes(scope.run, operand(scope))


def _typed(node: syntax.Typed, around: Surroundings) -> Code:
    operand, expected, position = compile_node(node.operand, around), node.type, node.position

    def typed(scope: Scope) -> object:
        value = operand(scope)
        fits, converted = fit(scope.run, expected, value)
        if not fits:
            scope.run.warn("wrong_type", position, {"expected": expected.name, "type": kind(value)})
        return converted

    return typed


def _range(node: syntax.RangeOf, around: Surroundings) -> Code:
    start = compile_node(node.start, around) if node.start is not None else None
    end = compile_node(node.end, around) if node.end is not None else None

    def interval(scope: Scope) -> object:
        low = start(scope) if start is not None else None
        high = end(scope) if end is not None else None
        if start is not None and end is not None and low is not high and compare("<=", low, high) is not True:
            scope.run.warn("bad_range", node.position, {"left": kind(low), "right": kind(high)})
            return None
        return FeelRange(low, high, node.start_included, node.end_included)

    if all(isinstance(side, syntax.Literal | syntax.AtLiteral | None) for side in (node.start, node.end)):
        trial = Run(DEFAULT_BUDGET, None, BERLIN)
        constant = interval(Scope(trial, {}))
        return (lambda scope: constant) if not trial.warnings else interval
    return interval


def _list(node: syntax.ListOf, around: Surroundings) -> Code:
    entries = tuple(compile_node(entry, around) for entry in node.entries)
    return lambda scope: [entry(scope) for entry in entries]


def _if(node: syntax.If, around: Surroundings) -> Code:
    condition, position = compile_node(node.condition, around), node.condition.position
    then, otherwise = compile_node(node.then, around), compile_node(node.otherwise, around)

    def choose(scope: Scope) -> object:
        answer = condition(scope)
        if answer is True:
            return then(scope)
        if answer is not False:
            scope.run.warn("not_a_truth", position, {"operator": "if", "type": kind(answer)})
        return otherwise(scope)

    return choose


def _call(node: syntax.Call, around: Surroundings) -> Code:
    callee = compile_node(node.function, around)
    position = node.position
    positional = tuple(compile_node(argument, around) for argument in node.positional)
    named = tuple((name, compile_node(argument, around)) for name, argument in node.named)
    fallback = around.functions.get(node.function.name) if isinstance(node.function, syntax.Name) else None

    def call(scope: Scope) -> object:
        function = callee(scope)
        if fallback is not None and type(function) is not FeelFunction:
            # A variable called like a function does not hide the function where one is called.
            function = fallback
        values = [argument(scope) for argument in positional]
        entries: dict[str, object] = {name: argument(scope) for name, argument in named}
        return call_function(scope.run, function, values, entries, position)

    return call


def _external(node: syntax.External, around: Surroundings) -> Code:
    return _complaint(node.position, "external_function", {})


def _foreign(node: syntax.Foreign, around: Surroundings) -> Code:
    return node.code


COMPILERS: dict[type[syntax.Node], Callable[[Any, Surroundings], Code]] = {
    syntax.Literal: _literal,
    syntax.AtLiteral: _at_literal,
    syntax.Name: _name,
    syntax.Path: _path,
    syntax.Negation: _negation,
    syntax.Arithmetic: _arithmetic,
    syntax.Comparison: _comparison,
    syntax.Logic: _logic,
    syntax.Between: _between,
    syntax.InstanceOf: _instance_of,
    syntax.Typed: _typed,
    syntax.RangeOf: _range,
    syntax.ListOf: _list,
    syntax.If: _if,
    syntax.Call: _call,
    syntax.External: _external,
    syntax.Foreign: _foreign,
}
