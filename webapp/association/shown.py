"""An association's own entry in the words of its language."""

from typing import Any

from webapp.register import shown as register
from webapp.wording.lists import Words
from workflows.actions import association as own
from workflows.actions.association import OwnPage
from workflows.core.tx import Tx

Row = dict[str, Any]


def page(tx: Tx, found: OwnPage) -> Row:
    """Everything the page needs."""
    word, organisation = Words(tx, register.LISTS), found.organisation
    return {
        "organisation": organisation,
        "address": register.address(organisation),
        "checked_on": organisation.confirmed_at,
        "stale": organisation.is_stale(tx.now),
        "groups": register.groups(word, found.values),
        "people": [
            {
                "id": person.id,
                "name": person.name,
                "role": word("contact_role", person.role),
                "is_self": person.id == found.person.id,
                "may_remove": person.id == found.person.id or found.person.is_first,
            }
            for person in found.contacts
        ],
        "relations": [other.name for _, other in found.relations],
        "cases": [
            {
                "id": own_case.case.id,
                "reference": own_case.case.reference,
                "choice": word("choice", own_case.case.choice),
                "status": own_case.case.status,
                "opened_at": own_case.case.opened_at,
                "has_page": own_case.has_page,
            }
            for own_case in found.cases
        ],
        "proposal": found.proposal,
        "public_fields": [
            {"key": name, "name": register.label(name), "chosen": name in (organisation.directory or ())}
            for name in register.ordered(own.public_fields())
        ],
    }
