"""The contact persons in a list of associations: who would be entered, and who stays as they are.

A list never changes somebody who is entered already: another address would open the entry to somebody else. Nor does it
bring back who has left: a list is rarely newer than that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from workflows import forms
from workflows.actions import house_forms, register_table
from workflows.actions.register import CONTACT_FORM
from workflows.actions.register_table import Row
from workflows.core import similarity
from workflows.core.errors import Problem
from workflows.core.tx import Tx
from workflows.domain import organisation_people
from workflows.domain.organisation_people import ContactPerson
from workflows.forms import Option
from workflows.operators import FUNCTIONS

NO_ROLE = "other"
"""What somebody does in the association where the list does not say."""

Options = Mapping[str, Sequence[Option]]
Known = Mapping[int, Sequence[ContactPerson]]


@dataclass(frozen=True, slots=True)
class Person:
    """One person of a row; ``state`` is new, known or left, and only who is new is entered."""

    state: str
    values: Mapping[str, Any]


def known(tx: Tx, organisation_ids: Sequence[int]) -> Known:
    """Everybody who speaks or spoke for these associations, a few hundred associations at a time."""
    found: dict[int, list[ContactPerson]] = {}
    for start in range(0, len(organisation_ids), 500):
        some = organisation_ids[start : start + 500]
        query = select(ContactPerson).where(ContactPerson.organisation_id.in_(some)).order_by(ContactPerson.id)
        for person in tx.session.scalars(query):
            found.setdefault(person.organisation_id, []).append(person)
    return found


def planned(
    tx: Tx, row: Row, options: Options, present: Sequence[ContactPerson]
) -> tuple[list[Person], list[tuple[str, Problem]]]:
    """The persons of a row beside those of its association, each once, and what is wrong by column."""
    people: list[Person] = []
    problems: list[tuple[str, Problem]] = []
    for number, cells in row.people().items():
        values, wrong = _checked(tx, cells, options)
        problems += [(register_table.person_key(number, name), problem) for name, problem in wrong]
        if not wrong and not any(_is_same(values, other.values) for other in people):
            people.append(Person(_state(values, present), values))
    return people, problems


def enter(tx: Tx, organisation_id: int, people: Sequence[Person]) -> None:
    """Write those who are new."""
    for person in people:
        if person.state == "new":
            organisation_people.add(tx, organisation_id, person.values)


def _checked(tx: Tx, cells: Mapping[str, str], options: Options) -> tuple[dict[str, Any], list[tuple[str, Problem]]]:
    columns = {column.name: column.field for column in register_table.people_columns().values()}
    raw = {
        "role": NO_ROLE,
        **{name: register_table.coded(columns[name], cell, options) for name, cell in cells.items()},
    }
    form = house_forms.form(CONTACT_FORM)
    cleaned = forms.clean(form, raw, {}, now=tx.now, codes=options, functions=FUNCTIONS)
    return cleaned.values, [(path, problem) for path, found in cleaned.problems.items() for problem in found]


def _state(values: Mapping[str, Any], present: Sequence[ContactPerson]) -> str:
    same = [person for person in present if _is_same(values, {"name": person.name, "email": person.email})]
    if any(person.left_at is None for person in same):
        return "known"
    return "left" if same else "new"


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """The same address, or the same name where not both have one."""
    first, second = (organisation_people.folded_email(each.get("email") or "") for each in (one, other))
    if first and second:
        return first == second
    return similarity.folded(str(one["name"])) == similarity.folded(str(other["name"]))
