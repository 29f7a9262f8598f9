"""The list of partner offices: who keeps it, and the address without which nobody can be referred there."""

from collections.abc import Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from workflows import policy
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.domain import codes, offices
from workflows.domain.offices import EDITABLE, Office


def listed(tx: Tx) -> list[Office]:
    """Every office, also those not asked any more, by name."""
    return list(tx.session.scalars(policy.allowed(tx, policy.OFFICE_READ, select(Office)).order_by(Office.name)))


def find(tx: Tx, key: str) -> Office:
    """The office with this key; raises ``NotFound``."""
    query = policy.allowed(tx, policy.OFFICE_READ, select(Office))
    office = tx.session.scalar(query.where(Office.key == key))
    if office is None:
        raise NotFound("not_found", kind="office")
    return office


def edit(tx: Tx, office_id: int, values: Mapping[str, Any]) -> Office:
    """Change an office's own facts; raises ``NotFound``, and ``Invalid`` for what an office does not have."""
    policy.get(tx, policy.OFFICE_EDIT, Office, office_id)
    cleaned, problems = dict(values), {name: (Problem("unknown_field"),) for name in values.keys() - EDITABLE}
    if values.get("email"):
        try:
            cleaned["email"] = validate_email(str(values["email"]), check_deliverability=False).normalized
        except EmailNotValidError:
            problems["email"] = (Problem("not_an_email"),)
    if "name" in values and not str(values["name"]).strip():
        problems["name"] = (Problem("required"),)
    for name, code_list in (("topics", "topic"), ("languages", "language")):
        known = {entry.key for entry in codes.entries(tx.session, code_list)}
        if not set(values.get(name, ())) <= known:
            problems[name] = (Problem("unknown_option"),)
    if problems:
        raise Invalid(problems)
    return offices.edit(tx, office_id, **cleaned)
