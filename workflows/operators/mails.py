"""Mails from diagrams: to words ("contact", "office") instead of addresses, so that no process carries an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.core import links, outbox, texts
from workflows.core.clock import BERLIN
from workflows.core.errors import LotseError
from workflows.core.links import Link
from workflows.core.mail_format import MARKER
from workflows.core.tx import Tx
from workflows.domain import codes, people, referrals
from workflows.domain.cases import Case
from workflows.domain.invitations import Invitation
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral
from workflows.engine.catalogue import BpmnError, Call, Operator, Parameter
from workflows.operators import inputs


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a mail goes; ``key`` names the recipient of a link (``office:17``)."""

    address: str
    language: str
    key: str


def send(tx: Tx, call: Call) -> dict[str, Any]:
    """Post the bundle text to each recipient, once per visit of the element."""
    case, referral, office = _about(tx, call)
    found = recipients(tx, inputs.text(call, "to"), case, referral, office)
    for recipient in found:
        language = inputs.text(call, "language") or recipient.language
        template = call.definition.text(inputs.text(call, "text"), language)
        values = {**_facts(tx, case, referral, office, language), **inputs.context(call, "values")}
        subject, body = rendered(template, values, language)
        link = _link(tx, call, recipient, case, referral) if MARKER in body else None
        outbox.post(
            tx,
            to=recipient.address,
            subject=subject,
            text=body,
            about=call.subject,
            language=language,
            link=link,
            key=f"{call.instance_id}/{call.element_id}/{call.token}/{recipient.key}",
        )
    return {"mails_sent": len(found)}


def rendered(template: str, values: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Subject (one line) and body; the place of the link comes from the template alone, never from a value."""
    subject, body = texts.split(template)
    parts = [texts.render(part, values, language).replace(MARKER, "") for part in body.split(MARKER)]
    return " ".join(texts.render(subject, values, language).split()), MARKER.join(parts)


def recipients(tx: Tx, to: str, case: Case, referral: Referral | None, office: Office | None) -> list[Recipient]:
    """Who is meant by ``to``; a contact without address is nobody. Raises ``BpmnError("office_without_address")``."""
    if to == "contact":
        return [Recipient(case.contact_email, case.language, case.stream)] if case.contact_email else []
    if to == "office":
        return [_office(referral, office)]
    if to.startswith("group:"):
        return [Recipient(user.email, user.language, f"user:{user.id}") for user in people.members(tx.session, to)]
    if "@" not in to:
        raise inputs.wrong("to", "contact, office, a group or an address", to)
    return [Recipient(to, case.language, to)]


def _office(referral: Referral | None, office: Office | None) -> Recipient:
    """The office, or the colleague the referral was handed on to."""
    if referral is None or office is None or not office.email:
        raise BpmnError("office_without_address", {"office": office.name if office else ""})
    address = referral.handed_on_to or office.email
    return Recipient(address, office.language, referrals.addressee(referral, office))


def _about(tx: Tx, call: Call) -> tuple[Case, Referral | None, Office | None]:
    case = tx.session.get_one(Case, inputs.case_id(tx, call))
    if not call.subject.startswith("referral:"):
        return case, None, None
    referral = tx.session.get_one(Referral, inputs.subject(call, "referral"))
    return case, referral, tx.session.get_one(Office, referral.office_id)


def _link(tx: Tx, call: Call, recipient: Recipient, case: Case, referral: Referral | None) -> Link:
    purpose = inputs.text(call, "link") or "none"
    if purpose == "case_status":
        return links.issue(tx, purpose, case.stream, recipient.key)
    if purpose == "referral_answer" and referral is not None:
        return links.issue(tx, purpose, referral.key, recipient.key)
    if purpose == "invitation":
        invitation = tx.session.get(Invitation, inputs.whole_number(call, "invitation", 0))
        if invitation is not None and invitation.case_id == case.id and invitation.email == recipient.address:
            return links.issue(tx, purpose, invitation.key, recipient.key)
    raise LotseError("mail_link", purpose=purpose)


def _facts(
    tx: Tx, case: Case, referral: Referral | None, office: Office | None, language: str
) -> dict[str, dict[str, Any]]:
    """What every text may name without being given it."""
    facts: dict[str, dict[str, Any]] = {
        "case": {
            "reference": case.reference,
            "contact_name": case.contact_name,
            "organisation_name": case.organisation_name,
            "opened_on": case.opened_at.astimezone(BERLIN).date(),
        }
    }
    if referral is not None and office is not None:
        facts["office"] = {"name": office.name}
        facts["referral"] = {
            "reason": referral.reason,
            "deadline_on": referral.deadline_on,
            "sent_on": referral.sent_at.astimezone(BERLIN).date() if referral.sent_at else None,
            "decline_reason": codes.label(tx.session, "decline_reason", referral.decline_reason, language),
            "outcome": codes.label(tx.session, "referral_outcome", referral.outcome, language),
            "consideration": codes.label(tx.session, "consideration", referral.consideration, language),
        }
    return facts


OPERATORS = (
    Operator(
        "mail.send",
        "Mail verschicken",
        (
            Parameter("to", label="An"),
            Parameter("text", label="Text des Ablaufs"),
            Parameter("language", required=False, label="Sprache"),
            Parameter("link", required=False, label="Link"),
            Parameter("invitation", required=False, label="Einladung, zu der der Link führt"),
            Parameter("values", required=False, label="Weitere Angaben"),
        ),
        send,
        results=("mails_sent",),
    ),
)
