"""A referral (Verweisung): one office is asked to help, from the draft to the confirmed outcome.

States: draft → sent → seen → accepted | declined | expired | withdrawn; accepted → in_contact → reported → confirmed →
closed. Handed on to a colleague it waits for an answer as before. It closes only with an outcome or a reason why there
is none.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit, search, workdays
from workflows.core.clock import BERLIN
from workflows.core.db import Base, TypedJson
from workflows.core.errors import Conflict, LotseError, NotFound
from workflows.core.tx import Tx
from workflows.domain import cases
from workflows.domain.cases import Case
from workflows.domain.offices import Office

STATUSES = (
    "draft",
    "sent",
    "seen",
    "accepted",
    "declined",
    "handed_on",
    "expired",
    "withdrawn",
    "in_contact",
    "reported",
    "confirmed",
    "closed",
)
ASKED = frozenset({"sent", "seen", "handed_on"})
AT_WORK = frozenset({"accepted", "in_contact"})
# In these an office has nothing to do with the data any more.
OVER = frozenset({"declined", "expired", "withdrawn", "closed"})

# From where each status may be reached.
BEFORE: dict[str, frozenset[str]] = {
    "sent": frozenset({"draft"}),
    "seen": frozenset({"sent"}),
    "accepted": ASKED,
    "declined": ASKED,
    "handed_on": ASKED,
    "expired": ASKED,
    "withdrawn": frozenset({"draft", "reported"}) | ASKED | AT_WORK,
    "in_contact": frozenset({"accepted"}),
    "reported": AT_WORK,
    "confirmed": frozenset({"reported"}),
    "closed": frozenset({"declined", "expired", "withdrawn", "confirmed"}),
}

# Where a referral stands again once a wrong answer is taken back, by the state it was answered with.
TAKEN_BACK: dict[str, str] = {
    "accepted": "sent",
    "in_contact": "sent",
    "handed_on": "sent",
    "reported": "accepted",
    "declined": "sent",
    "expired": "sent",
}

SHAREABLE = (
    "choice",
    "topics",
    "text",
    "language",
    "organisation_name",
    "contact_name",
    "contact_email",
    "contact_phone",
)


class Referral(Base):
    """One office asked about one case; ``extract`` holds exactly the fields passed on, as they were at that moment."""

    __tablename__ = "referral"
    __table_args__ = (CheckConstraint(f"status IN {STATUSES}", name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    status: Mapped[str] = mapped_column(String(12), default="draft", index=True)
    reason: Mapped[str] = mapped_column(Text)
    extract: Mapped[dict[str, object]] = mapped_column(TypedJson)
    legal_basis: Mapped[str] = mapped_column(String(40))
    legal_basis_note: Mapped[str] = mapped_column(Text, default="")
    deadline_on: Mapped[date]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    decline_reason: Mapped[str | None] = mapped_column(String(40))
    decline_text: Mapped[str] = mapped_column(Text, default="")
    handed_on_to: Mapped[str] = mapped_column(String(300), default="")
    reported_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    outcome_text: Mapped[str] = mapped_column(Text, default="")
    confirmed: Mapped[str | None] = mapped_column(String(20))
    closed_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(20))
    instance_id: Mapped[int | None]

    @property
    def key(self) -> str:
        """The subject of its process and the correlation key of its messages."""
        return f"referral:{self.id}"

    @property
    def stream(self) -> str:
        """The audit stream: a referral's story is part of its case's."""
        return f"case:{self.case_id}"


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


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms an office is asked: why, its fields, the legal basis (Art. 6 GDPR), working days to answer."""

    reason: str
    share: list[str]
    legal_basis: str
    legal_basis_note: str = ""
    deadline_days: int = 10


