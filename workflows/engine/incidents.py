"""Incidents: an automatic step that could not be done, kept on its element until it is retried."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base, TypedJson
from workflows.core.tx import Tx
from workflows.engine.state import Instance

UNRESOLVED = text("resolved_at IS NULL")
SHORTEST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=12)
MOST_ATTEMPTS = 15
"""After so many tries, a little more than three days, only a person tries again."""


class Incident(Base):
    """What went wrong where; ``code`` and ``facts`` are worded at the edge, ``token`` is what a retry runs again.

    ``attempts`` counts the retries that ended here, ``next_at`` is when the worker tries again, None when it gave up.
    """

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_unresolved", "created_at", postgresql_where=UNRESOLVED, sqlite_where=UNRESOLVED),
        Index("ix_incident_due", "next_at", "id", postgresql_where=UNRESOLVED, sqlite_where=UNRESOLVED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), index=True)
    token: Mapped[str] = mapped_column(String(32))
    element_id: Mapped[str] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(100))
    facts: Mapped[dict[str, Any]] = mapped_column(TypedJson)
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None]


def next_try(now: datetime, attempts: int) -> datetime | None:
    """When the worker tries again after so many tries: twice as long each time, None when it should not any more."""
    if attempts >= MOST_ATTEMPTS:
        return None
    rest: timedelta = min(SHORTEST_REST * 2**attempts, LONGEST_REST)
    return now + rest


def next_due(tx: Tx, skip: Collection[int] = ()) -> int | None:
    """The incident to try again, its instance locked for this transaction where the database can (PostgreSQL)."""
    return tx.session.scalar(
        select(Incident.id)
        .join(Instance, Instance.id == Incident.instance_id)
        .where(Incident.resolved_at.is_(None), Incident.next_at <= tx.now, Incident.id.not_in(skip))
        .order_by(Incident.next_at, Incident.id)
        .limit(1)
        .with_for_update(of=Instance, skip_locked=True, key_share=True)
    )
