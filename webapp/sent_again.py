"""What a form sent when its sender was not signed in any more: it waits in the page and is sent again by a button.

It is signed, stands in that page alone and is stored nowhere. Who is asked to send again has come from a page of ours:
anything else was refused before for its ``Origin`` (security.py).
"""

import re
from dataclasses import dataclass

from flask import render_template, request
from itsdangerous import BadSignature

from webapp.security import signer

FIELD = "sent"
LASTS = 12 * 60 * 60  # seconds a sign-in page may stand open
MOST = 200_000  # characters; a form itself is refused beyond 500 kB
SECRETS = frozenset({"password", "again", "old"})
CODE = re.compile(r"[-a-z0-9_.:\s]*")
BOOKKEEPING = frozenset({"csrf_token", FIELD})


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent, without its files."""

    address: str
    fields: list[tuple[str, str]]
    has_files: bool

    @property
    def texts(self) -> list[str]:
        """What a person typed, to recognise it by; codes and the form's own bookkeeping are left out."""
        typed = (value for name, value in self.fields if not name.startswith("_"))
        return [value for value in typed if not CODE.fullmatch(value)]


def pack() -> str:
    """The form of this request as signed text; empty when there is none to wait: asked by a script, or with secrets."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in BOOKKEEPING]
    is_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    if not fields or not is_page or any(name in SECRETS for name, _value in fields):
        return ""
    has_files = any(sent.filename for sent in request.files.values())
    packed = signer("sent again").dumps([request.full_path.rstrip("?"), fields, has_files])
    return packed if len(packed) <= MOST else ""


def unpack(text: str) -> Sent | None:
    """The form again; None for what we have not signed, or too long ago."""
    try:
        address, fields, has_files = signer("sent again").loads(text, max_age=LASTS)
    except BadSignature:
        return None
    return Sent(address, [(name, value) for name, value in fields], has_files)


def page(sent: Sent) -> str:
    """The page with the button."""
    return render_template("errors/again.html", sent=sent)
