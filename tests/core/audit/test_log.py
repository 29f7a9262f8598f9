"""What is recorded is what happened: nothing rolled back, nothing lost, in one chain per stream."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from tests.conftest import Begin, Database
from workflows.core import audit
from workflows.core.audit.log import AuditDetail, AuditEntry
from workflows.core.clock import SetClock
from workflows.core.db import make_sessions
from workflows.core.settings import Settings
from workflows.core.tx import SYSTEM, Actor, Tx, transaction


def verified(tx: Tx) -> list[audit.Tampering]:
    return audit.verify(tx.session, tx.settings.audit_key)


def test_entries_tell_who_did_what_when(begin: Begin, clock: SetClock) -> None:
    with begin(Actor("Koordination", user_id=3)) as tx:
        audit.record(tx, "case:17", "referral.sent", "referral:5", {"office": "Kulturamt"})
    (entry,) = _entries(begin, "case:17")
    assert (entry.event, entry.actor, entry.label, entry.object) == (
        "referral.sent",
        "user:3",
        "Koordination",
        "referral:5",
    )
    assert entry.at == clock.now()
    assert entry.details == {"office": "Kulturamt"}


def test_newest_entries_come_first_and_can_be_filtered(begin: Begin, clock: SetClock) -> None:
    for event in ("case.opened", "case.read", "case.closed"):
        with begin() as tx:
            audit.record(tx, "case:1", event, "case:1")
        clock.advance(timedelta(minutes=1))
    with begin() as tx:
        assert [entry.event for entry in audit.entries(tx.session)] == ["case.closed", "case.read", "case.opened"]
        assert [entry.event for entry in audit.entries(tx.session, events=["case.read"])] == ["case.read"]
        older = audit.entries(tx.session, "case:1", before=clock.now() - timedelta(minutes=2))
        assert [entry.event for entry in older] == ["case.opened"]


def test_paging_skips_nothing_where_many_entries_share_a_moment(begin: Begin) -> None:
    with begin() as tx:
        for number in range(7):
            audit.record(tx, f"case:{number % 2}", "case.changed", f"case:{number}")
    shown: list[audit.Entry] = []
    with begin() as tx:
        while page := audit.entries(tx.session, behind=shown[-1].place if shown else None, limit=2):
            shown += page
    assert sorted(entry.object for entry in shown) == [f"case:{number}" for number in range(7)]


def test_a_failed_action_leaves_no_entry(begin: Begin) -> None:
    with begin() as tx:
        audit.record(tx, "case:1", "case.closed", "case:1")
        tx.session.rollback()
    assert _entries(begin, "case:1") == []


def test_what_a_savepoint_takes_back_is_not_recorded(begin: Begin) -> None:
    with begin() as tx:
        audit.record(tx, "case:1", "case.opened", "case:1")
        outer = tx.session.begin_nested()
        audit.record(tx, "case:1", "operator.outer", "case:1")
        with tx.session.begin_nested():
            audit.record(tx, "case:1", "operator.inner", "case:1")
        outer.rollback()
        with tx.session.begin_nested():
            audit.record(tx, "case:1", "operator.kept", "case:1")
    assert [entry.event for entry in _entries(begin, "case:1")] == ["operator.kept", "case.opened"]


def test_an_event_reads_noun_verbed(begin: Begin) -> None:
    with begin() as tx, pytest.raises(ValueError, match=r"noun\.verbed"):
        audit.record(tx, "case:1", "Case closed", "case:1")


def test_texts_cannot_flow_into_their_neighbours(begin: Begin) -> None:
    with begin() as tx, pytest.raises(ValueError, match="plain"):
        audit.record(tx, "case:1", "case.closed", "case:1\0system")


def test_no_name_stands_in_what_is_never_erased(begin: Begin) -> None:
    for actor in (Actor("Erika Muster", user_id=1), Actor("Muster e.V.", case_id=2), Actor("Amt 12", referral_id=4)):
        with begin(actor) as tx:
            audit.record(tx, "case:2", "case.read", "case:2")
    with begin() as tx:
        assert list(tx.session.scalars(select(AuditEntry.actor).order_by(AuditEntry.seq))) == [
            "user:1",
            "link:case:2",
            "link:referral:4",
        ]


def test_after_erasure_details_are_gone_and_the_chain_still_verifies(begin: Begin) -> None:
    with begin(Actor("Koordination", user_id=3)) as tx:
        audit.record(tx, "case:1", "case.opened", "case:1", {"name": "Erika Muster"})
        audit.record(tx, "case:2", "case.opened", "case:2", {"name": "Max Muster"})
    with begin() as tx:
        audit.record(tx, "case:1", "case.closed", "case:1", {"name": "Erika Muster"})
        audit.erase(tx, "case:1")
    with begin() as tx:
        audit.record(tx, "case:1", "case.read", "case:1", {"reason": "audit"})
    with begin() as tx:
        assert [
            detail.payload for detail in tx.session.scalars(select(AuditDetail)) if b"Erika" in detail.payload
        ] == []
        assert verified(tx) == []
    newest_first = _entries(begin, "case:1")
    assert [entry.event for entry in newest_first] == ["case.read", "audit.erased", "case.closed", "case.opened"]
    assert [entry.erased for entry in newest_first] == [False, False, True, True]
    assert newest_first[0].details == {"reason": "audit"}
    assert _entries(begin, "case:2")[0].details == {"name": "Max Muster"}


def test_who_erased_is_kept_and_what_was_recorded_before_is_gone_however_often_it_is_erased(begin: Begin) -> None:
    with begin(Actor("Datenschutz", user_id=9)) as tx:
        audit.record(tx, "case:1", "case.opened", "case:1", {"name": "Erika Muster"})
        audit.erase(tx, "case:1")
        audit.record(tx, "case:1", "case.changed", "case:1", {"name": "Erika Muster"})
        audit.erase(tx, "case:1")
    with begin() as tx:
        assert verified(tx) == []
        assert [detail.seq for detail in tx.session.scalars(select(AuditDetail))] == [4]
    assert [(entry.label, entry.erased) for entry in _entries(begin, "case:1")] == [
        ("Datenschutz", False),
        *[(None, True)] * 3,
    ]


def test_nothing_erased_is_left_in_the_file(sqlite_database: Database, settings: Settings, clock: SetClock) -> None:
    sessions = make_sessions(sqlite_database.engine)
    kept = replace(settings, database_url=sqlite_database.url)
    with transaction(sessions(), SYSTEM, clock, kept) as tx:
        for number in range(200):
            audit.record(
                tx, "case:1", "case.changed", "case:1", {"name": f"Erika Muster {number}", "text": "x" * number}
            )
    path = Path(sqlite_database.url.removeprefix("sqlite:///"))
    assert b"Erika" in b"".join(part.read_bytes() for part in path.parent.glob(f"{path.name}*"))
    with transaction(sessions(), SYSTEM, clock, kept) as tx:
        audit.erase(tx, "case:1")
    with sqlite_database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"Erika" not in b"".join(part.read_bytes() for part in path.parent.glob(f"{path.name}*"))


def test_many_at_once_in_shared_streams_lose_nothing_and_never_block_each_other(begin: Begin) -> None:
    streams = ["case:1", "organisation:1", "system"]
    start = threading.Barrier(8)

    def act(number: int) -> None:
        random = Random(number)
        start.wait()
        for _ in range(15):
            with begin(Actor(f"user {number}", user_id=number)) as tx:
                for stream in random.sample(streams, k=random.randint(1, 3)):
                    audit.record(tx, stream, "case.changed", "case:1", {"by": number})
                    counts[number] += 1

    counts = dict.fromkeys(range(8), 0)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(act, range(8)))
    with begin() as tx:
        assert verified(tx) == []
        found = list(tx.session.scalars(select(AuditEntry.actor)))
    assert {number: found.count(f"user:{number}") for number in counts} == counts


def test_another_key_verifies_nothing(begin: Begin, settings: Settings) -> None:
    with begin() as tx:
        audit.record(tx, "case:1", "case.opened", "case:1")
    with begin() as tx:
        assert audit.verify(tx.session, settings.secret_key) == [audit.Tampering("edited", "case:1", 1)]


def _entries(begin: Begin, stream: str) -> list[audit.Entry]:
    with begin() as tx:
        return audit.entries(tx.session, stream)
