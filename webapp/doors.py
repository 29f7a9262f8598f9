"""Links from mails, once opened: the browser keeps the token in its cookie, and no address shows it any more.

What stands in an address is kept in histories, read over shoulders and copied along (trust 18). So the first look at a
link leads on to an address with a mark in the token's place. Only the browser that opened the link knows what it means.
"""

import hashlib

from flask import Flask, flash, get_flashed_messages, has_request_context, redirect, request, session
from flask.typing import ResponseReturnValue
from werkzeug.routing import UnicodeConverter

KEPT = "doors"
MOST = 12
"""Links one browser keeps; the oldest are forgotten, for a cookie is small."""

SIGN = "~"


class Door(UnicodeConverter):
    """A token in an address, or the mark of one that this browser has opened; views and templates know tokens only."""

    def to_python(self, value: str) -> str:
        """The token; a mark without one stays, and opens nothing."""
        kept: dict[str, str] = session.get(KEPT, {}) if value.startswith(SIGN) else {}
        return kept.get(value, value)

    def to_url(self, value: str) -> str:
        """The mark, for this browser's own pages."""
        return super().to_url(mark(value) if has_request_context() and _is_kept(value) else value)


def init_app(app: Flask) -> None:
    """Let addresses have doors."""
    app.url_map.converters["door"] = Door


def mark(token: str) -> str:
    """What stands in addresses for a token: says nothing about it."""
    return SIGN + hashlib.sha256(token.encode()).hexdigest()[:16]


def _is_kept(token: str) -> bool:
    return bool(session.get(KEPT, {}).get(mark(token)) == token)


def keep(token: str) -> None:
    """This browser has opened the link; only tokens that were found to be good."""
    others = {key: kept for key, kept in session.get(KEPT, {}).items() if kept != token}
    session[KEPT] = dict([*others.items(), (mark(token), token)][-MOST:])


def cleaned(token: str, page: ResponseReturnValue) -> ResponseReturnValue:
    """The ``page`` behind a good link; for who comes from the mail the way to its clean address."""
    if f"/{token}" not in request.path:
        return page
    keep(token)
    for said in get_flashed_messages(with_categories=True):
        flash(said[1], said[0])  # drawn into a page that nobody sees: it is for the next one
    query = f"?{request.query_string.decode()}" if request.query_string else ""
    return redirect(request.path.replace(token, mark(token)) + query)


def is_forgotten() -> bool:
    """Whether the address is one of a link that this browser does not know any more."""
    return any(part.startswith(SIGN) and part not in session.get(KEPT, {}) for part in request.path.split("/"))
