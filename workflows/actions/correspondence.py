"""What whoever asked adds to its enquiry later: a message, files. It becomes a task of the coordination."""

from collections.abc import Mapping
from typing import Any

from workflows.actions import attachments, doors, enquiries, forms
from workflows.actions.enquiries import EnquiryForm
from workflows.core import throttle
from workflows.core.errors import Invalid, Problem
from workflows.core.tx import Tx
from workflows.domain import cases, codes
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral
from workflows.engine import definitions, messages
from workflows.engine.definitions import Definition
from workflows.forms import Form

PROCESS = "message"
FORM = "write_message"
PER_HOUR = 20


def form(
    tx: Tx, token: str, language: str, values: Mapping[str, Any] | None = None, dedupe_key: str = ""
) -> EnquiryForm:
    """The form in a language, filled with ``values`` or empty; raises ``NotFound`` for a link that is none."""
    door = doors.to_case(tx, token)
    definition, schema = _schema(tx)
    files = attachments.usable(door.tx, schema, enquiries.place(dedupe_key), {}, "")
    return EnquiryForm(schema, forms.drawn(door.tx, definition, schema, values or {}, {}, language, files))


def write(tx: Tx, token: str, values: Mapping[str, Any], dedupe_key: str) -> None:
    """Keep a message and its files, and have the coordination read it; the same form sent twice counts once.

    Raises ``NotFound``, ``Invalid`` (an empty one, too) and ``Throttled``.
    """
    door = doors.to_case(tx, token)
    case = tx.locked(Case, door.subject_id)  # of two clicks at once, the second sees what the first kept
    unique = f"message/{dedupe_key}"
    if messages.find(door.tx, unique) is not None:
        return
    _, schema = _schema(tx)
    place = enquiries.place(dedupe_key)
    typed = forms.checked(door.tx, schema, values, {}, attachments.usable(door.tx, schema, place, {}, ""))
    text, files = typed["message"] or "", typed["message_files"]
    if not text and not files:
        raise Invalid({"message": (Problem("required"),)})
    throttle.hit(tx, f"message:{door.subject_id}", PER_HOUR, 3600)
    cases.add_message(door.tx, case.id, text)
    attachments.hand_over(door.tx, schema, place, typed, case.stream, is_shared=True)
    messages.start(door.tx, PROCESS, starting_variables(case, text, len(files)), case.stream, unique)


def tell_of_correction(tx: Tx, case: Case, referral: Referral) -> None:
    """Have the coordination read that an office's help, first confirmed, was contradicted: the case had gone on."""
    office = tx.session.get_one(Office, referral.office_id)
    text = codes.label(tx.session, "confirmation", referral.confirmed or "no", "de")
    told = f"{office.name}: {text}"
    cases.add_message(tx, case.id, told)
    messages.start(tx, PROCESS, starting_variables(case, told, 0), case.stream)


def starting_variables(case: Case, text: str, file_count: int) -> dict[str, Any]:
    """What the process knows of a message when it begins."""
    return {"message": text, "file_count": file_count, "reference": case.reference, "case": case.id}


def _schema(tx: Tx) -> tuple[Definition, Form]:
    definition = definitions.active(tx.session, PROCESS)
    return definition, definition.form(FORM)
