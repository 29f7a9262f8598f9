"""What a diagram may do with the case it is about."""

from workflows.core.tx import Tx
from workflows.domain import cases
from workflows.engine.catalogue import Call, Operator, Parameter
from workflows.operators import inputs

STATES = ("in_progress", "waiting", "answered")


def advance(tx: Tx, call: Call) -> None:
    """Move the case to in_progress, waiting or answered."""
    status = inputs.text(call, "status")
    if status not in STATES:
        raise inputs.wrong("status", "in_progress, waiting or answered", status)
    cases.advance(tx, inputs.case_id(tx, call), status)


def route(tx: Tx, call: Call) -> None:
    """Record the ways the coordinator chose."""
    ways = inputs.texts(call, "ways")
    inputs.known(tx, "way", *ways)
    urgency, level = inputs.text(call, "urgency") or None, inputs.text(call, "support_level") or None
    cases.route(tx, inputs.case_id(tx, call), ways, urgency, level)


def answer(tx: Tx, call: Call) -> None:
    """Give the answer shown on the status page."""
    cases.answer(tx, inputs.case_id(tx, call), inputs.text(call, "answer"))


def translate(tx: Tx, call: Call) -> None:
    """Keep the text in German beside the original."""
    cases.translate(tx, inputs.case_id(tx, call), inputs.text(call, "translation"))


def close(tx: Tx, call: Call) -> None:
    """Close the case with an outcome."""
    outcome = inputs.text(call, "outcome")
    inputs.known(tx, "case_outcome", outcome)
    cases.close(tx, inputs.case_id(tx, call), outcome)


def reopen(tx: Tx, call: Call) -> None:
    """Take the case up again."""
    cases.reopen(tx, inputs.case_id(tx, call))


def withdraw(tx: Tx, call: Call) -> None:
    """End the case because whoever asked took the enquiry back."""
    cases.advance(tx, inputs.case_id(tx, call), "withdrawn")


def note(tx: Tx, call: Call) -> None:
    """Leave an internal note in the case."""
    cases.add_note(tx, inputs.case_id(tx, call), inputs.text(call, "text"))


def share_note(tx: Tx, call: Call) -> None:
    """Leave a note that whoever asked reads on the status page."""
    cases.add_note(tx, inputs.case_id(tx, call), inputs.text(call, "text"), is_shared=True)


OPERATORS = (
    Operator("case.advance", "Vorgang: Stand ändern", (Parameter("status", label="Stand", choices=STATES),), advance),
    Operator(
        "case.route",
        "Vorgang: gewählte Wege festhalten",
        (
            Parameter("ways", label="Wege", code_list="way"),
            Parameter("urgency", required=False, label="Dringlichkeit", code_list="urgency"),
            Parameter("support_level", required=False, label="Grad der Unterstützung", code_list="support_level"),
        ),
        route,
    ),
    Operator("case.answer", "Vorgang: Antwort geben", (Parameter("answer", label="Antwort"),), answer),
    Operator(
        "case.translate", "Vorgang: Übersetzung festhalten", (Parameter("translation", label="Übersetzung"),), translate
    ),
    Operator(
        "case.close",
        "Vorgang: abschließen",
        (Parameter("outcome", label="Ergebnis", code_list="case_outcome"),),
        close,
    ),
    Operator("case.reopen", "Vorgang: wieder öffnen", (), reopen),
    Operator("case.withdraw", "Vorgang: zurückgezogen", (), withdraw),
    Operator("case.share_note", "Vorgang: Nachricht an die MO", (Parameter("text", label="Text"),), share_note),
    Operator("case.note", "Vorgang: interne Notiz", (Parameter("text", label="Text"),), note),
)
