"""Processes that start by a moment or a message."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.engine.drawing import Drawing, timer
from tests.engine.house import House
from workflows.core.clock import BERLIN
from workflows.core.errors import Conflict, LotseError, NotFound
from workflows.core.tx import Tx
from workflows.engine import definitions, messages, runtime, timers
from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Catalogue
from workflows.engine.state import Instance
from workflows.engine.timers import Timer

CATALOGUE = Catalogue(groups=frozenset({"group:team"}))


def bundled(drawing: Drawing, more: Mapping[str, bytes] | None = None) -> Bundle:
    drawing.node("textAnnotation", "note")
    return Bundle(drawing.key, {f"{drawing.key}.bpmn": drawing.xml(), **(more or {})})


def deploy(house: House, drawing: Drawing, more: Mapping[str, bytes] | None = None) -> None:
    """Through the front door, with the check."""
    with house.begin() as tx:
        definitions.deploy(tx, bundled(drawing, more), CATALOGUE)


def started(house: House) -> int:
    with house.begin() as tx:
        return len(tx.session.scalars(select(Instance.id)).all())


def timed(expression: str, kind: str = "cycle", script: str = "=1") -> Drawing:
    d = Drawing()
    d.flow(d.start("daily", timer(kind, expression)), d.script("count", script, "x"), d.end())
    return d


def test_a_repeated_start_begins_an_instance_each_time(house: House) -> None:
    deploy(house, timed("R2/P1D"))
    for number in (1, 2):
        house.clock.advance(timedelta(days=1))
        assert house.work() == 1
        assert started(house) == number
    house.clock.advance(timedelta(days=9))
    assert house.work() == 0


def test_a_repeated_start_from_a_day_long_past_begins_with_the_next_turn(house: House) -> None:
    """The usual way to say "every Monday" once began an instance for every Monday since."""
    deploy(house, timed("R/2020-01-06T07:00:00/P7D"))
    assert house.work() == 0
    house.clock.advance(timedelta(days=7))
    assert house.work() == 1


@pytest.mark.parametrize("turns", [1, 2])
def test_a_new_version_does_not_begin_again_what_has_had_its_turns(house: House, turns: int) -> None:
    """Of a number that is all over the last turn comes at once, but only to a process that never began there."""
    cycle = "R2/2026-03-03T09:00:00Z/P1D"
    deploy(house, timed(cycle))
    house.clock.advance(timedelta(days=turns))
    house.work()
    assert started(house) == turns
    deploy(house, timed(cycle, script="=2"))
    assert house.work() == 0
    house.clock.advance(timedelta(days=9))
    house.work()
    assert started(house) == 2


def left_waiting(house: House) -> list[datetime]:
    """When processes begin by themselves next."""
    with house.begin() as tx:
        waiting = (Timer.instance_id.is_(None), Timer.status == "waiting")
        return list(tx.session.scalars(select(Timer.due_at).where(*waiting)))


def beside(act: Callable[[], object]) -> Thread:
    """Somebody else, who has begun when this returns, or waits for what we hold."""
    other = Thread(target=act)
    other.start()
    other.join(0.5)
    return other


def test_a_version_published_while_the_one_before_begins_is_the_only_one_to_begin_next(house: House) -> None:
    """The turn the old version added at this moment was not seen, and the process began twice from then on."""
    deploy(house, timed("R/PT1H"))
    house.clock.advance(timedelta(hours=1))
    with house.begin() as tx:
        runtime.fire_timer(tx, house.engine, timers.next_due(tx) or 0)
        tx.session.flush()
        other = beside(lambda: deploy(house, timed("R/PT3H", script="=2")))
    other.join()
    assert left_waiting(house) == [house.clock.now() + timedelta(hours=3)]


def test_a_version_retired_while_another_is_published_leaves_the_newest_to_begin(house: House) -> None:
    for hours in (1, 2):
        deploy(house, timed(f"R/PT{hours}H"))

    def retire() -> None:
        with house.begin() as tx:
            definitions.retire(tx, 2)

    with house.begin() as tx:
        definitions.deploy(tx, bundled(timed("R/PT9H")), CATALOGUE)
        other = beside(retire)
    other.join()
    assert left_waiting(house) == [house.clock.now() + timedelta(hours=9)]


def test_a_message_does_not_begin_a_version_that_stopped_listening_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It began at the plain start of the new version, which asks for no message."""
    listening, plain = Drawing(), Drawing()
    listening.flow(listening.start("told", listening.message("go", '="A"')), listening.script("x", "=1", "y"))
    listening.flow("x", listening.end())
    plain.flow(plain.start(), plain.script("x", "=1", "y"), plain.end())
    deploy(house, listening)
    house.send("go", "A")
    may_commit, active = Event(), definitions.active

    def publish() -> None:
        with house.begin() as tx:
            definitions.deploy(tx, bundled(plain), CATALOGUE)
            may_commit.wait(2)

    other = beside(publish)

    def active_at_last(session: Session, key: str) -> definitions.Definition:
        may_commit.set()
        other.join()
        return active(session, key)

    monkeypatch.setattr(definitions, "active", active_at_last)
    assert house.work() <= 1
    assert started(house) == 0


def begun_at(house: House) -> list[str]:
    """The days in Berlin on which instances began."""
    with house.begin() as tx:
        rows = tx.session.scalars(select(Instance.started_at).order_by(Instance.id))
        return [f"{at.astimezone(BERLIN):%d.%m. %H:%M}" for at in rows]


