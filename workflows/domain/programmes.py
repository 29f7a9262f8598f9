"""Funding programmes: who decides, how much, under which conditions; every entry with its source and date."""

from datetime import date

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core.db import Base, TypedJson


class Programme(Base):
    """One programme; ``amounts`` maps a name such as ``project_max`` to euros, ``route`` is here or elsewhere."""

    __tablename__ = "programme"
    __table_args__ = (CheckConstraint("route IN ('here', 'elsewhere')", name="route"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    decided_by: Mapped[str] = mapped_column(String(300))
    amount: Mapped[str] = mapped_column(String(500))
    amounts: Mapped[dict[str, object]] = mapped_column(TypedJson)
    conditions: Mapped[list[str]] = mapped_column(TypedJson)
    deadline: Mapped[str] = mapped_column(String(300), default="")
    route: Mapped[str] = mapped_column(String(12))
    submission: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(400))
    checked_on: Mapped[date]
    position: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)


def active(session: Session) -> list[Programme]:
    """All programmes on offer, in the office's order."""
    return list(session.scalars(select(Programme).where(Programme.is_active).order_by(Programme.position)))