def offer(tx: Tx, case_id: int, office_id: int, terms: Terms) -> Referral:
    """Draft a referral with its extract; the case waits now. The deadline counts working days (§§187, 188 BGB).

    Raises ``LotseError`` ``office_without_address``, ``legal_basis_missing``, ``consent_missing``, ``nothing_shared``
    and ``Conflict("case_state")`` when the case is closed.
    """
    case = tx.locked(Case, case_id)
    if case.status not in cases.OPEN:
        raise Conflict("case_state", case=case.reference, status=case.status, wanted="referred")
    office = tx.session.get(Office, office_id)
    if office is None:
        raise NotFound("not_found", kind="office")
    check_terms(case, office, terms)
    today = tx.now.astimezone(BERLIN).date()
    referral = Referral(
        case_id=case.id,
        office_id=office.id,
        status="draft",
        reason=terms.reason,
        extract={name: getattr(case, name) for name in terms.share},
        legal_basis=terms.legal_basis,
        legal_basis_note=terms.legal_basis_note,
        deadline_on=workdays.add_working_days(today, terms.deadline_days),
        created_at=tx.now,
    )
    tx.session.add(referral)
    tx.session.flush()
    search.index(tx, "referral", referral.id, [case.reference, office.name, referral.reason, *_words(referral.extract)])
    cases.wait(tx, case.id)
    _record(tx, referral, "referral.offered", office=office.key, fields=terms.share, legal_basis=terms.legal_basis)
    return referral


def _words(extract: dict[str, object]) -> list[str]:
    return [value for value in extract.values() if isinstance(value, str)]


def check_terms(case: Case, office: Office, terms: Terms) -> None:
    """Whether data may be passed on like this; raises the ``LotseError`` codes named at ``offer``."""
    if not office.email:
        raise LotseError("office_without_address", office=office.name)
    if not terms.legal_basis or (terms.legal_basis == "override" and not terms.legal_basis_note.strip()):
        raise LotseError("legal_basis_missing", case=case.reference)
    if terms.legal_basis == "consent" and not case.consent_share and not terms.legal_basis_note.strip():
        raise LotseError("consent_missing", case=case.reference)
    if not terms.share or not set(terms.share) <= set(SHAREABLE):
        raise LotseError("nothing_shared", fields=terms.share)


def send(tx: Tx, referral_id: int) -> Referral:
    """The office is now asked, and the transfer of the extract recorded."""
    referral = tx.locked(Referral, referral_id)
    referral, moved = _move(tx, referral_id, "sent", fields=sorted(referral.extract))
    if moved:
        referral.sent_at = tx.now
    return referral


def see(tx: Tx, referral_id: int) -> Referral:
    """The office opened its link; opening again or later changes nothing."""
    referral = tx.locked(Referral, referral_id)
    if referral.status == "sent":
        _move(tx, referral_id, "seen")
        referral.seen_at = tx.now
    return referral


def accept(tx: Tx, referral_id: int) -> Referral:
    """The office helps."""
    referral, moved = _move(tx, referral_id, "accepted")
    if moved:
        referral.answered_at = tx.now
    return referral


def decline(tx: Tx, referral_id: int, reason: str, text: str) -> Referral:
    """The office cannot help; raises ``LotseError("reason_text_missing")`` for "other" without words."""
    if reason == "other" and not text.strip():
        raise LotseError("reason_text_missing", reason=reason)
    referral, moved = _move(tx, referral_id, "declined", reason=reason)
    if moved:
        referral.answered_at, referral.decline_reason, referral.decline_text = tx.now, reason, text
    return referral


def hand_on(tx: Tx, referral_id: int, to: str, deadline_on: date | None = None) -> Referral:
    """The office names a colleague's address; mails for the office go there from now on. May happen again.

    ``deadline_on`` gives the colleague time of their own.
    """
    referral = tx.locked(Referral, referral_id)
    if referral.status == "handed_on" and referral.handed_on_to != to:
        _record(tx, referral, "referral.handed_on", before="handed_on", to=to)
    else:
        _move(tx, referral_id, "handed_on", to=to)
    referral.handed_on_to = to
    referral.deadline_on = deadline_on or referral.deadline_on
    return referral


def expire(tx: Tx, referral_id: int) -> Referral:
    """Nobody answered in time."""
    return _move(tx, referral_id, "expired")[0]


def withdraw(tx: Tx, referral_id: int) -> Referral:
    """The association or the coordinator stops it; the office may no longer use the extract."""
    return _move(tx, referral_id, "withdrawn")[0]


def in_contact(tx: Tx, referral_id: int) -> Referral:
    """Office and association have spoken."""
    return _move(tx, referral_id, "in_contact")[0]


def report(tx: Tx, referral_id: int, outcome: str, text: str) -> Referral:
    """The office says how it ended."""
    referral, moved = _move(tx, referral_id, "reported", outcome=outcome)
    if moved:
        referral.reported_at, referral.outcome, referral.outcome_text = tx.now, outcome, text
    return referral


