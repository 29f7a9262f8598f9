"""The register of associations: find, read, keep, and decide what an association wants corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from workflows import policy
from workflows.actions import house_forms
from workflows.core import audit, search
from workflows.core.audit.log import Entry
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.domain import codes, organisation_people, organisations
from workflows.domain.cases import Case
from workflows.domain.organisation_people import ContactPerson, Proposal, Relation
from workflows.domain.organisations import Match, Organisation, OrganisationValue, Origin
from workflows.domain.people import CASE_WORKERS, User, UserRole
from workflows.forms import Field

FORM, CONTACT_FORM = "organisation", "contact"
PAGE = 25

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which associations: words of name and address, values of attributes, state, and the id to read on after."""

    words: str = ""
    topic: str = ""
    language: str = ""
    district: str = ""
    state: str = ""
    page: int = 1


@dataclass(frozen=True, slots=True)
class Card:
    """Everything the register holds about one association."""

    organisation: Organisation
    values: Mapping[str, OrganisationValue]
    contacts: Sequence[ContactPerson]
    relations: Sequence[tuple[Relation, Organisation]]
    members: Sequence[tuple[Relation, Organisation]]
    advisors: Sequence[User]
    cases: Sequence[Case]
    proposal: Proposal | None
    history: Sequence[Entry]


def find(tx: Tx, wanted: Filter) -> tuple[list[tuple[Organisation, Mapping[str, OrganisationValue]]], bool]:
    """One page of the associations by name with their values, and whether there are more."""
    query = policy.allowed(tx, policy.ORGANISATION_READ, select(Organisation))
    if wanted.words.strip():
        near = [match.organisation.id for match in organisations.matches(tx.session, wanted.words, limit=PAGE)]
        query = query.where(
            Organisation.id.in_(search.matching("organisation", wanted.words)) | Organisation.id.in_(near)
        )
    if wanted.state == "stale":
        query = query.where(organisations.stale(tx.now))
    if wanted.state == "proposed":
        query = query.where(Organisation.id.in_(select(Proposal.organisation_id).where(Proposal.status == "waiting")))
    if wanted.state == "listed":
        query = query.where(Organisation.directory.is_not(None))
    asked = {"topics": wanted.topic, "languages": wanted.language, "district": wanted.district}
    asked = {name: key for name, key in asked.items() if key}
    query, first = query.order_by(Organisation.folded_name, Organisation.id), (wanted.page - 1) * PAGE
    if asked:  # values lie in lists of their own: these rows are compared here
        rows = list(tx.session.scalars(query))
        known = organisations.values(tx.session, [row.id for row in rows])
        rows = [row for row in rows if all(_holds(known[row.id].get(name), key) for name, key in asked.items())]
        rows = rows[first : first + PAGE + 1]
    else:
        rows = list(tx.session.scalars(query.offset(first).limit(PAGE + 1)))
    known = organisations.values(tx.session, [row.id for row in rows])
    return [(row, known[row.id]) for row in rows[:PAGE]], len(rows) > PAGE


def proposals_waiting(tx: Tx) -> int:
    """How many entries wait for a word on what was proposed; 100 means more than 99, 0 for who may not decide."""
    if not policy.may(tx.actor, policy.ORGANISATION_EDIT):
        return 0
    return search.count_capped(tx.session, select(Proposal.id).where(Proposal.status == "waiting"))


def _holds(value: OrganisationValue | None, key: str) -> bool:
    return value is not None and (key in value.value if isinstance(value.value, list) else key == value.value)


def read(tx: Tx, organisation_id: int) -> Card:
    """One association with its people, networks, cases and the history of its entry; raises ``NotFound``."""
    organisation = policy.get(tx, policy.ORGANISATION_READ, Organisation, organisation_id)
    session = tx.session
    looking = [number for number in (organisation.advisor_id, organisation.deputy_id) if number]
    users = {user.id: user for user in session.scalars(select(User).where(User.id.in_(looking)))}
    cases = policy.allowed(tx, policy.ORGANISATION_READ, select(Case)).where(Case.organisation_id == organisation.id)
    return Card(
        organisation=organisation,
        values=organisations.values(session, [organisation.id])[organisation.id],
        contacts=organisation_people.contacts(session, organisation.id),
        relations=organisation_people.relations(session, organisation.id),
        members=organisation_people.members(session, organisation.id),
        advisors=[users[number] for number in looking],
        cases=list(session.scalars(cases.order_by(Case.id.desc()).limit(50))),
        proposal=organisation_people.waiting(session, organisation.id),
        history=audit.entries(session, organisation.key, limit=100),
    )


