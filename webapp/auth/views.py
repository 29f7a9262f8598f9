"""Signing in with mail address and password, and out again."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import PUBLIC, own_address, view
from webapp.identity import page_actor, sign_in, sign_out
from webapp.layout import first_room
from workflows.actions.demo import DEMO_USERS
from workflows.core import audit, throttle
from workflows.core.tx import PUBLIC as ANYBODY
from workflows.core.tx import Tx
from workflows.domain import passwords, people

auth = Blueprint("auth", __name__)

WINDOW = 15 * 60  # seconds
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 50


@view(auth, "/login", who=PUBLIC)
def login(tx: Tx) -> ResponseReturnValue:
    """The sign-in page; who is signed in already goes on."""
    if page_actor() is not ANYBODY:
        return redirect(_onwards())
    return _page(tx, "", None)


@view(auth, "/login", who=PUBLIC, methods=("POST",))
def check_password(tx: Tx) -> ResponseReturnValue:
    """Sign in, or say the same to an unknown address as to a wrong password, after the same time."""
    email = request.form.get("email", "").strip().lower()[:254]
    throttle.hit(tx, f"login:account:{email}", TRIES_PER_ACCOUNT, WINDOW)
    throttle.hit(tx, f"login:address:{request.remote_addr}", TRIES_PER_ADDRESS, WINDOW)
    user = people.find_by_email(tx.session, email)
    stored = user.password_hash if user is not None and user.is_active else None
    if not passwords.matches(stored, request.form.get("password", "")) or user is None:
        # Returned, not raised: what was counted and recorded must commit although the attempt is refused.
        audit.record(tx, "system", "user.sign_in_failed", "user:unknown" if user is None else f"user:{user.id}")
        return _page(tx, email, _("E-Mail-Adresse oder Passwort stimmen nicht.")), 422
    sign_in(tx, user)
    return redirect(_onwards())


@view(auth, "/logout", who=PUBLIC, methods=("POST",))
def logout(tx: Tx) -> ResponseReturnValue:
    """End the session here and now."""
    sign_out(tx)
    return redirect(url_for("public.landing")), 302, {"Clear-Site-Data": '"cache", "storage"'}


def _page(tx: Tx, email: str, problem: str | None) -> str:
    demo_users = DEMO_USERS if tx.settings.demo else ()
    return render_template(
        "auth/login.html", email=email, problem=problem, demo_users=demo_users, next=request.values.get("next", "")
    )


def _onwards() -> str:
    return own_address(request.values.get("next"), first_room(page_actor()))
