"""What whoever asked said to an outcome, and otherwise soon afterwards: the last word counts, the audit keeps all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from workflows.core import audit
from workflows.core.tx import Tx
from workflows.domain.cases import Case
from workflows.domain.referrals import Referral

WITHIN = timedelta(days=3)
"""How long a tap can be corrected with another: time to notice the slip, and before others have gone far on from it."""

NOT_HELPED = "not_helped"
OF_CASE = ("case.confirmed", "case.confirmation_corrected")
OF_REFERRAL = ("referral.confirmation_given", "referral.confirmation_corrected")


@dataclass(frozen=True, slots=True)
class Given:
    """An answer and when it was given."""

    answer: str
    at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether it can still be corrected."""
        return now - self.at < WITHIN


def of_case(session: Session, case: Case) -> Given | None:
    """What was said last about the whole case; one that was opened again does not know it, but its audit does."""
    return _last(session, case.stream, case.stream, OF_CASE)


def of_referral(session: Session, referral: Referral) -> Given | None:
    """What was said last to the outcome an office reported."""
    return _last(session, referral.stream, referral.key, OF_REFERRAL)


def _last(session: Session, stream: str, target: str, events: tuple[str, str]) -> Given | None:
    for entry in audit.entries(session, stream, events=events):
        if entry.object == target and (answer := (entry.details or {}).get("answer")):
            return Given(str(answer), entry.at)
    return None


def correct_case(tx: Tx, case: Case, before: str, answer: str, received_by: Mapping[str, object]) -> None:
    """Keep another word about the case; one that has closed ends with it."""
    case.confirmed = answer
    if case.status == "closed":
        case.outcome = answer
    details = {"before": before, "answer": answer, **received_by}
    audit.record(tx, case.stream, "case.confirmation_corrected", case.stream, details)


def correct_referral(tx: Tx, referral: Referral, before: str, answer: str, received_by: Mapping[str, object]) -> None:
    """Keep another word to an office's outcome."""
    if referral.confirmed is not None:
        referral.confirmed = answer
    details = {"before": before, "answer": answer, **received_by}
    audit.record(tx, referral.stream, "referral.confirmation_corrected", referral.key, details)
