"""The stored instance: where its tokens stand and what its variables hold."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base, TypedJson


class Instance(Base):
    """One run of a process, pinned to its version.

    ``variables`` is ``{scope: {name: value}}``, scope ``""`` being the instance itself; ``revision`` grows with every
    save and tells whether somebody else moved the instance meanwhile; ``subject`` says what it is about
    (``case:17``), opaque to the engine.
    """

    __tablename__ = "instance"
    __table_args__ = (CheckConstraint("status IN ('running', 'completed', 'terminated')", name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"), index=True)
    process_key: Mapped[str] = mapped_column(String(100), index=True)
    subject: Mapped[str] = mapped_column(String(100), index=True, default="")
    status: Mapped[str] = mapped_column(String(12), default="running")
    state: Mapped[bytes] = mapped_column(LargeBinary)
    variables: Mapped[dict[str, dict[str, Any]]] = mapped_column(TypedJson)
    revision: Mapped[int] = mapped_column(default=1)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    started_by: Mapped[str] = mapped_column(String(200))
