"""The register in numbers for the statistics office: no association can be told from them.

Counted are only coded attributes that the form marks with ``export``, per district and legal form. What fewer than
``LEAST`` associations share is merged, and if the merged ones are still fewer, the smallest of the others with them:
no number below it can be had by subtraction either (primary and secondary suppression).
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select

from workflows import policy
from workflows.actions import house_forms
from workflows.actions.register import FORM
from workflows.core.tx import Tx
from workflows.domain import organisations
from workflows.domain.organisations import Organisation
from workflows.forms import Field

LEAST = 5
REST = "_rest"
"""The merged ones; an empty key are those of whom it is not known."""

GROUPED = ("district", "legal_form")

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Line:
    """How many associations of a district and legal form share a value; attribute None counts them all."""

    district: str
    legal_form: str
    attribute: str | None
    value: str
    count: int


def exported() -> list[Field]:
    """The attributes that may be counted."""
    fields = house_forms.form(FORM).walk()
    return [field for field in fields if field.properties.get("export") == "yes" and field.code_list]


def counted(tx: Tx) -> list[Line]:
    """Every number that may be given away."""
    query = policy.allowed(tx, policy.ORGANISATION_READ, select(Organisation.id))
    known = organisations.values(tx.session, list(tx.session.scalars(query)))
    told = {number: {name: row.value for name, row in values.items()} for number, values in known.items()}
    groups: dict[tuple[str, str], set[int]] = {}
    for number, values in told.items():
        groups.setdefault((values.get("district", ""), values.get("legal_form", "")), set()).add(number)
    lines = []
    for (district, legal_form), members in sorted(merged(groups, (REST, REST)).items()):
        lines.append(Line(district, legal_form, None, "", len(members)))
        for field in exported():
            if field.key in GROUPED:
                continue
            shares = merged(_shares(told, members, field.key), REST)
            lines += [Line(district, legal_form, field.key, key, len(ids)) for key, ids in sorted(shares.items())]
    return lines


def merged(shares: Mapping[Key, set[int]], rest: Key) -> dict[Key, set[int]]:
    """The shares of at least ``LEAST``, all others as one; nothing where even together they are fewer."""
    kept = {key: ids for key, ids in shares.items() if len(ids) >= LEAST}
    others = set().union(*(ids for ids in shares.values() if len(ids) < LEAST))
    for key in sorted(kept, key=lambda key: len(kept[key])):
        if not others or len(others) >= LEAST:
            break
        others |= kept.pop(key)
    return {**kept, rest: others} if len(others) >= LEAST else kept


def _shares(told: Mapping[int, Mapping[str, Any]], members: set[int], name: str) -> dict[str, set[int]]:
    shares: dict[str, set[int]] = {}
    for number in members:
        value = told[number].get(name) or ""
        for key in value if isinstance(value, list) else [value]:
            shares.setdefault(key, set()).add(number)
    return shares
