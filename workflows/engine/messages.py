"""Messages of our own: rows that wait for their receiver, delivered one per transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base, TypedJson

WAITING = text("delivered_at IS NULL")


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
