"""Taking a list of associations into the register: what each row would do, and doing it for the rows somebody ticked.

A row changes only what it names. What the association itself said within the last year stays, and so does the spelling
of a name: a list is rarely newer. Whatever was taken in before changes nothing a second time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from workflows import forms, policy
from workflows.actions import house_forms, register_people, register_table
from workflows.actions.register import FORM
from workflows.actions.register_people import Person
from workflows.actions.register_table import Row
from workflows.core import files
from workflows.core.errors import Conflict, NotFound, Problem
from workflows.core.files import File
from workflows.core.tx import Tx
from workflows.domain import codes, organisations
from workflows.domain.organisations import CORE, STALE_AFTER, Match, Organisation, OrganisationValue, Origin
from workflows.forms import Option
from workflows.operators import FUNCTIONS

WRITTEN = ("new", "update", "duplicate")
"""What a row may be so that somebody can tick it; ``unchanged`` and ``error`` write nothing."""

Options = Mapping[str, Sequence[Option]]


@dataclass(frozen=True, slots=True)
class Planned:
    """What a row would do: the entry it changes, those it may mean, what it writes, what stays, and what is wrong.

    ``before`` holds what stands now where it would write something else; ``people`` are the contact persons it names.
    """

    number: int
    name: str
    state: str
    known: Organisation | None = None
    near: Sequence[Match] = ()
    values: Mapping[str, Any] | None = None
    kept: Sequence[str] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    people: Sequence[Person] = ()
    problems: Sequence[tuple[str, Problem]] = ()


def upload(tx: Tx, content: bytes) -> str:
    """Keep a list until it is confirmed, a week at most: the key of its preview. Raises ``Invalid``."""
    policy.require(tx, policy.ORGANISATION_EDIT)
    text = register_table.decoded(content)
    register_table.rows(text)
    return files.store(tx, "list.csv", text.encode(), _place(tx)).key


def preview(tx: Tx, key: str) -> list[Planned]:
    """What every row of one's own list would do now; raises ``NotFound``."""
    policy.require(tx, policy.ORGANISATION_EDIT)
    return _planned(tx, _find(tx, key))


def take(tx: Tx, key: str, ticked: Mapping[int, str]) -> tuple[int, int]:
    """Write the ticked rows, each as the state it was shown in: how many entries were added and how many changed.

    Raises ``NotFound``, and ``Conflict("list_moved")`` if a row would now do something else than was shown.
    """
    policy.require(tx, policy.ORGANISATION_EDIT)
    file = tx.locked(File, _find(tx, key).id)
    plan = [row for row in _planned(tx, file) if row.number in ticked and row.state != "unchanged"]
    if any(row.state != ticked[row.number] or row.state not in WRITTEN for row in plan):
        raise Conflict("list_moved")
    origin = Origin(organisations.IMPORTED, organisations.today(tx))
    for row in plan:
        if row.known is None:
            entry = organisations.add(tx, row.name, origin, row.values)
        else:
            entry = row.known
            organisations.change(tx, entry.id, row.values or {}, origin)
        register_people.enter(tx, entry.id, row.people)
    added = sum(row.known is None for row in plan)
    return added, len(plan) - added


def _place(tx: Tx) -> str:
    return f"form:register-import:{tx.actor.user_id}"


def _find(tx: Tx, key: str) -> File:
    file = tx.session.scalar(select(File).where(File.key == key, File.about == _place(tx)))
    if file is None:
        raise NotFound("not_found", kind="file")
    return file


def _planned(tx: Tx, file: File) -> list[Planned]:
    rows = register_table.rows(files.read(tx.session, file.id).decode())
    people_fields = [column.field for column in register_table.people_columns().values()]
    lists = {field.code_list for field in (*register_table.columns().values(), *people_fields) if field.code_list}
    options = {name: codes.options(tx.session, name, "de") for name in lists}
    entries = _entries(tx, {organisations.folded(row.cells.get("name", "")) for row in rows})
    ids = [found[0].id for found in entries.values()]
    known, present = organisations.values(tx.session, ids), register_people.known(tx, ids)
    plan, seen = [], set[str]()
    for row in rows:
        name = organisations.folded(row.cells.get("name", ""))
        values, problems = _checked(tx, row, options)
        found = entries.get(name, [])
        people, wrong = register_people.planned(tx, row, options, present.get(found[0].id, ()) if found else ())
        problems += wrong
        if name and name in seen:
            problems.append(("name", Problem("list_twice")))
        if len(found) > 1:
            problems.append(("name", Problem("list_ambiguous")))
        seen.add(name)
        if problems:
            plan.append(Planned(row.number, row.cells.get("name", ""), "error", problems=problems))
        elif found:
            plan.append(_update(tx, row, found[0], known[found[0].id], values, people))
        else:
            near = organisations.matches(
                tx.session, row.cells["name"], str(values.get("street", "")), str(values.get("postal_code", ""))
            )
            state = "duplicate" if near else "new"
            plan.append(Planned(row.number, row.cells["name"], state, near=near, values=values, people=people))
    return plan


def _entries(tx: Tx, names: set[str]) -> dict[str, list[Organisation]]:
    """The entries by folded name, oldest first, a few hundred names at a time."""
    found: dict[str, list[Organisation]] = {}
    wanted = sorted(names - {""})
    for start in range(0, len(wanted), 500):
        query = select(Organisation).where(Organisation.folded_name.in_(wanted[start : start + 500]))
        for row in tx.session.scalars(query.order_by(Organisation.id)):
            found.setdefault(row.folded_name, []).append(row)
    return found


def _checked(tx: Tx, row: Row, options: Options) -> tuple[dict[str, Any], list[tuple[str, Problem]]]:
    columns = register_table.columns()
    raw = {key: register_table.coded(columns[key], cell, options) for key, cell in row.entry().items()}
    cleaned = forms.clean(house_forms.form(FORM), raw, {}, now=tx.now, codes=options, functions=FUNCTIONS)
    problems = [(path.partition("[")[0], problem) for path, found in cleaned.problems.items() for problem in found]
    if row.has_surplus:
        problems.append(("", Problem("list_surplus")))
    elif row.cells.get("name") and not organisations.folded(row.cells["name"]):
        problems.append(("name", Problem("required")))
    return {key: cleaned.values[key] for key in raw if key in cleaned.values}, problems


def _update(
    tx: Tx,
    row: Row,
    entry: Organisation,
    known: Mapping[str, OrganisationValue],
    values: Mapping[str, Any],
    people: Sequence[Person],
) -> Planned:
    current = {**{name: getattr(entry, name) for name in CORE}, **{name: told.value for name, told in known.items()}}
    differing = {key: value for key, value in values.items() if key != "name" and current.get(key) != value}
    kept = [key for key in differing if _stays(tx, entry, key, known.get(key))]
    new = {key: value for key, value in differing.items() if key not in kept}
    before = {key: current[key] for key in new if current.get(key) not in (None, "", [])}
    state = "update" if new or any(person.state == "new" for person in people) else "unchanged"
    return Planned(row.number, row.cells["name"], state, entry, values=new, kept=kept, before=before, people=people)


def _stays(tx: Tx, entry: Organisation, key: str, told: OrganisationValue | None) -> bool:
    """Whether the association's own word is newer than a list can be: told, or confirmed, within a year."""
    if key in CORE:
        return bool(getattr(entry, key)) and entry.confirmed_at is not None and not entry.is_stale(tx.now)
    return (
        told is not None
        and told.source == organisations.OWN_WORD
        and told.as_of > organisations.today(tx) - STALE_AFTER
    )
