"""The contact log of the coordination: keep a contact in one form, find contacts, see to what comes back today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select

from workflows import policy
from workflows.actions import once
from workflows.core.clock import BERLIN
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.search import count_capped
from workflows.core.tx import Tx
from workflows.domain import codes, contacts, organisations
from workflows.domain.cases import Case
from workflows.domain.contacts import KINDS, LONGEST_WHO, Contact, Held
from workflows.domain.organisations import Organisation

LONGEST_TEXT = 10_000
FEW = 3
MOST_NAMES = 500
OFFICE_TASKS = "office_task"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which contacts: of one kind, task, case, any but one case, association, held from … until …, only those due."""

    kind: str = ""
    office_task: str = ""
    case_id: int | None = None
    not_case_id: int | None = None
    organisation_id: int | None = None
    since: date | None = None
    until: date | None = None
    due_only: bool = False
    before: int | None = None
    limit: int = 25


@dataclass(frozen=True, slots=True)
class Listed:
    """One contact and what it is about."""

    contact: Contact
    reference: str
    organisation_name: str


def log(tx: Tx, typed: Mapping[str, str], *, case_id: int | None = None, organisation_id: int | None = None) -> Contact:
    """Keep what was typed: ``kind``, ``held_on``, ``who``, ``text``, ``office_task``, ``follow_up_on``.

    Once per ``unique_key``, if that is sent along. A contact about a case belongs to its association, too; about
    neither, ``organisation_name`` may name an entry of the register. Raises ``Invalid`` by field, ``NotFound`` for a
    case or an association that is not there.
    """
    policy.require(tx, policy.CONTACT_WORK)
    case, organisation = _about(tx, case_id, organisation_id)
    named = typed.get("organisation_name", "").strip()
    if named and case is None and organisation is None:
        organisation = organisations.find_by_name(tx.session, named)
    known = organisation.id if organisation else case.organisation_id if case else None
    place = case.stream if case else f"organisation:{known}" if known else "contacts"
    is_unknown = bool(named) and known is None and case is None
    held = _checked(tx, typed, case_id, known, is_unknown=is_unknown)
    return contacts.log(tx, held, once.key(tx, place, typed.get("unique_key", "")))


def subject(tx: Tx, case_id: int | None, organisation_id: int | None) -> tuple[str, str]:
    """Name and reference of what a contact is about; empty for neither. Raises ``NotFound``."""
    case, organisation = _about(tx, case_id, organisation_id)
    name = organisation.name if organisation else (case.organisation_name or case.contact_name) if case else ""
    return name, case.reference if case else ""


def organisation_names(tx: Tx) -> Sequence[str]:
    """The names a new contact may be given to, by the alphabet; of a very long register the first."""
    query = policy.allowed(tx, policy.ORGANISATION_READ, select(Organisation.name))
    return tx.session.scalars(query.order_by(Organisation.folded_name).limit(MOST_NAMES)).all()


def _about(tx: Tx, case_id: int | None, organisation_id: int | None) -> tuple[Case | None, Organisation | None]:
    case = policy.get(tx, policy.CASE_WORK, Case, case_id) if case_id is not None else None
    organisation = tx.session.get(Organisation, organisation_id) if organisation_id is not None else None
    if organisation_id is not None and organisation is None:
        raise NotFound("not_found", kind="organisation")
    return case, organisation


def follow_up(tx: Tx, contact_id: int) -> Contact:
    """Mark a follow-up as seen to; raises ``NotFound``."""
    policy.get(tx, policy.CONTACT_WORK, Contact, contact_id)
    return contacts.follow_up(tx, contact_id)


def find(tx: Tx, wanted: Filter) -> list[Listed]:
    """Contacts, the newest first, one more than ``limit`` when there are more; those due come oldest first."""
    query = _chosen(tx, wanted)
    if wanted.before is not None:
        query = query.where(Contact.id < wanted.before)
    order = (Contact.follow_up_on, Contact.id) if wanted.due_only else (Contact.id.desc(),)
    joined = query.add_columns(Case.reference, Case.organisation_name, Organisation.name)
    joined = joined.outerjoin(Case, Case.id == Contact.case_id)
    joined = joined.outerjoin(Organisation, Organisation.id == Contact.organisation_id)
    rows = tx.session.execute(joined.order_by(*order).limit(wanted.limit + 1))
    return [Listed(row, reference or "", known or named or "") for row, reference, named, known in rows]


