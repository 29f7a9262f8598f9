"""Partner offices: who can be asked for help with what, and where the answer to a referral comes from."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit
from workflows.core.db import Base, TypedJson
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.domain.people import Group

CAPACITIES = ("open", "limited", "full", "unknown")
EDITABLE = (
    *("name", "email", "phone", "language", "contacts", "opening_times", "topics", "capacity", "capacity_note"),
    *("languages", "interpreting", "accessibility", "documents", "note", "source", "is_active", "is_external"),
)


class Office(Base):
    """A partner office; ``topics`` are keys of the code list ``topic``, ``email`` is empty until someone sets it.

    ``source`` and ``checked_on`` say where the entry comes from and when it was last looked at. ``language`` is the one
    we write to it in, ``languages`` those spoken there (code list ``spoken_language``), ``contacts`` a list of contexts
    with person, role, person_phone and person_email.
    """

    __tablename__ = "office"
    __table_args__ = (CheckConstraint(f"capacity IN {CAPACITIES}", name="capacity"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(60), default="")
    topics: Mapped[list[str]] = mapped_column(TypedJson)
    languages: Mapped[list[str]] = mapped_column(TypedJson)
    language: Mapped[str] = mapped_column(String(12), default="de")
    contacts: Mapped[list[dict[str, str | None]]] = mapped_column(TypedJson, default=list)
    capacity: Mapped[str] = mapped_column(String(8), default="unknown")
    capacity_note: Mapped[str] = mapped_column(String(300), default="")
    interpreting: Mapped[str] = mapped_column(String(300), default="")
    accessibility: Mapped[str] = mapped_column(String(300), default="")
    opening_times: Mapped[str] = mapped_column(String(400), default="")
    documents: Mapped[str] = mapped_column(String(1000), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    is_external: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str] = mapped_column(String(400))
    checked_on: Mapped[date]
    created_at: Mapped[datetime]

    @property
    def group(self) -> str:
        """The key of the group its people belong to."""
        return f"office:{self.id}"


def add(tx: Tx, office: Office) -> Office:
    """Take an office into the list and make its group; raises ``Conflict("office_key_taken")``."""
    if find(tx.session, office.key) is not None:
        raise Conflict("office_key_taken", key=office.key)
    office.created_at = tx.now
    tx.session.add(office)
    tx.session.flush()
    tx.session.add(Group(key=office.group, name=office.name))
    tx.session.flush()
    audit.record(tx, "system", "office.added", office.group, {"key": office.key, "name": office.name})
    return office


def edit(tx: Tx, office_id: int, **values: object) -> Office:
    """Change an office's own facts and note them as checked today; raises ``NotFound``."""
    office = tx.locked(Office, office_id)
    if unknown := sorted(values.keys() - set(EDITABLE)):
        raise ValueError(f"not editable: {unknown}")
    changed = {name: value for name, value in values.items() if getattr(office, name) != value}
    for name, value in changed.items():
        setattr(office, name, value)
    office.checked_on = tx.now.date()
    if "name" in changed:
        tx.locked(Group, office.group).name = office.name
    audit.record(tx, "system", "office.edited", office.group, {"fields": sorted(changed)})
    return office


def find(session: Session, key: str) -> Office | None:
    """The office with this key."""
    return session.scalar(select(Office).where(Office.key == key))


def by_keys(session: Session, keys: list[str]) -> list[Office]:
    """The active offices with these keys, in the order asked for; raises ``NotFound("office_unknown")``."""
    found = {row.key: row for row in session.scalars(select(Office).where(Office.key.in_(keys), Office.is_active))}
    if missing := [key for key in keys if key not in found]:
        raise NotFound("office_unknown", offices=missing)
    return [found[key] for key in dict.fromkeys(keys)]


def names(session: Session) -> dict[str, str]:
    """The names of all offices by key."""
    return dict(session.execute(select(Office.key, Office.name)).tuples().all())


def active(session: Session) -> list[Office]:
    """All offices that can be asked, by name."""
    return list(session.scalars(select(Office).where(Office.is_active).order_by(Office.name)))


def matching(session: Session, topics: list[str], exclude: list[str]) -> list[tuple[Office, list[str]]]:
    """Active offices that work on any of ``topics`` with the topics they share, most shared first."""
    matches = []
    for office in active(session):
        shared = [topic for topic in topics if topic in office.topics]
        if shared and office.key not in exclude:
            matches.append((office, shared))
    return sorted(matches, key=lambda match: -len(match[1]))
