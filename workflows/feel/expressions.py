"""Expressions and unary tests as the rest of the house uses them: compiled once, evaluated often, from any thread."""

import datetime
import functools
import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from workflows.feel import analysis, scopes, syntax
from workflows.feel.builtins import BUILTINS
from workflows.feel.compiler import Code, Surroundings, compile_node
from workflows.feel.errors import CallRefused, FeelBudgetError, FeelSyntaxError, InvalidValue
from workflows.feel.names import NameIndex
from workflows.feel.parser import parse_expression, parse_unary_tests
from workflows.feel.runtime import BERLIN, DEFAULT_BUDGET, Budget, Evaluation, Run, Scope
from workflows.feel.types import ANY_OR_NULL
from workflows.feel.unary import Check, compile_tests
from workflows.feel.values import FeelFunction, Parameter, Signature

# The forms with scopes register themselves with the compiler when they are imported.
assert scopes

Functions = Mapping[str, Callable[..., object]]
_BUILTIN_NAMES = NameIndex(BUILTINS)
#: Steps for a call of a registered function, which cannot charge by itself: it must be done in some 20 microseconds.
_OFFICE_CALL = 20


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A compiled expression; `variables` are the names it reads from the caller, `calls` those it calls as functions.

    `entries` are the names in the context it is written as, None for an expression of any other kind; `hidden` are
    names of entries that later entries of the same context read, so that a variable of that name is out of their sight.
    """

    source: str
    variables: frozenset[str]
    code: Code
    calls: frozenset[str] = frozenset()
    entries: frozenset[str] | None = None
    hidden: frozenset[str] = frozenset()

    def evaluate(
        self,
        variables: Mapping[str, object],
        *,
        now: datetime.datetime | None = None,
        budget: Budget | None = None,
        zone: datetime.tzinfo = BERLIN,
    ) -> Evaluation:
        """Compute the value and the warnings; raises only FeelBudgetError. `now` must be aware."""
        return evaluate_in_run(self.code, Scope(Run(budget or DEFAULT_BUDGET, now, zone), variables))


@dataclass(frozen=True, slots=True, eq=False)
class UnaryTests:
    """Compiled unary tests, the form of a decision table's input entries."""

    source: str
    variables: frozenset[str]
    check: Check

    def evaluate(
        self,
        value: object,
        variables: Mapping[str, object],
        *,
        now: datetime.datetime | None = None,
        budget: Budget | None = None,
        zone: datetime.tzinfo = BERLIN,
    ) -> Evaluation:
        """Test a value: True, False or None, with warnings; raises only FeelBudgetError."""
        run = Run(budget or DEFAULT_BUDGET, now, zone)
        return evaluate_in_run(lambda scope: self.check(scope, run.admit(value, "?")), Scope(run, variables))


def evaluate_in_run(code: Code, scope: Scope) -> Evaluation:
    """Run a closure in an outermost scope and take its value out of the evaluation."""
    run = scope.run
    try:
        value = code(scope)
        if type(value) is list or type(value) is dict:
            value = run.release(value)
    except RecursionError:
        raise FeelBudgetError("depth") from None
    return Evaluation(value, tuple(run.warnings)) if run.warnings else Evaluation(value)


def compile_expression(source: str, names: Collection[str] = (), functions: Functions | None = None) -> Expression:
    """Compile an expression.

    `names` are known variables, needed only where a name contains operators or keywords; `functions` are offered
    under their FEEL names. Raises FeelSyntaxError.
    """
    return _compiled_expression(source, frozenset(names), tuple((functions or {}).items()))


def compile_unary_tests(source: str, names: Collection[str] = (), functions: Functions | None = None) -> UnaryTests:
    """Compile unary tests such as `< 5, [10..20]`, `not("a", "b")` or `-`. Raises FeelSyntaxError."""
    return _compiled_tests(source, frozenset(names), tuple((functions or {}).items()))


_Registered = tuple[tuple[str, Callable[..., object]], ...]


@functools.lru_cache(maxsize=4096)
def _compiled_expression(source: str, names: frozenset[str], functions: _Registered) -> Expression:
    known = _registered(functions)
    indexes = _indexes(names, functions)
    try:
        node = parse_expression(source, indexes)
        code, hidden = compile_node(node, Surroundings(known)), analysis.hidden_names(node)
        return Expression(
            source, _variables(node, names, known), code, analysis.unknown_calls(node, known), _entries(node), hidden
        )
    except RecursionError:
        raise FeelSyntaxError("too_deep", 0) from None


@functools.lru_cache(maxsize=4096)
def _compiled_tests(source: str, names: frozenset[str], functions: _Registered) -> UnaryTests:
    known = _registered(functions)
    try:
        tests = parse_unary_tests(source, _indexes(names, functions))
        return UnaryTests(source, _variables(tests, names, known), compile_tests(tests, Surroundings(known)))
    except RecursionError:
        raise FeelSyntaxError("too_deep", 0) from None


@functools.lru_cache(maxsize=16)
def _registered(functions: _Registered) -> Mapping[str, FeelFunction]:
    return register(dict(functions))


@functools.lru_cache(maxsize=64)
def _indexes(names: frozenset[str], functions: _Registered) -> tuple[NameIndex, ...]:
    return name_indexes(names, _registered(functions))


def name_indexes(names: Collection[str], functions: Mapping[str, FeelFunction]) -> tuple[NameIndex, ...]:
    """Index what the parser must know: built-in functions, registered ones and variables."""
    extra = [name for name in functions if name not in BUILTINS]
    return (_BUILTIN_NAMES, NameIndex([*extra, *names]))


def _entries(node: syntax.Node) -> frozenset[str] | None:
    if not isinstance(node, syntax.ContextOf) or node.result is not None:
        return None
    return frozenset(name for name, _value, _type in node.entries)


def _variables(node: syntax.Node, names: Collection[str], functions: Mapping[str, FeelFunction]) -> frozenset[str]:
    found = analysis.free_names(node, names)
    return frozenset(name for name in found if name != "?" and (name in names or name not in functions))


def register(functions: Functions) -> Mapping[str, FeelFunction]:
    """Add plain callables to the built-in functions; ``CallRefused``, ValueError and TypeError of theirs
    give null and a warning."""
    if not functions:
        return BUILTINS
    own = {name: _office_function(name, function) for name, function in functions.items()}
    return MappingProxyType({**BUILTINS, **own})


def _office_function(name: str, function: Callable[..., object]) -> FeelFunction:
    parameters = tuple(
        Parameter(
            parameter.name.replace("_", " "),
            ANY_OR_NULL,
            optional=parameter.default is not parameter.empty,
            rest=parameter.kind is parameter.VAR_POSITIONAL,
        )
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind is not parameter.KEYWORD_ONLY
    )

    def code(run: Run, values: list[object]) -> object:
        run.spend(_OFFICE_CALL)
        try:
            return run.admit(function(*_spread(parameters, values)), name)
        except (ValueError, TypeError) as problem:
            english = str(problem)
            german = problem.german if isinstance(problem, CallRefused) else english
            raise InvalidValue("function_refused", reason=english[:200], german=german[:200]) from None

    return FeelFunction(name, (Signature(parameters, code),))


def _spread(parameters: tuple[Parameter, ...], values: list[object]) -> list[object]:
    if parameters and parameters[-1].rest and isinstance(values[-1], list):
        return [*values[:-1], *values[-1]]
    return values
