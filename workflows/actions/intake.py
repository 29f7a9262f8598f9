"""Who is on the telephone: entries of the register that may be meant, and enquiries of theirs that are open already."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from workflows import policy
from workflows.core.tx import Tx
from workflows.domain import cases, organisation_people, organisations
from workflows.domain.cases import Case
from workflows.domain.organisations import Organisation

MOST = 5
_POSTAL_CODE = re.compile(r"\b\d{5}\b")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry that may be meant, why (``same_name``, ``same_email`` and the like), and its open cases."""

    organisation: Organisation
    reasons: tuple[str, ...]
    open_cases: Sequence[Case]


def suggestions(tx: Tx, name: str, address: str = "", email: str = "") -> list[Suggestion]:
    """The entries that may be meant by what was typed so far, the likeliest first."""
    policy.require(tx, policy.CASE_WORK)
    code = _POSTAL_CODE.search(address)
    street = address[: code.start()] if code else address
    found = organisations.matches(tx.session, name[:200], street[:200].strip(" ,"), code[0] if code else "", limit=MOST)
    reasons = {match.organisation.id: (match.organisation, match.reasons) for match in found}
    for person in organisation_people.with_address(tx.session, email) if email.strip() else ():
        organisation = tx.session.get_one(Organisation, person.organisation_id)
        known = reasons.get(organisation.id, (organisation, ()))[1]
        reasons.pop(organisation.id, None)
        reasons = {organisation.id: (organisation, (*known, "same_email")), **reasons}
    waiting = _open_cases(tx, list(reasons))
    return [Suggestion(entry, why, waiting.get(entry.id, ())) for entry, why in list(reasons.values())[:MOST]]


def of_case(tx: Tx, case: Case) -> list[Suggestion]:
    """The entries that a case may belong to, until somebody has said which."""
    if case.organisation_id is not None or not policy.may(tx.actor, policy.CASE_WORK):
        return []
    return suggestions(tx, case.organisation_name, email=case.contact_email)


def open_of_same_name(tx: Tx, name: str) -> list[Case]:
    """Open cases of somebody who gave the same name, whether in the register or not."""
    if not name.strip():
        return []
    query = policy.allowed(tx, policy.CASE_READ, select(Case)).where(
        func.lower(Case.organisation_name) == name.strip().lower(), Case.status.in_(cases.OPEN)
    )
    return list(tx.session.scalars(query.order_by(Case.id.desc()).limit(MOST)))


def _open_cases(tx: Tx, organisation_ids: Sequence[int]) -> dict[int, list[Case]]:
    query = policy.allowed(tx, policy.CASE_READ, select(Case)).where(
        Case.organisation_id.in_(organisation_ids), Case.status.in_(cases.OPEN)
    )
    found: dict[int, list[Case]] = {}
    for case in tx.session.scalars(query.order_by(Case.id.desc()).limit(50)):
        assert case.organisation_id is not None
        found.setdefault(case.organisation_id, []).append(case)
    return found


def prefilled(tx: Tx, organisation_id: int, values: Mapping[str, Any]) -> tuple[Organisation, dict[str, Any], str]:
    """What was typed, completed by what the register knows, and the language to write back in; ``NotFound``."""
    organisation = policy.get(tx, policy.ORGANISATION_READ, Organisation, organisation_id)
    people = organisation_people.contacts(tx.session, organisation.id)
    known: dict[str, Any] = {"organisation_name": organisation.name}
    language = organisation.language
    if people:
        person = people[0]
        reach = {(True, True): "both", (True, False): "mail", (False, True): "phone"}
        known |= {"contact_name": person.name, "contact_email": person.email, "contact_phone": person.phone}
        known["reach_by"] = reach.get((bool(person.email), bool(person.phone)), "")
        language = person.language
    typed = {name: value for name, value in values.items() if value not in (None, "", [])}
    return organisation, {**values, **known, **typed, "organisation_name": organisation.name}, language
