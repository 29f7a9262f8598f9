"""How reliably an office answers: measured from its referrals of the past year, never estimated."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from sqlalchemy import or_, select

from workflows.core import workdays
from workflows.core.clock import BERLIN
from workflows.core.tx import Tx
from workflows.domain.referrals import Referral

LEAST = 5
"""Below so many referrals with an answer or a missed deadline nothing is shown: one answer is no habit."""

PERIOD = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of ``asked`` referrals that were accepted, declined or left to expire: how many accepted, and how fast.

    ``answer_days`` is the median of the working days from sending to the first answer; None if none came.
    """

    asked: int
    accepted: int
    answer_days: float | None

    @property
    def accept_rate(self) -> int:
        """Accepted of all asked, in percent."""
        return round(100 * self.accepted / self.asked)


def of_offices(tx: Tx, office_ids: Collection[int]) -> Mapping[int, Reliability]:
    """By office, those with at least ``LEAST`` referrals alone; one query, whatever the number of offices."""
    columns = (Referral.office_id, Referral.sent_at, Referral.answered_at, Referral.decline_reason)
    over = or_(Referral.answered_at.is_not(None), Referral.status == "expired", Referral.result == "expired")
    rows = tx.session.execute(
        select(*columns).where(Referral.office_id.in_(office_ids), Referral.sent_at >= tx.now - PERIOD, over)
    )
    found: dict[int, list[tuple[bool, int | None]]] = {}
    for office_id, sent_at, answered_at, decline_reason in rows:
        days = None
        if answered_at is not None:
            start, end = (moment.astimezone(BERLIN).date() for moment in (sent_at, answered_at))
            days = workdays.working_days_between(start, end)
        accepted = answered_at is not None and decline_reason is None
        found.setdefault(office_id, []).append((accepted, days))
    return {office_id: _measured(answers) for office_id, answers in found.items() if len(answers) >= LEAST}


def of_office(tx: Tx, office_id: int) -> Reliability | None:
    """One office's figures; None while there are too few referrals."""
    return of_offices(tx, [office_id]).get(office_id)


def _measured(answers: list[tuple[bool, int | None]]) -> Reliability:
    days = [taken for _, taken in answers if taken is not None]
    return Reliability(len(answers), sum(accepted for accepted, _ in answers), float(median(days)) if days else None)
