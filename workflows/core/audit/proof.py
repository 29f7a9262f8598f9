"""Seals over all heads, and the verification of every chain against its entries, its head and the seals."""

import hmac
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from typing import Any, Literal

from sqlalchemy import Row, String, exists, func, insert, select, type_coerce
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core.audit import chain
from workflows.core.audit.log import ERASED, AuditDetail, AuditEntry, AuditHead, lock_head, record
from workflows.core.db import Base, any_text, begin_write
from workflows.core.errors import LotseError
from workflows.core.tx import Tx

MOST = 1_000
"""How many tamperings are named; who changed more has changed everything."""

SEALS = "seal"
"""Stands in place of a stream when a seal itself was tampered with."""

_FAR = 10_000
_AT_ONCE = 5_000

Kind = Literal["edited", "removed", "reordered", "inserted", "truncated"]


class AuditSeal(Base):
    """A root over all heads at one moment, meant to be kept outside as well (mail to the reviewer, print)."""

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    streams: Mapped[int]
    entries: Mapped[int]
    previous: Mapped[bytes]
    root: Mapped[bytes]

    def __str__(self) -> str:
        """One line to keep outside: number, moment, streams, entries, root."""
        return f"{self.number} {self.at.isoformat()} {self.streams} {self.entries} {self.root.hex()}"


class AuditSealedHead(Base):
    """A head that had moved since the seal before."""

    __tablename__ = "audit_sealed_head"

    stream: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seal: Mapped[int] = mapped_column(index=True)
    mac: Mapped[bytes]


@dataclass(frozen=True, slots=True)
class Tampering:
    """Something that is not as it was written: in ``stream``, at ``seq`` (the number of the seal for ``SEALS``).

    ``truncated`` at n means: from n on the entries are gone, or the head that proves there were none is.
    """

    kind: Kind
    stream: str
    seq: int


def seal(tx: Tx) -> AuditSeal:
    """Seal all heads as they are committed now; the entry saying so belongs to the next seal.

    Raises ``LotseError("trail_damaged")`` for what ``verify`` must name first: heads or a seal that are none.
    """
    begin_write(tx.session)
    lock_head(tx.session, "system")  # one seal at a time
    newest = select(AuditSeal.number, AuditSeal.root).order_by(AuditSeal.number.desc()).limit(1)
    last = tx.session.execute(newest).one_or_none()
    number, previous = (last.number + 1, last.root) if last else (1, chain.GENESIS)
    counts = tx.session.execute(
        select(func.count(), func.coalesce(func.sum(AuditHead.seq), 0)).where(AuditHead.seq > 0)
    ).one()
    moved = _moved_heads(tx.session)
    if not _are_bytes(previous, *(head.mac for head in moved)) or any(_number(head.seq) < 1 for head in moved):
        raise LotseError("trail_damaged")
    if moved:
        tx.session.execute(insert(AuditSealedHead), [{**head._mapping, "seal": number} for head in moved])
    streams, entries = int(counts[0]), int(counts[1])
    root = chain.seal_root(tx.settings.audit_key, number, tx.now, (streams, entries), _digest(moved), previous)
    row = AuditSeal(number=number, at=tx.now, streams=streams, entries=entries, previous=previous, root=root)
    tx.session.add(row)
    record(tx, "system", "audit.sealed", f"seal:{number}")
    return row


def verify(session: Session, key: bytes, *, root: bytes | None = None) -> list[Tampering]:
    """Everything that was edited, removed, reordered, inserted or cut off; empty when the trail is whole.

    ``root`` is a root kept outside: a database from before that seal is recognised by it. Reads as a stream, so that
    memory does not grow with the trail; names at most ``MOST`` tamperings.
    """
    with any_text(session):
        return list(islice(_tamperings(session, key, root), MOST))


