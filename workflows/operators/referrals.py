"""What a diagram may do with referrals: ask offices, and move one referral through its states."""

from datetime import timedelta
from typing import Any

from workflows.core import links, workdays
from workflows.core.clock import BERLIN
from workflows.core.errors import LotseError, NotFound
from workflows.core.tx import Tx
from workflows.domain import offices, programmes, questions, referrals, taking_back
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.domain.programmes import Programme
from workflows.domain.referrals import Referral, Terms
from workflows.engine import messages
from workflows.engine.catalogue import BpmnError, Call, Operator, Parameter
from workflows.operators import inputs

PROCESS = "referral"

# How long an office's link still says what was answered once the referral is closed.
FAREWELL = timedelta(days=30)

# Mail domains that say nothing about whose house it is.
ANYBODYS = frozenset(
    {"aol.com", "freenet.de", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "hotmail.de"}
    | {"icloud.com", "mailbox.org", "outlook.com", "outlook.de", "posteo.de", "t-online.de", "web.de", "yahoo.de"}
)

# What is to be answered anew once an answer was taken back, by the state the referral is in again.
ANEW = {"sent": "answer", "accepted": "report"}

# What a diagram may react to; everything else is an incident.
EXPECTED = frozenset(
    {"office_without_address", "office_unknown", "legal_basis_missing", "consent_missing", "nothing_shared"}
    | {"programme_without_office"}
)


def offer(tx: Tx, call: Call) -> dict[str, Any]:
    """Draft a referral per office or programme; a process of its own begins for each, in a transaction of its own."""
    case_id = inputs.subject(call, "case")
    try:
        drafted = [
            (referrals.offer(tx, case_id, office.id, _terms(call), programme.id if programme else None), office)
            for office, programme in _chosen(tx, call)
        ]
    except (LotseError, NotFound) as error:
        if error.code in EXPECTED:
            raise BpmnError(error.code, error.facts) from error
        raise
    case = tx.session.get_one(Case, case_id)
    for referral, office in drafted:
        variables = starting_variables(tx, case, referral, office)
        messages.start(tx, PROCESS, variables, subject=referral.key, unique_key=f"start/{referral.key}")
    return {
        "referrals": [referral.id for referral, _ in drafted],
        "sent": len(drafted),
        "asked": list(dict.fromkeys(office.key for _, office in drafted)),
    }


def _terms(call: Call) -> Terms:
    return Terms(
        reason=inputs.text(call, "reason"),
        share=inputs.texts(call, "share"),
        legal_basis=inputs.text(call, "legal_basis"),
        legal_basis_note=inputs.text(call, "legal_basis_note"),
        deadline_days=inputs.whole_number(call, "deadline_days", 10),
        kind=inputs.text(call, "kind", "help"),
        is_warm=call.inputs.get("is_warm") is True,
    )


def _chosen(tx: Tx, call: Call) -> list[tuple[Office, Programme | None]]:
    """The offices asked for themselves, then those asked for a programme they decide on."""
    chosen: list[tuple[Office, Programme | None]] = []
    chosen += [(office, None) for office in offices.by_keys(tx.session, inputs.texts(call, "offices"))]
    wanted = inputs.texts(call, "programmes")
    for programme in (row for row in programmes.active(tx.session) if row.key in wanted):
        office = offices.find(tx.session, programme.office_key)
        if office is None or not office.is_active:
            raise LotseError("programme_without_office", programme=programme.name)
        chosen.append((office, programme))
    if not chosen:
        raise LotseError("office_unknown", offices=[])
    return chosen


def starting_variables(tx: Tx, case: Case, referral: Referral, office: Office) -> dict[str, Any]:
    """What a referral instance starts with: nothing of the case but its reference, its language and the extract."""
    programme = tx.session.get_one(Programme, referral.programme_id) if referral.programme_id else None
    return {
        "referral": referral.id,
        "referral_key": referral.key,
        "kind": referral.kind,
        "programme_name": programme.name if programme else "",
        "is_warm": referral.is_warm,
        "reference": case.reference,
        "case_correlation": case.reference,
        "office": office.key,
        "office_group": office.group,
        "office_name": office.name,
        "office_language": office.language,
        "office_domain": _house(office),
        "reason": referral.reason,
        "legal_basis": referral.legal_basis,
        "extract": dict(referral.extract),
        "deadline": referral.deadline_on,
        "half_way": referrals.half_way(referral),
        "contact_language": case.language,
        "sent_on": referral.created_at.astimezone(BERLIN).date(),
        "resume": "first",
        "taken_back_reason": "",
    }


