"""Mails from diagrams: to words ("contact", "office") instead of addresses, so that no process carries an address."""

from dataclasses import dataclass
from typing import Any

from workflows.core import links, outbox
from workflows.core.errors import LotseError
from workflows.core.links import Link
from workflows.core.mail_format import MARKER
from workflows.core.tx import Tx
from workflows.domain import people, referrals
from workflows.domain.cases import Case
from workflows.domain.invitations import Invitation
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral
from workflows.engine.catalogue import BpmnError, Call, Operator, Parameter
from workflows.operators import inputs, texts

LINKS = ("none", "case_status", "referral_answer", "invitation")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a mail goes; ``key`` names the recipient of a link (``office:17``)."""

    address: str
    language: str
    key: str


def send(tx: Tx, call: Call) -> dict[str, Any]:
    """Post the bundle text to each recipient, once per visit of the element."""
    case, referral, office = texts.about(tx, call)
    found = recipients(tx, inputs.text(call, "to"), case, referral, office)
    for recipient in found:
        language = inputs.text(call, "language") or recipient.language
        subject, body = texts.written(call, language, texts.facts(tx, case, referral, office, language))
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


OPERATORS = (
    Operator(
        "mail.send",
        "Mail verschicken",
        (
            Parameter("to", label="An"),
            Parameter("text", label="Text des Ablaufs", is_text=True),
            Parameter("language", required=False, label="Sprache"),
            Parameter("link", required=False, label="Link", choices=LINKS),
            Parameter("invitation", required=False, label="Einladung, zu der der Link führt"),
            Parameter("values", required=False, label="Weitere Angaben"),
        ),
        send,
        results=("mails_sent",),
    ),
)
