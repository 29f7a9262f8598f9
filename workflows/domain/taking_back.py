"""A wrong answer of an office is taken back: where its referral stands again, and who has to hear of it."""

from datetime import date

from workflows.core.errors import Conflict, LotseError
from workflows.core.tx import Tx
from workflows.domain import cases, referrals
from workflows.domain.cases import Case
from workflows.domain.referrals import Referral

# Where a referral stands again once a wrong answer is taken back, by the state it was answered with.
STANDS_AGAIN: dict[str, str] = {
    "accepted": "sent",
    "in_contact": "sent",
    "handed_on": "sent",
    "reported": "accepted",
    "declined": "sent",
    "expired": "sent",
    "considered": "sent",
}

# The association is told of these at once; taken back, it is told, too, and waits to hear what comes instead.
TOLD = frozenset({"accepted", "in_contact", "considered"})


def take_back(tx: Tx, referral_id: int, reason: str, deadline_on: date | None = None) -> Referral:
    """Take a wrong answer back: the office is asked again until ``deadline_on``, after a report it is at work again.

    One that a decline or the deadline has closed lives again. Raises ``LotseError`` ``reason_text_missing`` and
    ``consent_missing`` where consent was taken back, ``Conflict("referral_state")`` where nothing was answered or its
    outcome is confirmed.
    """
    if not reason.strip():
        raise LotseError("reason_text_missing", reason="taken_back")
    referral = tx.locked(Referral, referral_id)
    before = referrals.answered_with(referral)
    if before not in STANDS_AGAIN:
        raise Conflict("referral_state", referral=referral.id, status=referral.status, wanted="reopened")
    case = tx.session.get_one(Case, referral.case_id)
    if not referrals.may_pass_on(case, referral.legal_basis, referral.legal_basis_note):
        raise LotseError("consent_missing", case=case.reference)
    referral.status = STANDS_AGAIN[before]
    referral.outcome, referral.outcome_text, referral.reported_at = None, "", None
    referral.consideration = None
    if before in TOLD:
        referral.retracted_at = tx.now
    if referral.status == "sent":
        referral.answered_at, referral.decline_reason, referral.decline_text = None, None, ""
        referral.closed_at, referral.result = None, None
        # A wrong hand-on is undone; a colleague who answered wrongly is still the one to ask.
        referral.handed_on_to = "" if before == "handed_on" else referral.handed_on_to
        referral.deadline_on = deadline_on or referral.deadline_on
    referrals.record(tx, referral, "referral.reopened", before=before, reason=reason)
    cases.wait(tx, referral.case_id)
    return referral