def _house(office: Office) -> str:
    """The mail domain that all people of the office's house share; empty when anybody may have such an address."""
    domain = office.email.rpartition("@")[2].lower()
    return "" if domain in ANYBODYS else domain


def send(tx: Tx, call: Call) -> None:
    """The office is now asked."""
    referrals.send(tx, inputs.subject(call, "referral"))


def accept(tx: Tx, call: Call) -> None:
    """The office helps."""
    referrals.accept(tx, inputs.subject(call, "referral"))


def decline(tx: Tx, call: Call) -> None:
    """The office cannot help, for a reason of the code list."""
    reason, text = inputs.text(call, "reason"), inputs.text(call, "text")
    inputs.known(tx, "decline_reason", reason)
    try:
        referrals.decline(tx, inputs.subject(call, "referral"), reason, text)
    except LotseError as error:
        if error.code == "reason_text_missing":
            raise BpmnError(error.code, error.facts) from error
        raise


def hand_on(tx: Tx, call: Call) -> None:
    """The office names a colleague who is to answer."""
    to = inputs.text(call, "to")
    if "@" not in to:
        raise inputs.wrong("to", "mail address", to)
    referrals.hand_on(tx, inputs.subject(call, "referral"), to, inputs.day(call, "deadline"))


def reopen(tx: Tx, call: Call) -> dict[str, Any]:
    """A wrong answer is taken back; ``resume`` says what is to be answered anew: answer or report.

    ``was_told`` says whether the association had been told of the answer.
    """
    deadline = inputs.day(call, "deadline")
    referral = taking_back.take_back(tx, inputs.subject(call, "referral"), inputs.text(call, "reason"), deadline)
    return {"resume": ANEW[referral.status], "was_told": referral.retracted_at == tx.now}


def ask_again(tx: Tx, call: Call) -> None:
    """An answer that closed a referral of the case was wrong: the same office is asked again by a process anew."""
    case = tx.session.get_one(Case, inputs.subject(call, "case"))
    referral = tx.session.get(Referral, inputs.whole_number(call, "referral", 0))
    if referral is None or referral.case_id != case.id:
        raise LotseError("operator_input", name="referral", wanted="referral of the case", found="another")
    reason = inputs.text(call, "reason")
    taking_back.take_back(tx, referral.id, reason, inputs.day(call, "deadline"))
    office = tx.session.get_one(Office, referral.office_id)
    variables = {**starting_variables(tx, case, referral, office), "resume": "answer", "taken_back_reason": reason}
    variables["half_way"] = workdays.half_way(tx.now.astimezone(BERLIN).date(), referral.deadline_on)
    unique = f"{call.instance_id}/{call.element_id}/{call.token}"
    messages.start(tx, PROCESS, variables, subject=referral.key, unique_key=unique)


def expire(tx: Tx, call: Call) -> None:
    """Nobody answered in time."""
    referrals.expire(tx, inputs.subject(call, "referral"))


def withdraw(tx: Tx, call: Call) -> None:
    """The referral is taken back."""
    referrals.withdraw(tx, inputs.subject(call, "referral"))


def withdraw_all(tx: Tx, call: Call) -> dict[str, Any]:
    """Tell every referral of the case that is still under way that it is taken back."""
    return {"withdrawn": stop(tx, inputs.subject(call, "case"))}


def stop(tx: Tx, case_id: int) -> int:
    """Send every referral under way the message that ends it; gives their number, each is told once."""
    rows = [row for row in referrals.of_case(tx.session, case_id) if row.status in referrals.BEFORE["withdrawn"]]
    for row in rows:
        messages.send(tx, "referral_withdrawn", row.key, {}, unique_key=f"referral_withdrawn/{row.key}")
    return len(rows)


def ask(tx: Tx, call: Call) -> None:
    """The office asks the coordinator."""
    questions.ask(tx, inputs.subject(call, "referral"), inputs.text(call, "question"))


def reply(tx: Tx, call: Call) -> None:
    """The coordinator answers the office."""
    deadline = inputs.day(call, "deadline")
    questions.reply(tx, inputs.subject(call, "referral"), inputs.text(call, "answer"), deadline)


def in_contact(tx: Tx, call: Call) -> None:
    """Office and association have spoken."""
    referrals.in_contact(tx, inputs.subject(call, "referral"))


def report(tx: Tx, call: Call) -> None:
    """The office says how it ended."""
    outcome, text = inputs.text(call, "outcome"), inputs.text(call, "text")
    inputs.known(tx, "referral_outcome", outcome)
    referrals.report(tx, inputs.subject(call, "referral"), outcome, text)


