"""Browsers somebody has signed in with before: wrong passwords of strangers do not keep them out.

Tries are counted per account, line and together, so strangers could use them up for the owner of an account. A browser
that has signed in once carries a signed mark of that account; the browsers that know it have tries of their own, all
together as many as everybody else (OWASP: "device cookies").
"""

import hashlib
from datetime import timedelta

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature

from webapp.security import signer

LASTS = timedelta(days=180)


def remember(email: str) -> None:
    """Let the answer to this request mark the browser as one that knows the account."""
    if knows(email):
        return
    mark = signer("known browser").dumps(_account(email))

    @after_this_request
    def marked(response: Response) -> Response:
        secure = current_app.config["SESSION_COOKIE_SECURE"]
        response.set_cookie(_name(), mark, max_age=LASTS, secure=secure, httponly=True, samesite="Lax")
        return response


def knows(email: str) -> bool:
    """Whether somebody has signed in to that account with this browser."""
    try:
        account = signer("known browser").loads(request.cookies.get(_name(), ""), max_age=int(LASTS.total_seconds()))
    except BadSignature:
        return False
    return bool(account == _account(email))


def _account(email: str) -> str:
    return hashlib.sha256(email.strip().lower().encode()).hexdigest()[:16]


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-known"