def form(tx: Tx, language: str, organisation_id: int | None, values: Values | None = None) -> list[Field]:
    """The form of an entry, or of a new one, filled with ``values`` or what is known; raises ``NotFound``."""
    if values is None and organisation_id is not None:
        organisation = policy.get(tx, policy.ORGANISATION_READ, Organisation, organisation_id)
        values = organisations.current(tx.session, organisation)
    return house_forms.drawn(tx, FORM, values or NEW, language)


NEW: Values = {"kind": "association", "language": "de", "city": "Wiesbaden"}


def origin(tx: Tx, source: str, as_of: date | None) -> Origin:
    """Where typed values come from; raises ``Invalid`` for an unknown source or a day that is still to come."""
    problems = {}
    if source not in {option.value for option in codes.options(tx.session, "value_source", "de")}:
        problems["source"] = (Problem("required_choice"),)
    if as_of is None:
        problems["as_of"] = (Problem("not_a_date"),)
    elif as_of > organisations.today(tx):
        problems["as_of"] = (Problem("in_the_future"),)
    if problems or as_of is None:
        raise Invalid(problems)
    return Origin(source, as_of)


def add(tx: Tx, values: Values, source: str, as_of: date | None) -> Organisation:
    """Take an association into the register; raises ``NotAllowed`` and ``Invalid``."""
    policy.require(tx, policy.ORGANISATION_EDIT)
    checked = house_forms.checked(tx, FORM, values)
    return organisations.add(tx, checked["name"], origin(tx, source, as_of), checked)


def edit(tx: Tx, organisation_id: int, values: Values, source: str, as_of: date | None) -> list[str]:
    """Write what changed, each value with its source and day; raises ``NotFound`` and ``Invalid``."""
    policy.get(tx, policy.ORGANISATION_EDIT, Organisation, organisation_id)
    checked = house_forms.checked(tx, FORM, values)
    return organisations.change(tx, organisation_id, checked, origin(tx, source, as_of))


def confirm(tx: Tx, organisation_id: int) -> None:
    """The coordination has gone through the entry with somebody: it counts as current again."""
    policy.get(tx, policy.ORGANISATION_EDIT, Organisation, organisation_id)
    organisations.confirm(tx, organisation_id, "talk")


def similar(tx: Tx, name: str, street: str = "", postal_code: str = "") -> list[Match]:
    """The entries that may be meant by what was typed so far, the likeliest first."""
    policy.require(tx, policy.ORGANISATION_EDIT)
    return organisations.matches(tx.session, name[:200], street[:200], postal_code[:10])


def advisors(tx: Tx) -> list[User]:
    """Who may look after an association: everybody of the coordination with an account."""
    policy.require(tx, policy.ORGANISATION_EDIT)
    workers = select(UserRole.user_id).where(UserRole.role.in_(sorted(CASE_WORKERS)))
    return list(tx.session.scalars(select(User).where(User.is_active, User.id.in_(workers)).order_by(User.name)))


def look_after(tx: Tx, organisation_id: int, advisor_id: int | None, deputy_id: int | None) -> None:
    """Name contact person and deputy at the office; raises ``NotFound`` and ``Invalid``."""
    policy.get(tx, policy.ORGANISATION_EDIT, Organisation, organisation_id)
    known = {user.id for user in advisors(tx)}
    if {advisor_id, deputy_id} - {None} - known:
        raise Invalid({"advisor": (Problem("not_an_option"),)})
    organisations.look_after(tx, organisation_id, advisor_id, deputy_id if deputy_id != advisor_id else None)