def confirm(tx: Tx, call: Call) -> None:
    """What the association says to it."""
    answer = inputs.text(call, "answer")
    inputs.known(tx, "confirmation", answer)
    referrals.confirm(tx, inputs.subject(call, "referral"), answer)


def consider(tx: Tx, call: Call) -> None:
    """Those who decide say how they considered the need."""
    consideration = inputs.text(call, "consideration")
    inputs.known(tx, "consideration", consideration)
    referrals.consider(tx, inputs.subject(call, "referral"), consideration, inputs.text(call, "text"))


def close(tx: Tx, call: Call) -> dict[str, Any]:
    """End the referral; the office's link says so for a while and opens nothing else any more.

    ``is_waited_for`` says whether the association still waits to hear what came instead of an answer taken back.
    """
    referral = referrals.close(tx, inputs.subject(call, "referral"))
    links.limit(tx, referral.key, "referral_answer", tx.now + FAREWELL)
    return {
        "result": referral.result,
        "outcome": referral.outcome,
        "confirmed": referral.confirmed,
        "decline_reason": referral.decline_reason,
        "decline_text": referral.decline_text,
        "is_waited_for": referral.retracted_at is not None and referral.result in ("declined", "expired"),
    }


_OFFER = (
    Parameter("offices", label="Anlaufstellen"),
    Parameter("reason", label="Warum diese Stelle"),
    Parameter("share", label="Weitergegebene Angaben"),
    Parameter("legal_basis", label="Rechtsgrundlage", code_list="legal_basis"),
    Parameter("legal_basis_note", required=False, label="Begründung zur Rechtsgrundlage"),
    Parameter("deadline_days", required=False, label="Antwortfrist in Arbeitstagen"),
    Parameter("programmes", required=False, label="Programme, für die gefragt wird"),
    Parameter("kind", required=False, label="Art: help (Hilfe) oder need (Bedarf)", choices=("help", "need")),
    Parameter("is_warm", required=False, label="Begleitete Übergabe"),
)
_REASON = Parameter("reason", label="Grund")
_DEADLINE = Parameter("deadline", required=False, label="Neue Frist")
_TEXT = Parameter("text", required=False, label="Text")

OPERATORS = (
    Operator("referral.offer", "Verweisung: Anlaufstellen anfragen", _OFFER, offer),
    Operator("referral.send", "Verweisung: als gesendet festhalten", (), send),
    Operator("referral.accept", "Verweisung: Zusage", (), accept),
    Operator(
        "referral.decline",
        "Verweisung: Absage",
        (Parameter("reason", label="Grund", code_list="decline_reason"), _TEXT),
        decline,
    ),
    Operator(
        "referral.hand_on",
        "Verweisung: weitergereicht",
        (Parameter("to", label="Mailadresse"), _DEADLINE),
        hand_on,
    ),
    Operator("referral.reopen", "Verweisung: Antwort zurücknehmen", (_REASON, _DEADLINE), reopen),
    Operator(
        "referral.ask_again",
        "Vorgang: dieselbe Anlaufstelle neu bitten",
        (Parameter("referral", label="Verweisung"), _REASON, _DEADLINE),
        ask_again,
    ),
    Operator("referral.expire", "Verweisung: Frist abgelaufen", (), expire),
    Operator("referral.withdraw", "Verweisung: zurückgezogen", (), withdraw),
    Operator(
        "referral.withdraw_all", "Vorgang: alle offenen Verweisungen zurückziehen", (), withdraw_all, ("withdrawn",)
    ),
    Operator("referral.ask", "Verweisung: Rückfrage", (Parameter("question", label="Frage"),), ask),
    Operator(
        "referral.reply",
        "Verweisung: Antwort auf Rückfrage",
        (Parameter("answer", label="Antwort"), _DEADLINE),
        reply,
    ),
    Operator("referral.in_contact", "Verweisung: im Kontakt", (), in_contact),
    Operator(
        "referral.report",
        "Verweisung: Ergebnis",
        (Parameter("outcome", label="Ergebnis", code_list="referral_outcome"), _TEXT),
        report,
    ),
    Operator(
        "referral.consider",
        "Verweisung: Rückmeldung zu einem Bedarf",
        (
            Parameter("consideration", label="Was daraus wird", code_list="consideration"),
            Parameter("text", label="Text"),
        ),
        consider,
    ),
    Operator(
        "referral.confirm",
        "Verweisung: Bestätigung",
        (Parameter("answer", label="Antwort", code_list="confirmation"),),
        confirm,
    ),
    Operator(
        "referral.close",
        "Verweisung: abschließen",
        (),
        close,
        ("result", "outcome", "confirmed", "decline_reason", "decline_text", "is_waited_for"),
    ),
)
