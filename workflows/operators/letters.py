"""Letters from diagrams: a text of the bundle on paper, to whoever asked or to the office that is asked."""

from typing import Any

from workflows.core.errors import LotseError
from workflows.core.mail_format import MARKER
from workflows.core.tx import Tx
from workflows.domain import letters
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.domain.organisations import Organisation
from workflows.engine.catalogue import Call, Operator, Parameter
from workflows.operators import inputs, texts


def write(tx: Tx, call: Call) -> dict[str, Any]:
    """Keep the bundle text as a letter at the case, once per visit of the element; printing it is for people."""
    case, referral, office = texts.about(tx, call)
    to = inputs.text(call, "to")
    if to == "office" and office is None:
        raise LotseError("letter_without_office", case=case.reference)
    if to not in {"contact", "office"}:
        raise inputs.wrong("to", "contact or office", to)
    of_recipient = office.language if office is not None and to == "office" else case.language
    language = inputs.text(call, "language") or of_recipient
    subject, body = texts.written(call, language, texts.facts(tx, case, referral, office, language))
    if MARKER in body:
        raise LotseError("letter_with_link", text=inputs.text(call, "text"))
    letter = letters.keep(
        tx,
        case.id,
        key=f"{call.instance_id}/{call.element_id}/{call.token}",
        address=inputs.text(call, "address") or _address(tx, case, office if to == "office" else None),
        language=language,
        subject=subject,
        text=body,
    )
    return {"letter": letter.id}


def _address(tx: Tx, case: Case, office: Office | None) -> str:
    """The lines of the address block: the office, or who asked with the address of its entry in the register."""
    if office is not None:
        return office.name
    known = tx.session.get(Organisation, case.organisation_id) if case.organisation_id is not None else None
    lines = [known.name if known else case.organisation_name, case.contact_name]
    if known is not None:
        lines += [known.street, f"{known.postal_code} {known.city}".strip()]
    return "\n".join(line for line in lines if line)


OPERATORS = (
    Operator(
        "letter.write",
        "Brief schreiben",
        (
            Parameter("to", label="An", choices=("contact", "office")),
            Parameter("text", label="Text des Ablaufs", is_text=True),
            Parameter("language", required=False, label="Sprache"),
            Parameter("address", required=False, label="Anschrift, wenn nicht die aus dem Register"),
            Parameter("values", required=False, label="Weitere Angaben"),
        ),
        write,
        results=("letter",),
    ),
)
