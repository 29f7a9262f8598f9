"""Contacts as pages show them."""

from typing import Any

from flask import url_for

from webapp.wording.lists import Words
from workflows.actions import contacts
from workflows.actions.contacts import Filter, Listed
from workflows.core.tx import Tx
from workflows.domain.cases import Case

LISTS = ("contact_kind", "office_task")

Row = dict[str, Any]


def list_page(tx: Tx, wanted: Filter) -> Row:
    """The variables of the log."""
    word = Words(tx, LISTS)
    found = contacts.find(tx, wanted)
    more = len(found) > wanted.limit
    address: Row = {
        "kind": wanted.kind or None,
        "office_task": wanted.office_task or None,
        "organisation": wanted.organisation_id,
        "since": wanted.since,
        "until": wanted.until,
    }
    return {
        "contacts": [row(tx, word, listed) for listed in found[: wanted.limit]],
        "due": [row(tx, word, listed) for listed in contacts.find(tx, Filter(due_only=True, limit=50))[:50]],
        "kinds": word.options("contact_kind"),
        "office_tasks": word.options("office_task"),
        "wanted": wanted,
        "next_url": url_for("contacts.index", **address, before=found[wanted.limit - 1].contact.id) if more else None,
        "previous_url": url_for("contacts.index", **address) if wanted.before else None,
    }


def row(tx: Tx, word: Words, listed: Listed) -> Row:
    """One contact in words."""
    contact = listed.contact
    return {
        "id": contact.id,
        "kind": word("contact_kind", contact.kind),
        "office_task": word("office_task", contact.office_task),
        "held_on": contact.held_on,
        "who": contact.who,
        "text": contact.text,
        "author": contact.author,
        "follow_up_on": contact.follow_up_on,
        "is_due": contact.follow_up_on is not None
        and contact.followed_up_at is None
        and contact.follow_up_on <= contacts.today(tx),
        "is_overdue": contact.follow_up_on is not None
        and contact.followed_up_at is None
        and contact.follow_up_on < contacts.today(tx),
        "is_done": contact.followed_up_at is not None,
        "organisation_name": listed.organisation_name,
        "reference": listed.reference,
        "case_url": url_for("cases.detail", case_id=contact.case_id) if contact.case_id else None,
    }


def beside(tx: Tx, case: Case) -> list[Row]:
    """What was last said with the association of a case, outside of it."""
    word = Words(tx, LISTS)
    return [row(tx, word, listed) for listed in contacts.of_its_organisation(tx, case)]


def about(tx: Tx, case_id: int | None, organisation_id: int | None) -> Row:
    """What a new contact is about: numbers for the form, a name for the reader; raises ``NotFound``."""
    name, reference = contacts.subject(tx, case_id, organisation_id)
    return {"case": case_id, "organisation": organisation_id, "name": name, "reference": reference}
