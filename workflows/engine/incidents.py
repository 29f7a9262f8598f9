"""Incidents: an automatic step that could not be done, kept on its element until it is retried."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base, TypedJson

UNRESOLVED = text("resolved_at IS NULL")


class Incident(Base):
    """What went wrong where; ``code`` and ``facts`` are worded at the edge, ``token`` is what a retry runs again."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_unresolved", "created_at", postgresql_where=UNRESOLVED, sqlite_where=UNRESOLVED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), index=True)
    token: Mapped[str] = mapped_column(String(32))
    element_id: Mapped[str] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(100))
    facts: Mapped[dict[str, Any]] = mapped_column(TypedJson)
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