def _tamperings(session: Session, key: bytes, root: bytes | None) -> Iterator[Tampering]:
    yield from _check_seals(session, key, root)
    # Sealed heads are read before the entries: what is written meanwhile lies behind them.
    latest = select(AuditSealedHead.stream, func.max(AuditSealedHead.seq).label("seq")).group_by(AuditSealedHead.stream)
    newest = latest.subquery()
    joined = select(AuditSealedHead.stream, AuditSealedHead.seq, AuditSealedHead.mac).join(
        newest, (newest.c.stream == AuditSealedHead.stream) & (newest.c.seq == AuditSealedHead.seq)
    )
    sealed = {head.stream: (_number(head.seq), head.mac) for head in session.execute(joined)}
    for stream, rows in groupby(_rows(session), key=lambda row: row.stream):
        yield from check_stream(key, stream, rows, sealed.pop(stream, None))
    bare = select(AuditHead.stream).where(AuditHead.seq > 0, ~exists().where(AuditEntry.stream == AuditHead.stream))
    for stream in sorted({str(each) for each in {*session.scalars(bare), *sealed}}):
        yield Tampering("truncated", stream, 1)
    yield from _details_without_entry(session)


def _rows(session: Session) -> Iterator[Row[Any]]:
    """All entries in the order of their streams, each with its details and the head of its stream."""
    detail, entry = AuditDetail, AuditEntry
    joined = (
        select(
            *(entry.stream, entry.seq, type_coerce(entry.at, String).label("at")),
            *(entry.event, entry.actor, entry.object),
            *(entry.commitment, entry.previous, entry.mac),
            detail.salt,
            detail.payload,
            AuditHead.seq.label("head_seq"),
            AuditHead.mac.label("head_mac"),
        )
        .outerjoin(detail, (detail.stream == entry.stream) & (detail.seq == entry.seq))
        .outerjoin(AuditHead, AuditHead.stream == entry.stream)
        .order_by(entry.stream, entry.seq)
    )
    yield from session.execute(joined, execution_options={"yield_per": _AT_ONCE})


def check_stream(
    key: bytes, stream: str, rows: Iterable[Row[Any]], sealed: tuple[int, bytes] | None
) -> Iterator[Tampering]:
    """What is wrong in one stream, in the order of its entries; ``sealed`` is its newest sealed head."""
    expected, previous, trusted = 1, chain.GENESIS, True
    without_details: list[int] = []
    last: Row[Any] | None = None
    for row in rows:
        if not isinstance(row.seq, int):
            yield Tampering("edited", stream, _place(key, row) or expected)
            continue
        last = row
        for seq in range(expected, min(row.seq, expected + MOST)):
            yield Tampering("removed", stream, seq)
        genuine = _genuine(key, row, row.seq)
        if not genuine:
            yield Tampering(_kind(key, row), stream, row.seq)
        elif trusted and row.seq == expected and row.previous != previous:
            yield Tampering("edited", stream, row.seq)
        else:
            if row.event == ERASED:
                without_details.clear()
            if sealed and row.seq == sealed[0] and row.mac != sealed[1]:
                # Rightly chained, yet not what was sealed: cut off here and carried on differently.
                yield Tampering("truncated", stream, row.seq)
            if row.commitment != chain.NOTHING and row.payload is None:
                without_details.append(row.seq)
            elif not _details_fit(row):
                yield Tampering("edited", stream, row.seq)
        expected, previous, trusted = row.seq + 1, row.mac, genuine
    for seq in without_details:
        yield Tampering("removed", stream, seq)
    yield from _check_end(stream, last, trusted, sealed)


def _check_end(
    stream: str, last: Row[Any] | None, trusted: bool, sealed: tuple[int, bytes] | None
) -> Iterator[Tampering]:
    """Whether the stream ends where its head and its newest seal say."""
    seq = last.seq if last else 0
    head = _number(last.head_seq) if last and last.head_seq is not None else None
    if head is None or head > seq or (sealed is not None and sealed[0] > seq):
        yield Tampering("truncated", stream, seq + 1)
    elif last and (head != last.head_seq or head < seq or (trusted and last.head_mac != last.mac)):
        yield Tampering("edited", stream, head)


def _genuine(key: bytes, row: Row[Any], seq: int) -> bool:
    names = (row.stream, row.event, row.actor, row.object)
    if not _are_bytes(row.commitment, row.previous, row.mac) or not all(isinstance(name, str) for name in names):
        return False
    moment = _moment(row.at)
    if moment is None:
        return False
    mac = chain.entry_mac(key, names, seq, moment, row.commitment, row.previous)
    return hmac.compare_digest(mac, row.mac)


