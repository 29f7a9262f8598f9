"""Who goes back after sending and sends the same words again has sent once: the browser's session knows what it sent.

A form drawn anew has a new key, so the key alone tells only two clicks on one drawing apart from two sendings.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import session
from flask_babel import gettext as _

from workflows.core.tx import Tx

SENT = "sent"
WITHIN = timedelta(minutes=30)
REMEMBERED = 6
ENQUIRY = ("text", "contact_name", "contact_email", "contact_phone", "organisation_name")
"""Two forms of one browser that agree in these are one enquiry: what else was chosen it forgets by going back."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending; ``key`` is the earlier one's if the same words came from this browser just before."""

    digest: str
    key: str
    is_repeated: bool


def sending(tx: Tx, key: str, place: str, words: Mapping[str, Any], files: str = "") -> Sending:
    """How to keep what these words say of ``place``; with uploads in the field ``files`` it is never a repetition."""
    said = [str(word or "").strip() for name, word in sorted(words.items()) if name != files]
    digest = hashlib.sha256(json.dumps([place, *said]).encode()).hexdigest()[:24]
    for known, earlier, seconds in session.get(SENT, []):
        is_late = tx.now.timestamp() - seconds > WITHIN.total_seconds()
        if known == digest and not is_late and not words.get(files):
            return Sending(digest, earlier, is_repeated=earlier != key)
    return Sending(digest, key, is_repeated=False)


def enquiry(tx: Tx, key: str, place: str, values: Mapping[str, Any]) -> Sending:
    """The same for the form of an enquiry."""
    return sending(tx, key, place, {name: values.get(name) for name in (*ENQUIRY, "attachments")}, "attachments")


def sent(tx: Tx, done: Sending) -> None:
    """Remember what was kept; what failed may be sent again under its own key."""
    others = [entry for entry in session.get(SENT, []) if entry[0] != done.digest]
    session[SENT] = [*others, [done.digest, done.key, int(tx.now.timestamp())]][-REMEMBERED:]


def told(done: Sending, otherwise: str) -> str:
    """What to say to whoever works here: that it is kept once, or what there is to say otherwise."""
    once: str = _("Das haben Sie gerade schon gespeichert. Es steht nur einmal da.")
    return once if done.is_repeated else otherwise


def thanks(done: Sending, otherwise: str) -> str:
    """The same for whoever asks us."""
    once: str = _(
        "Das haben Sie schon gesendet. Es ist nur einmal bei uns angekommen. "
        "Möchten Sie etwas ändern? Dann schreiben Sie uns auf der Seite Ihrer Anfrage eine Nachricht."
    )
    return once if done.is_repeated else otherwise
