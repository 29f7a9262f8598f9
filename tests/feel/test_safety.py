"""Nothing gets out, nothing runs on: budgets, the caller's values, office functions."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from workflows.feel import Budget, FeelBudgetError, FeelSyntaxError, compile_expression


def value(source, variables=None, **options):
    return compile_expression(source).evaluate(variables or {}, **options).value


@pytest.mark.parametrize(
    "source",
    [
        "for a in 1..1000, b in 1..1000, c in 1..1000 return a",
        "for i in 1..999999999 return i",
        'for i in 1..60 return if i = 1 then "ab" else partial[-1] + partial[-1]',
        "for i in 1..60 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])",
        "for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]",
        "string(for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]])",
        "{f: function(n) f(n + 1), out: f(1)}.out",
        "{f: function(n) f(n - 1) + f(n - 2), out: f(30)}.out",
        "for i in 1..100000 return for j in 1..100000 return j",
        "some x in 1..100000, y in 1..100000 satisfies false",
        "distinct values(for i in 1..100000 return i)",
        "sort(for i in 1..90000 return -i)",
        # A long body is dearer than a short one, however few loops and calls it holds.
        "for i in 1..20000 return " + " or ".join(["i < 0"] * 100),
        "for i in 1..20000 return [" + ", ".join(["1"] * 1000) + "]",
        "some i in 1..20000 satisfies " + " or ".join(["i = 0"] * 100),
        "(for i in 1..9000 return i)[" + " or ".join(["item = 0"] * 100) + "]",
        "{f: function(n) " + " or ".join(["n < 0"] * 1000) + ", r: for i in 1..1000 return f(i)}.r",
        # So are names that lie many scopes further out.
        "for o in 1..1 return " + "for a in 1..1 return " * 40 + "for i in 1..5000 return " + "+".join("o" * 7),
        # Looking at every entry of a list costs as many steps, also where only its type is asked for.
        "for i in 1..1000 return sum(xs)",
        "for i in 1..1000 return stddev(xs)",
        "for i in 1..1000 return xs instance of list<number>",
        "for i in 1..1000 return {f: function(ys: list<number>) 1, r: f(xs)}.r",
        "{l: for i in 1..50 return if i = 1 then [1] else [partial[-1], partial[-1]], r: l[50] instance of "
        + f"{'list<' * 50}number{'>' * 50}}}.r",
        'for i in 1..5000 return date and time("2024-01-01T10:00:00@Europe/Berlin")',
        "for i in 1..20000 return unknown",
    ],
)
def test_every_runaway_is_stopped(source):
    with pytest.raises(FeelBudgetError):
        value(source, {"xs": list(range(1000))})


@pytest.mark.parametrize(
    "source",
    ['matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")', 'matches("x", "(a{1000}){1000}")'],
)
def test_regular_expressions_cannot_hang(source):
    assert value(source) is not True


@pytest.mark.parametrize(
    "source",
    [
        # Linear in the text, but thousands of steps a character: 100 000 characters took twelve seconds.
        'matches(text, "((a?b?){50}){15}c")',
        # Each match looks through the rest of the text for a letter that is not there.
        'replace(replace(text, "b", "a"), "a.*c|a", "x")',
        # Each pattern takes milliseconds to make or to refuse, and none of them comes twice.
        'for i in 1..20000 return matches("x", string(i) + "((a?b?){50}){15}c")',
        r'for i in 1..20000 return matches("x", string(i) + "\\p{L}{500}")',
    ],
)
def test_what_regular_expressions_cost_is_charged(source):
    with pytest.raises(FeelBudgetError):
        value(source, {"text": "ab" * 50_000})


@pytest.mark.parametrize("call", ["exp(i / 100)", "log(i + 0.5)", "(i + 0.5) ** 1.23456789", "1.000001 ** (i * 997)"])
def test_what_takes_many_digits_is_charged(call):
    with pytest.raises(FeelBudgetError):
        value(f"for i in 1..5000 return {call}")
    assert len(value(f"for i in 1..250 return {call}")) == 250


def test_squares_and_roots_are_cheap():
    assert len(value("for i in 1..1000 return sqrt(i ** 2)")) == 1_000


def test_usual_patterns_are_cheap():
    lines = ["Müller@verein.example"] * 2_000
    assert all(value(r'for line in lines return matches(line, "^[^@\\s]+@[^@\\s]+\\.[a-z]+$")', {"lines": lines}))
    assert value('contains(replace(text, "[aeiou]+", "_"), "_")', {"text": "Antrag " * 1_400}) is True


def test_the_most_frequent_of_many_is_found_at_once():
    """It was quadratic: the run's timeout is the proof."""
    assert value("count(mode(xs))", {"xs": list(range(30_000))}) == 30_000


