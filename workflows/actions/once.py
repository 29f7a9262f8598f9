"""Sent twice, kept once: under the key that a form or a program gives to what it sends."""

from workflows.core.errors import Invalid, Problem
from workflows.core.tx import Tx

LONGEST = 200


def key(tx: Tx, place: str, sent: str) -> str | None:
    """The key to keep it under: the actor's own, at this place, so that nobody meets a stranger's; None without one.

    Raises ``Invalid`` for one that is too long.
    """
    if len(sent) > LONGEST:
        raise Invalid({"unique_key": (Problem("too_long", {"max": LONGEST}),)})
    return f"sent/{tx.actor.user_id}/{place}/{sent}" if sent else None
