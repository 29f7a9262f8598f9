"""Proposing offices: which of them work on the topics asked about and were not asked yet."""

from typing import Any

from workflows.core.tx import Tx
from workflows.domain import codes, offices
from workflows.domain.offices import Office
from workflows.engine.catalogue import Call, Operator, Parameter
from workflows.operators import inputs


def proposals(tx: Tx, call: Call) -> dict[str, Any]:
    """The offices a decision table named, else those whose topics match, with the reason and what helps to choose."""
    topics, exclude = inputs.texts(call, "topics"), inputs.texts(call, "exclude")
    named = inputs.texts(call, "offices")
    found = _named(tx, named, topics, exclude) if named else offices.matching(tx.session, topics, exclude)
    entries = [_entry(tx, office, shared) for office, shared in found]
    return {"proposals": entries, "proposed": [office.key for office, _ in found]}


def _entry(tx: Tx, office: Office, shared: list[str]) -> dict[str, Any]:
    """One proposal in words; what the office said about itself is empty where nobody asked it yet."""
    known = office.capacity != "unknown"
    return {
        "office": office.key,
        "name": office.name,
        "reason": _labels(tx, "topic", shared),
        "languages": _labels(tx, "spoken_language", office.languages),
        "capacity": codes.label(tx.session, "office_capacity", office.capacity) if known else "",
        "interpreting": office.interpreting,
        "documents": office.documents,
    }


def _named(tx: Tx, keys: list[str], topics: list[str], exclude: list[str]) -> list[tuple[Office, list[str]]]:
    # A retired office may still stand in a decision table; then it is simply not proposed.
    active = {office.key: office for office in offices.active(tx.session)}
    chosen = [active[key] for key in dict.fromkeys(keys) if key in active and key not in exclude]
    return [(office, [topic for topic in topics if topic in office.topics]) for office in chosen]


def _labels(tx: Tx, name: str, keys: list[str]) -> str:
    return ", ".join(codes.label(tx.session, name, key) for key in keys)


OPERATORS = (
    Operator(
        "office.proposals",
        "Anlaufstellen vorschlagen",
        (
            Parameter("topics", label="Themen"),
            Parameter("offices", required=False, label="Vorschlag der Entscheidungstabelle"),
            Parameter("exclude", required=False, label="Schon angefragt"),
        ),
        proposals,
    ),
)
