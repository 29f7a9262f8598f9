"""The contact log: every visit, call, mail or event with an association, and the day somebody comes back to it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit
from workflows.core.db import Base, upsert
from workflows.core.tx import Tx

LONGEST_WHO = 200

KINDS = ("visit", "phone", "mail", "event")


class Contact(Base):
    """One contact, about a case, an association, both or neither.

    ``office_task`` is a key of the code list of the office's twelve tasks; ``follow_up_on`` is the day it comes back
    (Wiedervorlage), ``followed_up_at`` says when somebody saw to it. ``key`` is the same for every try of one step of a
    process, or for one form of a person's however often it is sent.
    """

    __tablename__ = "contact"
    __table_args__ = (CheckConstraint(f"kind IN {KINDS}", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(300), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_file.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    held_on: Mapped[date] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(String(LONGEST_WHO))
    text: Mapped[str] = mapped_column(Text)
    office_task: Mapped[str] = mapped_column(String(60))
    follow_up_on: Mapped[date | None] = mapped_column(index=True)
    followed_up_at: Mapped[datetime | None]
    author: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]

    @property
    def stream(self) -> str:
        """The audit stream it belongs to: of its case, else of its association, else of the house."""
        if self.case_id is not None:
            return f"case:{self.case_id}"
        return f"organisation:{self.organisation_id}" if self.organisation_id is not None else "system"


@dataclass(frozen=True, slots=True)
class Held:
    """A contact as it was told, already checked."""

    kind: str
    held_on: date
    who: str
    text: str
    office_task: str
    follow_up_on: date | None
    case_id: int | None
    organisation_id: int | None


def log(tx: Tx, held: Held, key: str | None = None) -> Contact:
    """Keep a contact; with a ``key`` that was used before, the one kept then is returned instead."""
    row = upsert(tx.session, Contact).values(
        key=key,
        **{name: getattr(held, name) for name in Held.__slots__},
        author=tx.actor.label,
        created_at=tx.now,
    )
    kept = row.on_conflict_do_nothing(index_elements=["key"]).returning(Contact)
    contact = tx.session.scalars(kept).one_or_none()
    if contact is None:
        return tx.session.scalars(select(Contact).where(Contact.key == key)).one()
    # Who was met and what was said stay out: whoever reads the audit may not read the case.
    details = {"kind": held.kind, "on": held.held_on, "office_task": held.office_task}
    if held.follow_up_on is not None:
        details["follow_up_on"] = held.follow_up_on
    audit.record(tx, contact.stream, "contact.logged", f"contact:{contact.id}", details)
    return contact


def follow_up(tx: Tx, contact_id: int) -> Contact:
    """Somebody has seen to the follow-up; a second time changes nothing."""
    contact = tx.locked(Contact, contact_id)
    if contact.follow_up_on is not None and contact.followed_up_at is None:
        contact.followed_up_at = tx.now
        audit.record(tx, contact.stream, "contact.followed_up", f"contact:{contact.id}")
    return contact


def of_steps(session: Session, case_id: int) -> list[Contact]:
    """The contacts of a case that steps of its processes entered, oldest first."""
    entered = select(Contact).where(Contact.case_id == case_id, Contact.key.is_not(None))
    return list(session.scalars(entered.order_by(Contact.id)))
