"""What a diagram may do with invitations: ask an association to join in, and keep its answer."""

from datetime import timedelta
from typing import Any

from workflows.core import links
from workflows.core.tx import Tx
from workflows.domain import invitations
from workflows.domain.invitations import Invitation
from workflows.engine.catalogue import Call, Operator, Parameter
from workflows.operators import inputs

# How long the link still says what was answered.
FAREWELL = timedelta(days=30)

# What is kept of the reply, by the word of the diagram.
REPLIES = {"join": "joined", "decline": "declined", "none": "unanswered"}


def send(tx: Tx, call: Call) -> dict[str, Any]:
    """Ask one association: who asks, why it is asked, what it gets."""
    email = inputs.text(call, "email")
    if "@" not in email:
        raise inputs.wrong("email", "mail address", email)
    invitation = invitations.send(
        tx,
        inputs.subject(call, "case"),
        inputs.text(call, "name"),
        email,
        inputs.text(call, "language", "de"),
        {word: inputs.text(call, word) for word in ("who", "why", "gets")},
    )
    return {"invitation": invitation.id, "invitation_key": invitation.key}


def settle(tx: Tx, call: Call) -> None:
    """Keep the answer: by its own link it is kept already, else the coordination entered it, or nobody answered."""
    reply = inputs.text(call, "reply")
    if reply not in REPLIES:
        raise inputs.wrong("reply", "join, decline or none", reply)
    invitation = tx.locked(Invitation, inputs.whole_number(call, "invitation", 0))
    if invitation.case_id != inputs.subject(call, "case"):
        raise inputs.wrong("invitation", "invitation of the case", invitation)
    if invitation.status == "sent":
        invitations.answer(tx, invitation.id, REPLIES[reply], "coordination" if reply != "none" else "")
    links.limit(tx, invitation.key, "invitation", tx.now + FAREWELL)


OPERATORS = (
    Operator(
        "invitation.send",
        "Andere MO einladen",
        (
            Parameter("name", label="Name der MO"),
            Parameter("email", label="Mailadresse"),
            Parameter("language", required=False, label="Sprache"),
            Parameter("who", label="Wer fragt"),
            Parameter("why", label="Warum diese MO"),
            Parameter("gets", label="Was sie davon hat"),
        ),
        send,
        ("invitation", "invitation_key"),
    ),
    Operator(
        "invitation.settle",
        "Antwort der eingeladenen MO festhalten",
        (
            Parameter("invitation", label="Einladung"),
            Parameter("reply", label="Antwort: join, decline, none", choices=tuple(REPLIES)),
        ),
        settle,
    ),
)
