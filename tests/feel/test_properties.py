"""Laws that hold for all values, and that nothing but the documented errors is ever raised."""

import contextlib
import datetime
import decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.feel import (
    Budget,
    FeelBudgetError,
    FeelSyntaxError,
    YearMonthDuration,
    compile_expression,
    compile_unary_tests,
)
from workflows.feel.builtins import BUILTINS
from workflows.feel.values import KINDS

numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6)
truths = st.sampled_from([True, False, None])
durations = st.timedeltas(min_value=datetime.timedelta(days=-9000), max_value=datetime.timedelta(days=9000))
scalars = (
    st.none()
    | st.booleans()
    | st.decimals()
    | st.integers()
    | st.text(max_size=20)
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.none() | st.just(datetime.UTC))
    | st.timedeltas()
    | st.integers(-5000, 5000).map(YearMonthDuration)
    | st.floats()
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)
LEAN = Budget(steps=5000, depth=20, size=2000, text=10_000)


def value(source, **variables):
    return compile_expression(source).evaluate(variables).value


@settings(deadline=None)
@given(numbers, numbers)
def test_arithmetic_is_decimal_arithmetic_with_34_digits(a, b):
    exact = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN)
    assert value("a + b", a=a, b=b) == exact.add(a, b)
    assert value("a - b", a=a, b=b) == exact.subtract(a, b)
    assert value("a * b", a=a, b=b) == exact.multiply(a, b)
    assert value("a / b", a=a, b=b) == (exact.divide(a, b) if b else None)


@settings(deadline=None)
@given(numbers, numbers, numbers)
def test_ranges_agree_with_comparisons(x, a, b):
    low, high = min(a, b), max(a, b)
    assert value("x in [low..high]", x=x, low=low, high=high) is (low <= x <= high)
    if low < high:
        assert value("x in (low..high)", x=x, low=low, high=high) is (low < x < high)
        assert value("includes([low..high), x)", x=x, low=low, high=high) is (low <= x < high)
    assert value("x between low and high", x=x, low=low, high=high) is (low <= x <= high)


@settings(deadline=None)
@given(truths, truths, truths)
def test_logic_of_three_values(p, q, r):
    context = {"p": p, "q": q, "r": r}
    assert value("p and q", **context) is value("q and p", **context)
    assert value("p or q", **context) is value("q or p", **context)
    assert value("not(p and q)", **context) is value("not(p) or not(q)", **context)
    assert value("p and (q or r)", **context) is value("(p and q) or (p and r)", **context)
    assert value("(p and q) and r", **context) is value("p and q and r", **context)
    assert value("all([p, q])", **context) is value("p and q", **context)


@settings(deadline=None)
@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)), durations)
def test_a_moment_moved_there_and_back_is_the_same(day, length):
    moment = datetime.datetime.combine(day, datetime.time(12), tzinfo=datetime.UTC)
    assert value("m + d - d", m=moment, d=length) == moment
    assert value("m + d - m", m=moment, d=length) == length


@settings(deadline=None)
@given(st.dates() | durations | st.integers(-(10**6), 10**6).map(YearMonthDuration) | st.times())
def test_temporal_values_survive_their_text(temporal):
    source = {datetime.date: "date", datetime.time: "time"}.get(type(temporal), "duration")
    assert value(f"{source}(string(x))", x=temporal) == temporal


@settings(deadline=None)
@given(st.lists(numbers, min_size=1, max_size=20))
def test_statistics_agree_with_sorting(xs):
    assert value("min(xs)", xs=xs) == min(xs)
    assert value("max(xs)", xs=xs) == max(xs)
    assert value("sort(xs)", xs=xs) == sorted(xs)
    assert value("reverse(sort(xs))[1]", xs=xs) == max(xs)
    assert value("count(distinct values(xs))", xs=xs) == len(set(xs))


@settings(deadline=None)
@given(st.text(max_size=50))
def test_a_text_written_as_a_literal_is_itself(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    assert compile_expression(f'"{escaped}"').evaluate({}).value == text


KEYWORD_SOUP = (
    "if then else for in return some every satisfies and or between instance of function external null true "
    "( ) [ ] { } , . .. : ? + - * / ** = != < <= > >= -> @ ' // /* a b item partial list<number> 1 0.5 1e9 "
)
words = st.sampled_from([*BUILTINS, *KEYWORD_SOUP.split(), '"', '"x"', '@"P1D"', '@"2024-01-31"', '"\\u"'])


def kind_of_result(compiled, *arguments):
    """The FEEL type of what comes out; being stopped by the budget, "null" here, is the only error allowed."""
    value = None
    with contextlib.suppress(FeelBudgetError):
        value = compiled.evaluate(*arguments, budget=LEAN).value
    return KINDS.get(type(value))


def compiled_or_none(compile_source, source):
    try:
        return compile_source(source)
    except FeelSyntaxError as error:
        position = error.position
    assert 0 <= position <= len(source)
    return None


@settings(max_examples=300, deadline=None)
@given(st.lists(words, max_size=14).map(" ".join) | st.text(max_size=40), values, values)
def test_random_sources_never_raise_anything_else(source, a, b):
    expression = compiled_or_none(compile_expression, source)
    if expression is not None:
        assert kind_of_result(expression, {"a": a, "b": b})
    tests = compiled_or_none(compile_unary_tests, source)
    if tests is not None:
        assert kind_of_result(tests, a, {"a": a, "b": b})


OPERATORS = ["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(OPERATORS), values, values)
def test_operators_take_any_values(operator, a, b):
    assert kind_of_result(compile_expression(f"a {operator} b"), {"a": a, "b": b})


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(BUILTINS)), st.lists(values, max_size=4))
def test_functions_take_any_values(name, arguments):
    names = [f"x{index}" for index in range(len(arguments))]
    expression = compile_expression(f"{name}({', '.join(names)})")
    assert kind_of_result(expression, dict(zip(names, arguments, strict=True)))


@settings(deadline=None)
@given(st.integers(1, 10**30), st.integers(1, 10**30))
def test_the_budget_always_stops(a, b):
    with pytest.raises(FeelBudgetError):
        compile_expression("for x in 1..a + 10000, y in 1..b + 10000 return x * y").evaluate(
            {"a": a, "b": b}, budget=LEAN
        )
