"""The facts of a case that people correct: who asked, how to reach them, what it is about; and which cases are one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.core import audit, links
from workflows.core.errors import Conflict
from workflows.core.tx import Tx
from workflows.domain import cases, organisations
from workflows.domain.cases import Case

EDITABLE = (
    "organisation_name",
    "contact_name",
    "contact_email",
    "contact_phone",
    "language",
    "kind",
    "topics",
    "urgency",
    "office_task",
)


PERSONAL = frozenset({"organisation_name", "contact_name", "contact_email", "contact_phone"})
"""Of these the audit keeps only that they changed: who reads it does not read cases."""


def edit(tx: Tx, case_id: int, values: Mapping[str, Any]) -> Case:
    """Change facts of ``EDITABLE``; the audit keeps what each was and is, of ``PERSONAL`` only the name.

    Nothing new leaves no trace.

    A case whose association is renamed belongs to the one of that name in the register, if there is one.
    """
    case = tx.locked(Case, case_id)
    if unknown := sorted(values.keys() - set(EDITABLE)):
        raise ValueError(f"not editable: {unknown}")
    changes = [
        {"field": name, "before": getattr(case, name), "after": values[name]}
        for name in EDITABLE
        if name in values and getattr(case, name) != values[name]
    ]
    if not changes:
        return case
    for change in changes:
        setattr(case, change["field"], change["after"])
    if any(change["field"] == "organisation_name" for change in changes):
        known = organisations.find_by_name(tx.session, case.organisation_name)
        case.organisation_id = known.id if known else None
    cases.index(tx, case)
    told = [{"field": change["field"]} if change["field"] in PERSONAL else change for change in changes]
    audit.record(tx, case.stream, "case.edited", case.stream, {"changes": told})
    return case


def pass_on(tx: Tx, organisation_id: int, address: str, values: Mapping[str, Any]) -> None:
    """What was asked from ``address`` in an association's name passes to another contact of it, with ``values``.

    The status links that were mailed there end now; those people opened from the entry of their association do not.
    """
    asked = select(Case.id).where(Case.organisation_id == organisation_id, func.lower(Case.contact_email) == address)
    for case_id in tx.session.scalars(asked.order_by(Case.id)).all():
        case = edit(tx, case_id, values)
        links.revoke_of(tx, case.stream, "case_status")


def link(tx: Tx, case_id: int, other_id: int) -> Case:
    """Say that a case is a duplicate of another one, the one that goes on; both streams keep it.

    Raises ``Conflict("linked_to_itself")``, also for a circle: the other one may not be a duplicate itself.
    """
    case, other = tx.locked(Case, case_id), tx.locked(Case, other_id)
    if case.duplicate_of_id == other.id:
        return case
    if other.id == case.id or other.duplicate_of_id is not None or duplicates(tx.session, case.id):
        raise Conflict("linked_to_itself", reference=other.reference)
    case.duplicate_of_id = other.id
    audit.record(tx, case.stream, "case.linked", case.stream, {"reference": other.reference})
    audit.record(tx, other.stream, "case.linked", other.stream, {"reference": case.reference})
    return case


def unlink(tx: Tx, case_id: int) -> Case:
    """A case is no duplicate after all; once is enough."""
    case = tx.locked(Case, case_id)
    if case.duplicate_of_id is None:
        return case
    other = tx.session.get_one(Case, case.duplicate_of_id)
    case.duplicate_of_id = None
    audit.record(tx, case.stream, "case.unlinked", case.stream, {"reference": other.reference})
    audit.record(tx, other.stream, "case.unlinked", other.stream, {"reference": case.reference})
    return case


def duplicates(session: Session, case_id: int) -> list[Case]:
    """The cases that are duplicates of this one."""
    return list(session.scalars(select(Case).where(Case.duplicate_of_id == case_id).order_by(Case.id)))
