"""How a trial begins when no scenario says it: as the house begins the process, or by its own start event."""

from collections.abc import Mapping
from typing import Any

from workflows.actions.scenario_shape import plain, refuse_misshapen
from workflows.core.clock import BERLIN
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.domain import offices

ASKED: Mapping[str, Any] = {
    "choice": "advice",
    "kind": "enquiry",
    "topics": ["language"],
    "text": "Wir suchen einen Deutschkurs am Abend.",
    "contact_name": "A. Beispiel",
    "contact_email": "verein@mo.example",
    "consent_share": True,
}
"""What the case of such a trial is about."""
REFERRED: Mapping[str, Any] = {
    "reason": "Deutschkurs am Abend gesucht",
    "share": ["topics", "text", "contact_email"],
    "legal_basis": "consent",
}


def own(tx: Tx, process_key: str, typed: str, at: str = "") -> dict[str, Any]:
    """The ``start`` of a story of that process, on today's day; ``typed`` are lines ``name: value``.

    A process of its own knows them when it begins, and so does one that begins ``at`` a start event of its own; for one
    the house begins they say more about the enquiry.
    Raises ``Invalid`` for lines that cannot be read or do not fit, ``NotFound`` when there is no office to ask.
    """
    values = _read(typed)
    start: dict[str, Any] = {"day": tx.now.astimezone(BERLIN).date(), "enquiry": dict(ASKED)}
    begun = None if at else _by_the_house(tx, process_key)
    if begun is None:
        start |= {"process": process_key, "values": values} | ({"at": at} if at else {})
    else:
        start |= {"enquiry": {**begun.pop("enquiry", ASKED), **values}, **begun}
    try:
        refuse_misshapen({"title": process_key, "start": start, "steps": []})
    except ValueError as error:
        raise Invalid({"values": (Problem("start_values"),)}) from error
    return start


def _by_the_house(tx: Tx, process_key: str) -> dict[str, Any] | None:
    """What a story says of a process that pages or other processes begin; None for any other."""
    if process_key == "enquiry":
        return {"enquiry": {**ASKED, "reach_by": "mail"}}
    if process_key == "referral":
        office = next(iter(offices.active(tx.session)), None)
        if office is None:
            raise NotFound("office_unknown", office="")
        return {"referral": {"office": office.key, **REFERRED}}
    if process_key == "funding":
        return {"enquiry": {**ASKED, "choice": "funding", "kind": "wish", "topics": ["funding"]}, "funding": True}
    return {"message": "Können wir auch am Samstag kommen?"} if process_key == "message" else None


def _read(typed: str) -> Mapping[str, Any]:
    try:
        values = plain(typed.strip() or "{}")
    except ValueError as error:
        raise Invalid({"values": (Problem("start_values"),)}) from error
    if not isinstance(values, Mapping):
        raise Invalid({"values": (Problem("start_values"),)})
    return values
