"""Writing and reading the audit trail.

Entries are collected while an action runs and chained just before its commit, so that the head row of a stream, on
which others wait, is locked last and for the shortest time. Several streams are locked in the order of their names.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, and_, bindparam, delete, event, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from workflows.core import killpoints, typed_json
from workflows.core.audit import chain
from workflows.core.db import Base, begin_write, table_of, upsert
from workflows.core.errors import LotseError
from workflows.core.tx import Actor, Tx

ERASED = "audit.erased"

_PENDING = "audit_pending"
_EVENT = re.compile(r"[a-z_]+\.[a-z_]+")


class AuditEntry(Base):
    """One link of a stream's chain; holds no personal data, for it is never erased."""

    __tablename__ = "audit_entry"

    stream: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(index=True)
    event: Mapped[str]
    actor: Mapped[str]
    object: Mapped[str]
    commitment: Mapped[bytes]
    previous: Mapped[bytes]
    mac: Mapped[bytes]


class AuditDetail(Base):
    """What may be erased of an entry: the actor's name at that time and the details, with their salt."""

    __tablename__ = "audit_detail"
    __table_args__ = (ForeignKeyConstraint(["stream", "seq"], ["audit_entry.stream", "audit_entry.seq"]),)

    stream: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    salt: Mapped[bytes]
    payload: Mapped[bytes]


class AuditHead(Base):
    """The last entry of each stream; locked while the stream grows."""

    __tablename__ = "audit_head"

    stream: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    mac: Mapped[bytes]


# Built once and run without the ORM: every change of anything passes here while others wait for the head.
_HEAD = table_of(AuditHead)
_LAST = select(_HEAD.c.seq, _HEAD.c.mac).where(_HEAD.c.stream == bindparam("of")).with_for_update()
_NEW_HEAD = update(_HEAD).where(_HEAD.c.stream == bindparam("of")).values(seq=bindparam("seq"), mac=bindparam("mac"))
_NEW_ENTRY, _NEW_DETAIL = insert(table_of(AuditEntry)), insert(table_of(AuditDetail))

Place = tuple[datetime, str, int]
"""Moment, stream and number of an entry: many entries share a moment."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as shown to a reviewer; ``label`` and ``details`` are None without details or once erased.

    ``acts_for`` names whom the actor stood in for; empty if the act was the actor's own.
    """

    stream: str
    seq: int
    at: datetime
    event: str
    actor: str
    object: str
    label: str | None
    details: Mapping[str, Any] | None
    erased: bool
    acts_for: str = ""

    @property
    def place(self) -> Place:
        """Where the entry stands among all, for going on behind it."""
        return self.at, self.stream, self.seq


@dataclass(frozen=True, slots=True)
class _Pending:
    """An entry that waits for the commit, with the savepoints it was recorded under."""

    key: bytes
    stream: str
    at: datetime
    event: str
    actor: str
    object: str
    payload: bytes | None
    savepoints: tuple[SessionTransaction, ...]


def record(tx: Tx, stream: str, event: str, obj: str, details: Mapping[str, Any] | None = None) -> None:
    """Add an entry to ``stream`` (``case:17``, ``organisation:3``, ``system``) when this transaction commits.

    ``event`` reads ``noun.verbed``, ``obj`` names what it happened to (``referral:5``). Personal data belongs into
    ``details`` only. Raises ``ValueError`` for a misnamed event or a zero character,
    ``TypeError`` for details that cannot be stored.
    """
    if not _EVENT.fullmatch(event):
        raise ValueError(f"an audit event reads noun.verbed, not {event}")
    if not tx.session.in_transaction():
        tx.session.begin()  # so that rolling back is noticed even if nothing else was done yet
    actor = _opaque(tx.actor)
    if any(chain.SEPARATOR in text for text in (stream, obj, actor)):
        raise ValueError("an audit entry takes plain texts only")
    named = {} if tx.actor.label == actor else {"actor": tx.actor.label}
    if tx.actor.acts_for:
        named["for"] = tx.actor.acts_for
    payload = {**named, **({} if details is None else {"details": details})}
    pending = _Pending(
        key=tx.settings.audit_key,
        stream=stream,
        at=tx.now,
        event=event,
        actor=actor,
        object=obj,
        payload=typed_json.dumps(payload) if payload else None,
        savepoints=_savepoints(tx.session),
    )
    tx.session.info.setdefault(_PENDING, []).append(pending)


def erase(tx: Tx, stream: str) -> None:
    """Forget all details of ``stream`` recorded so far; an entry without content says so, the chain still verifies."""
    record(tx, stream, ERASED, stream)


