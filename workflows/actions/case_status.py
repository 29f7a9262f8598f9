"""The status page: the association sees what the office sees: the steps, and who received which data and why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workflows import policy
from workflows.actions import applications, appointments, corrections, doors
from workflows.actions.applications import Applied
from workflows.core.audit.log import AuditEntry
from workflows.core.tx import Tx
from workflows.domain import cases, codes, confirmations
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.domain.programmes import Programme
from workflows.domain.referrals import Referral
from workflows.engine import messages

BEGUN = ("case.in_progress", "case.waiting", "case.answered")
"""What the audit says of a case that somebody works on."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way; ``state`` is done, current or todo."""

    label: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Shared:
    """One office that received data: when, which fields, why, on which legal basis; all in words."""

    office_name: str
    handed_on_to: str
    sent_at: datetime | None
    fields: list[str]
    reason: str
    legal_basis: str
    status: str
    status_label: str
    programme: str = ""
    consideration: str = ""
    consideration_text: str = ""
    retracted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question one tap answers: about the whole case, what one office reported, or when it would like to meet."""

    kind: str
    referral_id: int | None
    office_name: str
    outcome: str
    at: datetime | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Correctable:
    """An answer that another tap can still correct: about the whole case, or to what one office reported."""

    kind: str
    referral_id: int | None
    office_name: str
    answer: str


@dataclass(frozen=True, slots=True)
class Status:
    """What the status page shows."""

    case: Case
    status_label: str
    steps: list[Step]
    shared: list[Shared]
    asks: list[Ask]
    correctable: list[Correctable]
    applications: list[Applied]
    can_withdraw: bool
    can_withdraw_consent: bool
    ends_at: datetime | None


def read(tx: Tx, token: str, language: str | None = None) -> Status:
    """The page behind a status link, in ``language`` or the one the enquiry came in; raises ``NotFound``."""
    door = doors.to_case(tx, token)
    case = policy.get(door.tx, policy.CASE_READ, Case, door.subject_id)
    language = language or case.language
    rows = _referrals(door.tx)
    withdrawing = messages.find(tx, f"enquiry_withdrawn/{case.reference}") is not None
    return Status(
        case=case,
        status_label=codes.label(tx.session, "case_status", case.status, language),
        steps=_steps(case, [referral for referral, _ in rows], was_begun=_was_begun(tx, case)),
        shared=[_shared(tx, referral, office, language) for referral, office in rows],
        asks=[] if withdrawing else _asks(tx, case, rows, language),
        correctable=[] if withdrawing else _correctable(tx, case, rows),
        applications=applications.of_link(door.tx, language),
        can_withdraw=case.status in cases.OPEN and not withdrawing,
        can_withdraw_consent=case.consent_share and case.status in cases.OPEN and not withdrawing,
        ends_at=doors.status_ends_at(case),
    )


def _referrals(tx: Tx) -> list[tuple[Referral, Office]]:
    query = policy.allowed(tx, policy.REFERRAL_READ, select(Referral, Office))
    rows = tx.session.execute(query.join(Office, Office.id == Referral.office_id).order_by(Referral.id))
    return [(referral, office) for referral, office in rows]


def _was_begun(tx: Tx, case: Case) -> bool:
    """Whether anybody worked on it before it was withdrawn: the audit says what the status does not any more."""
    if case.status != "withdrawn":
        return True
    begun = select(AuditEntry.seq).where(AuditEntry.stream == case.stream, AuditEntry.event.in_(BEGUN)).limit(1)
    return tx.session.scalar(begun) is not None


def _steps(case: Case, referred: list[Referral], *, was_begun: bool) -> list[Step]:
    """Received, in progress, an office asked or at work if there is one, answered, closed; as far as it has come."""
    names = ["received", "in_progress"] if was_begun else ["received"]
    moments = {"received": case.opened_at, "closed": case.closed_at}
    helping = [referral.answered_at for referral in referred if _was_accepted(referral)]
    if helping:
        names.append("with_office")
        moments["with_office"] = helping[0]
    elif referred:
        names.append("office_asked")
        moments["office_asked"] = referred[0].sent_at
    if case.status != "withdrawn" or case.answer:
        names.append("answered")  # who withdrew before an answer came never had one
    names.append("closed")
    reached = {"new": 0, "in_progress": 1, "waiting": 2, "answered": len(names) - 2}.get(case.status, len(names) - 1)
    if case.status == "waiting" and not referred:
        reached = 1
    over = case.status in {"closed", "withdrawn"}
    return [
        Step(name, "done" if index < reached or over else "current" if index == reached else "todo", moments.get(name))
        for index, name in enumerate(names)
    ]


def _was_accepted(referral: Referral) -> bool:
    """Whether the office said that it helps, however it went on."""
    return referral.answered_at is not None and referral.decline_reason is None


def _shared(tx: Tx, referral: Referral, office: Office, language: str) -> Shared:
    def word(name: str, key: str | None) -> str:
        return codes.label(tx.session, name, key, language)

    return Shared(
        office_name=office.name,
        handed_on_to=referral.handed_on_to,
        sent_at=referral.sent_at,
        fields=[word("share", name) for name in referral.extract],
        reason=referral.reason,
        legal_basis=word("legal_basis", referral.legal_basis),
        status=referral.status,
        status_label=word("referral_status", referral.result if referral.status == "closed" else referral.status),
        programme=tx.session.get_one(Programme, referral.programme_id).name if referral.programme_id else "",
        consideration=word("consideration", referral.consideration),
        consideration_text=referral.outcome_text if referral.consideration else "",
        retracted_at=referral.retracted_at,
    )


def _asks(tx: Tx, case: Case, rows: list[tuple[Referral, Office]], language: str) -> list[Ask]:
    asks = []
    for referral, office in rows:
        if proposed := appointments.open_question(tx, referral):
            asks.append(Ask("appointment", referral.id, office.name, "", proposed.at, proposed.place))
        answered = messages.find(tx, f"outcome_confirmed/{referral.key}") is not None
        if (
            referral.status == "reported"
            and not answered
            and messages.is_awaited(tx, "outcome_confirmed", referral.key)
        ):
            outcome = codes.label(tx.session, "referral_outcome", referral.outcome, language)
            asks.append(Ask("referral", referral.id, office.name, outcome))
    if case.confirmed is None and messages.is_awaited(tx, "case_confirmed", case.reference):
        asks.append(Ask("case", None, "", ""))
    return asks


def _correctable(tx: Tx, case: Case, rows: list[tuple[Referral, Office]]) -> list[Correctable]:
    found = []
    if corrections.of_case(tx, case) and (given := confirmations.of_case(tx.session, case)):
        found.append(Correctable("case", None, "", given.answer))
    for referral, office in rows:
        if corrections.of_referral(tx, referral) and (said := confirmations.of_referral(tx.session, referral)):
            found.append(Correctable("referral", referral.id, office.name, said.answer))
    return found
