"""The first appointment of a referral: an office proposes it, or the coordination arranges it (warm hand-off)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core.db import Base
from workflows.core.errors import Conflict
from workflows.core.tx import Tx
from workflows.domain import referrals
from workflows.domain.referrals import AT_WORK, Referral

STATUSES = ("proposed", "confirmed", "declined", "unanswered")
PROPOSERS = ("office", "coordination")


class Appointment(Base):
    """One proposal; the newest of a referral counts. ``at`` is a moment, ``place`` says where, also "by phone"."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"proposed_by IN {PROPOSERS}", name="proposed_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    referral_id: Mapped[int] = mapped_column(ForeignKey("referral.id"), index=True)
    at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(300))
    proposed_by: Mapped[str] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(12), default="proposed")
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


def propose(tx: Tx, referral_id: int, at: datetime, place: str) -> Appointment:
    """The office names day, time and place; raises ``Conflict("referral_state")`` unless it has said that it helps."""
    return _add(tx, referral_id, at, place, "office", "proposed")


def arrange(tx: Tx, referral_id: int, at: datetime, place: str) -> Appointment:
    """The coordination has spoken with both sides: the appointment stands."""
    return _add(tx, referral_id, at, place, "coordination", "confirmed")


def answer(tx: Tx, referral_id: int, status: str) -> Appointment:
    """What became of the proposal: confirmed, declined or unanswered. Raises ``Conflict("appointment_state")``."""
    referral = tx.locked(Referral, referral_id)
    found = latest(tx.session, referral_id)
    if found is not None and found.status == status:
        return found
    if found is None or found.status != "proposed":
        raise Conflict("appointment_state", referral=referral.id, status=found.status if found else None)
    found.status, found.answered_at = status, tx.now
    referrals.record(tx, referral, f"appointment.{status}", appointment=found.id)
    return found


def latest(session: Session, referral_id: int) -> Appointment | None:
    """The appointment that counts now, whatever became of it."""
    query = select(Appointment).where(Appointment.referral_id == referral_id).order_by(Appointment.id.desc())
    return session.scalars(query.limit(1)).first()


def _add(tx: Tx, referral_id: int, at: datetime, place: str, proposed_by: str, status: str) -> Appointment:
    referral = tx.locked(Referral, referral_id)
    if referral.status not in AT_WORK:
        raise Conflict("referral_state", referral=referral.id, status=referral.status, wanted="appointment")
    found = Appointment(
        referral_id=referral.id,
        at=at,
        place=place,
        proposed_by=proposed_by,
        status=status,
        created_at=tx.now,
        answered_at=tx.now if status == "confirmed" else None,
    )
    tx.session.add(found)
    tx.session.flush()
    event = "appointment.proposed" if status == "proposed" else "appointment.arranged"
    referrals.record(tx, referral, event, appointment=found.id)
    return found
