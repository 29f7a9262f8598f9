"""The register of associations: what each says about itself, every value with date and source.

What is known lies in one table of values; which attributes there are, their seven groups and words, says the form
``organisation`` of the house. Nothing is inferred from names. Name, address and language have columns of their own, for
they are matched and written to.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql import ColumnElement

from workflows.core import audit, search, similarity
from workflows.core.clock import BERLIN
from workflows.core.db import Base, TypedJson
from workflows.core.tx import Tx

KINDS = ("association", "umbrella", "network")
CORE = ("name", "kind", "street", "postal_code", "city", "language")
"""What has a column of its own."""

OWN_WORD, IMPORTED = "self", "import"
"""Keys of the code list ``value_source``: what an association says itself, and what came in a list."""

NEVER_EMPTY = frozenset({"name", "kind", "language"})

STALE_AFTER = timedelta(days=365)
"""How long an entry counts as current without anybody having looked at it."""

LONGEST_FOLDED = 200
"""What the folded columns hold: Latin letters may be several times as many as those of another script."""

LEGAL_FORMS = frozenset({"ev", "e", "v", "verein", "gemeinnutsig", "gemeinnutsiger", "initiative", "eingetragener"})


class Organisation(Base):
    """A known association, umbrella organisation or network; ``folded_name`` is what names are compared by.

    ``confirmed_at`` is when somebody last said that the entry is right, ``asked_at`` when it was last asked.
    ``advisor_id`` and ``deputy_id`` are its contact persons at the office. ``directory`` lists the attributes it agreed
    to have published; None while it has not agreed to be listed at all.
    """

    __tablename__ = "organisation"
    __table_args__ = (CheckConstraint(f"kind IN {KINDS}", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    folded_name: Mapped[str] = mapped_column(String(LONGEST_FOLDED), index=True)
    kind: Mapped[str] = mapped_column(String(12), default="association")
    street: Mapped[str] = mapped_column(String(200), default="")
    postal_code: Mapped[str] = mapped_column(String(10), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    folded_address: Mapped[str] = mapped_column(String(LONGEST_FOLDED), default="", index=True)
    language: Mapped[str] = mapped_column(String(12), default="de")
    advisor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    directory: Mapped[list[str] | None] = mapped_column(TypedJson)
    directory_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]

    @property
    def key(self) -> str:
        """Its audit stream, and what links and mails are about."""
        return f"organisation:{self.id}"

    def is_stale(self, now: datetime) -> bool:
        """Whether nobody has said for a year that the entry is right."""
        return now - (self.confirmed_at or self.created_at) >= STALE_AFTER


class OrganisationValue(Base):
    """What is known of one attribute: the value, who says so (code list ``value_source``) and as of when."""

    __tablename__ = "organisation_value"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True)
    attribute: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(TypedJson)
    source: Mapped[str] = mapped_column(String(20))
    as_of: Mapped[date]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where values come from: a key of ``value_source`` and the day they are of."""

    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that may be meant: how sure from 0 to 1, and why (``same_name``, ``similar_name``, ``same_address``)."""

    organisation: Organisation
    score: float
    reasons: tuple[str, ...]


def folded(name: str) -> str:
    """A name without case, punctuation, spelling habits and legal form: "Brücke e.V." meets "BRUECKE"."""
    words = similarity.folded(name).split()
    return " ".join([word for word in words if word not in LEGAL_FORMS] or words)[:LONGEST_FOLDED]


def folded_address(street: str, postal_code: str) -> str:
    """Street and house number with the postal code, as addresses are compared; empty without a number."""
    plain = re.sub(r"str(a(ss|ß)e)?\b\.?", "str", street.casefold())
    words = similarity.folded(re.sub(r"(\d)\s+([a-z])\b", r"\1\2", plain))
    if not re.search(r"\d", words):
        return ""
    return f"{words.replace(' ', '')} {postal_code.strip()}".strip()[:LONGEST_FOLDED]


def stale(now: datetime) -> ColumnElement[bool]:
    """``Organisation.is_stale`` for a query."""
    return func.coalesce(Organisation.confirmed_at, Organisation.created_at) <= now - STALE_AFTER


def find_by_name(session: Session, name: str) -> Organisation | None:
    """The known association of that name."""
    key = folded(name)
    return session.scalar(select(Organisation).where(Organisation.folded_name == key).limit(1)) if key else None


def matches(
    session: Session, name: str, street: str = "", postal_code: str = "", *, least: float = 0.5, limit: int = 5
) -> list[Match]:
    """The entries that may be meant by a name, a part of one, or an address; the likeliest first.

    ``least`` bounds how unsure a match by name may be. Reads a few rows however long the register is.
    """
    key, address = folded(name), folded_address(street, postal_code)
    ids = similarity.candidates(session, "organisation", key)
    wanted: list[ColumnElement[bool]] = [Organisation.id.in_(ids)]
    if address:
        wanted.append(Organisation.folded_address == address)
    grams = similarity.grams(key)
    found = []
    for row in session.scalars(select(Organisation).where(or_(*wanted))):
        score, reasons = _named(grams, key, row), []
        if score >= least:
            reasons.append("same_name" if row.folded_name == key else "similar_name")
        if address and row.folded_address == address:
            reasons.append("same_address")
        if reasons:
            found.append(Match(row, max(score, 0.6 if "same_address" in reasons else 0.0), tuple(reasons)))
    return sorted(found, key=lambda match: (-len(match.reasons), -match.score, match.organisation.id))[:limit]


def _named(grams: frozenset[str], key: str, row: Organisation) -> float:
    """How like the names are; a name typed in part counts nearly as much as one written differently."""
    if row.folded_name == key:
        return 1.0
    other = similarity.grams(row.folded_name)
    part = len(grams & other) / len(grams) if len(grams) >= 4 else 0.0  # two letters are no part
    return max(similarity.likeness(grams, other), 0.75 * part)


def add(tx: Tx, name: str, origin: Origin | None = None, values: Mapping[str, Any] | None = None) -> Organisation:
    """Take an association into the register, with ``values`` by field as ``origin`` tells them."""
    organisation = Organisation(name=name.strip(), folded_name=folded(name), created_at=tx.now)
    tx.session.add(organisation)
    tx.session.flush()
    audit.record(tx, organisation.key, "organisation.added", organisation.key)
    if origin is None or not change(tx, organisation.id, values or {}, origin):
        _index(tx, organisation, {})  # nothing but the name is known, and it is found by that
    return organisation


def remember(tx: Tx, name: str) -> Organisation | None:
    """The association of that name, taken into the register if a person has now seen it for the first time."""
    known = find_by_name(tx.session, name)
    return known if known is not None or not folded(name) else add(tx, name)


def values(session: Session, organisation_ids: Sequence[int]) -> dict[int, dict[str, OrganisationValue]]:
    """The known values by organisation and attribute."""
    found: dict[int, dict[str, OrganisationValue]] = {number: {} for number in organisation_ids}
    query = select(OrganisationValue).where(OrganisationValue.organisation_id.in_(organisation_ids))
    for row in session.scalars(query):
        found[row.organisation_id][row.attribute] = row
    return found


def current(session: Session, organisation: Organisation) -> dict[str, Any]:
    """Everything known by field, as a form is filled with it."""
    known = values(session, [organisation.id])[organisation.id]
    return {
        **{name: getattr(organisation, name) for name in CORE},
        **{name: row.value for name, row in known.items()},
    }


def change(tx: Tx, organisation_id: int, new: Mapping[str, Any], origin: Origin) -> list[str]:
    """Write what differs, each value with its origin; an empty one is forgotten. Gives the fields that changed.

    The audit tells which fields changed, by whom and whence; what stood there before is personal and is not kept.
    """
    organisation = tx.locked(Organisation, organisation_id)
    known = values(tx.session, [organisation.id])[organisation.id]
    changed = []
    for field, value in new.items():
        wanted = _empty_as_nothing(value)
        if field in CORE:
            wanted = wanted or ""
            if getattr(organisation, field) == wanted or (field in NEVER_EMPTY and not wanted):
                continue
            setattr(organisation, field, wanted)
        elif (known[field].value if field in known else None) == wanted:
            continue
        elif wanted is None:
            tx.session.delete(known.pop(field))
        else:
            known[field] = _keep(tx, organisation, known.get(field), field, wanted, origin)
        changed.append(field)
    if changed:
        organisation.folded_name = folded(organisation.name)
        organisation.folded_address = folded_address(organisation.street, organisation.postal_code)
        _index(tx, organisation, known)
        details = {"fields": sorted(changed), "source": origin.source, "on": origin.as_of}
        audit.record(tx, organisation.key, "organisation.edited", organisation.key, details)
    return changed


def _keep(
    tx: Tx, organisation: Organisation, row: OrganisationValue | None, field: str, value: Any, origin: Origin
) -> OrganisationValue:
    row = row or OrganisationValue(organisation_id=organisation.id, attribute=field)
    row.value, row.source, row.as_of = value, origin.source, origin.as_of
    tx.session.add(row)
    return row


def _empty_as_nothing(value: Any) -> Any:
    return None if value in ("", [], None) or value is False else value


# What people search for; self-descriptions of origin and belief are none of it.
SEARCHED = ("description", "district", "website")


def _index(tx: Tx, organisation: Organisation, known: Mapping[str, OrganisationValue]) -> None:
    tx.session.flush()
    words = [organisation.name, organisation.street, organisation.postal_code, organisation.city]
    search.index(
        tx, "organisation", organisation.id, [*words, *(str(known[name].value) for name in SEARCHED if name in known)]
    )
    similarity.index(tx, "organisation", organisation.id, [organisation.folded_name])


def confirm(tx: Tx, organisation_id: int, source: str) -> Organisation:
    """Somebody looked at the whole entry and says that it is right."""
    organisation = tx.locked(Organisation, organisation_id)
    organisation.confirmed_at = tx.now
    audit.record(tx, organisation.key, "organisation.confirmed", organisation.key, {"source": source})
    return organisation


def look_after(tx: Tx, organisation_id: int, advisor_id: int | None, deputy_id: int | None) -> Organisation:
    """Name its contact person and deputy at the office."""
    organisation = tx.locked(Organisation, organisation_id)
    organisation.advisor_id, organisation.deputy_id = advisor_id, deputy_id
    details = {"advisor": advisor_id, "deputy": deputy_id}
    audit.record(tx, organisation.key, "organisation.advisor_set", organisation.key, details)
    return organisation


def publish(tx: Tx, organisation_id: int, fields: Sequence[str] | None, source: str) -> Organisation:
    """Keep which attributes it agrees to have published; None takes it out of the directory at once."""
    organisation = tx.locked(Organisation, organisation_id)
    organisation.directory = None if fields is None else sorted(fields)
    organisation.directory_at = tx.now
    event = "organisation.directory_left" if fields is None else "organisation.directory_agreed"
    audit.record(tx, organisation.key, event, organisation.key, {"fields": sorted(fields or ()), "source": source})
    return organisation


def today(tx: Tx) -> date:
    """The date in Berlin: the day a value is of that is told now."""
    return tx.now.astimezone(BERLIN).date()
