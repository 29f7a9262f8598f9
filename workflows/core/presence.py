"""Which workers are alive: each shows itself about once a minute in a row of its own."""

from datetime import datetime, timedelta

from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core.db import Base, upsert
from workflows.core.tx import Tx

SHOWN_EVERY = timedelta(minutes=1)
"""How often a worker shows itself."""

MISSED_AFTER = timedelta(minutes=5)
"""How long no worker may be silent before people are told."""

_FORGOTTEN_AFTER = timedelta(days=1)


class Worker(Base):
    """One worker process and when it was last alive; ``id`` is random and says nothing about the machine."""

    __tablename__ = "worker"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


def show(tx: Tx, worker_id: str) -> None:
    """Note that this worker is alive now."""
    row = upsert(tx.session, Worker).values(id=worker_id, seen_at=tx.now)
    tx.session.execute(row.on_conflict_do_update(index_elements=["id"], set_={"seen_at": tx.now}))


def is_missed(session: Session, now: datetime) -> bool:
    """Whether no worker has shown itself for five minutes, or none ever did."""
    last = session.scalar(select(func.max(Worker.seen_at)))
    return last is None or last <= now - MISSED_AFTER


def purge(tx: Tx) -> None:
    """Forget workers that have not been there for a day."""
    tx.session.execute(delete(Worker).where(Worker.seen_at <= tx.now - _FORGOTTEN_AFTER))
