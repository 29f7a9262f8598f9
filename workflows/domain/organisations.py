"""The register of associations, as far as matching an enquiry with it needs."""

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit
from workflows.core.db import Base
from workflows.core.tx import Tx


class Organisation(Base):
    """A known association; ``folded_name`` is what names are compared by."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    folded_name: Mapped[str] = mapped_column(String(200), index=True)
    created_at: Mapped[datetime]


LEGAL_FORMS = frozenset({"ev", "e", "v", "verein", "gemeinnutzig", "gemeinnutziger", "initiative"})


def folded(name: str) -> str:
    """A name without case, punctuation and legal form, so that "Brücke e.V." meets "BRÜCKE"."""
    plain = name.casefold().replace("ä", "a").replace("ö", "o").replace("ü", "u").replace("ß", "ss").replace(".", "")
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return " ".join([word for word in words if word not in LEGAL_FORMS] or words)


def find_by_name(session: Session, name: str) -> Organisation | None:
    """The known association of that name."""
    key = folded(name)
    return session.scalar(select(Organisation).where(Organisation.folded_name == key).limit(1)) if key else None


def remember(tx: Tx, name: str) -> Organisation | None:
    """The association of that name, taken into the register if a person has now seen it for the first time."""
    known = find_by_name(tx.session, name)
    if known is not None or not folded(name):
        return known
    organisation = Organisation(name=name.strip(), folded_name=folded(name), created_at=tx.now)
    tx.session.add(organisation)
    tx.session.flush()
    audit.record(tx, f"organisation:{organisation.id}", "organisation.added", f"organisation:{organisation.id}")
    return organisation
