"""Too many tries are stopped for a while, by all processes together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.conftest import Begin
from workflows.core import throttle
from workflows.core.clock import SetClock
from workflows.core.errors import Throttled
from workflows.core.throttle import Tries


def hit(begin: Begin, key: str = "sign-in:erika@muster.example") -> bool:
    try:
        with begin() as tx:
            throttle.hit(tx, key, 3, 60)
    except Throttled:
        return False
    return True


def test_the_fourth_try_within_the_minute_is_stopped(begin: Begin, clock: SetClock) -> None:
    assert [hit(begin) for _ in range(5)] == [True, True, True, False, False]
    assert hit(begin, "sign-in:max@muster.example")
    clock.advance(timedelta(seconds=60))
    assert hit(begin)


def test_it_says_when_to_come_back(begin: Begin, clock: SetClock) -> None:
    for _ in range(3):
        hit(begin)
    clock.advance(timedelta(seconds=20))
    with pytest.raises(Throttled) as stopped, begin() as tx:
        throttle.hit(tx, "sign-in:erika@muster.example", 3, 60)
    assert stopped.value.facts == {"retry_after": 40}


def test_a_clock_put_back_keeps_nobody_out_for_longer_than_a_window(begin: Begin, clock: SetClock) -> None:
    clock.advance(timedelta(days=1))
    assert [hit(begin) for _ in range(4)] == [True, True, True, False]
    clock.advance(timedelta(days=-1))
    assert [hit(begin) for _ in range(4)] == [True, True, True, False]
    clock.advance(timedelta(minutes=-4))
    assert not hit(begin)  # the clock of another machine: its visitors get no tries of their own


def test_tries_at_the_same_moment_are_all_counted(begin: Begin) -> None:
    with ThreadPoolExecutor(6) as people:
        assert sum(people.map(lambda _: hit(begin), range(12))) == 3


def test_no_address_is_stored_and_old_windows_go(begin: Begin, clock: SetClock) -> None:
    hit(begin)
    with begin() as tx:
        (tries,) = tx.session.scalars(select(Tries)).all()
        assert "erika" not in tries.key
    clock.advance(timedelta(seconds=60))
    with begin() as tx:
        throttle.purge(tx)
        assert tx.session.scalars(select(Tries)).all() == []
