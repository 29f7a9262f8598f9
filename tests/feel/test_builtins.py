"""Every built-in function by what the standard says of it (DMN 1.5 § 10.3.4), where its public kit is absent, too."""

import pytest

from workflows.feel import compile_expression
from workflows.feel.builtins import BUILTINS

EXAMPLES = """
string(1.1) = "1.1"
string(null) = null
number("1 000,0", " ", ",") = 1000
number("1.000,5", ".", ",") = 1000.5
not(true) = false
not(null) = null
substring("foobar", 3) = "obar"
substring("foobar", 3, 3) = "oba"
substring("foobar", -2, 1) = "a"
string length("foo") = 3
upper case("aBc4") = "ABC4"
lower case("aBc4") = "abc4"
substring before("foobar", "bar") = "foo"
substring before("foobar", "xyz") = ""
substring after("foobar", "ob") = "ar"
substring after("", "a") = ""
substring after("foo", "") = "foo"
substring after("foobar", "xyz") = ""
replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") = "[1=ab][2=]cd"
contains("foobar", "of") = false
contains("foobar", "ob") = true
starts with("foobar", "fo") = true
starts with("foobar", "r") = false
ends with("foobar", "r") = true
ends with("foobar", "fo") = false
matches("foobar", "^fo*b") = true
matches("Müller_9", "^\\w+$") = true
matches("Çelik-Öz", "^[\\w-]+$") = true
matches("٣", "^\\d$") = true
matches("Müller", "\\W|[\\W]") = false
matches("b", "[a-z-[aeiou]]") = null
split("John Doe", "\\\\s") = ["John", "Doe"]
split("a;b;c;;", ";") = ["a", "b", "c", "", ""]
string join(["a", "b", null, "c"], "_and_") = "a_and_b_and_c"
string join(["a", "c"]) = "ac"
list contains([1, 2, null], null) = true
list contains([1, 2], 3) = false
count([1, 2, [3]]) = 3
count([]) = 0
count([null]) = 1
count(null) = null
min([3, 1, 2]) = 1
max(1, 2, 3) = 3
min([]) = null
sum(1, 2, 3) = 6
sum([]) = null
mean(1, 2, 3) = 2
all([false, null, true]) = false
all([]) = true
any([false, null, true]) = true
any([]) = false
all([true, null]) = null
any([false, null]) = null
sublist([4, 5, 6], 1, 2) = [4, 5]
sublist([4, 5, 6], -2) = [5, 6]
append([1], 2, 3) = [1, 2, 3]
concatenate([1, 2], [3]) = [1, 2, 3]
insert before([1, 3], 1, 2) = [2, 1, 3]
insert before([1, 3], -1, 2) = [1, 2, 3]
remove([1, 2, 3], 2) = [1, 3]
remove([1, 2, 3], -1) = [1, 2]
list replace([2, 4, 7, 8], 3, 6) = [2, 4, 6, 8]
reverse([1, 2, 3]) = [3, 2, 1]
index of([1, 2, 3, 2], 2) = [2, 4]
union([1, 2], [2, 3]) = [1, 2, 3]
distinct values([1, 2, 3, 2, 1]) = [1, 2, 3]
flatten([[1, 2], [[3]], 4]) = [1, 2, 3, 4]
product(2, 3, 4) = 24
median(8, 2, 5, 3, 4) = 4
median([6, 1, 2, 3]) = 2.5
stddev(2, 4, 7, 5) = 2.081665999466132735282297706979931
mode(6, 3, 9, 6, 6) = [6]
mode([6, 1, 9, 6, 1]) = [1, 6]
decimal(1/3, 2) = .33
decimal(1.5, 0) = 2
decimal(2.5, 0) = 2
floor(1.5) = 1
floor(-1.56, 1) = -1.6
ceiling(1.5) = 2
ceiling(-1.56, 1) = -1.5
round up(5.5, 0) = 6
round up(-1.121, 2) = -1.13
round down(5.5, 0) = 5
round down(-1.126, 2) = -1.12
round half up(5.5, 0) = 6
round half up(1.125, 2) = 1.13
round half down(5.5, 0) = 5
round half down(-1.126, 2) = -1.13
abs(-10) = 10
abs(@"-PT5H") = @"PT5H"
modulo(12, 5) = 2
modulo(-12, 5) = 3
modulo(12, -5) = -3
modulo(10.1, 4.5) = 1.1
modulo(-10.1, 4.5) = 3.4
sqrt(16) = 4
decimal(log(10), 8) = 2.30258509
decimal(exp(5), 8) = 148.41315910
odd(5) = true
odd(2) = false
even(2) = true
even(5) = false
date(2012, 12, 25) = date("2012-12-25")
date(date and time("2012-12-25T11:00:00Z")) = date("2012-12-25")
date and time("2012-12-24T23:59:00") = date and time(date("2012-12-24"), time("23:59:00"))
time(23, 59, 0, duration("PT0S")) = time("23:59:00Z")
time(date and time("2012-12-25T11:00:00Z")) = time("11:00:00Z")
duration("P20DT13H14M") - duration("P20DT14M") = duration("PT13H")
years and months duration(date("2011-12-22"), date("2013-08-24")) = duration("P1Y8M")
years and months duration(date("2011-12-22"), date("2013-08-21")) = duration("P1Y7M")
years and months duration(date("2013-08-24"), date("2011-12-22")) = duration("-P1Y8M")
day of year(date(2019, 9, 17)) = 260
day of week(date(2019, 9, 17)) = "Tuesday"
month of year(date(2019, 9, 17)) = "September"
week of year(date(2019, 9, 17)) = 38
week of year(date(2005, 1, 1)) = 53
today() = date(now())
sort([3, 1, 4, 5, 2], function(x, y) x > y) = [5, 4, 3, 2, 1]
sort([3, 1, 2]) = [1, 2, 3]
get value({a: 1}, "a") = 1
get value({a: {b: 2}}, ["a", "b"]) = 2
get value({a: 1}, "b") = null
get entries({a: 1, b: 2}).key = ["a", "b"]
context([{key: "a", value: 1}, {key: "b", value: 2}]) = {a: 1, b: 2}
context put({x: 1}, "y", 2) = {x: 1, y: 2}
context put({x: 1, y: {a: 0}}, ["y", "a"], 2) = {x: 1, y: {a: 2}}
context merge([{x: 1, y: 0}, {y: 2}]) = {x: 1, y: 2}
is(date("2012-12-25"), time("23:00:50")) = false
is(1, 1) = true
range("[18..21)") = [18..21)
before(1, 10) = true
before([1..10), [10..20]) = true
before([1..10], [10..20]) = false
after(10, 5) = true
after([11..20], [1..11)) = true
after([11..20], [1..11]) = false
meets([1..5], [5..10]) = true
meets([1..5), [5..10]) = false
meets([1..5], (5..10]) = false
met by([5..10], [1..5]) = true
met by((5..10], [1..5]) = false
overlaps([1..5], [3..8]) = true
overlaps([1..5), [5..8]) = false
overlaps before([1..5], [3..8]) = true
overlaps before([3..8], [1..5]) = false
overlaps after([3..8], [1..5]) = true
overlaps after([1..5], [3..8]) = false
finishes(10, [1..10]) = true
finishes(10, [1..10)) = false
finishes([5..10), [1..10)) = true
finished by([1..10], 10) = true
finished by([1..10), [5..10]) = false
includes([1..10], 5) = true
includes([1..10), 10) = false
includes([1..10], (1..10)) = true
during(5, [1..10]) = true
during([1..10], [1..10)) = false
starts(1, [1..10]) = true
starts((1..5), [1..10]) = false
started by([1..10], [1..5]) = true
started by((1..10], 1) = false
coincides([1..5], [1..5]) = true
coincides((1..5), [1..5]) = false
for i in (1..4] return i = [2, 3, 4]
for i in [1..4) return i = [1, 2, 3]
[10, 20, 30][1] = 10
[10, 20, 30][-1] = 30
"""


@pytest.mark.parametrize("example", EXAMPLES.strip().splitlines())
def test_the_standards_own_examples_hold(example: str) -> None:
    source, _, expected = example.rpartition(" = ")
    found, wanted = (compile_expression(text).evaluate({}).value for text in (source, expected))
    assert found == wanted
    assert type(found) is type(wanted)


def test_every_function_has_its_example() -> None:
    assert [name for name in BUILTINS if f"{name}(" not in EXAMPLES] == []
