"""When things are due in Berlin: months, daylight saving, repetitions."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.core.clock import BERLIN
from workflows.engine.faults import Stuck
from workflows.engine.moments import Period, cycle, day, moment, next_turn
from workflows.feel import YearMonthDuration

WINTER = datetime(2026, 3, 28, 9, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("value", "due"),
    [
        ("P1D", datetime(2026, 3, 29, 9, 0, tzinfo=BERLIN)),
        ("PT24H", datetime(2026, 3, 29, 10, 0, tzinfo=BERLIN)),
        (timedelta(days=1), datetime(2026, 3, 29, 9, 0, tzinfo=BERLIN)),
        ("P1M2DT3H", datetime(2026, 4, 30, 12, 0, tzinfo=BERLIN)),
        (YearMonthDuration(1), datetime(2026, 4, 28, 9, 0, tzinfo=BERLIN)),
        ("P2W", datetime(2026, 4, 11, 9, 0, tzinfo=BERLIN)),
        ("2026-07-01", datetime(2026, 7, 1, 23, 59, 59, tzinfo=BERLIN)),
        (date(2026, 7, 1), datetime(2026, 7, 1, 23, 59, 59, tzinfo=BERLIN)),
        ("2026-07-01T09:00:00", datetime(2026, 7, 1, 9, 0, tzinfo=BERLIN)),
        ("20260701", datetime(2026, 7, 1, 23, 59, 59, tzinfo=BERLIN)),
        ("2026-07-01T09:00:00Z", datetime(2026, 7, 1, 9, 0, tzinfo=UTC)),
        (datetime(2026, 7, 1, 9, 0), datetime(2026, 7, 1, 9, 0, tzinfo=BERLIN)),  # noqa: DTZ001 - the point of it
    ],
)
def test_values_name_moments(value: Any, due: datetime) -> None:
    assert moment(value, WINTER) == due


def test_a_month_after_the_last_day_ends_on_the_last_day() -> None:
    assert Period(months=1).after(datetime(2026, 1, 31, 12, 0, tzinfo=BERLIN)) == datetime(
        2026, 2, 28, 12, 0, tzinfo=BERLIN
    )


def test_the_day_of_a_late_moment_is_the_one_in_berlin() -> None:
    assert day(datetime(2026, 7, 1, 23, 0, tzinfo=UTC), WINTER) == date(2026, 7, 2)


def test_a_repetition_may_have_a_start_and_a_number() -> None:
    found = cycle("R3/2026-04-01T08:00:00Z/P1D", WINTER)
    assert (found.times, found.start, found.period) == (3, datetime(2026, 4, 1, 8, tzinfo=UTC), Period(days=1))
    assert cycle("R/PT1H", WINTER).times is None


def turns(source: str, begun: datetime, most: int) -> list[str]:
    """The first turns of a repetition as a clock in Berlin shows them."""
    found = cycle(source, begun)
    anchor, due, left = found.first(begun, begun)
    shown: list[str] = []
    following: datetime | None = due
    while following is not None and len(shown) < most and (left is None or len(shown) < left):
        shown.append(f"{following.astimezone(BERLIN):%d.%m.%y %H:%M}")
        following = next_turn(anchor, found.period, following)
    return shown


@pytest.mark.parametrize(
    ("source", "begun", "shown"),
    [
        ("R/P1M", (2026, 1, 31, 9), ["28.02.26 09:00", "31.03.26 09:00", "30.04.26 09:00", "31.05.26 09:00"]),
        ("R/P1D", (2026, 3, 27, 2, 30), ["28.03.26 02:30", "29.03.26 03:30", "30.03.26 02:30", "31.03.26 02:30"]),
        ("R/P1D", (2026, 3, 28, 2, 30), ["29.03.26 03:30", "30.03.26 02:30", "31.03.26 02:30", "01.04.26 02:30"]),
        ("R/P1Y", (2028, 2, 29, 9), ["28.02.29 09:00", "28.02.30 09:00", "28.02.31 09:00", "29.02.32 09:00"]),
        # A beginning in the past: what lay before is not made up for, of a number that is over the last one comes.
        ("R/2020-01-06T09:00:00/P7D", (2026, 11, 26, 9), ["30.11.26 09:00", "07.12.26 09:00"]),
        ("R/2001-01-01T00:00:00/PT1S", (2026, 11, 26, 9), ["26.11.26 09:00", "26.11.26 09:00"]),
        ("R3/2026-11-25T08:00:00/P1D", (2026, 11, 26, 9), ["27.11.26 08:00"]),
        ("R3/2020-01-06T09:00:00/P7D", (2026, 11, 26, 9), ["20.01.20 09:00"]),
        ("R3/9998-12-31T09:00:00/P1Y", (2026, 11, 26, 9), ["31.12.98 09:00", "31.12.99 09:00"]),
    ],
)
def test_a_short_month_or_night_moves_only_its_own_turn_and_the_past_is_not_made_up_for(
    source: str, begun: tuple[int, ...], shown: list[str]
) -> None:
    most = len(shown) if source.startswith("R/") else 5
    assert turns(source, datetime(*begun, tzinfo=BERLIN), most) == shown  # type: ignore[misc, arg-type]


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 - given its zone below
    st.builds(Period, st.integers(0, 14), st.integers(0, 40), st.integers(0, 90_000)).filter(
        lambda each: each != Period()
    ),
    st.integers(0, 400),
)
def test_the_next_turn_is_found_as_by_counting(begun: datetime, period: Period, passed: int) -> None:
    anchor = begun.replace(tzinfo=UTC)
    now = period.times(passed).after(anchor)
    counted = next(turn for number in range(1, 410) if (turn := period.times(number).after(anchor)) > now)
    assert next_turn(anchor, period, now) == counted


@pytest.mark.parametrize(
    "value",
    [
        *("-P999999D", "P99999W", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "P٣D"),
        *(
            timedelta(days=999_999_999),
            timedelta(days=-999_999_999),
            datetime.max.replace(tzinfo=timezone(-timedelta(hours=9))),
        ),
    ],
)
def test_what_no_calendar_holds_is_refused(value: Any) -> None:
    with pytest.raises(Stuck):
        moment(value, datetime(9000, 1, 1, tzinfo=UTC) if value == "P99999W" else WINTER)


@pytest.mark.parametrize("value", ["tomorrow", "P", "PT", "P1", "", "1D", "P1DT", 5, True, ["P1D"], "P99999999D"])
def test_what_names_no_moment_is_refused(value: Any) -> None:
    with pytest.raises(Stuck):
        moment(value, WINTER)


@pytest.mark.parametrize(
    "value",
    ["R0/P1D", "R/P0D", "R3/-P1D", "P1D", "R3", "R3/P1D/P1D/P1D", "Rx/P1D", "R²/P1D", "R" + "9" * 5_000 + "/P1D"],
)
def test_what_is_no_repetition_is_refused(value: str) -> None:
    with pytest.raises(Stuck):
        cycle(value, WINTER)
