"""Whether a tap that said how it went can still be corrected, and by which messages processes hear of it."""

from workflows.core.tx import Tx
from workflows.domain import confirmations
from workflows.domain.cases import Case
from workflows.domain.confirmations import NOT_HELPED
from workflows.domain.referrals import CONTRADICTED, Referral
from workflows.engine import messages

CASE_ANSWER, CASE_CORRECTED = "case_confirmed", "confirmation_corrected"
HELP_CONTRADICTED = "help_contradicted"
"""While the case waits for other offices: the coordination then looks for another one, as after a first no."""
REFERRAL_ANSWER, REFERRAL_CORRECTED = "outcome_confirmed", "outcome_corrected"


def of_case(tx: Tx, case: Case) -> bool:
    """Whether another tap about the whole case would count now."""
    given = confirmations.of_case(tx.session, case)
    if given is None or not given.is_fresh(tx.now) or case.status == "withdrawn":
        return False
    if case.status == "closed" or messages.is_under_way(tx, CASE_ANSWER, case.reference):
        return case.confirmed is not None  # closed by silence or otherwise since: another story
    return given.answer == NOT_HELPED and messages.is_awaited(tx, CASE_CORRECTED, case.reference)


def of_referral(tx: Tx, referral: Referral) -> bool:
    """Whether another tap to an office's outcome would count now."""
    given = confirmations.of_referral(tx.session, referral)
    case = tx.session.get_one(Case, referral.case_id)
    if given is None or not given.is_fresh(tx.now) or case.status == "withdrawn":
        return False
    if messages.is_under_way(tx, REFERRAL_ANSWER, referral.key):
        return True
    if referral.status != "closed" or referral.confirmed is None:
        return False
    return given.answer != CONTRADICTED or messages.is_awaited(tx, REFERRAL_CORRECTED, referral.key)
