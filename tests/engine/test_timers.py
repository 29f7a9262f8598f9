"""Timers against the calendar of Berlin and against clocks that jump: none early, none lost, none twice."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, insert, select, text

from tests.conftest import Begin, Database
from tests.engine.drawing import Drawing, timer
from tests.engine.house import NOTHING_OPEN, House
from workflows.actions import operation
from workflows.core.clock import SetClock
from workflows.engine import incidents, runtime, timers
from workflows.engine.expressions import evaluate
from workflows.engine.moments import Period, moment
from workflows.engine.office_functions import OFFICE_FUNCTIONS
from workflows.engine.timers import Timer

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN)  # type: ignore[misc, arg-type]  # year to second


#: In Berlin the clock goes from 2 to 3 on 29 March 2026 and from 3 to 2 on 25 October 2026.
VECTORS: list[tuple[datetime, str, datetime]] = [
    # days keep the time of day over both changes, hours are hours
    (berlin(2026, 3, 28, 9), "P1D", berlin(2026, 3, 29, 9)),
    (berlin(2026, 3, 28, 9), "PT24H", berlin(2026, 3, 29, 10)),
    (berlin(2026, 10, 24, 9), "P1D", berlin(2026, 10, 25, 9)),
    (berlin(2026, 10, 24, 9), "PT24H", berlin(2026, 10, 25, 8)),
    (berlin(2026, 3, 28, 23, 30), "P1DT1H", berlin(2026, 3, 30, 0, 30)),
    (berlin(2026, 10, 24, 23, 30), "PT3H", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    # a time of day that does not exist, and one that exists twice
    (berlin(2026, 3, 28, 2, 30), "P1D", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    (berlin(2026, 10, 24, 2, 30), "P1D", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    # begun in the second of the two hours of one name, once an hour early
    (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "PT10M", datetime(2026, 10, 25, 1, 40, tzinfo=UTC)),
    (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "PT1H", datetime(2026, 10, 25, 2, 30, tzinfo=UTC)),
    (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "P1D", berlin(2026, 10, 26, 2, 30)),
    (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "P154D", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
    # months end where they end, also in leap years
    (berlin(2026, 1, 31, 12), "P1M", berlin(2026, 2, 28, 12)),
    (berlin(2028, 1, 31, 12), "P1M", berlin(2028, 2, 29, 12)),
    (berlin(2028, 2, 29, 12), "P1Y", berlin(2029, 2, 28, 12)),
    (berlin(2028, 2, 28, 12), "P1D", berlin(2028, 2, 29, 12)),
    (berlin(2027, 2, 28, 12), "P1D", berlin(2027, 3, 1, 12)),
    (berlin(2026, 12, 31, 12), "P2M", berlin(2027, 2, 28, 12)),
    (berlin(2026, 3, 31, 12), "P1M1D", berlin(2026, 5, 1, 12)),
    (berlin(2026, 8, 31, 9), "P6M", berlin(2027, 2, 28, 9)),
    (berlin(2026, 1, 15, 9), "P6M", berlin(2026, 7, 15, 9)),
    # a date is over at the end of its day
    (berlin(2026, 3, 2, 9), "2026-03-29", berlin(2026, 3, 29, 23, 59, 59)),
    (berlin(2026, 3, 2, 9), "2026-10-25", berlin(2026, 10, 25, 23, 59, 59)),
    (berlin(2026, 3, 2, 9), "2026-07-01T09:00:00", berlin(2026, 7, 1, 9)),
    # the same in FEEL
    (berlin(2026, 3, 28, 9), '=duration("P1D")', berlin(2026, 3, 29, 9)),
    (berlin(2026, 1, 31, 12), '=duration("P1M")', berlin(2026, 2, 28, 12)),
    (berlin(2026, 3, 2, 9), '=date("2026-03-29")', berlin(2026, 3, 29, 23, 59, 59)),
    (berlin(2026, 3, 27, 9), "=working days(today(), 1)", berlin(2026, 3, 30, 23, 59, 59)),
    (berlin(2026, 4, 2, 9), "=working days(today(), 1)", berlin(2026, 4, 7, 23, 59, 59)),
]


@pytest.mark.parametrize(("now", "source", "due"), VECTORS)
def test_literals_and_expressions_name_moments_in_berlin(now: datetime, source: str, due: datetime) -> None:
    value = evaluate(source, {}, OFFICE_FUNCTIONS, now.astimezone(UTC)).value
    assert moment(value, now.astimezone(UTC)) == due.astimezone(UTC)


def second_opinion(start: datetime, months: int, days: int, seconds: int) -> datetime:
    """The same rule said day by day, without arithmetic on months."""
    local = start.astimezone(BERLIN)
    year, month = local.year, local.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    day = local.day
    while True:
        try:
            found = date(year, month, day)
            break
        except ValueError:
            day -= 1
    for _ in range(days):
        found += timedelta(days=1)
    at = datetime.combine(found, local.timetz().replace(tzinfo=None), BERLIN)
    at = at.replace(fold=local.fold if found == local.date() else 0)
    return at.astimezone(UTC) + timedelta(seconds=seconds)


def test_ten_thousand_periods_equal_a_second_opinion() -> None:
    chance = random.Random(31)
    for number in range(10_000):
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(4 * 366 * 86_400))
        if number % 10 == 0:  # about the hours that the clock goes through twice, or jumps over
            night = chance.choice([datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)])
            start = night + timedelta(seconds=chance.randrange(21_600))
        parts = (
            chance.randrange(30) * chance.randrange(2),
            chance.randrange(60) * chance.randrange(2),
            chance.randrange(200_000),
        )
        assert Period(*parts).after(start) == second_opinion(start, *parts), (start, parts)


def waiting(when: str) -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.catch("wait", when), d.end())
    return d


@pytest.mark.parametrize("start", [berlin(2026, 3, 28, 20), berlin(2026, 10, 24, 20), berlin(2028, 2, 28, 20)])
def test_no_timer_fires_early_twice_or_never_when_the_clock_jumps(
    house: House, clock: SetClock, start: datetime
) -> None:
    clock.set(start.astimezone(UTC))
    house.deploy(waiting(timer("duration", "=duration(length)")))
    begun = start.astimezone(UTC)
    due = {house.start(length=f"PT{hours}H"): begun + timedelta(hours=hours) for hours in range(1, 100, 7)}
    fired: list[int] = []
    for minutes in (60, -60, 60, 59, 72 * 60, -60, 60):
        clock.set(clock.now() + timedelta(minutes=minutes))
        house.work()
        over = [instance for instance in due if house.status(instance) == "completed"]
        assert all(due[instance] <= clock.now() or instance in fired for instance in over)
        assert set(over) >= {instance for instance, at in due.items() if at <= clock.now()}
        fired = over
    house.clock.advance(timedelta(days=30))
    house.work()
    for instance in due:
        assert house.events(instance) == ["start", "wait", "end"]
        assert house.events(instance, "timer.fired") == ["wait"]
        assert house.open_rows(instance) == NOTHING_OPEN


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (berlin(2026, 3, 27, 9), [berlin(2026, 3, 28, 9), berlin(2026, 3, 29, 9), berlin(2026, 3, 30, 9)]),
        (berlin(2026, 10, 23, 9), [berlin(2026, 10, 24, 9), berlin(2026, 10, 25, 9), berlin(2026, 10, 26, 9)]),
        (berlin(2028, 2, 27, 9), [berlin(2028, 2, 28, 9), berlin(2028, 2, 29, 9), berlin(2028, 3, 1, 9)]),
    ],
)
def test_a_repetition_keeps_its_time_of_day_and_loses_no_turn_to_a_late_worker(
    house: House, clock: SetClock, start: datetime, due: list[datetime]
) -> None:
    clock.set(start.astimezone(UTC))
    d = Drawing()
    d.flow(d.start(), d.user("answer"), d.end())
    d.boundary("again", "answer", timer("cycle", "R3/P1D"), interrupting=False)
    d.flow("again", d.user("remind"), d.end("reminded"))
    instance = house.run(d)
    found = []
    while house.timers(instance):
        found.append(house.timers(instance)[0].due_at)
        # The worker was away for three days: every turn is made up for, none is doubled.
        clock.set(start.astimezone(UTC) + timedelta(days=4))
        with house.begin() as tx:
            number = timers.next_due(tx)
        assert number is not None
        with house.begin() as tx:
            runtime.fire_timer(tx, house.engine, number)
    assert found == [each.astimezone(UTC) for each in due]
    assert house.open_tasks(instance) == ["answer", "remind", "remind", "remind"]


def test_a_repetition_without_a_next_turn_in_any_calendar_is_over(house: House, clock: SetClock) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("answer"), d.end())
    d.boundary("again", "answer", timer("cycle", "=period"), interrupting=False)
    d.flow("again", d.user("remind"), d.end("reminded"))
    house.deploy(d)
    instance = house.start(period=timedelta(days=2_000_000))
    clock.set(clock.now() + timedelta(days=2_000_000))
    assert house.work() == 1
    assert house.open_tasks(instance) == ["answer", "remind"]
    assert house.timers(instance) == []


def test_a_moment_no_calendar_holds_is_an_incident_and_no_crash(house: House) -> None:
    house.deploy(waiting(timer("duration", "=duration(length)")))
    instance = house.start(length="P999999999D")
    assert [each.code for each in house.incidents(instance)] == ["moment_out_of_range"]


# -- the due query ----------------------------------------------------------------------------------------------------


def plans(database: Database, begin: Begin, ask: Any) -> str:
    """How the database finds what the function asks for."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        asked.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    with begin() as tx:
        ask(tx)
    event.remove(database.engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if database.engine.dialect.name == "sqlite" else "EXPLAIN "
    lines: list[str] = []
    with database.engine.connect() as connection:
        for statement, parameters in asked:
            if statement.startswith("SELECT"):
                lines += [str(row) for row in connection.exec_driver_sql(explain + statement, parameters)]
    return "\n".join(lines)


def test_due_work_is_found_by_its_index_however_much_waits(house: House, database: Database, begin: Begin) -> None:
    instance = house.run(waiting(timer("duration", "P1D")))
    far = datetime(2030, 1, 1, tzinfo=UTC)
    row = {"instance_id": instance, "token": "x", "element_id": "wait", "status": "waiting", "attempts": 0}
    with begin() as tx:
        tx.session.execute(insert(Timer), [{**row, "due_at": far + timedelta(minutes=n)} for n in range(20_000)])
        stuck = {"instance_id": instance, "token": "x", "element_id": "wait", "code": "x", "facts": {}, "attempts": 0}
        later = [{**stuck, "created_at": far, "next_at": far + timedelta(minutes=n)} for n in range(5_000)]
        tx.session.execute(insert(incidents.Incident), later)
    with database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    house.clock.advance(timedelta(days=2))
    plan = plans(database, begin, timers.next_due)
    assert "ix_timer_waiting_due" in plan
    assert "SCAN timer" not in plan.replace("SCAN timer USING INDEX ix_timer_waiting_due", "")
    assert "Seq Scan on timer" not in plan
    assert "ix_incident_due" in plans(database, begin, incidents.next_due)
    assert "ix_timer_failing" in plans(database, begin, operation.look)  # asked by every inbox of the coordination
    with begin() as tx:
        due = timers.next_due(tx)
        assert tx.session.scalar(select(Timer.element_id).where(Timer.id == due)) == "wait"
        assert tx.session.get_one(Timer, due).due_at < tx.now


def test_no_timer_is_found_a_moment_before_it_is_due(house: House, clock: SetClock) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("work"), d.end())
    d.boundary("late", "work", timer("duration", "PT1H"), interrupting=False)
    d.flow("late", d.user("remind"), d.end("end_late"))
    house.deploy(d)
    (waiting,) = house.timers(house.start())
    for moment_, found in (
        (waiting.due_at - timedelta(seconds=1), None),
        (waiting.due_at - timedelta(microseconds=1), None),
        (waiting.due_at, waiting.id),
    ):
        clock.set(moment_)
        with house.begin() as tx:
            assert timers.next_due(tx) == found