def test_a_repeated_start_without_a_date_is_counted_from_its_first_moment(house: House) -> None:
    """Monthly from 31 January it began on 28 February and then on the 28th for ever."""
    house.clock.set(datetime(2026, 1, 31, 9, tzinfo=BERLIN))
    deploy(house, timed("R5/P1M"))
    for day in range(200):
        house.clock.set(datetime(2026, 1, 31, 9, tzinfo=BERLIN) + timedelta(days=day))
        house.work()
    assert begun_at(house) == ["28.02. 09:00", "31.03. 09:00", "30.04. 09:00", "31.05. 09:00", "30.06. 09:00"]


def test_what_an_earlier_release_left_waiting_goes_on(house: House) -> None:
    deploy(house, timed("R/P1D"))
    with house.begin() as tx:
        tx.session.execute(update(Timer).values(token=""))
    for _ in range(2):
        house.clock.advance(timedelta(days=1))
        assert house.work() == 1


def test_other_words_and_the_end_of_an_older_version_do_not_count_anew(house: House) -> None:
    """Whoever mended a text every day kept a weekly start from ever coming."""
    deploy(house, timed("R/P30D"))
    deploy(house, timed("R/P7D"))
    house.clock.advance(timedelta(days=4))
    deploy(house, timed("R/P7D"), {"texts/hello.de.txt": b"Betreff: a\n\nb"})
    with house.begin() as tx:
        older = tx.session.scalars(select(definitions.Version).order_by(definitions.Version.number)).first()
        assert older is not None
        definitions.retire(tx, older.id)
    house.clock.advance(timedelta(days=3))
    assert house.work() == 1


def test_a_moment_that_came_does_not_come_again_with_the_next_version(house: House) -> None:
    house.clock.set(datetime(2026, 3, 2, 9, tzinfo=BERLIN))
    deploy(house, timed("2026-03-03T09:00:00", "date"))
    house.clock.advance(timedelta(days=1))
    assert house.work() == 1
    deploy(house, timed("2026-03-03T09:00:00", "date", script="=2"))
    assert house.work() == 0
    assert started(house) == 1


def test_a_new_version_takes_the_timed_start_over(house: House) -> None:
    deploy(house, timed("R/P1D"))
    deploy(house, timed("R/P7D"))
    house.clock.advance(timedelta(days=2))
    assert house.work() == 0
    house.clock.advance(timedelta(days=5))
    assert house.work() == 1


def test_a_moment_that_cannot_be_computed_refuses_the_deployment(house: House) -> None:
    with pytest.raises(LotseError):
        deploy(house, timed("=unknown_date", "date"))


def test_a_message_nobody_waits_for_starts_the_process_it_names(house: House) -> None:
    d = Drawing()
    event = d.message("application", "=ref")
    d.flow(d.start("applied", event), d.receive("more", "application"), d.end())
    deploy(house, d)
    house.send("application", "A", ref="A", amount=1)
    assert house.work() == 1
    house.send("application", "A", amount=2)
    assert house.work() == 1
    assert started(house) == 1
    assert house.status(1) == "completed"
    assert house.variables(1) == {"ref": "A", "amount": 2}


def test_a_retired_version_starts_nothing_and_finishes_what_runs(house: House) -> None:
    d = Drawing()
    d.message("told", "=ref")
    d.flow(d.start(), d.user("ask"), d.receive("hear", "told"), d.catch("rest", timer("duration", "P1D")), d.end())
    d.flow(d.start("daily", timer("cycle", "R/P30D")), "ask")
    d.flow(d.start("applied", d.message("application", "=ref")), "ask")
    deploy(house, d)
    instance = house.start(ref="A")
    house.send("application", "A", ref="A")
    with house.begin() as tx:
        messages.start(tx, "p", {}, "case:2")
        definitions.retire(tx, 1)
    with house.begin() as tx, pytest.raises(NotFound):
        runtime.start(tx, house.engine, "p", {}, subject="case:3")
    with house.begin() as tx:
        asked = messages.next_deliverable(tx)
        with pytest.raises(NotFound):
            runtime.deliver(tx, house.engine, asked or 0)
        for _ in range(messages.MOST_ATTEMPTS):
            messages.failed(tx, asked or 0, "process_unknown")
    house.clock.advance(timedelta(days=60))
    assert house.work() == 0
    house.complete(instance, "ask")
    house.send("told", "A")
    house.work()
    house.clock.advance(timedelta(days=1))
    house.work()
    assert (house.status(instance), started(house)) == ("completed", 1)


def test_of_two_workers_at_one_moment_one_begins(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A start has no instance to lock: only the claim tells that somebody else was faster since it was looked at."""
    deploy(house, timed("2026-03-03T09:00:00", "date"))
    house.clock.advance(timedelta(days=2))
    claim = timers.claim

    def claim_late(tx: Tx, timer_id: int) -> Timer:
        monkeypatch.setattr(timers, "claim", claim)
        assert house.work() == 1
        return claim(tx, timer_id)

    monkeypatch.setattr(timers, "claim", claim_late)
    with house.begin() as tx:
        due = tx.session.scalars(select(Timer.id).where(Timer.status == "waiting")).one()
    with house.begin() as tx:
        with pytest.raises(Conflict, match="timer_over"):
            runtime.fire_timer(tx, house.engine, due)
        tx.session.rollback()
    assert started(house) == 1
