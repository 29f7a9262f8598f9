"""Letters of a case: written once by a step of its process, kept as they were written, printed by the coordination."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit
from workflows.core.db import Base, upsert
from workflows.core.tx import Tx


class Letter(Base):
    """One letter; ``address`` holds the lines of its address block, ``key`` is the same for every try of one step."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(300), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    address: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]

    @property
    def addressee(self) -> str:
        """The first line of the address: whom it is for."""
        return self.address.partition("\n")[0]


def keep(tx: Tx, case_id: int, *, key: str, address: str, language: str, subject: str, text: str) -> Letter:
    """Keep a letter at its case; with a ``key`` that was used before, the letter kept then is returned instead."""
    row = upsert(tx.session, Letter).values(
        key=key,
        case_id=case_id,
        address=address,
        language=language,
        subject=subject,
        text=text,
        created_at=tx.now,
    )
    kept = tx.session.scalars(row.on_conflict_do_nothing(index_elements=["key"]).returning(Letter)).one_or_none()
    if kept is None:
        return tx.session.scalars(select(Letter).where(Letter.key == key)).one()
    # Address and text stay out: whoever reads the audit may not read the case.
    audit.record(tx, f"case:{case_id}", "letter.written", f"letter:{kept.id}", {"language": language})
    return kept


def of_case(session: Session, case_id: int) -> list[Letter]:
    """The letters of a case, oldest first."""
    return list(session.scalars(select(Letter).where(Letter.case_id == case_id).order_by(Letter.id)))
