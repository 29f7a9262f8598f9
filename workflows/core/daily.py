"""What is done once a day whatever the number of workers: a row per chore and day, claimed with its effect."""

from datetime import date, datetime

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.clock import BERLIN
from workflows.core.db import Base, upsert
from workflows.core.tx import Tx


class DailyChore(Base):
    """A chore done on a day of the calendar in Berlin."""

    __tablename__ = "daily_chore"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    done_at: Mapped[datetime]


def is_done(tx: Tx, name: str) -> bool:
    """Whether the chore was done today; only reads."""
    return tx.session.get(DailyChore, (name, today(tx.now))) is not None


def last_done(tx: Tx, name: str) -> datetime | None:
    """When the chore was done the last time before today."""
    before = select(func.max(DailyChore.done_at)).where(DailyChore.name == name, DailyChore.day < today(tx.now))
    return tx.session.scalar(before)


def claim(tx: Tx, name: str) -> bool:
    """Whether the chore is this transaction's to do today: true for one only, for good once that one commits."""
    row = upsert(tx.session, DailyChore).values(name=name, day=today(tx.now), done_at=tx.now)
    mine = row.on_conflict_do_nothing(index_elements=["name", "day"]).returning(DailyChore.name)
    return tx.session.scalar(mine) is not None


def today(now: datetime) -> date:
    """The date in Berlin."""
    return now.astimezone(BERLIN).date()
