"""No number is given out twice."""

from concurrent.futures import ThreadPoolExecutor

from tests.conftest import Begin
from workflows.core import sequences


def take(begin: Begin, name: str) -> int:
    with begin() as tx:
        return sequences.next_number(tx, name)


def test_numbers_rise_from_one_for_each_name(begin: Begin) -> None:
    assert [take(begin, "case-2026"), take(begin, "case-2026"), take(begin, "case-2027")] == [1, 2, 1]


def test_many_at_once_get_different_numbers(begin: Begin) -> None:
    with ThreadPoolExecutor(6) as people:
        taken = sorted(people.map(lambda _: take(begin, "case-2026"), range(30)))
    assert taken == list(range(1, 31))
