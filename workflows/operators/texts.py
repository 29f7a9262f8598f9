"""Texts of a bundle, filled with what every text may name of the case and its referral, and with what a step gives."""

from collections.abc import Mapping
from typing import Any

from workflows.core import texts
from workflows.core.clock import BERLIN
from workflows.core.mail_format import MARKER
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral
from workflows.engine.catalogue import Call
from workflows.operators import inputs

Facts = dict[str, dict[str, Any]]

OF_CASE = frozenset({"case.reference", "case.contact_name", "case.organisation_name", "case.opened_on"})
OF_REFERRAL = frozenset(
    {
        *("office.name", "referral.reason", "referral.deadline_on", "referral.sent_on"),
        *("referral.decline_reason", "referral.outcome", "referral.consideration"),
    }
)
STANDARD: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("enquiry", "message", "funding"), OF_CASE),
    "": OF_CASE | OF_REFERRAL,
}
"""What ``facts`` gives to the texts of a process; in one that is not named here a referral may be the subject."""


def about(tx: Tx, call: Call) -> tuple[Case, Referral | None, Office | None]:
    """The case a step works on, with its referral and the office asked where the process is about one."""
    case = tx.session.get_one(Case, inputs.case_id(tx, call))
    if not call.subject.startswith("referral:"):
        return case, None, None
    referral = tx.session.get_one(Referral, inputs.subject(call, "referral"))
    return case, referral, tx.session.get_one(Office, referral.office_id)


def written(call: Call, language: str, facts: Facts) -> tuple[str, str]:
    """Subject and body of the text that the step names in ``text``, with its ``values`` beside the facts."""
    template = call.definition.text(inputs.text(call, "text"), language)
    return rendered(template, {**facts, **inputs.context(call, "values")}, language)


def rendered(template: str, values: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Subject (one line) and body; the place of the link comes from the template alone, never from a value."""
    subject, body = texts.split(template)
    parts = [texts.render(part, values, language).replace(MARKER, "") for part in body.split(MARKER)]
    return " ".join(texts.render(subject, values, language).split()), MARKER.join(parts)


def facts(tx: Tx, case: Case, referral: Referral | None, office: Office | None, language: str) -> Facts:
    """What every text may name without being given it."""
    found: Facts = {
        "case": {
            "reference": case.reference,
            "contact_name": case.contact_name,
            "organisation_name": case.organisation_name,
            "opened_on": case.opened_at.astimezone(BERLIN).date(),
        }
    }
    if referral is not None and office is not None:
        found["office"] = {"name": office.name}
        found["referral"] = {
            "reason": referral.reason,
            "deadline_on": referral.deadline_on,
            "sent_on": referral.sent_at.astimezone(BERLIN).date() if referral.sent_at else None,
            "decline_reason": codes.label(tx.session, "decline_reason", referral.decline_reason, language),
            "outcome": codes.label(tx.session, "referral_outcome", referral.outcome, language),
            "consideration": codes.label(tx.session, "consideration", referral.consideration, language),
        }
    return found
