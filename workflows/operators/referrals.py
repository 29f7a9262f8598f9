"""What a diagram may do with referrals: ask offices, and move one referral through its states."""

from datetime import timedelta
from typing import Any

from workflows.core import links, workdays
from workflows.core.clock import BERLIN
from workflows.core.errors import LotseError, NotFound
from workflows.core.tx import Tx
from workflows.domain import offices, referrals
from workflows.domain.cases import Case
from workflows.domain.offices import Office
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
)


def offer(tx: Tx, call: Call) -> dict[str, Any]:
    """Draft a referral per office and let a process of its own begin for each, in a transaction of its own."""
    case_id = inputs.subject(call, "case")
    terms = Terms(
        reason=inputs.text(call, "reason"),
        share=inputs.texts(call, "share"),
        legal_basis=inputs.text(call, "legal_basis"),
        legal_basis_note=inputs.text(call, "legal_basis_note"),
        deadline_days=inputs.whole_number(call, "deadline_days", 10),
    )
    try:
        chosen = offices.by_keys(tx.session, inputs.texts(call, "offices"))
        drafted = [(referrals.offer(tx, case_id, office.id, terms), office) for office in chosen]
    except (LotseError, NotFound) as error:
        if error.code in EXPECTED:
            raise BpmnError(error.code, error.facts) from error
        raise
    case = tx.session.get_one(Case, case_id)
    for referral, office in drafted:
        variables = starting_variables(case, referral, office)
        messages.start(tx, PROCESS, variables, subject=referral.key, unique_key=f"start/{referral.key}")
    return {
        "referrals": [referral.id for referral, _ in drafted],
        "sent": len(drafted),
        "asked": [office.key for _, office in drafted],
    }


def starting_variables(case: Case, referral: Referral, office: Office) -> dict[str, Any]:
    """What a referral instance starts with: nothing of the case but its reference, its language and the extract."""
    return {
        "referral": referral.id,
        "referral_key": referral.key,
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
    """A wrong answer is taken back; ``resume`` says what is to be answered anew: answer or report."""
    deadline = inputs.day(call, "deadline")
    referral = referrals.reopen(tx, inputs.subject(call, "referral"), inputs.text(call, "reason"), deadline)
    return {"resume": ANEW[referral.status]}


def ask_again(tx: Tx, call: Call) -> None:
    """An answer that closed a referral of the case was wrong: the same office is asked again by a process anew."""
    case = tx.session.get_one(Case, inputs.subject(call, "case"))
    referral = tx.session.get(Referral, inputs.whole_number(call, "referral", 0))
    if referral is None or referral.case_id != case.id:
        raise LotseError("operator_input", name="referral", wanted="referral of the case", found="another")
    reason = inputs.text(call, "reason")
    referrals.reopen(tx, referral.id, reason, inputs.day(call, "deadline"))
    office = tx.session.get_one(Office, referral.office_id)
    variables = {**starting_variables(case, referral, office), "resume": "answer", "taken_back_reason": reason}
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
    referrals.ask(tx, inputs.subject(call, "referral"), inputs.text(call, "question"))


def reply(tx: Tx, call: Call) -> None:
    """The coordinator answers the office."""
    deadline = inputs.day(call, "deadline")
    referrals.reply(tx, inputs.subject(call, "referral"), inputs.text(call, "answer"), deadline)


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


def close(tx: Tx, call: Call) -> dict[str, Any]:
    """End the referral; the office's link says so for a while and opens nothing else any more."""
    referral = referrals.close(tx, inputs.subject(call, "referral"))
    links.limit(tx, referral.key, "referral_answer", tx.now + FAREWELL)
    return {
        "result": referral.result,
        "outcome": referral.outcome,
        "confirmed": referral.confirmed,
        "decline_reason": referral.decline_reason,
        "decline_text": referral.decline_text,
    }


_OFFER = (
    Parameter("offices", label="Anlaufstellen"),
    Parameter("reason", label="Warum diese Stelle"),
    Parameter("share", label="Weitergegebene Angaben"),
    Parameter("legal_basis", label="Rechtsgrundlage"),
    Parameter("legal_basis_note", required=False, label="Begründung zur Rechtsgrundlage"),
    Parameter("deadline_days", required=False, label="Antwortfrist in Arbeitstagen"),
)
_REASON = Parameter("reason", label="Grund")
_DEADLINE = Parameter("deadline", required=False, label="Neue Frist")
_TEXT = Parameter("text", required=False, label="Text")

OPERATORS = (
    Operator("referral.offer", "Verweisung: Anlaufstellen anfragen", _OFFER, offer),
    Operator("referral.send", "Verweisung: als gesendet festhalten", (), send),
    Operator("referral.accept", "Verweisung: Zusage", (), accept),
    Operator("referral.decline", "Verweisung: Absage", (Parameter("reason", label="Grund"), _TEXT), decline),
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
    Operator("referral.report", "Verweisung: Ergebnis", (Parameter("outcome", label="Ergebnis"), _TEXT), report),
    Operator("referral.confirm", "Verweisung: Bestätigung", (Parameter("answer", label="Antwort"),), confirm),
    Operator(
        "referral.close",
        "Verweisung: abschließen",
        (),
        close,
        ("result", "outcome", "confirmed", "decline_reason", "decline_text"),
    ),
)