def confirm(tx: Tx, referral_id: int, answer: str) -> Referral:
    """What the association says to the reported outcome: yes, no or no_answer."""
    referral, moved = _move(tx, referral_id, "confirmed", answer=answer)
    if moved:
        referral.confirmed = answer
    return referral


def close(tx: Tx, referral_id: int) -> Referral:
    """End the referral; ``result`` keeps the state it ended from, and a case that waits for no other goes on."""
    referral = tx.locked(Referral, referral_id)
    result = referral.status
    referral, moved = _move(tx, referral_id, "closed", result=result)
    if moved:
        referral.closed_at, referral.result = tx.now, result
        tx.session.flush()
        others = select(Referral.id).where(Referral.case_id == referral.case_id, Referral.status != "closed")
        if tx.session.scalar(others.limit(1)) is None:
            cases.resume(tx, referral.case_id)
    return referral


def addressee(referral: Referral, office: Office) -> str:
    """Who the referral's link is for now: the office's group, or with a slash the address it was handed on to."""
    return f"{office.group}/{referral.handed_on_to}" if referral.handed_on_to else office.group


def answered_with(referral: Referral) -> str:
    """The state an answer led to, also once the referral is closed."""
    return referral.result or referral.status


def reopen(tx: Tx, referral_id: int, reason: str, deadline_on: date | None = None) -> Referral:
    """Take a wrong answer back: the office is asked again until ``deadline_on``, after a report it is at work again.

    One that a decline or the deadline has closed lives again. Raises ``LotseError("reason_text_missing")`` and
    ``Conflict("referral_state")`` where nothing was answered or its outcome is confirmed.
    """
    if not reason.strip():
        raise LotseError("reason_text_missing", reason="taken_back")
    referral = tx.locked(Referral, referral_id)
    before = answered_with(referral)
    if before not in TAKEN_BACK:
        raise Conflict("referral_state", referral=referral.id, status=referral.status, wanted="reopened")
    referral.status = TAKEN_BACK[before]
    referral.outcome, referral.outcome_text, referral.reported_at = None, "", None
    if referral.status == "sent":
        referral.answered_at, referral.decline_reason, referral.decline_text = None, None, ""
        referral.closed_at, referral.result = None, None
        # A wrong hand-on is undone; a colleague who answered wrongly is still the one to ask.
        referral.handed_on_to = "" if before == "handed_on" else referral.handed_on_to
        referral.deadline_on = deadline_on or referral.deadline_on
    _record(tx, referral, "referral.reopened", before=before, reason=reason)
    cases.wait(tx, referral.case_id)
    return referral


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


def of_case(session: Session, case_id: int) -> list[Referral]:
    """The referrals of a case, oldest first."""
    return list(session.scalars(select(Referral).where(Referral.case_id == case_id).order_by(Referral.id)))


def half_way(referral: Referral) -> date:
    """The working day for the reminder: half of the time to the deadline."""
    return workdays.half_way(referral.created_at.astimezone(BERLIN).date(), referral.deadline_on)


def _move(tx: Tx, referral_id: int, status: str, **details: object) -> tuple[Referral, bool]:
    """Lock, check the old state, set the new one; (row, False) when it is there already."""
    referral = tx.locked(Referral, referral_id)
    if referral.status == status:
        return referral, False
    if referral.status not in BEFORE[status]:
        raise Conflict("referral_state", referral=referral.id, status=referral.status, wanted=status)
    before, referral.status = referral.status, status
    _record(tx, referral, f"referral.{status}", before=before, **details)
    return referral, True


def _say(tx: Tx, referral_id: int, kind: str, text: str) -> ReferralMessage:
    referral = tx.locked(Referral, referral_id)
    if referral.status not in ASKED | AT_WORK:
        raise Conflict("referral_state", referral=referral.id, status=referral.status, wanted=kind)
    message = ReferralMessage(referral_id=referral.id, kind=kind, text=text, author=tx.actor.label, created_at=tx.now)
    tx.session.add(message)
    tx.session.flush()
    _record(tx, referral, f"referral.{kind}_added", message=message.id)
    return message


def _record(tx: Tx, referral: Referral, event: str, **details: object) -> None:
    audit.record(tx, referral.stream, event, referral.key, details)
