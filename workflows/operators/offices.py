"""Proposing offices: which of them work on the topics asked about and were not asked yet."""

from typing import Any

from workflows.core.tx import Tx
from workflows.domain import codes, offices
from workflows.domain.offices import Office
from workflows.engine.catalogue import Call, Operator, Parameter
from workflows.operators import inputs


def proposals(tx: Tx, call: Call) -> dict[str, Any]:
    """The offices a decision table named, else those whose topics match, each with the topics as the reason."""
    topics, exclude = inputs.texts(call, "topics"), inputs.texts(call, "exclude")
    named = inputs.texts(call, "offices")
    found = _named(tx, named, topics, exclude) if named else offices.matching(tx.session, topics, exclude)
    entries = [{"office": office.key, "name": office.name, "reason": _reason(tx, shared)} for office, shared in found]
    return {"proposals": entries, "proposed": [office.key for office, _ in found]}


def _named(tx: Tx, keys: list[str], topics: list[str], exclude: list[str]) -> list[tuple[Office, list[str]]]:
    # A retired office may still stand in a decision table; then it is simply not proposed.
    active = {office.key: office for office in offices.active(tx.session)}
    chosen = [active[key] for key in dict.fromkeys(keys) if key in active and key not in exclude]
    return [(office, [topic for topic in topics if topic in office.topics]) for office in chosen]


def _reason(tx: Tx, topics: list[str]) -> str:
    return ", ".join(codes.label(tx.session, "topic", topic) for topic in topics)


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
