"""The thread of a referral: what the office asks back and what the coordination answers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core.db import Base
from workflows.core.errors import Conflict
from workflows.core.tx import Tx
from workflows.domain import referrals
from workflows.domain.referrals import ASKED, AT_WORK, Referral


class ReferralMessage(Base):
    """A question of the office or the coordinator's answer: the thread of a referral."""

    __tablename__ = "referral_message"
    __table_args__ = (CheckConstraint("kind IN ('question', 'answer')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]


def ask(tx: Tx, referral_id: int, question: str) -> ReferralMessage:
    """The office asks the coordinator something."""
    return _say(tx, referral_id, "question", question)


def reply(tx: Tx, referral_id: int, answer: str, deadline_on: date | None = None) -> ReferralMessage:
    """The coordinator answers the office; the time it had to wait is given back as a new deadline."""
    message = _say(tx, referral_id, "answer", answer)
    if deadline_on is not None:
        tx.locked(Referral, referral_id).deadline_on = deadline_on
    return message


def thread(session: Session, referral_id: int) -> list[ReferralMessage]:
    """Questions and answers in their order."""
    query = select(ReferralMessage).where(ReferralMessage.referral_id == referral_id)
    return list(session.scalars(query.order_by(ReferralMessage.id)))


def _say(tx: Tx, referral_id: int, kind: str, text: str) -> ReferralMessage:
    referral = tx.locked(Referral, referral_id)
    if referral.status not in ASKED | AT_WORK:
        raise Conflict("referral_state", referral=referral.id, status=referral.status, wanted=kind)
    message = ReferralMessage(referral_id=referral.id, kind=kind, text=text, author=tx.actor.label, created_at=tx.now)
    tx.session.add(message)
    tx.session.flush()
    referrals.record(tx, referral, f"referral.{kind}_added", message=message.id)
    return message
