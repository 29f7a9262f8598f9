"""An invitation: an association is asked to join in with what somebody else seeks (rooms, expertise, an association).

It learns who asks, why and what it gets, and may decline without a reason.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit
from workflows.core.db import Base
from workflows.core.errors import Conflict
from workflows.core.tx import Tx
from workflows.domain import cases
from workflows.domain.cases import Case

STATUSES = ("sent", "joined", "declined", "unanswered")


class Invitation(Base):
    """One association asked in one case; ``note`` is what it adds of its own accord, also to a no.

    ``answered_by`` is ``link`` or ``coordination``, who entered what came by phone or mail.
    """

    __tablename__ = "invitation"
    __table_args__ = (CheckConstraint(f"status IN {STATUSES}", name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    organisation_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(12))
    who: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    gets: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(12), default="sent")
    note: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str] = mapped_column(String(12), default="")
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    @property
    def key(self) -> str:
        """The correlation key of its answer and the target of its link."""
        return f"invitation:{self.id}"

    @property
    def stream(self) -> str:
        """The audit stream: its story is part of its case's."""
        return f"case:{self.case_id}"


def send(tx: Tx, case_id: int, organisation_name: str, email: str, language: str, words: dict[str, str]) -> Invitation:
    """Ask an association; ``words`` are who, why and gets. Raises ``Conflict("case_state")`` when the case is over."""
    case = tx.locked(Case, case_id)
    if case.status not in cases.OPEN:
        raise Conflict("case_state", case=case.reference, status=case.status, wanted="invitation")
    invitation = Invitation(
        case_id=case_id,
        organisation_name=organisation_name,
        email=email,
        language=language,
        status="sent",
        note="",
        answered_by="",
        created_at=tx.now,
        **words,
    )
    tx.session.add(invitation)
    tx.session.flush()
    _record(tx, invitation, "invitation.sent", organisation=organisation_name)
    return invitation


def answer(tx: Tx, invitation_id: int, status: str, by: str, note: str = "") -> Invitation:
    """Keep the answer, once: joined, declined or unanswered; the same again does nothing, another is a ``Conflict``."""
    invitation = tx.locked(Invitation, invitation_id)
    if invitation.status == status:
        return invitation
    if invitation.status != "sent":
        raise Conflict("invitation_answered", status=invitation.status)
    invitation.status, invitation.answered_by, invitation.answered_at = status, by, tx.now
    invitation.note = note
    _record(tx, invitation, f"invitation.{status}", by=by)
    return invitation


def of_case(session: Session, case_id: int) -> list[Invitation]:
    """The invitations of a case, oldest first."""
    return list(session.scalars(select(Invitation).where(Invitation.case_id == case_id).order_by(Invitation.id)))


def _record(tx: Tx, invitation: Invitation, event: str, **details: object) -> None:
    audit.record(tx, invitation.stream, event, invitation.key, details)
