"""Who comes by a link from a mail: the token becomes an actor who may reach that one thing and nothing else."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workflows.core import links
from workflows.core.errors import NotFound
from workflows.core.links import Link
from workflows.core.tx import Actor, Tx
from workflows.domain import referrals
from workflows.domain.cases import Case
from workflows.domain.invitations import Invitation
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral

STATUS_OUTLIVES = timedelta(days=180)
"""How long the status page of a closed case can still be opened; the case itself is kept longer (trust 18)."""


@dataclass(frozen=True, slots=True)
class Door:
    """A valid link: ``tx`` acts as its holder; ``subject_id`` is the row it leads to.

    ``is_former`` says that the referral was handed on to somebody else: its holder may do nothing any more.
    """

    tx: Tx
    link_id: int
    subject_id: int
    is_former: bool = False


def to_case(tx: Tx, token: str) -> Door:
    """The holder of a status link; raises ``NotFound("link_gone")`` for unknown, expired and revoked ones.

    It ends some time after its case has closed; what is opened again has its links again.
    """
    link, case_id = _target(tx, "case_status", "case", token)
    case = tx.session.get_one(Case, case_id)
    ends_at = status_ends_at(case)
    if ends_at is not None and tx.now >= ends_at:
        raise NotFound("link_gone", purpose="case_status")
    label = case.contact_name or case.organisation_name or case.reference
    return Door(replace(tx, actor=Actor(label, case_id=case_id)), link.id, case_id)


def status_ends_at(case: Case) -> datetime | None:
    """Until when the case's status links can be opened; None while it is open."""
    return case.closed_at + STATUS_OUTLIVES if case.closed_at is not None else None


def to_referral(tx: Tx, token: str) -> Door:
    """The holder of an office's link; raises ``NotFound("link_gone")``, for a closed referral some weeks later."""
    link, referral_id = _target(tx, "referral_answer", "referral", token)
    referral = tx.session.get_one(Referral, referral_id)
    office = tx.session.get_one(Office, referral.office_id)
    if link.recipient != referrals.addressee(referral, office):
        return Door(replace(tx, actor=Actor(office.name)), link.id, referral_id, is_former=True)
    return Door(replace(tx, actor=Actor(office.name, referral_id=referral_id)), link.id, referral_id)


def to_invitation(tx: Tx, token: str) -> Door:
    """The association asked to join in; raises ``NotFound("link_gone")``."""
    link, invitation_id = _target(tx, "invitation", "invitation", token)
    invitation = tx.session.get_one(Invitation, invitation_id)
    return Door(replace(tx, actor=Actor(invitation.organisation_name)), link.id, invitation_id)


def _target(tx: Tx, purpose: str, kind: str, token: str) -> tuple[Link, int]:
    link = links.find(tx.session, purpose, token, tx.now)
    if link is None:
        raise NotFound("link_gone", purpose=purpose)
    return link, int(link.target.removeprefix(f"{kind}:"))
