"""The coordination corrects what a case says, and links cases that are one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from workflows import policy
from workflows.core.errors import Invalid, Problem
from workflows.core.tx import Tx
from workflows.domain import case_facts, cases, codes
from workflows.domain.cases import Case

LONGEST: Mapping[str, int] = {
    "organisation_name": 200,
    "contact_name": 200,
    "contact_email": 254,
    "contact_phone": 60,
}
# Facts that are keys of a code list; those that may also be empty.
CODED: Mapping[str, str] = {
    "language": "language",
    "kind": "kind",
    "topics": "topic",
    "urgency": "urgency",
    "office_task": "office_task",
}
MAY_BE_EMPTY = frozenset({"urgency", "office_task", "topics"})


@dataclass(frozen=True, slots=True)
class Links:
    """How a case is linked: what it duplicates, what duplicates it, and which open cases look alike."""

    duplicate_of: Case | None
    duplicates: list[Case]
    similar: list[str]


def read(tx: Tx, case_id: int) -> Case:
    """The case whose facts are to be corrected; raises ``NotFound``."""
    return policy.get(tx, policy.CASE_WORK, Case, case_id)


def edit(tx: Tx, case_id: int, typed: Mapping[str, Any]) -> Case:
    """Keep the corrected facts; raises ``NotFound``, and ``Invalid`` by field."""
    case = read(tx, case_id)
    sent = {name: value.strip() if isinstance(value, str) else value for name, value in typed.items()}
    problems = {name: problem for name, value in sent.items() if (problem := _problem(tx, name, value))}
    if not any(sent.get(name, getattr(case, name)) for name in ("organisation_name", "contact_name")):
        problems["contact_name"] = Problem("required")
    if problems:
        raise Invalid({name: (problem,) for name, problem in problems.items()})
    values = {name: None if name in {"urgency", "office_task"} and not value else value for name, value in sent.items()}
    return case_facts.edit(tx, case_id, values)


def _problem(tx: Tx, name: str, value: Any) -> Problem | None:
    if name in CODED:
        known = {entry.key for entry in codes.entries(tx.session, CODED[name])}
        given = set(value) if isinstance(value, list) else {value} - {""}
        if not given and name not in MAY_BE_EMPTY:
            return Problem("required")
        return None if given <= known else Problem("not_an_option")
    if name not in LONGEST:
        return Problem("unknown_field")
    if len(value) > LONGEST[name]:
        return Problem("too_long", {"max": LONGEST[name]})
    if name == "contact_email" and value:
        try:
            validate_email(value, check_deliverability=False)
        except EmailNotValidError:
            return Problem("not_an_email")
    return None


def links(tx: Tx, case: Case) -> Links:
    """How the case is linked."""
    other = tx.session.get(Case, case.duplicate_of_id) if case.duplicate_of_id is not None else None
    return Links(other, case_facts.duplicates(tx.session, case.id), cases.similar(tx.session, case))


def link(tx: Tx, case_id: int, reference: str) -> Case:
    """Say that the case duplicates the one with that reference.

    Raises ``NotFound``, ``Invalid`` for a reference that no case has, ``Conflict("linked_to_itself")``.
    """
    read(tx, case_id)
    query = policy.allowed(tx, policy.CASE_WORK, select(Case)).where(Case.reference == reference.strip())
    other = tx.session.scalar(query)
    if other is None:
        raise Invalid({"reference": (Problem("reference_unknown"),)})
    return case_facts.link(tx, case_id, other.id)


def unlink(tx: Tx, case_id: int) -> Case:
    """The case is no duplicate after all; raises ``NotFound``."""
    read(tx, case_id)
    return case_facts.unlink(tx, case_id)
