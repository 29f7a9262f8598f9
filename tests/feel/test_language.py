"""What expressions mean, form by form of DMN 1.5 chapter 10.3."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from workflows.feel import FeelRange, YearMonthDuration, compile_expression, compile_unary_tests

PEOPLE = [
    {"name": "Amal", "age": Decimal(31), "home town": "Kassel"},
    {"name": "Bea", "age": Decimal(17), "home town": "Fulda"},
]
VARIABLES = {
    "topic": "rooms",
    "amount": Decimal(2500),
    "people": PEOPLE,
    "first name": "Amal",
    "a-b": Decimal(5),
    "a": Decimal(3),
    "b": Decimal(1),
    "empty": None,
    "count": 7,
}


def value(source, **variables):
    return compile_expression(source, VARIABLES).evaluate({**VARIABLES, **variables}).value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", Decimal(7)),
        ("-2 ** 2", Decimal(4)),
        ("2 ** 3 ** 2", Decimal(64)),
        ("10 / 4", Decimal("2.5")),
        ("1 / 3", Decimal("0.3333333333333333333333333333333333")),
        (".5 + 1.5e1", Decimal("15.5")),
        ('"a" + "b"', "ab"),
        (r'"\u00e4\n\"\uD83D\uDC0E"', 'ä\n"🐎'),
        ("1 + /* comment */ 1 // rest", Decimal(2)),
        ('topic in ("rooms", "funding") and amount <= 2500', True),
        ("amount between 1 and 2500", True),
        ("first name", "Amal"),
        ("a-b", Decimal(5)),
        ("a - b", Decimal(5)),
        ("b - a", Decimal(-2)),
        ("if amount > 1000 then 1 else 2", Decimal(1)),
        ("if null then 1 else 2", Decimal(2)),
        ("{a: 1, b: a + 1}.b", Decimal(2)),
        ("{first step: 1, next step: first step + 1}.next step", Decimal(2)),
        ('{"odd-name": 1}.odd-name', Decimal(1)),
        ("{a: 1, a: 2}", None),
        ("[1, 2, 3][2]", Decimal(2)),
        ("[1, 2, 3][-1]", Decimal(3)),
        ("[1, 2, 3][item >= 2]", [Decimal(2), Decimal(3)]),
        ("people[age >= 18].name", ["Amal"]),
        ('people[home town = "Fulda"].age', [Decimal(17)]),
        ("5[1]", Decimal(5)),
        ("for x in 1..3 return x * x", [Decimal(1), Decimal(4), Decimal(9)]),
        ("for x in [1, 2], y in [x, 10] return x * y", [Decimal(1), Decimal(10), Decimal(4), Decimal(20)]),
        ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", [Decimal(n) for n in (1, 1, 2, 6, 24)]),
        ("some p in people satisfies p.age < 18", True),
        ("every p in people satisfies p.age < 18", False),
        ("(function(x, y) x + y)(1, 2)", Decimal(3)),
        ("{twice: function(n: number) n * 2, out: twice(n: 4)}.out", Decimal(8)),
        ("{fact: function(n) if n <= 1 then 1 else n * fact(n - 1), out: fact(10)}.out", Decimal(3628800)),
        ("[1..10)", FeelRange(Decimal(1), Decimal(10), True, False)),
        ("]1..10[.end included", False),
        ("5 in (<5)", False),
        ("(>= 5).start included", True),
        ("5 in [1..10]", True),
        ("3 instance of number", True),
        ("[1, 2] instance of list<number>", True),
        ('{a: "x"} instance of context<a: string>', True),
        ("null instance of Any", False),
        ("null and false", False),
        ("null or true", True),
        ("null and true", None),
        ('1 = "1"', None),
        ("null = null", True),
        ("empty.name", None),
        ('substring(string: "workshop", start position: 5)', "shop"),
        ("sort([3, 1, 2], function(x, y) x > y)", [Decimal(3), Decimal(2), Decimal(1)]),
        ("count([1, 2])", Decimal(2)),
        ("count + 1", Decimal(8)),
        ("2 in [1, 2, 3]", True),
        ('range("[1..3]")', FeelRange(Decimal(1), Decimal(3))),
    ],
)
def test_forms(source, expected):
    assert value(source) == expected


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('date("2024-01-31") + @"P1M"', datetime.date(2024, 2, 29)),
        ('@"2024-03-01" - @"P1D"', datetime.date(2024, 2, 29)),
        ('@"2024-03-01" - @"2024-02-01"', datetime.timedelta(days=29)),
        ('@"P1Y" + @"P2M"', YearMonthDuration(14)),
        ('string(@"P14M")', "P1Y2M"),
        ('string(@"PT90M")', "PT1H30M"),
        ('@"PT1H" * 1.5', datetime.timedelta(minutes=90)),
        ('@"PT1H" / @"PT30M"', Decimal(2)),
        ('@"2024-07-01T09:00:00@Europe/Berlin".time offset', datetime.timedelta(hours=2)),
        ('@"2024-07-01T09:00:00Z" < @"2024-07-01T11:30:00@Europe/Berlin"', True),
        ('@"2024-07-01T09:00:00Z" = @"2024-07-01T11:00:00@Europe/Berlin"', True),
        ('is(@"2024-07-01T09:00:00Z", @"2024-07-01T11:00:00@Europe/Berlin")', False),
        ('@"2024-03-31T01:30:00@Europe/Berlin" + @"PT1H"', datetime.datetime(2024, 3, 31, 3, 30, tzinfo=BERLIN)),
        ('@"2024-03-31T03:30:00@Europe/Berlin" - @"2024-03-31T01:30:00@Europe/Berlin"', datetime.timedelta(hours=1)),
        ('@"2024-03-30T12:00:00@Europe/Berlin" + @"P1M"', datetime.datetime(2024, 4, 30, 12, tzinfo=BERLIN)),
        ('@"2024-10-27T02:30:00@Europe/Berlin" = @"2024-10-27T00:30:00Z"', True),
        ('@"23:00:00" + @"PT2H"', datetime.time(1)),
        ('years and months duration(date("2011-12-22"), date("2013-08-24"))', YearMonthDuration(20)),
        ('day of week(date("2024-12-24"))', "Tuesday"),
        ('week of year(date("2024-12-30"))', Decimal(1)),
        ('date("2024-02-30")', None),
        ('@"2024-02-30"', None),
        ('@"2024-12-24".weekday', Decimal(2)),
        ('before(@"2024-01-01", [@"2024-02-01"..@"2024-03-01"])', True),
        ('for d in @"2024-02-28"..@"2024-03-01" return d.day', [Decimal(28), Decimal(29), Decimal(1)]),
    ],
)
def test_time(source, expected):
    assert value(source) == expected


def test_now_is_the_given_moment_in_berlin():
    now = datetime.datetime(2024, 12, 31, 23, 30, tzinfo=datetime.UTC)
    found = compile_expression("[today(), now().hour, now() = now()]").evaluate({}, now=now).value
    assert found == [datetime.date(2025, 1, 1), Decimal(0), True]


def test_another_zone_can_be_asked_for():
    now = datetime.datetime(2024, 12, 31, 23, 30, tzinfo=datetime.UTC)
    zone = ZoneInfo("America/New_York")
    assert compile_expression("today()").evaluate({}, now=now, zone=zone).value == datetime.date(2024, 12, 31)


@pytest.mark.parametrize(
    ("source", "given", "expected"),
    [
        ("-", None, True),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "c", True),
        ('not("a", "b")', "a", False),
        ("< 5, [10..20]", Decimal(15), True),
        ("< 5, [10..20]", Decimal(7), False),
        ("< 5", None, None),
        ("[limit..limit + 10]", Decimal(105), True),
        ("? > limit and ? < 200", Decimal(150), True),
        ('starts with(?, "a")', "abc", True),
        ("null", None, True),
        ("not(null)", "x", True),
        ("limit > 50", Decimal(1), True),
        ("true", True, True),
        ('@"2024-01-01"', datetime.date(2024, 1, 1), True),
        ('[@"2024-01-01"..@"2024-12-31"]', datetime.date(2024, 6, 1), True),
    ],
)
def test_unary_tests(source, given, expected):
    assert compile_unary_tests(source).evaluate(given, {"limit": Decimal(100)}).value is expected


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("a + b * a", {"a", "b"}),
        ("first name + last name", {"first name", "last name"}),
        ("for x in xs return x + y", {"xs", "y"}),
        ("{k: v, w: k}", {"v"}),
        ("some p in people satisfies p.age > limit", {"people", "limit"}),
        ("function(x) x + y", {"y"}),
        ("people[age > 3]", {"people"}),
        ("enquiry.topic", {"enquiry"}),
        ("sum(values)", {"values"}),
    ],
)
def test_variables_are_the_names_read_from_outside(source, names):
    assert compile_expression(source).variables == names


def test_names_in_a_filter_count_when_they_are_known():
    assert compile_expression("people[age > limit]", ["limit", "people"]).variables == {"people", "limit"}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("missing", "unknown_name"),
        ("1 / 0", "division_by_zero"),
        ('1 + "a"', "wrong_types"),
        ('1 < "a"', "not_comparable"),
        ("people.nme", "no_entry"),
        ("amount.year", "no_property"),
        ("[1][5]", "no_such_position"),
        ('number("x")', "not_a_number"),
        ('sum("x")', "wrong_entries"),
        ("substring(5, 1)", "wrong_argument"),
        ("substring()", "wrong_arguments"),
        ("nothing(1)", "not_a_function"),
        ('if "yes" then 1 else 2', "not_a_truth"),
        ('matches("a", "(")', "bad_pattern"),
        ("10 ** 7000", "out_of_range"),
        ('function(x) external {java: {class: "java.lang.Math", method signature: "abs(int)"}}', "external_function"),
    ],
)
def test_nothing_is_wrong_in_silence(source, code):
    evaluation = compile_expression(source, VARIABLES).evaluate(VARIABLES)
    assert code in [warning.code for warning in evaluation.warnings]


def test_a_warning_says_where():
    (warning,) = compile_expression("1 + 2 + missing.name").evaluate({}).warnings[:1]
    assert (warning.code, warning.position, dict(warning.facts)) == ("unknown_name", 8, {"name": "missing"})