def _kind(key: bytes, row: Row[Any]) -> Kind:
    """Whether a false entry is a true one in the wrong place, one too many, or a changed one."""
    if _place(key, row):
        return "reordered"
    head = row.head_seq
    return "inserted" if row.seq < 1 or (head is not None and row.seq > _number(head)) else "edited"


def _place(key: bytes, row: Row[Any]) -> int | None:
    """The number under which an entry was written, if it is otherwise untouched."""
    places = range(1, min(max(_number(row.head_seq), _number(row.seq)), _FAR) + 2)
    return next((seq for seq in places if _genuine(key, row, seq)), None)


def _details_fit(row: Row[Any]) -> bool:
    if row.payload is None or row.commitment == chain.NOTHING:
        return row.payload is None
    if not _are_bytes(row.salt, row.payload):
        return False
    return hmac.compare_digest(chain.commitment(row.salt, row.payload), row.commitment)


def _are_bytes(*values: object) -> bool:
    """SQLite keeps whatever type it is given: what somebody typed by hand is a text."""
    return all(isinstance(value, bytes) for value in values)


def _number(value: object) -> int:
    """As it is stored, or 0 for what somebody typed over it."""
    return value if isinstance(value, int) else 0


def _moment(stored: object) -> datetime | None:
    """The moment as the database keeps it (SQLite: a text in UTC without a zone), None for what never was one."""
    if isinstance(stored, str):
        try:
            stored = datetime.fromisoformat(stored)
        except ValueError:
            return None
        return stored.replace(tzinfo=UTC) if stored.tzinfo is None else None
    return stored if isinstance(stored, datetime) else None


def _details_without_entry(session: Session) -> Iterator[Tampering]:
    entry = exists().where(AuditEntry.stream == AuditDetail.stream, AuditEntry.seq == AuditDetail.seq)
    lost = select(AuditDetail.stream, AuditDetail.seq).where(~entry).order_by(AuditDetail.stream, AuditDetail.seq)
    for stream, seq in session.execute(lost.limit(MOST)):
        yield Tampering("inserted", stream, seq)


_SEALS = select(
    *(AuditSeal.number, type_coerce(AuditSeal.at, String).label("at"), AuditSeal.streams, AuditSeal.entries),
    *(AuditSeal.previous, AuditSeal.root),
).order_by(AuditSeal.number)


def _check_seals(session: Session, key: bytes, kept: bytes | None) -> Iterator[Tampering]:
    """Whether the seals follow each other, cover their heads, and include the root kept outside."""
    expected, previous, seen = 1, chain.GENESIS, kept is None
    for row in session.execute(_SEALS):
        for number in range(expected, min(row.number, expected + MOST)):
            yield Tampering("removed", SEALS, number)
        heads = session.execute(
            select(AuditSealedHead.stream, AuditSealedHead.seq, AuditSealedHead.mac).where(
                AuditSealedHead.seal == row.number
            )
        ).all()
        if not _sealed_so(key, row, _digest(heads)) or (row.number == expected and row.previous != previous):
            yield Tampering("edited", SEALS, row.number)
        seen = seen or row.root == kept
        expected, previous = row.number + 1, row.root
    if not seen:
        yield Tampering("truncated", SEALS, expected)


def _sealed_so(key: bytes, row: Row[Any], heads: bytes) -> bool:
    moment = _moment(row.at)
    if moment is None or not _are_bytes(row.previous):
        return False
    counts = (row.streams, row.entries)
    return bool(chain.seal_root(key, row.number, moment, counts, heads, row.previous) == row.root)


def _moved_heads(session: Session) -> list[Row[Any]]:
    sealed = exists().where(AuditSealedHead.stream == AuditHead.stream, AuditSealedHead.seq >= AuditHead.seq)
    moved = select(AuditHead.stream, AuditHead.seq, AuditHead.mac).where(AuditHead.seq > 0, ~sealed)
    return list(session.execute(moved))


def _digest(heads: Iterable[Any]) -> bytes:
    # Sorted here: databases sort texts by different rules.
    digest = chain.HeadsDigest()
    for head in sorted(heads, key=lambda head: (str(head.stream), _number(head.seq))):
        # A text never was a head, bytes never were a stream: they must change the digest, not stop the proof.
        digest.add(str(head.stream), head.seq, head.mac if _are_bytes(head.mac) else chain.NOTHING)
    return digest.digest()
