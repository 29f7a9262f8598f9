"""What the intake page shows of the register for what was typed so far."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from webapp.register import shown
from webapp.security import row_id
from webapp.wording import code_word
from workflows.actions import intake
from workflows.actions.intake import Suggestion
from workflows.core.tx import Tx

TAKE, CHOSEN, ADDRESS = "_take", "_organisation", "_address"

Values = Mapping[str, Any]

NOTHING: Mapping[str, Any] = {"suggestions": None, "same_name": []}
"""Before anybody typed anything."""


def typed_so_far(tx: Tx) -> dict[str, Any]:
    """The suggestions for the sent form, and open cases under the same name."""
    name, email = request.form.get("organisation_name", ""), request.form.get("contact_email", "")
    found = intake.suggestions(tx, name, request.form.get(ADDRESS, ""), email)
    shown_cases = {case.id for suggestion in found for case in suggestion.open_cases}
    same = [case for case in intake.open_of_same_name(tx, name[:200]) if case.id not in shown_cases]
    return {"suggestions": rows(found), "same_name": [_case(case) for case in same]}


def rows(found: list[Suggestion]) -> list[dict[str, Any]]:
    """Suggestions in words."""
    return [
        {
            "id": one.organisation.id,
            "name": one.organisation.name,
            "address": shown.address(one.organisation),
            "reasons": [code_word("match", reason) for reason in one.reasons],
            "url": url_for("register.detail", organisation_id=one.organisation.id),
            "cases": [_case(case) for case in one.open_cases],
        }
        for one in found
    ]


def _case(case: Any) -> dict[str, str]:
    return {"reference": case.reference, "url": url_for("cases.detail", case_id=case.id)}


def chosen(tx: Tx, values: Values | None) -> tuple[dict[str, Any] | None, Values | None, str | None]:
    """The entry somebody took, what was typed completed by it, and its language; nothing while none is taken."""
    take = row_id(request.form.get(TAKE, ""))
    number = take or row_id(request.form.get(CHOSEN, ""))
    if not number or values is None:
        return None, values, None
    organisation, filled, language = intake.prefilled(tx, number, values)
    entry = {"id": organisation.id, "name": organisation.name}
    return (entry, filled, language) if take else (entry, values, None)
