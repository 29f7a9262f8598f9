"""What a form sent and could not be taken then: it waits in the page and is sent again by a button.

It is signed, stands in that page alone and is stored nowhere. A form of a session that is over belongs to whose session
it was, and nobody else is shown it. Only pages of ours get that far: anything else was refused before for its
``Origin`` (security.py).
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
CODE = re.compile(r"[-a-z0-9_.:]*")
BOOKKEEPING = frozenset({"csrf_token", "unique_key", FIELD})


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was sent, without its files; ``owner`` is the user from whose session, None for a public page."""

    owner: int | None
    address: str
    fields: list[tuple[str, str]]
    has_files: bool

    @property
    def texts(self) -> list[str]:
        """What a person typed, to recognise it by; codes and the form's own bookkeeping are left out."""
        typed = (value for name, value in self.fields if not name.startswith("_") and name not in BOOKKEEPING)
        return [value for value in typed if not CODE.fullmatch(value)]

    @property
    def all(self) -> list[dict[str, str]]:
        """Where it goes and everything in it, by the form's own names."""
        rows = [{"label": name, "value": value} for name, value in self.fields if name not in BOOKKEEPING]
        return [{"label": "→", "value": self.address.partition("?")[0]}, *rows]


def pack(owner: int | None) -> str:
    """The form of this request, signed, for its ``owner``; empty without one: strangers' forms do not wait."""
    sent = _form(owner) if owner is not None else None
    if sent is None:
        return ""
    packed = str(signer("sent again").dumps([owner, sent.address, sent.fields, sent.has_files]))
    return packed if len(packed) <= MOST else ""


def unpack(text: str, owner: int | None) -> Sent | None:
    """The form again, for its owner; None for another's, for what we have not signed, or too long ago."""
    try:
        whose, address, fields, has_files = signer("sent again").loads(text, max_age=LASTS)
    except BadSignature:
        return None
    return Sent(whose, address, [(name, value) for name, value in fields], has_files) if whose == owner else None


def sign_in_page(waiting: str, target: str | None = None, problem: str | None = None) -> str:
    """The page to sign in on, in which a packed form waits."""
    return render_template("auth/login.html", email="", problem=problem, demo_users=(), next=target or "", sent=waiting)


def page(sent: Sent, reason: str = "session") -> str:
    """The page with the button; ``reason`` says what was in the way: session, forgotten or gone (a link)."""
    return render_template("errors/again.html", sent=sent, reason=reason)


def refused(reason: str) -> str:
    """The same for what this request sent, in the answer to itself; empty when there is nothing to keep."""
    sent = _form(None)
    return page(sent, reason) if sent is not None else ""


def _form(owner: int | None) -> Sent | None:
    """The form a page sent; None for what a script sent, for secrets, and when nothing was filled in."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", FIELD}]
    is_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    if not fields or not is_page or any(name in SECRETS for name, _value in fields):
        return None
    has_files = any(sent.filename for sent in request.files.values())
    return Sent(owner, request.full_path.rstrip("?"), fields, has_files)
