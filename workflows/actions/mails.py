"""The outbox for people: which mails got stuck, sending one again, and what a demonstration would have sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from workflows import policy
from workflows.core import audit
from workflows.core.errors import Conflict, NotFound
from workflows.core.outbox import Mail
from workflows.core.tx import Tx
from workflows.domain.referrals import Referral

MOST = 200
STATUSES = ("failed", "waiting", "sending", "sent")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail and the case it belongs to, if it belongs to one."""

    mail: Mail
    case_id: int | None


def listed(tx: Tx, status: str) -> list[Outgoing]:
    """The newest mails with that status."""
    query = policy.allowed(tx, policy.MAIL_READ, select(Mail)).where(Mail.status == status)
    mails = tx.session.scalars(query.order_by(Mail.id.desc()).limit(MOST)).all()
    numbers = {number for mail in mails if (number := _number(mail.about, "referral")) is not None}
    of_referrals = select(Referral.id, Referral.case_id).where(Referral.id.in_(numbers))
    cases = dict(tx.session.execute(of_referrals).tuples().all()) if numbers else {}
    return [
        Outgoing(mail, _number(mail.about, "case") or cases.get(_number(mail.about, "referral") or 0)) for mail in mails
    ]


def retry(tx: Tx, mail_id: int) -> Mail:
    """Send a failed mail again, from the first try on; raises ``NotFound``, ``Conflict("mail_state")``."""
    policy.get(tx, policy.MAIL_RETRY, Mail, mail_id)
    mail = tx.locked(Mail, mail_id)
    if mail.status != "failed":
        raise Conflict("mail_state", status=mail.status)
    mail.status, mail.attempts, mail.next_at = "waiting", 0, tx.now
    audit.record(tx, _stream(tx, mail), "mail.retried", f"mail:{mail.id}")
    return mail


def record_failure(tx: Tx, mail: Mail) -> None:
    """The mail server refused a mail for good, or it was tried in vain for two days: in the trail of its case."""
    told = {"to": mail.to_address, "reason": mail.last_error, "attempts": mail.attempts}
    audit.record(tx, _stream(tx, mail), "mail.failed", f"mail:{mail.id}", told)


def _stream(tx: Tx, mail: Mail) -> str:
    """Where people look for it: the trail of the case, or the house's own."""
    number = _number(mail.about, "referral")
    if number is not None:
        return tx.session.get_one(Referral, number).stream
    return "system" if _number(mail.about, "case") is None else mail.about


def _number(about: str, kind: str) -> int | None:
    found, _, number = about.partition(":")
    return int(number) if found == kind and number.isdecimal() else None


def newest(tx: Tx) -> Sequence[Mail]:
    """The last mails of a demonstration, newest first; raises ``NotFound`` where mails are really sent."""
    _only_in_demo(tx)
    return tx.session.scalars(select(Mail).order_by(Mail.id.desc()).limit(MOST)).all()


def read(tx: Tx, mail_id: int) -> Mail:
    """One mail of a demonstration; raises ``NotFound``: an installation that really sends shows them to nobody so."""
    _only_in_demo(tx)
    mail = tx.session.get(Mail, mail_id)
    if mail is None:
        raise NotFound("not_found", kind="mail")
    return mail


def _only_in_demo(tx: Tx) -> None:
    if not tx.settings.shows_mails:
        raise NotFound("not_found", kind="page")
