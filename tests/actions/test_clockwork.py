"""What falls due: each item alone in its transaction; one that fails rests and never stops the others."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from tests.actions.conftest import ENQUIRY, House
from workflows import worker
from workflows.actions import clockwork, confirming, enquiries, inbox
from workflows.actions.clockwork import Resting
from workflows.core.smtp import DemoTransport
from workflows.domain.cases import Case
from workflows.domain.referrals import Referral
from workflows.engine import messages
from workflows.engine.events import Event
from workflows.engine.messages import Message
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer

MOMENT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

ENQUIRY_VARIABLES = {
    **{name: value for name, value in ENQUIRY.items() if name != "reach_by"},
    "contact_phone": "",
    "case": 1,
    "channel": "form",
    "language": "de",
    "known_organisation": False,
    "similar_cases": [],
    "is_again": False,
}


def test_a_message_that_cannot_be_delivered_rests_is_told_and_stops_nobody(house: House) -> None:
    with house.at() as tx:
        messages.start(tx, "unknown_process", {}, subject="")
    house.submit()
    house.refer("culture_office")
    with house.at() as tx:
        failed = tx.session.scalars(select(Message).where(Message.process_key == "unknown_process")).one()
        assert failed.delivered_at is None
        assert failed.attempts > 0
        assert "process_unknown" in (failed.error or "")
        assert tx.session.scalars(select(Referral.status)).one() == "sent"


def test_a_timer_of_a_broken_instance_does_not_stop_the_others(house: House) -> None:
    house.submit()
    house.submit()
    with house.at() as tx:
        first = tx.session.scalars(select(Instance).order_by(Instance.id)).first()
        assert first is not None
        tx.session.execute(update(Instance).where(Instance.id == first.id).values(state=b"damaged"))
    house.clock.advance(timedelta(days=10))
    house.work()
    with house.at() as tx:
        late = select(Timer.instance_id).where(Timer.status == "waiting", Timer.due_at <= tx.now)
        waiting = set(tx.session.scalars(late))
        traces = select(Timer.attempts, Timer.error).where(Timer.status == "waiting", Timer.due_at <= tx.now)
        assert all(attempts > 0 and error for attempts, error in tx.session.execute(traces))
    assert waiting == {first.id}


def test_what_was_said_in_time_counts_before_silence_however_much_waits_for_the_worker(house: House) -> None:
    """After a weekend without a worker the oldest deadlines came before answers that others' messages held up."""
    cases = [house.submit() for _ in range(6)]
    triage = {"decision": "help", "summary": "Raum", "urgency": "normal", "support_level": "inform", "triage_note": ""}
    answer = {"answer": "Der Saal ist frei."}
    for element_id, values in (("triage", {**triage, "ways": ["answer"]}), ("write_answer", answer)):
        with house.at() as tx:
            asked = select(Task.id).where(Task.element_id == element_id, Task.status == "open").order_by(Task.id)
            tasks = tx.session.scalars(asked).all()
        for task in tasks:
            with house.at("coordinator") as tx:
                inbox.complete(tx, task, values)
            house.work()
    for _case, token in reversed(cases):  # who was asked first answers last
        with house.at("public") as tx:
            confirming.confirm(tx, token, "helped")
    house.clock.advance(timedelta(days=60))
    house.work()
    with house.at() as tx:
        silent = select(Event.instance_id).where(Event.kind == "timer.fired", Event.element_id == "mo_silent")
        assert tx.session.scalars(silent).all() == []
        assert set(tx.session.scalars(select(Case.outcome))) == {"helped"}


def test_rests_grow_and_end() -> None:
    resting = Resting()
    from_start = []
    for _ in range(12):
        resting.add("timer", 1, MOMENT)
        from_start.append(resting.until["timer", 1] - MOMENT)
    assert from_start == sorted(from_start)
    assert from_start[-1] == clockwork.LONGEST_REST
    assert resting.ids("timer", MOMENT) == [1]
    assert resting.ids("message", MOMENT) == []
    assert resting.ids("timer", MOMENT + clockwork.LONGEST_REST) == []
    assert resting.ids("timer", MOMENT - timedelta(hours=1)) == []  # the clock was put back: no rest for so long


def test_a_message_that_failed_five_times_is_left_for_a_person(house: House) -> None:
    with house.at() as tx:
        messages.start(tx, "unknown_process", {}, subject="")
    for _ in range(messages.MOST_ATTEMPTS + 3):
        clockwork.step(house.sessions, house.settings, house.clock, None, Resting())
    with house.at() as tx:
        message = tx.session.scalars(select(Message)).one()
        assert message.attempts == messages.MOST_ATTEMPTS
        assert messages.next_deliverable(tx) is None


def test_what_could_not_be_done_without_the_database_is_no_failed_try_of_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A night without it would use up all tries of all messages, and people would have to send them on by hand."""
    house.submit()
    resting = Resting()

    def away(*_: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("gone"))

    with house.at() as tx:
        messages.start(tx, "referral", {}, subject="")
    with monkeypatch.context() as gone:
        gone.setattr(clockwork.runtime, "deliver", away)
        for _ in range(messages.MOST_ATTEMPTS + 1):
            assert clockwork.step(house.sessions, house.settings, house.clock, None, resting)
            house.clock.advance(clockwork.LONGEST_REST)
    with house.at() as tx:
        message = tx.session.scalars(select(Message).where(Message.process_key == "referral")).one()
        assert (message.attempts, message.error, message.delivered_at) == (0, None, None)
    assert resting.ids("message", house.clock.now()) == []
    clockwork.step(house.sessions, house.settings, house.clock, None, resting)
    with house.at() as tx:
        assert tx.session.get_one(Message, message.id).delivered_at is not None
    assert resting.tries == {}


def test_two_workers_share_the_work_and_start_nothing_twice(house: House) -> None:
    for _ in range(4):
        house.submit()
    for number in range(20):
        with house.at() as tx:
            messages.start(tx, "enquiry", {**ENQUIRY_VARIABLES, "reference": f"x{number}"}, subject="case:1")
    barrier = threading.Barrier(3)

    def one() -> None:
        barrier.wait()
        worker.run_due(house.sessions, house.settings, house.clock, DemoTransport())

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.work()
    with house.at() as tx:
        begun = list(tx.session.scalars(select(Instance.variables).where(Instance.id > 4)))
        assert tx.session.scalar(select(func.count(Message.id)).where(Message.delivered_at.is_(None))) == 0
    assert sorted(variables[""]["reference"] for variables in begun) == sorted(f"x{number}" for number in range(20))


def test_the_worker_ends_when_told_and_finishes_what_it_began(house: House) -> None:
    with house.at("public") as tx:
        enquiries.submit(tx, ENQUIRY, "de")
    stop = threading.Event()
    thread = threading.Thread(
        target=worker.run,
        args=(house.sessions, house.settings, stop),
        kwargs={"clock": house.clock, "transport": DemoTransport()},
    )
    thread.start()
    stop.set()
    thread.join(timeout=30)
    assert not thread.is_alive()
