"""What a diagram may do with the first appointment of a referral: propose, arrange, confirm, let go."""

from workflows.core.tx import Tx
from workflows.domain import appointments, referrals
from workflows.engine.catalogue import Call, Operator, Parameter
from workflows.operators import inputs

# What is kept of the association's reply, by the word of the diagram.
REPLIES = {"no": "declined", "unknown": "unanswered"}


def propose(tx: Tx, call: Call) -> None:
    """The office names day, time and place."""
    referral_id = inputs.subject(call, "referral")
    appointments.propose(tx, referral_id, inputs.moment(call, "at"), inputs.text(call, "place"))


def arrange(tx: Tx, call: Call) -> None:
    """The coordination has arranged it with both sides; they are in contact now."""
    referral_id = inputs.subject(call, "referral")
    appointments.arrange(tx, referral_id, inputs.moment(call, "at"), inputs.text(call, "place"))
    referrals.in_contact(tx, referral_id)


def confirm(tx: Tx, call: Call) -> None:
    """The association comes; they are in contact now."""
    referral_id = inputs.subject(call, "referral")
    appointments.answer(tx, referral_id, "confirmed")
    referrals.in_contact(tx, referral_id)


def decline(tx: Tx, call: Call) -> None:
    """The appointment does not suit, or nobody said anything."""
    reply = inputs.text(call, "reply")
    if reply not in REPLIES:
        raise inputs.wrong("reply", "no or unknown", reply)
    appointments.answer(tx, inputs.subject(call, "referral"), REPLIES[reply])


_WHEN = (Parameter("at", label="Tag und Uhrzeit"), Parameter("place", label="Ort"))

OPERATORS = (
    Operator("appointment.propose", "Termin: Vorschlag der Stelle", _WHEN, propose),
    Operator("appointment.arrange", "Termin: von uns vereinbart", _WHEN, arrange),
    Operator("appointment.confirm", "Termin: steht", (), confirm),
    Operator(
        "appointment.decline",
        "Termin: entfällt",
        (Parameter("reply", label="Antwort: no, unknown", choices=tuple(REPLIES)),),
        decline,
    ),
)
