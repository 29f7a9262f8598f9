"""Filters of the inbox that a person keeps under a name."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base
from workflows.core.errors import Conflict
from workflows.core.tx import Tx

MOST = 12
LONGEST_NAME = 60
LONGEST_QUERY = 1000


class SavedFilter(Base):
    """One kept filter; ``query`` is what stands behind the question mark of the inbox's address."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    query: Mapped[str] = mapped_column(String(LONGEST_QUERY))
    created_at: Mapped[datetime]


def keep(tx: Tx, user_id: int, name: str, query: str) -> SavedFilter:
    """Keep a filter; the same name again replaces it. Raises ``Conflict("too_many_filters")``."""
    found = tx.session.scalar(select(SavedFilter).where(SavedFilter.user_id == user_id, SavedFilter.name == name))
    if found is not None:
        found.query = query
        return found
    if (tx.session.scalar(select(func.count()).where(SavedFilter.user_id == user_id)) or 0) >= MOST:
        raise Conflict("too_many_filters", most=MOST)
    row = SavedFilter(user_id=user_id, name=name, query=query, created_at=tx.now)
    tx.session.add(row)
    tx.session.flush()
    return row
