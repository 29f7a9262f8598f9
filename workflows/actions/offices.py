"""The list of partner offices: who keeps it, and the address without which nobody can be referred there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anyascii import anyascii
from sqlalchemy import select

from workflows import policy
from workflows.actions import house_forms
from workflows.core.errors import NotFound
from workflows.core.tx import Tx
from workflows.domain import offices, reliability
from workflows.domain.offices import EDITABLE, Office
from workflows.domain.reliability import Reliability
from workflows.forms import Field

FORM = "office"

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which offices: words of name or contact, a topic, a language spoken there, a capacity.

    ``capacity`` may be ``retired``: those that nobody is referred to any more, which are left out otherwise.
    """

    words: str = ""
    topic: str = ""
    language: str = ""
    capacity: str = ""


def listed(tx: Tx, wanted: Filter | None = None) -> list[Office]:
    """Every office the actor may see, by name; without a filter also those not asked any more."""
    query = policy.allowed(tx, policy.OFFICE_READ, select(Office)).order_by(Office.name)
    found = list(tx.session.scalars(query))
    return found if wanted is None else [office for office in found if _fits(office, wanted)]


def _fits(office: Office, wanted: Filter) -> bool:
    """A few dozen rows: comparing here keeps the lists inside them out of SQL."""
    people = " ".join(str(value) for person in office.contacts for value in person.values() if value)
    text = _plain(f"{office.name} {office.email} {people}")
    return (
        all(word in text for word in _plain(wanted.words).split())
        and (not wanted.topic or wanted.topic in office.topics)
        and (not wanted.language or wanted.language in office.languages)
        and office.is_active == (wanted.capacity != "retired")
        and wanted.capacity in {"", "retired", office.capacity}
    )


def _plain(text: str) -> str:
    return anyascii(text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")).lower()


def find(tx: Tx, key: str) -> Office:
    """The office with this key; raises ``NotFound``."""
    query = policy.allowed(tx, policy.OFFICE_READ, select(Office))
    office = tx.session.scalar(query.where(Office.key == key))
    if office is None:
        raise NotFound("not_found", kind="office")
    return office


def read(tx: Tx, office_id: int) -> tuple[Office, Reliability | None]:
    """One office and how reliably it answers; raises ``NotFound``."""
    office = policy.get(tx, policy.OFFICE_READ, Office, office_id)
    return office, reliability.of_office(tx, office.id)


def figures(tx: Tx, found: Sequence[Office]) -> Mapping[int, Reliability]:
    """How reliably these offices answer, by id; those with too few referrals are not in it."""
    return reliability.of_offices(tx, [office.id for office in found])


def form(tx: Tx, language: str, office_id: int | None, values: Values | None = None) -> list[Field]:
    """The form of an office, or of a new one, filled with ``values`` or what is known; raises ``NotFound``."""
    if values is None:
        values = _current(policy.get(tx, policy.OFFICE_EDIT, Office, office_id)) if office_id else NEW
    return house_forms.drawn(tx, FORM, values, language)


NEW: Values = {"is_active": True, "language": "de", "languages": ["de"], "capacity": "unknown"}


def add(tx: Tx, values: Values) -> Office:
    """Take an office into the list; raises ``NotAllowed`` and ``Invalid``."""
    policy.require(tx, policy.OFFICE_EDIT)
    cleaned = _filled(house_forms.checked(tx, FORM, values))
    return offices.add(tx, Office(key=_free_key(tx, cleaned["name"]), checked_on=tx.now.date(), **cleaned))


def edit(tx: Tx, office_id: int, values: Values) -> Office:
    """Change an office's own facts; raises ``NotFound``, and ``Invalid`` for what an office does not have."""
    office = policy.get(tx, policy.OFFICE_EDIT, Office, office_id)
    return offices.edit(tx, office_id, **_filled(house_forms.checked(tx, FORM, {**_current(office), **values})))


def _current(office: Office) -> dict[str, Any]:
    return {name: getattr(office, name) for name in EDITABLE}


def _filled(cleaned: Values) -> dict[str, Any]:
    """What an empty field means for an office: text without letters, and a capacity nobody knows."""
    filled = {name: "" if value is None else value for name, value in cleaned.items()}
    return {**filled, "capacity": filled["capacity"] or "unknown"}


def _free_key(tx: Tx, name: str) -> str:
    stem = re.sub(r"[^a-z0-9]+", "_", _plain(name)).strip("_")[:50] or "office"
    taken = set(tx.session.scalars(select(Office.key).where(Office.key.startswith(stem, autoescape=True))))
    return next(key for number in range(1, len(taken) + 2) if (key := _numbered(stem, number)) not in taken)


def _numbered(stem: str, number: int) -> str:
    return stem if number == 1 else f"{stem}_{number}"
