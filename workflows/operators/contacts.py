"""Entries in the register from diagrams: what was agreed or happened with an association, in its log of contacts."""

from typing import Any

from workflows.core.clock import BERLIN
from workflows.core.errors import LotseError
from workflows.core.tx import Tx
from workflows.domain import contacts
from workflows.domain.cases import Case
from workflows.domain.contacts import Held
from workflows.engine.catalogue import Call, Operator, Parameter
from workflows.operators import inputs


def log(tx: Tx, call: Call) -> dict[str, Any]:
    """Enter a contact of today for the association of the case, once per visit of the element.

    Raises ``LotseError("case_without_organisation")`` while nobody has assigned the case to an entry of the register.
    """
    case = tx.session.get_one(Case, inputs.case_id(tx, call))
    if case.organisation_id is None:
        raise LotseError("case_without_organisation", case=case.reference)
    kind, office_task = inputs.text(call, "kind"), inputs.text(call, "office_task")
    inputs.known(tx, "contact_kind", kind)
    inputs.known(tx, "office_task", office_task)
    held = Held(
        kind=kind,
        held_on=tx.now.astimezone(BERLIN).date(),
        who=(inputs.text(call, "who") or case.contact_name or case.organisation_name)[: contacts.LONGEST_WHO],
        text=inputs.text(call, "text"),
        office_task=office_task,
        follow_up_on=inputs.day(call, "follow_up_on"),
        case_id=case.id,
        organisation_id=case.organisation_id,
    )
    return {"contact": contacts.log(tx, held, f"{call.instance_id}/{call.element_id}/{call.token}").id}


OPERATORS = (
    Operator(
        "contact.log",
        "Register: Eintrag bei der Organisation",
        (
            Parameter("kind", label="Art des Kontakts", code_list="contact_kind"),
            Parameter("text", label="Text"),
            Parameter("office_task", label="Aufgabe der Koordinierungsstelle", code_list="office_task"),
            Parameter("who", required=False, label="Mit wem, wenn nicht mit wem angefragt hat"),
            Parameter("follow_up_on", required=False, label="Tag der Wiedervorlage"),
        ),
        log,
        results=("contact",),
    ),
)
