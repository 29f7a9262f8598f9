"""An association that is asked to join in: what it reads behind its link, and its answer, which needs no reason."""

from dataclasses import dataclass

from workflows.actions import doors
from workflows.core.errors import Conflict, Invalid, Problem
from workflows.core.tx import Tx
from workflows.domain import cases, invitations
from workflows.domain.cases import Case
from workflows.domain.invitations import Invitation
from workflows.engine import messages

ANSWERED = "mo_answered"
REPLIES = {"join": "joined", "decline": "declined"}
LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """Who asks, why, what it gets; once it is answered or over, only that."""

    invitation: Invitation
    reference: str
    is_open: bool


def page(tx: Tx, token: str) -> InvitationPage:
    """What the holder of the link reads; changes nothing, for mail scanners follow links. Raises ``NotFound``."""
    door = doors.to_invitation(tx, token)
    invitation = tx.session.get_one(Invitation, door.subject_id)
    case = tx.session.get_one(Case, invitation.case_id)
    return InvitationPage(invitation, case.reference, _is_open(tx, invitation))


def answer(tx: Tx, token: str, reply: str, note: str = "") -> Invitation:
    """Join in or decline; the same answer again does nothing. A note becomes one of the case.

    Raises ``NotFound``, ``Invalid``, and ``Conflict`` ``invitation_answered`` for another answer or ``not_asked`` when
    nobody waits for one any more.
    """
    door = doors.to_invitation(tx, token)
    if reply not in REPLIES:
        raise Invalid({"reply": (Problem("unknown_option"),)})
    if len(note) > LONGEST_NOTE:
        raise Invalid({"note": (Problem("too_long", {"max": LONGEST_NOTE}),)})
    invitation = door.tx.locked(Invitation, door.subject_id)
    if invitation.status == REPLIES[reply]:
        return invitation
    if invitation.status == "sent" and not _is_open(tx, invitation):
        raise Conflict("not_asked", reference=invitation.key)
    invitations.answer(door.tx, invitation.id, REPLIES[reply], "link", note.strip())
    if invitation.note:
        cases.add_note(door.tx, invitation.case_id, invitation.note)
    messages.send(door.tx, ANSWERED, invitation.key, {"reply": reply}, unique_key=f"{ANSWERED}/{invitation.key}")
    return invitation


def _is_open(tx: Tx, invitation: Invitation) -> bool:
    return invitation.status == "sent" and messages.is_awaited(tx, ANSWERED, invitation.key)
