"""Messages of our own: rows that wait for their receiver, delivered one per transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    CursorResult,
    ForeignKey,
    Index,
    String,
    Text,
    and_,
    exists,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base, TypedJson
from workflows.core.errors import Conflict, LotseError, NotFound
from workflows.core.tx import Tx

WAITING = text("delivered_at IS NULL")
KEPT = timedelta(days=90)
"""How long a message waits for its receiver unless its sender says otherwise."""
MOST_ATTEMPTS = 5
"""After so many failed deliveries a message is left for a person to look at."""

LONGEST_KEY = 200
LONGEST_UNIQUE_KEY = 300


class Subscription(Base):
    """A token that waits for a message, or a process that a message of this name starts; goes when the wait ends."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_name_key", "name", "correlation_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"), index=True)
    process_key: Mapped[str | None] = mapped_column(String(100), index=True)
    token: Mapped[str] = mapped_column(String(32))
    element_id: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    correlation_key: Mapped[str] = mapped_column(String(200))


class Message(Base):
    """One message under way: to a waiting token (``deliver``) or to begin an instance of ``process_key`` (``start``).

    ``unique_key`` makes sending idempotent; ``expires_at`` ends the time it is kept for a receiver; ``instance_id``
    is who received it; ``attempts`` and ``error`` tell of failed deliveries.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("kind IN ('start', 'deliver')", name="kind"),
        Index("ix_message_waiting", "id", postgresql_where=WAITING, sqlite_where=WAITING),
        Index("ix_message_name_key", "name", "correlation_key", postgresql_where=WAITING, sqlite_where=WAITING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(200), default="")
    correlation_key: Mapped[str] = mapped_column(String(200), default="")
    unique_key: Mapped[str | None] = mapped_column(String(300), unique=True)
    variables: Mapped[dict[str, Any]] = mapped_column(TypedJson)
    subject: Mapped[str] = mapped_column(String(100), default="")
    process_key: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instance.id"))
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)


GIVEN_UP = (Message.delivered_at.is_(None), Message.attempts >= MOST_ATTEMPTS)
"""The messages that are left for a person to look at."""


def send(
    tx: Tx,
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    *,
    unique_key: str | None = None,
    ttl: timedelta | None = None,
) -> int | None:
    """Put a message on its way to whoever waits, or will wait within ``ttl``, under that name and key; its id.

    A second message of the same ``unique_key`` is not sent: None.
    """
    return _insert(
        tx,
        kind="deliver",
        name=name,
        correlation_key=str(correlation_key),
        variables=dict(variables),
        unique_key=unique_key,
        expires_at=tx.now + (ttl or KEPT),
    )


def start(tx: Tx, process_key: str, variables: Mapping[str, Any], subject: str, unique_key: str | None = None) -> None:
    """Have an instance of a process started soon, in a transaction of its own; once per ``unique_key``."""
    _insert(
        tx, kind="start", process_key=process_key, variables=dict(variables), subject=subject, unique_key=unique_key
    )


def _insert(tx: Tx, **columns: Any) -> int | None:
    longest = {"name": LONGEST_KEY, "correlation_key": LONGEST_KEY, "unique_key": LONGEST_UNIQUE_KEY}
    for column, most in longest.items():
        if not _fits(columns.get(column) or "", most):
            raise LotseError("message_key_unusable", column=column)
    insert = sqlite.insert if tx.session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"name": "", "correlation_key": "", "subject": "", "attempts": 0, "created_at": tx.now, **columns}
    once = insert(Message).values(values).on_conflict_do_nothing(index_elements=["unique_key"])
    return tx.session.scalar(once.returning(Message.id))


def _fits(key: str, most: int) -> bool:
    return len(key) <= most and "\x00" not in key


def next_deliverable(tx: Tx, skip: Collection[int] = ()) -> int | None:
    """The oldest message that has a receiver, claimed for this transaction where the database can (PostgreSQL)."""
    receiver = exists().where(_for(Message.name, Message.correlation_key))
    return tx.session.scalar(
        select(Message.id)
        .where(*_to_deliver(tx), Message.id.not_in(skip))
        .where(or_(Message.kind == "start", receiver))
        .order_by(Message.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def lies_ready(tx: Tx, instance_id: Any) -> ColumnElement[bool]:
    """Whether a message that this instance waits for is there, and still being delivered."""
    same = (Subscription.name == Message.name, Subscription.correlation_key == Message.correlation_key)
    return exists().where(Subscription.instance_id == instance_id, *same, *_to_deliver(tx))


def _to_deliver(tx: Tx) -> tuple[ColumnElement[bool], ...]:
    in_time = or_(Message.expires_at.is_(None), Message.expires_at > tx.now)
    return Message.delivered_at.is_(None), Message.attempts < MOST_ATTEMPTS, in_time


def replace(tx: Tx, name: str, correlation_key: str, variables: Mapping[str, Any]) -> bool:
    """Let a message that has not arrived yet say something else; whether there was one."""
    waiting = (Message.name == name, Message.correlation_key == correlation_key, Message.delivered_at.is_(None))
    changed = update(Message).where(*waiting).values(variables=dict(variables)).returning(Message.id)
    return tx.session.scalars(changed).first() is not None


def find(tx: Tx, unique_key: str) -> Message | None:
    """The message sent under that key, delivered or not."""
    return tx.session.scalar(select(Message).where(Message.unique_key == unique_key))


def is_awaited(tx: Tx, name: str, correlation_key: str) -> bool:
    """Whether anybody waits for such a message now."""
    waiting = select(Subscription.id).where(_for(name, correlation_key))
    return tx.session.scalar(waiting.limit(1)) is not None


def waiting_instance(tx: Tx, name: str, correlation_key: str) -> int | None:
    """The instance that would get such a message now."""
    mine = (_for(name, correlation_key), Subscription.instance_id.is_not(None))
    return tx.session.scalar(select(Subscription.instance_id).where(*mine).order_by(Subscription.id).limit(1))


def awaited(tx: Tx, keys: Collection[str]) -> frozenset[tuple[str, str]]:
    """Name and key of every message somebody waits for now under one of these keys."""
    rows = select(Subscription.name, Subscription.correlation_key).where(Subscription.correlation_key.in_(keys))
    return frozenset((name, key) for name, key in tx.session.execute(rows))


def is_under_way(tx: Tx, name: str, correlation_key: str) -> bool:
    """Whether such a message was sent and has not arrived yet."""
    same = select(Message.id).where(Message.name == name, Message.correlation_key == correlation_key)
    return tx.session.scalar(same.where(Message.delivered_at.is_(None)).limit(1)) is not None


def _for(name: Any, correlation_key: Any) -> ColumnElement[bool]:
    """Who takes a message: a token waiting under its key, or a process it starts whatever its key."""
    same_key = or_(Subscription.correlation_key == correlation_key, Subscription.instance_id.is_(None))
    return and_(Subscription.name == name, same_key)


def claim(tx: Tx, message_id: int) -> Message:
    """Mark a message as delivered in one conditional statement; raises ``NotFound``, ``Conflict("message_over")``."""
    found = tx.session.execute(
        update(Message).where(Message.id == message_id, Message.delivered_at.is_(None)).values(delivered_at=tx.now),
        execution_options={"synchronize_session": False},
    )
    message = tx.session.get(Message, message_id, populate_existing=True)
    if message is None:
        raise NotFound("not_found", kind="message")
    assert isinstance(found, CursorResult)
    if found.rowcount != 1:
        raise Conflict("message_over", at=message.delivered_at)
    return message


def receiver(tx: Tx, message: Message) -> Subscription | None:
    """Who has waited longest for this message; a process that it would start comes last, and listens until the end of
    the transaction: a publication of another version waits for it, or has ended it."""
    found = tx.session.scalar(
        select(Subscription)
        .where(_for(message.name, message.correlation_key))
        .order_by(Subscription.instance_id.is_(None), Subscription.id)
        .limit(1)
    )
    if found is None or found.instance_id is not None:
        return found
    return tx.session.get(Subscription, found.id, populate_existing=True, with_for_update={"read": True})


def failed(tx: Tx, message_id: int, error: str) -> None:
    """Count a failed delivery; call in a transaction of its own after the failed one was rolled back."""
    tx.session.execute(
        update(Message).where(Message.id == message_id).values(attempts=Message.attempts + 1, error=error[:1000]),
        execution_options={"synchronize_session": False},
    )
