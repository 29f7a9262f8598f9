"""The rounds of the workers: one seal a day whatever their number, tidy tables, a sign of life."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from workflows import worker
from workflows.actions import rounds, seals
from workflows.actions.rounds import Rounds
from workflows.core import audit, links, outbox, presence, throttle
from workflows.core.audit.proof import AuditSeal
from workflows.core.clock import SetClock
from workflows.core.daily import DailyChore
from workflows.core.links import Link
from workflows.core.outbox import Mail
from workflows.core.presence import Worker
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport
from workflows.core.throttle import Tries
from workflows.domain import people, web_sessions
from workflows.domain.web_sessions import WebSession

Sessions = sessionmaker[Session]


@pytest.fixture
def go(sessions: Sessions, settings: Settings, clock: SetClock) -> Callable[..., None]:
    """One look of a worker at its rounds."""

    def once(own: Rounds, **changed: Any) -> None:
        rounds.go(sessions, replace(settings, **changed), clock, own)

    return once


def count(begin: Begin, model: Any) -> int:
    with begin() as tx:
        return tx.session.scalar(select(func.count()).select_from(model)) or 0


def test_many_workers_seal_once_a_day(
    sessions: Sessions, settings: Settings, clock: SetClock, begin: Begin, go: Callable[..., None]
) -> None:
    barrier = threading.Barrier(4)

    def look() -> None:
        barrier.wait()
        go(Rounds())

    for _ in range(2):
        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        clock.advance(timedelta(days=1))
    assert count(begin, AuditSeal) == 2
    assert count(begin, DailyChore) == 2 * len(rounds.DAILY)
    with begin() as tx:
        assert audit.verify(tx.session, settings.audit_key) == []


def test_the_day_changes_at_midnight_in_berlin(begin: Begin, clock: SetClock, go: Callable[..., None]) -> None:
    own = Rounds()
    clock.advance(timedelta(hours=13, minutes=50))  # 23:50 in Berlin
    go(own)
    clock.advance(timedelta(minutes=9))
    go(own)
    assert count(begin, AuditSeal) == 1
    clock.advance(timedelta(minutes=6))
    go(own)
    assert count(begin, AuditSeal) == 2


def test_the_root_is_mailed_to_the_reviewer(begin: Begin, settings: Settings, go: Callable[..., None]) -> None:
    go(Rounds(), seal_mail="revision@stadt.example")
    with begin() as tx:
        sealed = tx.session.scalars(select(AuditSeal)).one()
        mail = tx.session.scalars(select(Mail)).one()
        assert mail.to_address == "revision@stadt.example"
        assert str(sealed) in mail.text
        assert f"lotse verify-audit --root {sealed.root.hex()}" in mail.text
        assert audit.verify(tx.session, settings.audit_key, root=sealed.root) == []


def test_a_reviewer_with_an_account_reads_of_the_seal_in_its_language(begin: Begin, go: Callable[..., None]) -> None:
    with begin() as tx:
        people.create(tx, "revision@stadt.example", "Rev", roles=["reviewer"], language="en")
    go(Rounds(), seal_mail="revision@stadt.example")
    with begin() as tx:
        assert tx.session.scalars(select(Mail.subject)).one() == "Lotse: seal 1 of the audit trail"


def test_without_an_address_nothing_is_mailed(begin: Begin) -> None:
    with begin() as tx:
        seals.seal(tx)
    assert count(begin, Mail) == 0


def test_a_chore_that_fails_is_tried_again_and_stops_no_other(
    begin: Begin, clock: SetClock, go: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_tx: object) -> None:
        raise RuntimeError("the disk is full")

    own = Rounds()
    with monkeypatch.context() as patched:
        patched.setitem(rounds.DAILY, "seal", fail)  # type: ignore[arg-type]
        go(own)
    with begin() as tx:
        assert set(tx.session.scalars(select(DailyChore.name))) == set(rounds.DAILY) - {"seal"}
    go(own)
    assert count(begin, AuditSeal) == 0  # left alone for a while
    clock.advance(rounds.LOOK_AGAIN_AFTER)
    go(own)
    assert count(begin, AuditSeal) == 1


def test_what_nobody_can_use_any_more_is_deleted(begin: Begin, clock: SetClock, go: Callable[..., None]) -> None:
    with begin() as tx:
        user = people.create(tx, "a@stadt.example", "A", roles=["coordinator"])
        web_sessions.begin(tx, user.id)
        throttle.hit(tx, "login:a", 10, 900)
        soon = tx.now + timedelta(hours=1)
        links.issue(tx, "sign_in", "user:1", "user:1", expires_at=soon)
        carried = links.issue(tx, "case_status", "case:1", "case:1", expires_at=soon)
        outbox.post(tx, to="b@verein.example", subject="s", text="[[link]]", about="case:1", link=carried)
        lasting = links.issue(tx, "case_status", "case:2", "case:2")
        kept = {carried.id, lasting.id}
    clock.advance(timedelta(hours=11))
    with begin() as tx:
        web_sessions.begin(tx, user.id)
        throttle.hit(tx, "login:b", 10, 900)
    go(Rounds())
    assert count(begin, WebSession) == 1
    assert count(begin, Tries) == 1
    with begin() as tx:
        assert set(tx.session.scalars(select(Link.id))) == kept


def test_a_worker_shows_itself_once_a_minute(begin: Begin, clock: SetClock, go: Callable[..., None]) -> None:
    own = Rounds()
    with begin() as tx:
        assert presence.is_missed(tx.session, tx.now)
    go(own)
    begun = clock.now()
    clock.advance(timedelta(seconds=59))
    go(own)
    with begin() as tx:
        assert list(tx.session.execute(select(Worker.id, Worker.seen_at)).tuples()) == [(own.worker_id, begun)]
    clock.advance(timedelta(seconds=1))
    go(own)
    with begin() as tx:
        assert tx.session.scalars(select(Worker.seen_at)).one() == clock.now()
    clock.advance(timedelta(minutes=4, seconds=59))
    with begin() as tx:
        assert not presence.is_missed(tx.session, tx.now)
    clock.advance(timedelta(seconds=1))
    with begin() as tx:
        assert presence.is_missed(tx.session, tx.now)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=1)])
def test_a_clock_put_back_hides_no_silence_and_silences_no_worker(
    jump: timedelta, begin: Begin, clock: SetClock, go: Callable[..., None]
) -> None:
    own, other = Rounds(), Rounds()
    clock.advance(jump)
    go(own)
    go(other)
    clock.advance(-jump)
    with begin() as tx:
        assert presence.is_missed(tx.session, tx.now)
    assert own.is_late(clock.now())
    go(own)
    with begin() as tx:
        assert not presence.is_missed(tx.session, tx.now)
    clock.advance(timedelta(minutes=5))
    with begin() as tx:
        assert presence.is_missed(tx.session, tx.now)


def test_a_worker_that_always_has_work_shows_itself_all_the_same(
    sessions: Sessions, settings: Settings, clock: SetClock, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    signs = []

    def busy(*_: object) -> int:
        clock.advance(timedelta(seconds=30))
        with begin() as tx:
            signs.append(presence.is_missed(tx.session, tx.now))
        if len(signs) == 30:
            stop.set()
        return 1

    monkeypatch.setattr(worker, "step", busy)
    worker.run(sessions, settings, stop, clock=clock)
    assert not any(signs[10:])


def test_the_running_worker_makes_its_rounds(
    sessions: Sessions, settings: Settings, clock: SetClock, begin: Begin
) -> None:
    stop = threading.Event()
    named = {"clock": clock, "transport": DemoTransport()}
    thread = threading.Thread(target=worker.run, args=(sessions, settings, stop), kwargs=named)
    thread.start()
    for _ in range(300):
        if count(begin, DailyChore) == len(rounds.DAILY):
            break
        stop.wait(0.1)
    stop.set()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert count(begin, AuditSeal) == count(begin, Worker) == 1
