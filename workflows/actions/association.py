"""An association's own access: a link to a registered contact opens its entry, and nothing of it without one.

The link is exchanged for a session that names it; the session lives as long as the link and ends with the person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from workflows import policy
from workflows.actions import doors, house_forms, house_mails, letters
from workflows.core import daily, links, outbox
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.links import Link
from workflows.core.tx import Actor, Tx
from workflows.domain import organisation_people, organisations, people, sign_in_requests
from workflows.domain.cases import Case
from workflows.domain.organisation_people import ACCESS, STATUS, ContactPerson, Proposal, Relation
from workflows.domain.organisations import Organisation, OrganisationValue
from workflows.forms import Field

FORM = "organisation"
LINK_LIVES = timedelta(days=1)
CHECK_LIVES = timedelta(days=60)
STATUS_LIVES = timedelta(days=1)
SESSION_LIVES = timedelta(hours=4)
ASKED_AT_ONCE = 50
"""How many associations the yearly question goes to on one day: answers need somebody to read them."""

LONGEST_NOTE = 2000
COORDINATION = people.GROUP_OF_ROLE["coordinator"]

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Door:
    """A valid session: ``tx`` acts as the contact person, who may reach this one association."""

    tx: Tx
    organisation: Organisation
    person: ContactPerson


@dataclass(frozen=True, slots=True)
class OwnCase:
    """One case of the association; ``has_page`` says that this contact person may open its status page."""

    case: Case
    has_page: bool


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody who is about to leave; ``is_last`` says that nobody could open the entry any more."""

    person: ContactPerson
    is_self: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What an association sees of itself."""

    organisation: Organisation
    person: ContactPerson
    values: Mapping[str, OrganisationValue]
    contacts: Sequence[ContactPerson]
    relations: Sequence[tuple[Relation, Organisation]]
    cases: Sequence[OwnCase]
    proposal: Proposal | None


def ask_for_link(tx: Tx, email: str) -> None:
    """Note that somebody wants a link; who asks learns nothing from the answer, nor from how long it takes."""
    sign_in_requests.add(tx, ACCESS, email)


def send_link(tx: Tx, email: str) -> None:
    """Mail a link for every association this address is registered for."""
    until = tx.now + LINK_LIVES
    for person in organisation_people.with_address(tx.session, email)[:5]:
        _post(tx, "organisation_access", person, until)


def ask_whether_right(tx: Tx) -> int:
    """The yearly question: to the registered contact of each entry nobody has looked at for a year; how many."""
    # Once a year whatever happens: also those who did not answer are left alone until the next year.
    query = select(Organisation, ContactPerson).join(ContactPerson, ContactPerson.organisation_id == Organisation.id)
    query = query.where(organisations.stale(tx.now), ContactPerson.is_first, ContactPerson.left_at.is_(None))
    last_year = tx.now - organisations.STALE_AFTER
    query = query.where((Organisation.asked_at.is_(None)) | (Organisation.asked_at <= last_year))
    rows = tx.session.execute(query.order_by(Organisation.id).limit(ASKED_AT_ONCE)).all()
    for organisation, person in rows:
        key = f"{organisation.key} asked {daily.today(tx.now).isoformat()}"
        _post(tx, "organisation_check", person, tx.now + CHECK_LIVES, key)
        organisation.asked_at = tx.now
    return len(rows)


def _post(tx: Tx, name: str, person: ContactPerson, until: datetime, key: str | None = None) -> None:
    target = f"organisation:{person.organisation_id}"
    link = links.issue(tx, ACCESS, target, person.key, expires_at=until)
    values = {"until": until}
    house_mails.post(
        tx, name, to=person.email, language=person.language, about=target, values=values, link=link, key=key
    )


def find(tx: Tx, token: str) -> int:
    """The number of the link; changes nothing. Raises ``NotFound("link_gone")``."""
    link = links.find(tx.session, ACCESS, token, tx.now)
    if link is None:
        raise NotFound("link_gone", purpose=ACCESS)
    _door(tx, link)
    return link.id


def enter(tx: Tx, link_id: int, opened_at: datetime) -> Door:
    """The holder of a session; raises ``NotFound("link_gone")`` once link, session or membership has ended."""
    link = links.valid(tx.session, link_id, tx.now)
    if link is None or link.purpose != ACCESS or tx.now - opened_at >= SESSION_LIVES:
        raise NotFound("link_gone", purpose=ACCESS)
    return _door(tx, link)


def _door(tx: Tx, link: Link) -> Door:
    person = tx.session.get(ContactPerson, int(link.recipient.removeprefix("contact:")))
    if person is None or person.left_at is not None:
        raise NotFound("link_gone", purpose=ACCESS)
    acting = replace(tx, actor=Actor(person.name, organisation_id=person.organisation_id))
    organisation = policy.get(acting, policy.ORGANISATION_READ, Organisation, person.organisation_id)
    return Door(acting, organisation, person)


def page(door: Door) -> OwnPage:
    """The association's own entry, people, and the state of its cases."""
    tx, organisation = door.tx, door.organisation
    contacts = organisation_people.contacts(tx.session, organisation.id)
    query = policy.allowed(tx, policy.ORGANISATION_READ, select(Case)).order_by(Case.id.desc()).limit(50)
    return OwnPage(
        organisation=organisation,
        person=door.person,
        values=organisations.values(tx.session, [organisation.id])[organisation.id],
        contacts=contacts,
        relations=organisation_people.relations(tx.session, organisation.id),
        cases=[OwnCase(case, _has_page(tx, case, contacts)) for case in tx.session.scalars(query)],
        proposal=organisation_people.waiting(tx.session, organisation.id),
    )


