"""Who speaks for an association, to which networks it belongs, and what it proposes to change of its entry."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit, links
from workflows.core.db import Base, TypedJson
from workflows.core.errors import Conflict
from workflows.core.tx import Tx
from workflows.domain import case_facts
from workflows.domain.organisations import Organisation

RELATIONS = ("umbrella", "network", "partner")
ACCESS = "organisation_access"
"""The purpose of the links that open an association's own entry."""
STATUS = "case_status"
"""The purpose of the links that lead on from there to a case of the association."""


class ContactPerson(Base):
    """Somebody who speaks for an association; with a mail address and until ``left_at`` it may open its entry.

    ``is_first`` marks the registered contact: whom the yearly question goes to.
    """

    __tablename__ = "contact_person"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254), default="")
    folded_email: Mapped[str] = mapped_column(String(254), default="", index=True)
    phone: Mapped[str] = mapped_column(String(60), default="")
    language: Mapped[str] = mapped_column(String(12), default="de")
    is_first: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]

    @property
    def key(self) -> str:
        """Who a link is for."""
        return f"contact:{self.id}"


class Relation(Base):
    """One organisation belongs to another: an umbrella organisation, a network, or they work together."""

    __tablename__ = "organisation_relation"
    __table_args__ = (CheckConstraint(f"kind IN {RELATIONS}", name="kind"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(String(20))
    as_of: Mapped[date]


class Proposal(Base):
    """What an association wants corrected: ``changes`` by field, ``note`` in its words; waits for the coordination."""

    __tablename__ = "organisation_proposal"
    __table_args__ = (CheckConstraint("status IN ('waiting', 'accepted', 'rejected')", name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact_person.id", ondelete="SET NULL"))
    changes: Mapped[dict[str, Any]] = mapped_column(TypedJson)
    note: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(10), default="waiting")
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(200), default="")

    @property
    def revision(self) -> str:
        """Which of the proposals that took each other's place this is."""
        return self.created_at.isoformat()


def contacts(session: Session, organisation_id: int) -> list[ContactPerson]:
    """Who speaks for it now, the registered contact first."""
    query = select(ContactPerson).where(
        ContactPerson.organisation_id == organisation_id, ContactPerson.left_at.is_(None)
    )
    return list(session.scalars(query.order_by(ContactPerson.is_first.desc(), ContactPerson.id)))


def with_address(session: Session, email: str) -> list[ContactPerson]:
    """Everybody of any association who is reached at this address now."""
    query = select(ContactPerson).where(
        ContactPerson.folded_email == folded_email(email), ContactPerson.left_at.is_(None)
    )
    return list(session.scalars(query.order_by(ContactPerson.id)))


def folded_email(email: str) -> str:
    """An address as it is compared."""
    return email.strip().casefold()


def add(tx: Tx, organisation_id: int, values: Mapping[str, Any]) -> ContactPerson:
    """Enter a contact person, once if sent twice; the first one with an address is the registered contact."""
    organisation = tx.locked(Organisation, organisation_id)
    others = contacts(tx.session, organisation_id)
    columns = _columns(values)
    told = {name: value for name, value in columns.items() if name != "is_first"}
    for other in others:
        if all(getattr(other, name) == value for name, value in told.items()):
            return other
    person = ContactPerson(organisation_id=organisation_id, created_at=tx.now, **columns)
    person.is_first = bool(person.email) and (person.is_first or not any(other.is_first for other in others))
    tx.session.add(person)
    tx.session.flush()
    _only_first(tx, person)
    audit.record(tx, organisation.key, "contact.added", person.key, {"role": person.role})
    return person


def edit(tx: Tx, contact_id: int, values: Mapping[str, Any]) -> ContactPerson:
    """Change what is known; a new mail address ends the links sent to the old one. ``Conflict("contact_left")``."""
    person = _present(tx, contact_id)
    before = person.folded_email
    for name, value in _columns(values).items():
        setattr(person, name, value)
    person.is_first = person.is_first and bool(person.email)
    if person.folded_email != before:
        _revoke(tx, person)
    _only_first(tx, person)
    audit.record(tx, f"organisation:{person.organisation_id}", "contact.edited", person.key, {"role": person.role})
    return person


def leave(tx: Tx, contact_id: int) -> ContactPerson:
    """The person no longer speaks for the association: its links end now, with every session they opened.

    So do those that were mailed for its cases, which pass to the next contact; without one nobody is mailed.
    """
    person = _present(tx, contact_id)
    person.left_at, person.is_first = tx.now, False
    tx.session.flush()
    _revoke(tx, person)
    if person.folded_email:
        following = next((each for each in contacts(tx.session, person.organisation_id) if each.email), None)
        case_facts.pass_on(tx, person.organisation_id, person.folded_email, _reached(following))
    audit.record(tx, f"organisation:{person.organisation_id}", "contact.left", person.key)
    return person


def _present(tx: Tx, contact_id: int) -> ContactPerson:
    person = tx.locked(ContactPerson, contact_id)
    if person.left_at is not None:
        raise Conflict("contact_left")
    return person


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    email = values.get("email") or ""
    return {
        "name": values["name"],
        "role": values["role"],
        "email": email,
        "folded_email": folded_email(email),
        "phone": values.get("phone") or "",
        "language": values.get("language") or "de",
        "is_first": bool(values.get("is_first")),
    }


def _only_first(tx: Tx, person: ContactPerson) -> None:
    """There is one registered contact: whoever becomes it takes over from the other."""
    if person.is_first:
        for other in contacts(tx.session, person.organisation_id):
            other.is_first = other.id == person.id
        tx.session.flush()


def _reached(person: ContactPerson | None) -> dict[str, Any]:
    """How a case names its contact; of nobody only that there is no way to reach them."""
    if person is None:
        return {"contact_email": "", "contact_phone": ""}
    return {"contact_name": person.name, "contact_email": person.email, "contact_phone": person.phone}


def _revoke(tx: Tx, person: ContactPerson) -> None:
    for purpose in (ACCESS, STATUS):
        links.revoke_of(tx, person.key, purpose)


def relate(tx: Tx, organisation_id: int, other_id: int, kind: str, source: str, as_of: date) -> Relation:
    """Note that one belongs to the other; raises ``Conflict("related_to_itself")``."""
    organisation = tx.locked(Organisation, organisation_id)
    if other_id == organisation_id:
        raise Conflict("related_to_itself")
    row = tx.session.get(Relation, (organisation_id, other_id)) or Relation(
        organisation_id=organisation_id, other_id=other_id
    )
    row.kind, row.source, row.as_of = kind, source, as_of
    tx.session.add(row)
    tx.session.flush()
    details = {"kind": kind, "to": f"organisation:{other_id}"}
    audit.record(tx, organisation.key, "organisation.related", organisation.key, details)
    return row


def part(tx: Tx, organisation_id: int, other_id: int) -> None:
    """It does not belong there any more; nothing happens if it never did."""
    organisation = tx.locked(Organisation, organisation_id)
    row = tx.session.get(Relation, (organisation_id, other_id))
    if row is not None:
        tx.session.delete(row)
        details = {"to": f"organisation:{other_id}"}
        audit.record(tx, organisation.key, "organisation.parted", organisation.key, details)


def relations(session: Session, organisation_id: int) -> list[tuple[Relation, Organisation]]:
    """What it belongs to, with the other organisation."""
    query = select(Relation, Organisation).join(Organisation, Organisation.id == Relation.other_id)
    rows = session.execute(query.where(Relation.organisation_id == organisation_id).order_by(Organisation.name))
    return [(relation, other) for relation, other in rows]


def members(session: Session, organisation_id: int) -> list[tuple[Relation, Organisation]]:
    """What belongs to it, where it is an umbrella organisation or a network itself."""
    query = select(Relation, Organisation).join(Organisation, Organisation.id == Relation.organisation_id)
    rows = session.execute(query.where(Relation.other_id == organisation_id).order_by(Organisation.name))
    return [(relation, other) for relation, other in rows]


def propose(tx: Tx, organisation_id: int, contact_id: int | None, changes: Mapping[str, Any], note: str) -> Proposal:
    """Keep what the association wants corrected; a newer proposal takes the place of one that still waits."""
    organisation = tx.locked(Organisation, organisation_id)
    row = waiting(tx.session, organisation_id)
    if row is None:
        row = Proposal(organisation_id=organisation_id, status="waiting")
        tx.session.add(row)
    row.contact_id, row.changes, row.note, row.created_at = contact_id, dict(changes), note, tx.now
    tx.session.flush()
    audit.record(tx, organisation.key, "organisation.change_proposed", organisation.key, {"fields": sorted(changes)})
    return row


def waiting(session: Session, organisation_id: int) -> Proposal | None:
    """The proposal that waits for the coordination."""
    query = select(Proposal).where(Proposal.organisation_id == organisation_id, Proposal.status == "waiting")
    return session.scalar(query.limit(1))


def decide(tx: Tx, proposal: Proposal, status: str, as_of: str) -> Proposal:
    """Accept or reject what was proposed ``as_of`` (its ``revision``): nobody decides on what they have not read.

    Raises ``Conflict`` ``proposal_decided`` for a second, other word, ``proposal_changed`` if another took its place.
    """
    tx.locked(Organisation, proposal.organisation_id)  # as whoever proposes does
    row = tx.locked(Proposal, proposal.id)
    if row.status != "waiting":
        raise Conflict("proposal_decided")
    if row.revision != as_of:
        raise Conflict("proposal_changed")
    row.status, row.decided_at, row.decided_by = status, tx.now, tx.actor.label
    key = f"organisation:{row.organisation_id}"
    audit.record(tx, key, "organisation.change_decided", key, {"result": status, "fields": sorted(row.changes)})
    return row
