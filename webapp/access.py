"""The one way to declare a page: who may ask for it, and one transaction around all it does."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp import sent_again
from webapp.extensions import db, surroundings
from webapp.identity import left_user, page_actor, timed_out_user, token_actor
from workflows import policy
from workflows.core.errors import LotseError, NotFound
from workflows.core.tx import PUBLIC as ANYBODY
from workflows.core.tx import Actor, Tx, transaction

P = ParamSpec("P")
PageView = Callable[Concatenate[Any, P], ResponseReturnValue]
Uploads = Callable[..., None]

PUBLIC = "public"  # anybody; the view itself asks for a link where it needs one
STAFF = "staff"  # any signed-in user; rows are chosen by policy
TOKEN = "token"  # noqa: S105 the API: a personal token, never a cookie


class SignInNeeded(LotseError):
    """Nobody is signed in and the page is for staff."""


class Refusal(Exception):
    """An answer that says no and must leave nothing behind: raised, so that the transaction rolls back."""

    def __init__(self, answer: ResponseReturnValue, status: int | None = None) -> None:
        super().__init__(status)
        self.response = make_response(answer)
        if status is not None:
            self.response.status_code = status


def view(
    blueprint: Blueprint,
    rule: str,
    *,
    who: str,
    methods: Sequence[str] = ("GET",),
    endpoint: str | None = None,
    uploads: Uploads | None = None,
    first: Callable[[Tx], None] | None = None,
) -> Callable[[PageView[P]], PageView[P]]:
    """Register a view under ``rule`` for ``who``: PUBLIC, STAFF, TOKEN or a permission of ``policy``.

    The view gets the open ``Tx`` first. What it returns is rendered inside the transaction, which commits
    afterwards; what it raises rolls back and becomes an error page, so that a lost race is a 409 and not a 500.
    ``uploads`` keeps uploaded files before, in a transaction of its own: they stay, even if the view refuses.
    ``first`` runs in a transaction of its own before, for what must count even if the view refuses: tries.
    """

    def declare(function: PageView[P]) -> PageView[P]:
        @wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            here = surroundings()
            if first is not None:
                with transaction(db.session(), _admit(who), here.clock, here.settings) as tx:
                    first(tx)
            try:
                if uploads is not None and any(sent.filename for sent in request.files.values()):
                    with transaction(db.session(), _admit(who), here.clock, here.settings) as tx:
                        uploads(tx, *args, **kwargs)
                with transaction(db.session(), _admit(who), here.clock, here.settings) as tx:
                    return make_response(function(tx, *args, **kwargs))
            except Refusal as refusal:
                return refusal.response

        guarded.__dict__["who"] = who
        blueprint.add_url_rule(rule, endpoint or function.__name__, guarded, methods=list(methods))
        return function

    return declare


def _admit(who: str) -> Actor:
    """The actor, if this kind of person may be here at all; what exactly they see is a matter of rows."""
    if who == TOKEN:
        actor = token_actor()
        if actor is None:
            raise SignInNeeded("token_needed")
        return actor
    actor = page_actor()
    if who == PUBLIC:
        return actor
    if actor is ANYBODY:
        raise SignInNeeded("sign_in_needed")
    if who != STAFF and not policy.may(actor, who):
        raise NotFound("not_found", kind="page")
    return actor


def to_login() -> ResponseReturnValue:
    """Send somebody to the sign-in page, and back afterwards; a form of their session waits in that page."""
    target = request.full_path.rstrip("?") if request.method == "GET" else _came_from()
    if waiting := sent_again.pack(timed_out_user() or left_user()):
        return sent_again.sign_in_page(waiting, target), 401
    return redirect(url_for("auth.login", next=target))


def _came_from() -> str | None:
    """The page of ours that a form stood on."""
    page = urlsplit(request.referrer or "")
    return own_address(f"{page.path}?{page.query}".rstrip("?"), "") or None


def own_address(target: str | None, otherwise: str) -> str:
    """``target`` if it is an address of this very app, else ``otherwise``: no open redirects."""
    if not target or not target.isprintable() or not target.startswith("/") or target.startswith(("//", "/\\")):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc or "\\" in target else target