def entries(
    session: Session,
    stream: str | None = None,
    *,
    events: Sequence[str] = (),
    before: datetime | None = None,
    behind: Place | None = None,
    limit: int = 100,
) -> list[Entry]:
    """The newest entries first, of one ``stream`` or all, of the named ``events`` or any, older than ``before``.

    The next page lies ``behind`` the place of the last entry shown.
    """
    chosen = select(AuditEntry, AuditDetail.payload).outerjoin(
        AuditDetail, (AuditDetail.stream == AuditEntry.stream) & (AuditDetail.seq == AuditEntry.seq)
    )
    if stream is not None:
        chosen = chosen.where(AuditEntry.stream == stream)
    if events:
        chosen = chosen.where(AuditEntry.event.in_(events))
    if before is not None:
        chosen = chosen.where(AuditEntry.at < before)
    if behind is not None:
        at, of, seq = behind
        same_moment = or_(AuditEntry.stream > of, and_(AuditEntry.stream == of, AuditEntry.seq < seq))
        chosen = chosen.where(or_(AuditEntry.at < at, and_(AuditEntry.at == at, same_moment)))
    newest = chosen.order_by(AuditEntry.at.desc(), AuditEntry.stream, AuditEntry.seq.desc()).limit(limit)
    return [_shown(entry, payload) for entry, payload in session.execute(newest)]


def _shown(entry: AuditEntry, payload: bytes | None) -> Entry:
    content = typed_json.loads(payload) if payload else {}
    return Entry(
        stream=entry.stream,
        seq=entry.seq,
        at=entry.at,
        event=entry.event,
        actor=entry.actor,
        object=entry.object,
        label=content.get("actor"),
        details=content.get("details"),
        erased=payload is None and entry.commitment != chain.NOTHING,
        acts_for=content.get("for", ""),
    )


def _opaque(actor: Actor) -> str:
    """The actor without a name: entries stay when people must be forgotten."""
    if actor.user_id is not None:
        return f"user:{actor.user_id}"
    if actor.referral_id is not None:
        return f"link:referral:{actor.referral_id}"
    if actor.case_id is not None:
        return f"link:case:{actor.case_id}"
    return actor.label


def _savepoints(session: Session) -> tuple[SessionTransaction, ...]:
    found = []
    savepoint = session.get_nested_transaction()
    while savepoint is not None:
        found.append(savepoint)
        savepoint = savepoint.parent
    return tuple(found)


@event.listens_for(Session, "after_soft_rollback")
def _forget_rolled_back(session: Session, rolled_back: SessionTransaction) -> None:
    if pending := session.info.get(_PENDING):
        session.info[_PENDING] = [entry for entry in pending if rolled_back not in entry.savepoints]


@event.listens_for(Session, "after_transaction_end")
def _forget_the_rest(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(_PENDING, None)


@event.listens_for(Session, "before_commit")
def _write_pending(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(_PENDING):
        return
    pending: list[_Pending] = session.info.pop(_PENDING)
    session.flush()
    begin_write(session)
    streams: dict[str, list[_Pending]] = defaultdict(list)
    for entry in pending:
        streams[entry.stream].append(entry)
    for stream in sorted(streams):
        _append(session, stream, streams[stream])
    killpoints.reach("audit.after")


def _append(session: Session, stream: str, pending: list[_Pending]) -> None:
    seq, previous = lock_head(session, stream)
    rows: list[dict[str, Any]] = []
    details: list[dict[str, Any]] = []
    for entry in pending:
        seq += 1
        committed = chain.NOTHING
        if entry.payload is not None:
            salt = chain.new_salt()
            committed = chain.commitment(salt, entry.payload)
            details.append({"stream": stream, "seq": seq, "salt": salt, "payload": entry.payload})
        names = (stream, entry.event, entry.actor, entry.object)
        mac = chain.entry_mac(entry.key, names, seq, entry.at, committed, previous)
        row = dict(zip(("stream", "event", "actor", "object"), names, strict=True))
        rows.append({**row, "seq": seq, "at": entry.at, "commitment": committed, "previous": previous, "mac": mac})
        previous = mac
    connection = session.connection()
    connection.execute(_NEW_ENTRY, rows)
    if details:
        connection.execute(_NEW_DETAIL, details)
    connection.execute(_NEW_HEAD, {"of": stream, "seq": seq, "mac": previous})
    erasures = [row["seq"] for row in rows if row["event"] == ERASED]
    if erasures:
        session.execute(delete(AuditDetail).where(AuditDetail.stream == stream, AuditDetail.seq < max(erasures)))


def lock_head(session: Session, stream: str) -> tuple[int, bytes]:
    """Number and keyed hash of the stream's last entry, locked until the end; (0, zeros) for a new stream."""
    connection = session.connection()
    found = connection.execute(_LAST, {"of": stream}).one_or_none()
    if found is None:
        new = upsert(session, AuditHead).values(stream=stream, seq=0, mac=chain.GENESIS)
        connection.execute(new.on_conflict_do_nothing(index_elements=["stream"]))
        found = connection.execute(_LAST, {"of": stream}).one()
    if not isinstance(found.seq, int) or not isinstance(found.mac, bytes):
        raise LotseError("trail_damaged")  # SQLite keeps what it is given; nothing may be chained to that
    return found.seq, found.mac
