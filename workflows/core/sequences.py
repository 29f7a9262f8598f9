"""Running numbers for references: unique, rising, shared by all processes; gaps are allowed."""

from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base, upsert
from workflows.core.tx import Tx


class Sequence(Base):
    """The last number given out under a name such as ``case-2026``."""

    __tablename__ = "sequence"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


def next_number(tx: Tx, name: str) -> int:
    """The next number of ``name``, beginning with 1; others asking for the same name wait for this transaction."""
    row = upsert(tx.session, Sequence).values(name=name, last=1)
    taken = row.on_conflict_do_update(index_elements=["name"], set_={"last": Sequence.last + 1})
    return tx.session.scalars(taken.returning(Sequence.last)).one()
