"""The public directory: associations that agreed to be listed, with exactly the attributes they agreed to."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from workflows.actions.association import public_fields
from workflows.core import search
from workflows.core.tx import Tx
from workflows.domain import organisations
from workflows.domain.organisations import Organisation, OrganisationValue


@dataclass(frozen=True, slots=True)
class Filter:
    """Which associations: words of the name, and keys of attributes that are published."""

    words: str = ""
    topic: str = ""
    language: str = ""
    district: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One association as everybody may see it."""

    name: str
    values: Mapping[str, OrganisationValue]


def find(tx: Tx, wanted: Filter) -> list[Listed]:
    """The listed associations by name; what is not published is not searched either."""
    query = select(Organisation).where(Organisation.directory.is_not(None)).order_by(Organisation.folded_name)
    rows = list(tx.session.scalars(query))
    known = organisations.values(tx.session, [row.id for row in rows])
    asked = {"topics": wanted.topic, "languages": wanted.language, "district": wanted.district}
    found = []
    for row in rows:
        agreed = public_fields() & set(row.directory or ())
        values = {name: value for name, value in known[row.id].items() if name in agreed}
        fits = all(_holds(values.get(name), key) for name, key in asked.items() if key)
        if fits and search.holds([row.name, *_texts(values)], wanted.words):
            found.append(Listed(row.name, values))
    return found


def _holds(value: OrganisationValue | None, key: str) -> bool:
    return value is not None and (key in value.value if isinstance(value.value, list) else key == value.value)


def _texts(values: Mapping[str, OrganisationValue]) -> list[str]:
    return [str(values[name].value) for name in ("description", "offers_note") if name in values]
