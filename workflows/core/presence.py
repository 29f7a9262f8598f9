"""Which workers are alive: each shows itself about once a minute in a row of its own."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import String, bindparam, delete, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core.clock import APART
from workflows.core.db import Base, UtcDateTime, upsert
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


SHOWN_LATELY = exists().where(
    Worker.seen_at > bindparam("lately", type_=UtcDateTime),
    # A sign of life from the future is from before the clock was put back, and would hide a silence for as long.
    Worker.seen_at < bindparam("soon", type_=UtcDateTime),
)
"""Whether any worker has shown itself within the time that ``around`` gives."""


def around(now: datetime) -> Mapping[str, datetime]:
    """The parameters of ``SHOWN_LATELY``: five minutes back, and as far ahead as another machine's clock may be."""
    return {"lately": now - MISSED_AFTER, "soon": now + APART}


def is_missed(session: Session, now: datetime) -> bool:
    """Whether no worker has shown itself for five minutes, or none ever did."""
    return not session.scalar(select(SHOWN_LATELY), around(now))


def purge(tx: Tx) -> None:
    """Forget workers that have not been there for a day."""
    tx.session.execute(delete(Worker).where(Worker.seen_at <= tx.now - _FORGOTTEN_AFTER))
