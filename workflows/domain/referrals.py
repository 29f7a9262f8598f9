"""A referral (Verweisung): one office is asked to help, from the draft to the confirmed outcome.

States: draft → sent → seen → accepted | declined | expired | withdrawn; accepted → in_contact → reported → confirmed →
closed. Handed on to a colleague it waits for an answer as before. It closes only with an outcome or a reason why there
is none. Of kind ``need`` it carries a need of many to those who decide: sent → considered → closed.
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
    "considered",
    "closed",
)
KINDS = ("help", "need")
ASKED = frozenset({"sent", "seen", "handed_on"})
AT_WORK = frozenset({"accepted", "in_contact"})
# In these an office has nothing to do with the data any more.
OVER = frozenset({"declined", "expired", "withdrawn", "considered", "closed"})

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
    "considered": ASKED,
    "closed": frozenset({"declined", "expired", "withdrawn", "confirmed", "considered"}),
}

# Keys of code lists that mean something here: legal bases, the reason that needs words, what confirms an outcome.
CONSENT, OVERRIDE = "consent", "override"
OTHER_REASON = "other"
CONFIRMED, CONTRADICTED = CONFIRMATIONS = ("yes", "no")

SHAREABLE = (
    "choice",
    "topics",
    "text",
    "translation",
    "language",
    "organisation_name",
    "contact_name",
    "contact_email",
    "contact_phone",
)


class Referral(Base):
    """One office asked about one case; ``extract`` holds exactly the fields passed on, as they were at that moment.

    ``programme_id`` says that it is asked for one programme it decides on, ``is_warm`` that the coordination arranges
    the first appointment itself, ``consideration`` what those who decide make of a need.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12), default="help")
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    is_warm: Mapped[bool] = mapped_column(default=False)
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
    consideration: Mapped[str | None] = mapped_column(String(20))
    retracted_at: Mapped[datetime | None]
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


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms an office is asked: why, its fields, the legal basis (Art. 6 GDPR), working days to answer.

    ``kind`` is one of ``KINDS``; ``is_warm`` promises that the coordination arranges the first appointment.
    """

    reason: str
    share: list[str]
    legal_basis: str
    legal_basis_note: str = ""
    deadline_days: int = 10
    kind: str = "help"
    is_warm: bool = False


def offer(tx: Tx, case_id: int, office_id: int, terms: Terms, programme_id: int | None = None) -> Referral:
    """Draft a referral with its extract; the case waits now. The deadline counts working days (§§187, 188 BGB).

    With ``programme_id`` the office is asked for that programme.

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
        kind=terms.kind,
        programme_id=programme_id,
        is_warm=terms.is_warm,
        status="draft",
        reason=terms.reason,
        extract=extract(case, terms.share),
        legal_basis=terms.legal_basis,
        legal_basis_note=terms.legal_basis_note,
        deadline_on=workdays.add_working_days(today, terms.deadline_days),
        created_at=tx.now,
    )
    tx.session.add(referral)
    tx.session.flush()
    named = [case.reference, office.name, *_words({**referral.extract, "text": None})]
    search.index(tx, "referral", referral.id, named, free=[referral.reason, str(referral.extract.get("text") or "")])
    cases.wait(tx, case.id)
    record(tx, referral, "referral.offered", office=office.key, fields=terms.share, legal_basis=terms.legal_basis)
    return referral


def extract(case: Case, share: list[str]) -> dict[str, object]:
    """Exactly what an office would receive; a translation only where there is one."""
    return {name: getattr(case, name) for name in share if name != "translation" or case.translation}


def _words(extract: dict[str, object]) -> list[str]:
    return [value for value in extract.values() if isinstance(value, str)]


def check_terms(case: Case, office: Office, terms: Terms) -> None:
    """Whether data may be passed on like this; raises the ``LotseError`` codes named at ``offer``."""
    if not office.email:
        raise LotseError("office_without_address", office=office.name)
    if not terms.legal_basis or (terms.legal_basis == OVERRIDE and not terms.legal_basis_note.strip()):
        raise LotseError("legal_basis_missing", case=case.reference)
    if not may_pass_on(case, terms.legal_basis, terms.legal_basis_note):
        raise LotseError("consent_missing", case=case.reference)
    if not extract(case, [name for name in terms.share if name in SHAREABLE]) or not set(terms.share) <= set(SHAREABLE):
        raise LotseError("nothing_shared", fields=terms.share)


def may_pass_on(case: Case, legal_basis: str, note: str) -> bool:
    """Whether the legal basis holds now: consent ends when it is taken back, unless a note documents why not."""
    return legal_basis != CONSENT or case.consent_share or bool(note.strip())


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
        referral.answered_at, referral.retracted_at = tx.now, None
    return referral


def decline(tx: Tx, referral_id: int, reason: str, text: str) -> Referral:
    """The office cannot help; raises ``LotseError("reason_text_missing")`` for "other" without words."""
    if reason == OTHER_REASON and not text.strip():
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
        record(tx, referral, "referral.handed_on", before="handed_on", to=to)
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


def consider(tx: Tx, referral_id: int, consideration: str, text: str) -> Referral:
    """Those who decide say how they considered a need; raises ``LotseError("reason_text_missing")`` without words."""
    if not text.strip():
        raise LotseError("reason_text_missing", reason=consideration)
    referral, moved = _move(tx, referral_id, "considered", consideration=consideration)
    if moved:
        referral.answered_at, referral.consideration, referral.outcome_text = tx.now, consideration, text
        referral.retracted_at = None
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
    record(tx, referral, f"referral.{status}", before=before, **details)
    return referral, True


def record(tx: Tx, referral: Referral, event: str, **details: object) -> None:
    """Tell the case's audit what happened to the referral."""
    audit.record(tx, referral.stream, event, referral.key, details)