def test_a_smaller_budget_stops_earlier():
    assert len(value("for i in 1..100 return i")) == 100
    with pytest.raises(FeelBudgetError) as stopped:
        value("for i in 1..100 return i", budget=Budget(steps=50))
    assert stopped.value.code == "steps"


@pytest.mark.parametrize(
    "source", ["(" * 5000, "-" * 5000 + "1", "[" * 500 + "]" * 500, "1+" * 9000 + "1", "x" * 60000]
)
def test_hostile_sources_are_syntax_errors_or_stopped(source):
    with pytest.raises((FeelSyntaxError, FeelBudgetError)):
        value(source)


def test_results_share_nothing_with_the_variables():
    variables = {"list": [[Decimal(1)]], "context": {"inner": {"a": Decimal(1)}}}
    found = value("[list, context, list[1]]", variables)
    found[0].append("changed")
    found[1]["inner"]["a"] = "changed"
    found[2].append("changed")
    assert variables == {"list": [[Decimal(1)]], "context": {"inner": {"a": Decimal(1)}}}


def test_results_share_nothing_with_the_next_result():
    expression = compile_expression("[[1], {a: 2}]")
    expression.evaluate({}).value[0].append("changed")
    assert expression.evaluate({}).value == [[Decimal(1)], {"a": Decimal(2)}]


@pytest.mark.parametrize("source", ["text.__class__", "text.upper", "text.format", "moment.tzinfo", "thing.secret"])
def test_attributes_of_objects_are_out_of_reach(source):
    class Thing:
        secret = "secret"

    variables = {"text": "x", "moment": datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC), "thing": Thing()}
    assert value(source, variables) is None


def test_floats_and_endless_numbers_are_refused_with_a_warning():
    for wrong in (1.5, Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999"), 10**100_000, object()):
        evaluation = compile_expression("x").evaluate({"x": wrong})
        assert evaluation.value is None
        assert evaluation.warnings


def test_whole_numbers_and_tuples_are_welcome():
    assert value("sum(xs) + n", {"xs": (1, 2), "n": 4}) == Decimal(7)


def working_days(start: datetime.date, days: Decimal = Decimal(1)) -> datetime.date:
    if days < 0:
        raise ValueError("only forwards")
    return start + datetime.timedelta(days=int(days))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('working days(@"2024-01-01", 3)', datetime.date(2024, 1, 4)),
        ('working days(start: @"2024-01-01")', datetime.date(2024, 1, 2)),
        ('working days(days: 2, start: @"2024-01-01")', datetime.date(2024, 1, 3)),
        ('working days(@"2024-01-01", -3)', None),
        ('working days("monday")', None),
        ("working days()", None),
    ],
)
def test_office_functions_are_called_by_their_feel_name(source, expected):
    expression = compile_expression(source, functions={"working days": working_days})
    evaluation = expression.evaluate({})
    assert evaluation.value == expected
    assert bool(evaluation.warnings) is (expected is None)


def test_one_expression_serves_many_threads():
    expression = compile_expression("sum(for i in 1..n return i * i)")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: expression.evaluate({"n": n}).value, range(1, 200)))
    assert found == [Decimal(sum(i * i for i in range(1, n + 1))) for n in range(1, 200)]
