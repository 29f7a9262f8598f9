"""Notes and contacts of a case, for programs: what the coordination keeps in its pages."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from webapp.access import TOKEN, view
from webapp.api.bodies import read_json
from webapp.api.shown import moment
from webapp.extensions import csrf
from workflows.actions import cases, contacts
from workflows.core.tx import Tx
from workflows.domain.cases import CaseNote
from workflows.domain.contacts import Contact

api_cases = Blueprint("api_cases", __name__, url_prefix="/api/v1/cases/<int:case_id>")
csrf.exempt(api_cases)  # no cookies are read here, so no other site can borrow them

CONTACT = {"kind": str, "held_on": str, "who": str, "text": str, "office_task": str}
Json = dict[str, Any]


@view(api_cases, "/notes", who=TOKEN)
def list_notes(tx: Tx, case_id: int) -> ResponseReturnValue:
    """All notes, oldest first."""
    return jsonify(items=[_note(note) for note in cases.notes(tx, case_id)])


@view(api_cases, "/notes", who=TOKEN, methods=("POST",))
def add_note(tx: Tx, case_id: int) -> ResponseReturnValue:
    """Keep a note, internal unless it says otherwise."""
    body = read_json({"text": str}, {"is_shared": bool, "unique_key": str})
    return jsonify(_note(cases.add_note(tx, case_id, **body))), 201


@view(api_cases, "/contacts", who=TOKEN)
def list_contacts(tx: Tx, case_id: int) -> ResponseReturnValue:
    """All contacts about the case, oldest first."""
    return jsonify(items=[_contact(contact) for contact in contacts.of_case(tx, case_id)])


@view(api_cases, "/contacts", who=TOKEN, methods=("POST",))
def log_contact(tx: Tx, case_id: int) -> ResponseReturnValue:
    """Keep a visit, call, mail or event."""
    body = read_json(CONTACT, {"follow_up_on": str, "unique_key": str})
    return jsonify(_contact(contacts.log(tx, body, case_id=case_id))), 201


def _note(note: CaseNote) -> Json:
    return {
        "id": note.id,
        "case_id": note.case_id,
        "text": note.text,
        "is_shared": note.is_shared,
        "author": note.author,
        "created_at": moment(note.created_at),
    }


def _contact(contact: Contact) -> Json:
    return {
        "id": contact.id,
        "case_id": contact.case_id,
        "organisation_id": contact.organisation_id,
        "kind": contact.kind,
        "held_on": contact.held_on.isoformat(),
        "who": contact.who,
        "text": contact.text,
        "office_task": contact.office_task,
        "follow_up_on": contact.follow_up_on.isoformat() if contact.follow_up_on else None,
        "followed_up_at": moment(contact.followed_up_at),
        "author": contact.author,
        "created_at": moment(contact.created_at),
    }