def due(tx: Tx) -> int:
    """How many contacts come back today or have waited longer; 100 means more than 99."""
    if not policy.may(tx.actor, policy.CONTACT_READ):
        return 0
    return count_capped(tx.session, _chosen(tx, Filter(due_only=True)).with_only_columns(Contact.id))


def today(tx: Tx) -> date:
    """The day in Berlin."""
    return tx.now.astimezone(BERLIN).date()


def _chosen(tx: Tx, wanted: Filter) -> Select[tuple[Contact]]:
    query = policy.allowed(tx, policy.CONTACT_READ, select(Contact))
    equal = {
        Contact.kind: wanted.kind or None,
        Contact.office_task: wanted.office_task or None,
        Contact.case_id: wanted.case_id,
        Contact.organisation_id: wanted.organisation_id,
    }
    for column, value in equal.items():
        if value is not None:
            query = query.where(column == value)
    if wanted.not_case_id is not None:
        query = query.where(Contact.case_id.is_distinct_from(wanted.not_case_id))
    if wanted.since is not None:
        query = query.where(Contact.held_on >= wanted.since)
    if wanted.until is not None:
        query = query.where(Contact.held_on <= wanted.until)
    if wanted.due_only:
        query = query.where(Contact.follow_up_on <= today(tx), Contact.followed_up_at.is_(None))
    return query


def of_case(tx: Tx, case_id: int) -> Sequence[Contact]:
    """The contacts about a case, oldest first; raises ``NotFound``."""
    policy.get(tx, policy.CASE_READ, Case, case_id)
    query = policy.allowed(tx, policy.CONTACT_READ, select(Contact)).where(Contact.case_id == case_id)
    return tx.session.scalars(query.order_by(Contact.id)).all()


def of_its_organisation(tx: Tx, case: Case) -> list[Listed]:
    """The last contacts with the association of a case that are not told in the case itself; the newest first."""
    if case.organisation_id is None:
        return []
    return find(tx, Filter(organisation_id=case.organisation_id, not_case_id=case.id, limit=FEW))[:FEW]


def _checked(
    tx: Tx,
    typed: Mapping[str, str],
    case_id: int | None,
    organisation_id: int | None,
    *,
    is_unknown: bool,
) -> Held:
    sent = {name: typed.get(name, "").strip() for name in Held.__slots__}
    problems: dict[str, tuple[Problem, ...]] = {}
    if is_unknown:
        problems["organisation_name"] = (Problem("not_in_register"),)
    if sent["kind"] not in KINDS:
        problems["kind"] = (Problem("not_an_option"),)
    if sent["office_task"] not in {option.value for option in codes.options(tx.session, OFFICE_TASKS, "de")}:
        problems["office_task"] = (Problem("required_choice"),)
    for name, longest in (("who", LONGEST_WHO), ("text", LONGEST_TEXT)):
        if not sent[name]:
            problems[name] = (Problem("required"),)
        elif len(sent[name]) > longest:
            problems[name] = (Problem("too_long", {"max": longest}),)
    held_on, follow_up_on = _day(sent["held_on"]), _day(sent["follow_up_on"])
    if held_on is None:
        problems["held_on"] = (Problem("not_a_date"),)
    elif held_on > today(tx):
        problems["held_on"] = (Problem("in_the_future"),)
    if sent["follow_up_on"] and follow_up_on is None:
        problems["follow_up_on"] = (Problem("not_a_date"),)
    elif follow_up_on is not None and follow_up_on < today(tx):
        problems["follow_up_on"] = (Problem("in_the_past"),)
    if problems or held_on is None:
        raise Invalid(problems)
    return Held(
        sent["kind"], held_on, sent["who"], sent["text"], sent["office_task"], follow_up_on, case_id, organisation_id
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