def _has_page(tx: Tx, case: Case, contacts: Sequence[ContactPerson]) -> bool:
    """Whether its status page can be opened, and one of them asked.

    Somebody else may have asked in the association's name, and told us in confidence.
    """
    ends_at = doors.status_ends_at(case)
    if ends_at is not None and tx.now >= ends_at:
        return False
    address = organisation_people.folded_email(case.contact_email)
    return bool(address) and any(person.folded_email == address for person in contacts)


def status_link(door: Door, case_id: int) -> Link:
    """A link of this person's own to the status page of one of its cases; raises ``NotFound``."""
    case = policy.get(door.tx, policy.ORGANISATION_READ, Case, case_id)
    if not _has_page(door.tx, case, organisation_people.contacts(door.tx.session, door.organisation.id)):
        raise NotFound("not_found", kind="case")
    # The person's own and a short one: the link that was mailed to who asked lasts, and would outlast the membership.
    return links.issue(door.tx, STATUS, case.stream, door.person.key, expires_at=door.tx.now + STATUS_LIVES)


def form(door: Door, language: str, values: Values | None = None) -> list[Field]:
    """The form of its own entry, filled with what we know, or with what was typed."""
    known = organisations.current(door.tx.session, door.organisation)
    waiting = organisation_people.waiting(door.tx.session, door.organisation.id)
    proposed = {**known, **(waiting.changes if waiting else {})}
    return house_forms.drawn(door.tx, FORM, proposed if values is None else values, language)


def propose(door: Door, values: Values, note: str = "") -> Proposal | None:
    """What it wants corrected; waits for the coordination. None if nothing differs. Raises ``Invalid``."""
    if len(note) > LONGEST_NOTE:
        raise Invalid({"note": (Problem("too_long", {"max": LONGEST_NOTE}),)})
    checked = house_forms.checked(door.tx, FORM, values)
    known = organisations.current(door.tx.session, door.organisation)
    filled = {name: value for name, value in checked.items() if value or name not in organisations.NEVER_EMPTY}
    changes = {name: value for name, value in filled.items() if _plain(value) != _plain(known.get(name))}
    if not changes and not note.strip():
        return None
    return organisation_people.propose(door.tx, door.organisation.id, door.person.id, changes, note.strip())


def _plain(value: Any) -> Any:
    return None if value in ("", [], None, False) else value


def confirm(door: Door) -> None:
    """Everything is still right."""
    organisations.confirm(door.tx, door.organisation.id, organisations.OWN_WORD)


def publish(door: Door, fields: Sequence[str] | None) -> None:
    """Agree to be listed with these attributes, or leave the directory; effective at once. Raises ``Invalid``."""
    if fields is not None and not set(fields) <= public_fields():
        raise Invalid({"fields": (Problem("not_an_option"),)})
    organisations.publish(door.tx, door.organisation.id, fields, organisations.OWN_WORD)


def public_fields() -> frozenset[str]:
    """The attributes that may be published at all."""
    fields = house_forms.form(FORM).walk()
    return frozenset(field.key for field in fields if field.properties.get("directory") == "yes")


def leaving(door: Door, contact_id: int) -> Leaving:
    """Who would leave, oneself or as registered contact somebody else, and whether anybody could open the entry then.

    Raises ``NotFound`` and ``Conflict("only_first")``.
    """
    person = door.tx.session.get(ContactPerson, contact_id)
    if person is None or person.organisation_id != door.organisation.id or person.left_at is not None:
        raise NotFound("not_found", kind="contact_person")
    is_self = person.id == door.person.id
    if not is_self and not door.person.is_first:
        raise Conflict("only_first")
    contacts = organisation_people.contacts(door.tx.session, door.organisation.id)
    return Leaving(person, is_self, not any(each.email for each in contacts if each.id != person.id))


def leaves(door: Door, contact_id: int) -> bool:
    """Somebody has left; whether it was oneself. Access ends at once; raises what ``leaving`` raises.

    Where nobody is left to take the entry out of the directory it leaves it now, and the coordination is told.
    """
    found = leaving(door, contact_id)
    organisation_people.leave(door.tx, found.person.id)
    if found.is_last:
        if door.organisation.directory is not None:
            publish(door, None)
        _tell_nobody_left(door)
    return found.is_self


def _tell_nobody_left(door: Door) -> None:
    """Something waits for the coordination at the entry, and a mail tells each of its people in their language.

    Where nobody of them has an address, the mail goes to the office's mailbox if there is one.
    """
    tx, organisation = door.tx, door.organisation
    waiting = organisation_people.waiting(tx.session, organisation.id)
    changes, note = (waiting.changes, waiting.note) if waiting else ({}, "")
    organisation_people.propose(tx, organisation.id, None, changes, note)
    members = people.members(tx.session, COORDINATION)
    readers = [(user.email, user.language) for user in members if outbox.is_address(user.email)]
    if not readers and tx.settings.reply_to:
        readers = [(tx.settings.reply_to, "de")]
    values = {"name": organisation.name, "address": f"{tx.settings.public_url}/register/{organisation.id}"}
    for address, language in readers:
        letters.tell(tx, address, language, "nobody_left", values, organisation.key, None)
