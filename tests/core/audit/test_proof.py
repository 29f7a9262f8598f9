"""Whatever is done to the stored trail, verification finds it and says where."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from tests.conftest import Begin, Database
from workflows.core import audit
from workflows.core.audit import chain, proof
from workflows.core.audit.log import AuditDetail, AuditEntry, AuditHead
from workflows.core.audit.proof import AuditSeal, AuditSealedHead
from workflows.core.clock import SetClock
from workflows.core.errors import LotseError
from workflows.core.settings import Settings
from workflows.core.tx import Actor

ROUNDS = {"sqlite": 800, "postgresql": 200}
"""How often it is tried in every run; LOTSE_TAMPERINGS=10000 says how often on both databases on request."""

Tamper = Callable[[Session, Random], tuple[str, set[int]]]
"""Changes something and says in which stream and at which numbers it must be found."""


@pytest.fixture
def log(begin: Begin, clock: SetClock) -> None:
    """Three streams of 3 to 7 entries with details here and there, all sealed; one seal before the last entries."""
    for number in range(15):
        with begin(Actor("Koordination", user_id=3)) as tx:
            stream = ("case:1", "case:2", "system")[number % 3 if number < 9 else 0]
            audit.record(tx, stream, "case.changed", f"case:{number}", {"number": number} if number % 2 else None)
            if number in (7, 14):
                audit.seal(tx)
        clock.advance(timedelta(minutes=7))
    with begin() as tx:
        audit.seal(tx)


def test_an_untouched_log_verifies(log: None, begin: Begin, settings: Settings) -> None:
    with begin() as tx:
        assert audit.verify(tx.session, settings.audit_key) == []


@pytest.mark.timeout(3600)
def test_random_tamperings_are_all_found_where_they_are(
    log: None, begin: Begin, database: Database, settings: Settings
) -> None:
    missed = []
    for seed in range(int(os.environ.get("LOTSE_TAMPERINGS") or ROUNDS[database.engine.dialect.name])):
        random = Random(seed)
        tamper = random.choice(TAMPERINGS)
        with begin() as tx:
            stream, places = tamper(tx.session, random)
            found = audit.verify(tx.session, settings.audit_key)
            if not any(one.stream == stream and one.seq in places for one in found):
                missed.append((seed, tamper.__name__, stream, places, found))
            tx.session.rollback()
    assert missed == []


# --- ways to tamper, each with write access to the database but without the key


def edit_a_field(session: Session, random: Random) -> tuple[str, set[int]]:
    entry = _any_entry(session, random)
    name = random.choice(["at", "event", "actor", "object", "commitment", "previous", "mac"])
    session.execute(_at(update(AuditEntry), entry).values({name: _changed(getattr(entry, name), random)}))
    return entry.stream, {entry.seq}


def edit_and_cover_with_another_hash(session: Session, random: Random) -> tuple[str, set[int]]:
    entry = _any_entry(session, random)
    session.execute(_at(update(AuditEntry), entry).values(event="case.forged", mac=random.randbytes(32)))
    return entry.stream, {entry.seq}


def edit_details(session: Session, random: Random) -> tuple[str, set[int]]:
    detail = random.choice(session.scalars(select(AuditDetail).order_by(AuditDetail.stream, AuditDetail.seq)).all())
    name = random.choice(["salt", "payload"])
    here = (AuditDetail.stream == detail.stream) & (AuditDetail.seq == detail.seq)
    session.execute(update(AuditDetail).where(here).values({name: _changed(getattr(detail, name), random)}))
    return detail.stream, {detail.seq}


def remove_details(session: Session, random: Random) -> tuple[str, set[int]]:
    detail = random.choice(session.scalars(select(AuditDetail).order_by(AuditDetail.stream, AuditDetail.seq)).all())
    here = (AuditDetail.stream == detail.stream) & (AuditDetail.seq == detail.seq)
    session.execute(delete(AuditDetail).where(here))
    return detail.stream, {detail.seq}


def remove_an_entry(session: Session, random: Random) -> tuple[str, set[int]]:
    entry = _any_entry(session, random)
    _remove(session, entry.stream, entry.seq, entry.seq)
    return entry.stream, {entry.seq}


def remove_an_entry_and_close_the_gap(session: Session, random: Random) -> tuple[str, set[int]]:
    entry = _any_entry(session, random)
    last = _last(session, entry.stream)
    _remove(session, entry.stream, entry.seq, entry.seq)
    for seq in range(entry.seq + 1, last + 1):
        _renumber(session, entry.stream, seq, seq - 1)
    session.execute(update(AuditHead).where(AuditHead.stream == entry.stream).values(seq=last - 1))
    # Closing the gap behind the last entry only leaves a head that does not fit the entry before.
    return entry.stream, {entry.seq, last - 1} if entry.seq == last else {entry.seq}


def swap_two_entries(session: Session, random: Random) -> tuple[str, set[int]]:
    entry = _any_entry(session, random)
    other = random.choice([seq for seq in range(1, _last(session, entry.stream) + 1) if seq != entry.seq])
    for old, new in ((entry.seq, -1), (other, entry.seq), (-1, other)):
        _renumber(session, entry.stream, old, new)
    return entry.stream, {entry.seq, other}


def insert_an_entry(session: Session, random: Random) -> tuple[str, set[int]]:
    entry = _any_entry(session, random)
    seq = random.choice([_last(session, entry.stream) + 1, 0, -3])
    session.execute(insert(AuditEntry).values(**_fields(entry) | {"seq": seq}))
    return entry.stream, {seq}


def copy_an_entry_to_another_stream(session: Session, random: Random) -> tuple[str, set[int]]:
    entry = _any_entry(session, random)
    session.execute(insert(AuditEntry).values(**_fields(entry) | {"stream": "case:99"}))
    return "case:99", {entry.seq}


def cut_the_tail(session: Session, random: Random) -> tuple[str, set[int]]:
    entry = _any_entry(session, random)
    _remove(session, entry.stream, entry.seq, _last(session, entry.stream))
    return entry.stream, {entry.seq}


def cut_the_tail_and_set_the_head_back(session: Session, random: Random) -> tuple[str, set[int]]:
    """Without the key a head set back cannot be told from a true one, so the seal is what finds this."""
    newest = select(AuditSealedHead.stream, func.max(AuditSealedHead.seq)).group_by(AuditSealedHead.stream)
    stream, last_sealed = random.choice(sorted((stream, seq) for stream, seq in session.execute(newest)))
    seq = random.randint(1, last_sealed)
    head = AuditHead.stream == stream
    before = session.scalar(select(AuditEntry.mac).where(AuditEntry.stream == stream, AuditEntry.seq == seq - 1))
    _remove(session, stream, seq, _last(session, stream))
    if before is None:
        session.execute(delete(AuditHead).where(head))
    else:
        session.execute(update(AuditHead).where(head).values(seq=seq - 1, mac=before))
    return stream, {seq}


def edit_the_head(session: Session, random: Random) -> tuple[str, set[int]]:
    stream = _any_entry(session, random).stream
    last = _last(session, stream)
    seq = random.choice([last - 1, last, last + 1])
    session.execute(update(AuditHead).where(AuditHead.stream == stream).values(seq=seq, mac=random.randbytes(32)))
    return stream, {seq, last, last + 1}


def remove_the_head(session: Session, random: Random) -> tuple[str, set[int]]:
    stream = _any_entry(session, random).stream
    last = _last(session, stream)
    session.execute(delete(AuditHead).where(AuditHead.stream == stream))
    return stream, {last + 1}


def edit_a_seal(session: Session, random: Random) -> tuple[str, set[int]]:
    seal = random.choice(session.scalars(select(AuditSeal).order_by(AuditSeal.number)).all())
    name = random.choice(["at", "streams", "entries", "previous", "root"])
    changed = {name: _changed(getattr(seal, name), random)}
    session.execute(update(AuditSeal).where(AuditSeal.number == seal.number).values(changed))
    return "seal", {seal.number}


def edit_a_sealed_head(session: Session, random: Random) -> tuple[str, set[int]]:
    head = random.choice(
        session.scalars(select(AuditSealedHead).order_by(AuditSealedHead.stream, AuditSealedHead.seq)).all()
    )
    here = (AuditSealedHead.stream == head.stream) & (AuditSealedHead.seq == head.seq)
    changes: list[Any] = [
        update(AuditSealedHead).where(here).values(mac=random.randbytes(32)),
        update(AuditSealedHead).where(here).values(seq=100),
        delete(AuditSealedHead).where(here),
    ]
    session.execute(random.choice(changes))
    return "seal", {head.seal}


def remove_a_seal(session: Session, random: Random) -> tuple[str, set[int]]:
    session.execute(delete(AuditSeal).where(AuditSeal.number == 1))
    return "seal", {1}


TAMPERINGS: list[Any] = [
    edit_a_field,
    edit_and_cover_with_another_hash,
    edit_details,
    remove_details,
    remove_an_entry,
    remove_an_entry_and_close_the_gap,
    swap_two_entries,
    insert_an_entry,
    copy_an_entry_to_another_stream,
    cut_the_tail,
    cut_the_tail_and_set_the_head_back,
    edit_the_head,
    remove_the_head,
    edit_a_seal,
    edit_a_sealed_head,
    remove_a_seal,
]


# --- each kind by name


@pytest.mark.parametrize(
    ("tamper", "kinds"),
    [
        (edit_a_field, {"edited"}),
        (remove_an_entry, {"removed", "truncated"}),
        (swap_two_entries, {"reordered"}),
        (insert_an_entry, {"reordered", "inserted"}),
        (cut_the_tail, {"truncated"}),
    ],
)
def test_the_kind_of_tampering_is_named(
    log: None, begin: Begin, settings: Settings, tamper: Tamper, kinds: set[str]
) -> None:
    for seed in range(10):
        with begin() as tx:
            stream, places = tamper(tx.session, Random(seed))
            found = audit.verify(tx.session, settings.audit_key)
            assert {one.kind for one in found if one.stream == stream and one.seq in places} <= kinds
            tx.session.rollback()


def test_one_edited_entry_is_one_finding(log: None, begin: Begin, settings: Settings) -> None:
    with begin() as tx:
        tx.session.execute(text("UPDATE audit_entry SET object = 'case:666' WHERE stream = 'case:1' AND seq = 3"))
        assert audit.verify(tx.session, settings.audit_key) == [audit.Tampering("edited", "case:1", 3)]


def test_a_root_kept_outside_proves_that_seals_were_cut_off(log: None, begin: Begin, settings: Settings) -> None:
    with begin() as tx:
        kept = tx.session.scalars(select(AuditSeal.root).order_by(AuditSeal.number.desc())).first()
        assert audit.verify(tx.session, settings.audit_key, root=kept) == []
        tx.session.execute(delete(AuditSeal).where(AuditSeal.number == 3))
        tx.session.execute(delete(AuditSealedHead).where(AuditSealedHead.seal == 3))
        assert audit.verify(tx.session, settings.audit_key) == []
        assert audit.verify(tx.session, settings.audit_key, root=kept) == [audit.Tampering("truncated", "seal", 3)]


def test_an_old_backup_carried_on_differs_from_its_seal(log: None, begin: Begin, settings: Settings) -> None:
    with begin() as tx:  # back to before the last entry of the stream, as a restored backup would be
        last = _last(tx.session, "case:1")
        mac = tx.session.scalar(select(AuditEntry.mac).where(AuditEntry.stream == "case:1", AuditEntry.seq == last - 1))
        _remove(tx.session, "case:1", last, last)
        tx.session.execute(update(AuditHead).where(AuditHead.stream == "case:1").values(seq=last - 1, mac=mac))
    with begin() as tx:
        audit.record(tx, "case:1", "case.carried_on", "case:1")
    with begin() as tx:
        assert audit.verify(tx.session, settings.audit_key) == [audit.Tampering("truncated", "case:1", last)]


def test_a_stream_of_which_nothing_but_its_head_is_left_is_named(log: None, begin: Begin, settings: Settings) -> None:
    with begin(Actor("Koordination", user_id=3)) as tx:
        audit.record(tx, "case:9", "case.opened", "case:9", {"number": 9})
    with begin() as tx:
        _remove(tx.session, "case:9", 1, 1)
        assert audit.verify(tx.session, settings.audit_key) == [audit.Tampering("truncated", "case:9", 1)]


def test_details_without_their_entry_are_named(
    log: None, sqlite_database: Database, begin: Begin, settings: Settings
) -> None:
    """Only where references are not watched: SQLite opened by another program."""
    with begin() as tx:
        if tx.session.get_bind().dialect.name != "sqlite":
            return
        tx.session.connection().exec_driver_sql("PRAGMA foreign_keys=OFF")
        tx.session.execute(insert(AuditDetail).values(stream="case:1", seq=99, salt=b"", payload=b""))
        assert audit.verify(tx.session, settings.audit_key) == [audit.Tampering("inserted", "case:1", 99)]
        tx.session.rollback()


def test_a_seal_of_another_history_does_not_fit_to_its_neighbours(log: None, begin: Begin, settings: Settings) -> None:
    """It was made with the key: by this house, after somebody had restored an old backup."""
    with begin() as tx:
        one = tx.session.get_one(AuditSeal, 1)
        counts, later = (one.streams, one.entries), one.at + timedelta(hours=1)
        heads = tx.session.execute(select(AuditSealedHead).where(AuditSealedHead.seal == 1)).scalars().all()
        root = chain.seal_root(settings.audit_key, 1, later, counts, proof._digest(heads), one.previous)
        tx.session.execute(update(AuditSeal).where(AuditSeal.number == 1).values(at=later, root=root))
        assert audit.verify(tx.session, settings.audit_key) == [audit.Tampering("edited", "seal", 2)]


def test_seals_made_at_once_follow_each_other(begin: Begin, settings: Settings) -> None:
    start = threading.Barrier(6)
    with begin() as tx:
        audit.seal(tx)

    def act(number: int) -> int:
        with begin(Actor(f"user {number}", user_id=number)) as tx:
            audit.record(tx, "case:1", "case.changed", "case:1")
        start.wait()
        with begin() as tx:
            return audit.seal(tx).number

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(act, range(6))) == [2, 3, 4, 5, 6, 7]
    with begin() as tx:
        assert audit.verify(tx.session, settings.audit_key) == []


def _any_entry(session: Session, random: Random) -> AuditEntry:
    return random.choice(session.scalars(select(AuditEntry).order_by(AuditEntry.stream, AuditEntry.seq)).all())


def _last(session: Session, stream: str) -> int:
    return session.scalars(select(AuditHead.seq).where(AuditHead.stream == stream)).one()


def _fields(entry: AuditEntry) -> dict[str, Any]:
    return {column.name: getattr(entry, column.name) for column in AuditEntry.__table__.columns}


def _at(statement: Any, entry: AuditEntry) -> Any:
    return statement.where(AuditEntry.stream == entry.stream, AuditEntry.seq == entry.seq)


def _changed(value: Any, random: Random) -> Any:
    if isinstance(value, bytes):
        return _with_a_flipped_bit(value, random)
    if isinstance(value, str):
        return value + random.choice(["x", " ", "0"])
    return value + (timedelta(microseconds=1) if hasattr(value, "tzinfo") else 1)


def _with_a_flipped_bit(value: bytes, random: Random) -> bytes:
    if not value:
        return b"\0"
    place = random.randrange(len(value))
    return value[:place] + bytes([value[place] ^ (1 << random.randrange(8))]) + value[place + 1 :]


def _remove(session: Session, stream: str, first: int, last: int) -> None:
    for table in (AuditDetail, AuditEntry):
        session.execute(delete(table).where(table.stream == stream, table.seq.between(first, last)))


def _renumber(session: Session, stream: str, old: int, new: int) -> None:
    """Move an entry with its details to another number; the foreign key makes that copy and remove."""
    entry = session.scalars(select(AuditEntry).where(AuditEntry.stream == stream, AuditEntry.seq == old)).one()
    session.execute(insert(AuditEntry).values(**_fields(entry) | {"seq": new}))
    session.execute(update(AuditDetail).where(AuditDetail.stream == stream, AuditDetail.seq == old).values(seq=new))
    session.execute(delete(AuditEntry).where(AuditEntry.stream == stream, AuditEntry.seq == old))


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("audit_detail", "payload"),
        ("audit_detail", "salt"),
        ("audit_entry", "mac"),
        ("audit_entry", "commitment"),
        ("audit_entry", "previous"),
        ("audit_sealed_head", "mac"),
        ("audit_head", "mac"),
    ],
)
def test_a_text_typed_over_bytes_is_named_and_stops_nothing(
    log: None, begin: Begin, database: Database, settings: Settings, table: str, column: str
) -> None:
    if database.engine.dialect.name == "postgresql":
        return  # takes nothing but bytes
    with begin() as tx:
        tx.session.execute(text(f"UPDATE {table} SET {column} = 'von Hand' WHERE stream = 'case:2'"))
        assert {one.stream for one in audit.verify(tx.session, settings.audit_key)} & {"case:2", "seal"}
        tx.session.rollback()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("audit_entry SET at = 'gestern' WHERE stream = 'case:2' AND seq = 1", ("edited", "case:2", 1)),
        ("audit_entry SET at = 7 WHERE stream = 'case:2' AND seq = 1", ("edited", "case:2", 1)),
        ("audit_entry SET seq = 'drei' WHERE stream = 'system' AND seq = 1", ("edited", "system", 1)),
        ("audit_entry SET at = 'nie', seq = 'drei' WHERE stream = 'system' AND seq = 1", ("removed", "system", 1)),
        ("audit_head SET seq = 'drei' WHERE stream = 'case:2'", ("edited", "case:2", 0)),
        ("audit_seal SET at = 'gestern' WHERE number = 1", ("edited", "seal", 1)),
        ("audit_sealed_head SET seq = 'drei' WHERE stream = 'case:2' AND seal = 1", ("edited", "seal", 1)),
        ("audit_entry SET event = CAST(x'ff' AS TEXT) WHERE stream = 'case:2' AND seq = 1", ("edited", "case:2", 1)),
        ("audit_entry SET at = CAST(x'ff' AS TEXT) WHERE stream = 'case:2' AND seq = 1", ("edited", "case:2", 1)),
        ("audit_seal SET at = CAST(x'ff' AS TEXT) WHERE number = 1", ("edited", "seal", 1)),
        ("audit_sealed_head SET stream = CAST(x'ff' AS TEXT) WHERE stream = 'case:2'", ("edited", "seal", 1)),
        ("audit_sealed_head SET stream = x'ff' WHERE stream = 'case:2' AND seal = 1", ("edited", "seal", 1)),
    ],
)
def test_another_kind_of_value_typed_over_a_column_is_named_and_stops_nothing(
    log: None, begin: Begin, database: Database, settings: Settings, change: str, place: tuple[str, str, int]
) -> None:
    if database.engine.dialect.name == "postgresql":
        return  # takes nothing but moments and numbers
    with begin() as tx:
        tx.session.execute(text("PRAGMA defer_foreign_keys=ON"))
        tx.session.execute(text(f"UPDATE {change}"))
        found = audit.verify(tx.session, settings.audit_key)
        assert place in {(one.kind, one.stream, one.seq) for one in found}
        tx.session.rollback()


@pytest.mark.parametrize(
    "change",
    [
        "audit_seal SET root = 'von Hand'",
        "audit_head SET mac = 'von Hand' WHERE stream = 'case:2'",
        "audit_head SET seq = 'viele' WHERE stream = 'case:2'",
        "audit_head SET seq = 'viele' WHERE stream = 'system'",
    ],
)
def test_what_is_no_head_and_no_seal_is_not_sealed(log: None, begin: Begin, database: Database, change: str) -> None:
    if database.engine.dialect.name == "postgresql":
        return  # takes nothing but bytes and numbers
    with begin() as tx:
        audit.record(tx, "case:2", "case.changed", "case:2")
    with begin() as tx:
        tx.session.execute(text(f"UPDATE {change}"))
    with pytest.raises(LotseError, match="trail_damaged"), begin() as tx:
        audit.seal(tx)


def test_a_moment_that_is_none_keeps_no_seal_from_being_made(log: None, begin: Begin, database: Database) -> None:
    if database.engine.dialect.name == "postgresql":
        return  # takes nothing but moments
    with begin() as tx:
        tx.session.execute(text("UPDATE audit_seal SET at = '2026-13-99'"))
    with begin() as tx:
        assert audit.seal(tx).number == 4
