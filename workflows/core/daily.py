"""What is done once a day whatever the number of workers: a row per chore and day, claimed with its effect."""

from datetime import date, datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core import workdays
from workflows.core.clock import BERLIN
from workflows.core.db import Base, upsert
from workflows.core.tx import Tx

LOOK_BACK = 10
"""Rows; there are never as many days off in a row."""


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
    """When the chore was done the last time on a working day before today: on other days it may have had no effect."""
    before = select(DailyChore).where(DailyChore.name == name, DailyChore.day < today(tx.now))
    rows = tx.session.scalars(before.order_by(DailyChore.day.desc()).limit(LOOK_BACK))
    return next((row.done_at for row in rows if workdays.is_working_day(row.day)), None)


def claim(tx: Tx, name: str) -> bool:
    """Whether the chore is this transaction's to do today: true for one only, for good once that one commits."""
    row = upsert(tx.session, DailyChore).values(name=name, day=today(tx.now), done_at=tx.now)
    mine = row.on_conflict_do_nothing(index_elements=["name", "day"]).returning(DailyChore.name)
    return tx.session.scalar(mine) is not None


def today(now: datetime) -> date:
    """The date in Berlin."""
    return now.astimezone(BERLIN).date()