def relate(tx: Tx, organisation_id: int, name: str, kind: str) -> None:
    """Note an umbrella organisation, a network or a partner by name; one not known yet joins the register."""
    policy.get(tx, policy.ORGANISATION_EDIT, Organisation, organisation_id)
    if kind not in organisation_people.RELATIONS:
        raise Invalid({"kind": (Problem("not_an_option"),)})
    if not organisations.folded(name) or len(name) > 200:
        raise Invalid({"other": (Problem("required"),)})
    other = organisations.find_by_name(tx.session, name)
    if other is None:
        other = organisations.add(tx, name)
        other.kind = kind if kind in organisations.KINDS else "association"
    organisation_people.relate(tx, organisation_id, other.id, kind, "talk", organisations.today(tx))


def part(tx: Tx, organisation_id: int, other_id: int) -> None:
    """It does not belong there any more."""
    policy.get(tx, policy.ORGANISATION_EDIT, Organisation, organisation_id)
    organisation_people.part(tx, organisation_id, other_id)


def contact_form(
    tx: Tx, organisation_id: int, contact_id: int | None, language: str, values: Values | None = None
) -> list[Field]:
    """The form of a contact person, or of a new one; raises ``NotFound``."""
    policy.get(tx, policy.ORGANISATION_EDIT, Organisation, organisation_id)
    if values is None:
        person = contact(tx, organisation_id, contact_id) if contact_id else None
        names = ("name", "role", "email", "phone", "language", "is_first")
        values = {name: getattr(person, name) for name in names} if person else {"language": "de"}
    return house_forms.drawn(tx, CONTACT_FORM, values, language)


def contact(tx: Tx, organisation_id: int, contact_id: int) -> ContactPerson:
    """One contact person of this association; raises ``NotFound``."""
    policy.get(tx, policy.ORGANISATION_EDIT, Organisation, organisation_id)
    person = tx.session.get(ContactPerson, contact_id)
    if person is None or person.organisation_id != organisation_id or person.left_at is not None:
        raise NotFound("not_found", kind="contact_person")
    return person


def keep_contact(tx: Tx, organisation_id: int, contact_id: int | None, values: Values) -> ContactPerson:
    """Enter or change a contact person; raises ``NotFound`` and ``Invalid``."""
    policy.get(tx, policy.ORGANISATION_EDIT, Organisation, organisation_id)
    checked = house_forms.checked(tx, CONTACT_FORM, values)
    if contact_id is None:
        return organisation_people.add(tx, organisation_id, checked)
    return organisation_people.edit(tx, contact(tx, organisation_id, contact_id).id, checked)


def contact_leaves(tx: Tx, organisation_id: int, contact_id: int) -> None:
    """The person no longer speaks for the association and loses access at once; raises ``NotFound``."""
    organisation_people.leave(tx, contact(tx, organisation_id, contact_id).id)


def decide(tx: Tx, organisation_id: int, proposal_id: int, as_of: str, *, accept: bool) -> None:
    """Say yes or no to what the association wants corrected; a yes writes it as its own word of that day.

    Raises ``NotFound``, and ``Conflict`` if it is decided or not what was read (``as_of``).
    """
    policy.get(tx, policy.ORGANISATION_EDIT, Organisation, organisation_id)
    proposal = tx.session.get(Proposal, proposal_id)
    if proposal is None or proposal.organisation_id != organisation_id:
        raise NotFound("not_found", kind="organisation_proposal")
    proposal = organisation_people.decide(tx, proposal, "accepted" if accept else "rejected", as_of)
    if accept:
        told = Origin(organisations.OWN_WORD, proposal.created_at.date())
        organisations.change(tx, organisation_id, proposal.changes, told)
        organisations.confirm(tx, organisation_id, organisations.OWN_WORD)


def assign(tx: Tx, case_id: int, organisation_id: int | None) -> None:
    """Say which association a case belongs to, or that it belongs to none; raises ``NotFound``."""
    case = policy.get(tx, policy.CASE_WORK, Case, case_id)
    if organisation_id is not None:
        policy.get(tx, policy.ORGANISATION_READ, Organisation, organisation_id)
    if case.organisation_id != organisation_id:
        case.organisation_id = organisation_id
        details = {"to": f"organisation:{organisation_id}" if organisation_id else ""}
        audit.record(tx, case.stream, "case.assigned", case.stream, details)
