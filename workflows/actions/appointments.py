"""The association says whether the appointment that an office proposed suits it."""

from workflows import policy
from workflows.actions import doors
from workflows.core import audit
from workflows.core.errors import Conflict, Invalid, Problem
from workflows.core.tx import Tx
from workflows.domain import appointments
from workflows.domain.appointments import Appointment
from workflows.domain.referrals import Referral
from workflows.engine import messages

ANSWERED = "appointment_answered"
LONGEST_NOTE = 300


def open_question(tx: Tx, referral: Referral) -> Appointment | None:
    """The proposal somebody waits for an answer to."""
    found = appointments.latest(tx.session, referral.id)
    if found is None or found.status != "proposed" or messages.is_under_way(tx, ANSWERED, referral.key):
        return None
    return found if messages.is_awaited(tx, ANSWERED, referral.key) else None


def answer(tx: Tx, token: str, referral_id: int, suits: str, note: str = "") -> None:
    """One tap on the status page, yes or no; the same tap again does nothing. The office reads the note.

    Raises ``NotFound``, ``Invalid``, ``Conflict("not_asked")`` when there is nothing to answer any more, with the
    ``answer`` if there was one.
    """
    door = doors.to_case(tx, token)
    policy.get(door.tx, policy.REFERRAL_READ, Referral, referral_id)
    if suits not in {"yes", "no"}:
        raise Invalid({"suits": (Problem("unknown_option"),)})
    if len(note) > LONGEST_NOTE:
        raise Invalid({"note": (Problem("too_long", {"max": LONGEST_NOTE}),)})
    referral = tx.locked(Referral, referral_id)  # of two answers at once, the second sees the first
    asked = appointments.latest(tx.session, referral.id)
    unique = f"{ANSWERED}/{asked.id if asked else 0}"
    sent = messages.find(tx, unique)
    if sent is not None and sent.variables.get("suits") == suits:
        return
    if sent is not None or open_question(tx, referral) is None:
        raise Conflict("not_asked", reference=referral.key, answer=sent.variables.get("suits") if sent else None)
    said = note.strip() if suits == "no" else ""
    messages.send(door.tx, ANSWERED, referral.key, {"suits": suits, "note": said}, unique_key=unique)
    audit.record(door.tx, referral.stream, "appointment.answered", referral.key, {"answer": suits})
