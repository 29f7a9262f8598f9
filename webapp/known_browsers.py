"""Browsers somebody has signed in with before: wrong passwords of strangers do not keep them out.

Tries are counted per account, so whoever knows an address could use them up for its owner. A browser that has signed in
once carries a signed mark of that account and has tries of its own from then on (OWASP: "device cookies").
"""

import hashlib
import secrets
from datetime import timedelta

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature

from webapp.security import signer

LASTS = timedelta(days=180)


def remember(email: str) -> None:
    """Let the answer to this request mark the browser as one that knows the account."""
    if _mark(email):
        return
    mark = signer("known browser").dumps([_account(email), secrets.token_hex(8)])

    @after_this_request
    def marked(response: Response) -> Response:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(_name(), mark, max_age=LASTS, secure=secure, httponly=True, samesite="Lax")
        return response


def counted(email: str) -> str:
    """What tries for the account are counted under: for a browser that knows it, its own; else the same for all."""
    return " ".join(filter(None, (email, _mark(email))))


def _mark(email: str) -> str:
    try:
        account, mark = signer("known browser").loads(
            request.cookies.get(_name(), ""), max_age=int(LASTS.total_seconds())
        )
    except BadSignature:
        return ""
    return str(mark) if account == _account(email) else ""


def _account(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:16]


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-known"
