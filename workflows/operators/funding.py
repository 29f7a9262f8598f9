"""What a diagram may do with funding applications: look up programmes, and move one application through its states."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from workflows.core.clock import BERLIN
from workflows.core.errors import LotseError
from workflows.core.tx import Tx
from workflows.domain import codes, funding, people, profiles, programmes, ranking, recusals
from workflows.domain.cases import Case
from workflows.domain.cost_plan import NOTHING, Plan
from workflows.domain.funding import Application
from workflows.domain.programmes import Programme
from workflows.engine import messages
from workflows.engine.catalogue import BpmnError, Call, Operator, Parameter
from workflows.operators import inputs

PROCESS = "funding"
ACCOUNT = re.compile(r"user:([1-9][0-9]{0,8})")

# What a diagram may react to; everything else is an incident.
EXPECTED = frozenset(
    {"plan_unbalanced", "plan_over_ceiling", "plan_without_share", "pot_exhausted", "draw_too_high", "repaid_too_much"}
)


def open_(tx: Tx, call: Call) -> dict[str, Any]:
    """Begin the advice on funding for a case, with a process of its own that starts in a transaction of its own."""
    case = tx.session.get_one(Case, inputs.subject(call, "case"))
    application = funding.open_new(tx, case.id)
    variables = starting_variables(tx, case, application)
    messages.start(tx, PROCESS, variables, subject=application.key, unique_key=f"start/{application.key}")
    return {"application": application.id, "application_key": application.key}


def starting_variables(tx: Tx, case: Case, application: Application) -> dict[str, Any]:
    """What a funding instance starts with."""
    return {
        "application": application.id,
        "application_key": application.key,
        "reference": case.reference,
        "case_correlation": case.reference,
        "organisation_name": case.organisation_name,
        "enquiry_text": case.text,
        "contact_language": case.language,
        "opened_on": _today(tx),
        "profile": profiles.last(tx.session, case),
    }


def look_up(tx: Tx, call: Call) -> dict[str, Any]:
    """The facts of every programme on offer by key, with the next deadline for a project that starts on that day.

    ``under_way`` names the cases in which the same association already has an application with it.
    """
    starts_on, others = inputs.day(call, "starts_on"), funding.beside(tx.session, _id(call))
    found = {}
    for programme in programmes.active(tx.session):
        under_way = [reference for programme_id, reference in others if programme_id == programme.id]
        found[programme.key] = {**_facts(tx, programme, starts_on), "under_way": under_way}
    return {"programmes": found}


def choose(tx: Tx, call: Call) -> dict[str, Any]:
    """Settle on a programme; its facts come back for forms and gateways. Throws ``programme_gone``."""
    key, title, starts_on = inputs.text(call, "programme"), inputs.text(call, "title"), inputs.day(call, "starts_on")
    programme = programmes.find(tx.session, key)
    if programme is None or not programme.is_active:
        raise BpmnError("programme_gone", {"programme": key})
    application = funding.choose(tx, _id(call), key, title, starts_on, inputs.day(call, "ends_on"))
    profiles.keep(tx, application.id, inputs.context(call, "profile"))
    facts = _facts(tx, programme, starts_on)
    return {"programme": {**facts, "year": application.year}, "deadline": application.deadline_on}


def plan(tx: Tx, call: Call) -> dict[str, Any]:
    """Keep the cost plan."""
    costs = Plan(
        lines=_lines(call),
        own_share=inputs.amount(call, "own_share"),
        other_income=inputs.amount(call, "other_income"),
        requested=inputs.amount(call, "requested"),
    )
    ceiling, share_max = _limit(call, "ceiling"), _limit(call, "share_max")
    _expected(lambda: funding.plan(tx, _id(call), costs, ceiling, share_max))
    return {"costs": costs.costs}


def _limit(call: Call, name: str) -> Decimal | None:
    return None if call.inputs.get(name) is None else inputs.amount(call, name)


def submit(tx: Tx, call: Call) -> dict[str, Any]:
    """The application is with whoever decides; the accounts of its jury come back, for who takes part in it."""
    day = inputs.day(call, "submitted_on") or _today(tx)
    application = funding.submit(tx, _id(call), day, inputs.text(call, "submitted_to"))
    programme = tx.session.get_one(Programme, application.programme_id)
    members = people.members(tx.session, programme.jury_group)
    return {
        "jury": [{"account": f"user:{member.id}", "name": member.name} for member in members],
        "jury_group": programme.jury_group,
    }


def recuse(tx: Tx, call: Call) -> None:
    """Keep who is biased: from now on these do not reach the application."""
    recusals.keep(tx, _id(call), _accounts(call, "biased"), _accounts(call, "unbiased"))


def request_more(tx: Tx, call: Call) -> None:
    """Something is missing, says whoever decides."""
    funding.request_more(tx, _id(call), inputs.text(call, "note"))


def rank(tx: Tx, call: Call) -> dict[str, Any]:
    """Keep the points, and show every rated application for the same pot with the line where the money ends."""
    application = funding.rate(tx, _id(call), inputs.whole_number(call, "points", 0))
    tx.session.flush()
    found = funding.pot(tx.session, application)
    left = found.remaining if found else None

    def reference(rival: Application) -> str:
        return tx.session.get_one(Case, rival.case_id).reference

    def hidden(rival: Application) -> bool:
        return rival.id != application.id and bool(recusals.of(tx.session, rival.id))

    places = [
        {
            "place": rival.place,
            # Whoever rates this application may be biased about that one, and must not read what it got.
            "reference": "" if hidden(rival.application) else reference(rival.application),
            "title": rival.application.title,
            "points": rival.application.points,
            "requested": rival.application.requested,
            "is_above_cut": rival.is_above_cut,
            "is_this": rival.application.id == application.id,
        }
        for rival in ranking.ranked(ranking.rivals(tx.session, application), left)
    ]
    return {"ranking": places, "pot_total": found.total if found else None, "pot_remaining": left}


def award(tx: Tx, call: Call) -> dict[str, Any]:
    """Promise the money and take it out of the pot, both or neither."""
    amount, note = inputs.amount(call, "amount"), inputs.text(call, "note")
    proof_due_on = inputs.day(call, "proof_due")
    decided_on = inputs.day(call, "decided_on")
    application = _expected(lambda: funding.award(tx, _id(call), amount, note, proof_due_on, decided_on))
    return {"awarded": application.awarded}


def reject(tx: Tx, call: Call) -> None:
    """No money, and why."""
    funding.reject(tx, _id(call), inputs.text(call, "reason"), inputs.day(call, "decided_on"))


def draw(tx: Tx, call: Call) -> dict[str, Any]:
    """Call for a part of the award."""
    amount = inputs.amount(call, "amount")
    application = _expected(lambda: funding.draw(tx, _id(call), amount))
    return {"drawn": application.drawn}


def change(tx: Tx, call: Call) -> None:
    """Move money between the lines of the plan."""
    lines = _lines(call)
    _expected(lambda: funding.change(tx, _id(call), lines))


def prove(tx: Tx, call: Call) -> dict[str, Any]:
    """The proof of use is accepted; what was called for and not spent has to come back."""
    application = funding.prove(tx, _id(call), inputs.amount(call, "spent"))
    return {"spent": application.spent, "to_repay": funding.to_repay(application)}


def repay(tx: Tx, call: Call) -> dict[str, Any]:
    """The rest, or a part of it, has come back; or what is missing is ``waived``, for the reason given there."""
    if waived := inputs.text(call, "waived"):
        funding.waive(tx, _id(call), waived)
        return {"to_repay": NOTHING}
    amount = inputs.amount(call, "amount")
    application = _expected(lambda: funding.repay(tx, _id(call), amount))
    return {"to_repay": funding.to_repay(application)}


def withdraw(tx: Tx, call: Call) -> None:
    """The association takes the application back."""
    funding.withdraw(tx, _id(call))


def withdraw_all(tx: Tx, call: Call) -> dict[str, Any]:
    """Tell every application of the case that can still be taken back that it is."""
    case_id = inputs.subject(call, "case")
    rows = [row for row in funding.of_case(tx.session, case_id) if funding.can_withdraw(row)]
    for row in rows:
        messages.send(tx, "funding_withdrawn", row.key, {}, unique_key=f"funding_withdrawn/{row.key}")
    return {"withdrawn": len(rows)}


def close(tx: Tx, call: Call) -> dict[str, Any]:
    """End the application and say how it ended."""
    application = funding.close(tx, _id(call))
    programme = tx.session.get(Programme, application.programme_id) if application.programme_id else None
    return {
        "result": application.result,
        "programme_name": programme.name if programme else "",
        "awarded": application.awarded,
    }


def _facts(tx: Tx, programme: Programme, starts_on: date | None) -> dict[str, Any]:
    today = _today(tx)
    deadline = programmes.next_deadline(programme.deadline_rule, today, starts_on)
    papers = [{"key": key, "name": codes.label(tx.session, "funding_document", key)} for key in programme.documents]
    return {
        "key": programme.key,
        "name": programme.name,
        "decided_by": programme.decided_by,
        "decision": programme.decision,
        "quorum": programme.quorum,
        "route": programme.route,
        "submission": programme.submission,
        "amount": programme.amount,
        "amounts": dict(programme.amounts),
        "ceiling": programme.ceiling,
        "share_max": programme.share_max,
        "conditions": list(programme.conditions),
        "documents": list(programme.documents),
        "document_names": [paper["name"] for paper in papers],
        "papers": papers,
        "needs_goal": programme.needs_goal,
        "deadline": deadline,
        "deadline_text": programme.deadline,
        "year": programmes.project_year(programme.deadline_rule, deadline, today),
        "source": programme.source,
        "checked_on": programme.checked_on,
    }


def _lines(call: Call) -> list[dict[str, Any]]:
    """Cost lines ``{"position", "amount"}``; anything else is an incident."""
    rows = call.inputs.get("lines")
    if not isinstance(rows, list | tuple) or not all(_is_line(row) for row in rows):
        raise inputs.wrong("lines", "list of cost lines", rows)
    return [{"position": row["position"], "amount": row["amount"]} for row in rows]


def _accounts(call: Call, name: str) -> list[int]:
    """The people of a list of account keys (``user:12``); who has no account is not among them."""
    rows = call.inputs.get(name)
    if not isinstance(rows, list | tuple | None):
        raise inputs.wrong(name, "list of accounts", rows)
    matches = (ACCOUNT.fullmatch(row) for row in rows or () if isinstance(row, str))
    return [int(found[1]) for found in matches if found]


def _is_line(row: object) -> bool:
    return isinstance(row, dict) and isinstance(row.get("position"), str) and isinstance(row.get("amount"), Decimal)


def _expected(act: Any) -> Application:
    """Do it; what a diagram may react to becomes an error it can catch."""
    try:
        done: Application = act()
    except LotseError as error:
        if error.code in EXPECTED:
            raise BpmnError(error.code, error.facts) from error
        raise
    return done


def _id(call: Call) -> int:
    return inputs.subject(call, "application")


def _today(tx: Tx) -> date:
    return tx.now.astimezone(BERLIN).date()


_AMOUNT = (Parameter("amount", label="Betrag"),)
_REPAYMENT = (
    Parameter("amount", required=False, label="Betrag"),
    Parameter("waived", required=False, label="Nicht mehr verlangt, weil"),
)
_NOTE = Parameter("note", required=False, label="Begründung oder Protokoll")
_DECIDED = Parameter("decided_on", required=False, label="Entschieden am")
_PROOF_DUE = Parameter("proof_due", required=False, label="Nachweis fällig")
_CHOICE = (
    Parameter("programme", label="Programm"),
    Parameter("title", required=False, label="Titel des Vorhabens"),
    Parameter("starts_on", required=False, label="Beginn"),
    Parameter("ends_on", required=False, label="Ende"),
    Parameter("profile", required=False, label="Angaben zur Organisation"),
)
_PLAN = (
    Parameter("lines", label="Kosten"),
    Parameter("own_share", label="Eigenanteil"),
    Parameter("other_income", label="Andere Einnahmen"),
    Parameter("requested", label="Beantragter Betrag"),
    Parameter("ceiling", required=False, label="Höchstbetrag"),
    Parameter("share_max", required=False, label="Höchster Anteil in Prozent"),
)
_SUBMISSION = (
    Parameter("submitted_on", required=False, label="Tag"),
    Parameter("submitted_to", required=False, label="Eingereicht bei"),
)
_BIAS = (
    Parameter("biased", label="Befangene Mitglieder"),
    Parameter("unbiased", required=False, label="Mitglieder, die nicht befangen sind"),
)

OPERATORS = (
    Operator("funding.open", "Förderung: Beratung beginnen", (), open_, ("application", "application_key")),
    Operator(
        "funding.programmes",
        "Förderung: Programme nachschlagen",
        (Parameter("starts_on", required=False, label="Beginn"),),
        look_up,
    ),
    Operator("funding.choose", "Förderung: Programm festhalten", _CHOICE, choose),
    Operator("funding.plan", "Förderung: Kostenplan festhalten", _PLAN, plan),
    Operator("funding.submit", "Förderung: als eingereicht festhalten", _SUBMISSION, submit),
    Operator("funding.recuse", "Förderung: Befangenheit festhalten", _BIAS, recuse),
    Operator("funding.request_more", "Förderung: Nachforderung", (_NOTE,), request_more),
    Operator("funding.rank", "Förderung: Punkte und Rangliste", (Parameter("points", label="Punkte"),), rank),
    Operator("funding.award", "Förderung: Bewilligung", (*_AMOUNT, _NOTE, _PROOF_DUE, _DECIDED), award),
    Operator("funding.reject", "Förderung: Ablehnung", (Parameter("reason", label="Grund"), _DECIDED), reject),
    Operator("funding.draw", "Förderung: Mittelabruf", _AMOUNT, draw),
    Operator("funding.change", "Förderung: Kostenplan ändern", (Parameter("lines", label="Kosten"),), change),
    Operator("funding.prove", "Förderung: Verwendungsnachweis", (Parameter("spent", label="Ausgegeben"),), prove),
    Operator("funding.repay", "Förderung: Rückzahlung", _REPAYMENT, repay),
    Operator("funding.withdraw", "Förderung: zurückgezogen", (), withdraw),
    Operator(
        "funding.withdraw_all", "Vorgang: alle offenen Förderanträge zurückziehen", (), withdraw_all, ("withdrawn",)
    ),
    Operator("funding.close", "Förderung: abschließen", (), close),
)
