"""Signing in with mail address and password, and out again."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp import known_browsers, sent_again, visitors
from webapp.access import PUBLIC, own_address, view
from webapp.identity import page_actor, sign_in, sign_out
from webapp.layout import first_room
from workflows.actions import accounts
from workflows.actions.demo import DEMO_USERS
from workflows.core import throttle
from workflows.core.tx import PUBLIC as ANYBODY
from workflows.core.tx import Tx

auth = Blueprint("auth", __name__)

WINDOW = 15 * 60  # seconds
TRIES_PER_ACCOUNT = 10
TRIES_PER_ADDRESS = 50
TOGETHER = "sign_in"
TRIES_OVERALL = 1000  # many machines with a few tries each; a whole city hall signs in far less often


def count_tries(tx: Tx) -> None:
    """Count a try for the account, the address it comes from, and all together; apart for browsers that know it."""
    for key, most in _limits().items():
        throttle.hit(tx, key, most, WINDOW)
    if not known_browsers.knows(typed_email()):
        # The last, so that what one account or one address was refused does not count against everybody.
        throttle.hit_together(tx, TOGETHER, TRIES_OVERALL, WINDOW)


def _succeeded(tx: Tx) -> None:
    """Only tries that fail use the limits up: an office behind one address signs in all day."""
    keys = [*_limits(), *([] if known_browsers.knows(typed_email()) else [throttle.together(TOGETHER)])]
    for key in keys:
        throttle.give_back(tx, key)


def _limits() -> dict[str, int]:
    if known_browsers.knows(typed_email()):
        return {f"login:known:{typed_email()}": TRIES_PER_ACCOUNT}
    return {
        f"login:account:{typed_email()}": TRIES_PER_ACCOUNT,
        f"login:address:{visitors.line()}": TRIES_PER_ADDRESS,
    }


def typed_email() -> str:
    """The address in the form, as accounts keep theirs."""
    return request.form.get("email", "").strip().lower()[:254]


@view(auth, "/login", who=PUBLIC)
def login(tx: Tx) -> ResponseReturnValue:
    """The sign-in page; who is signed in already goes on."""
    if page_actor() is not ANYBODY:
        return redirect(onwards())
    return _page(tx, "", None)


@view(auth, "/login", who=PUBLIC, methods=("POST",), first=count_tries)
def check_password(tx: Tx) -> ResponseReturnValue:
    """Sign in, or say the same to an unknown address as to a wrong password, after the same time."""
    user = accounts.authenticate(tx, typed_email(), request.form.get("password", ""))
    if user is None:
        # Returned, not raised: what was recorded must commit although the attempt is refused.
        return _page(tx, typed_email(), _("E-Mail-Adresse oder Passwort stimmen nicht.")), 422
    sign_in(tx, user)
    _succeeded(tx)
    return _go_on()


@view(auth, "/login/again", who=PUBLIC, methods=("POST",))
def go_on(tx: Tx) -> ResponseReturnValue:
    """Who has signed in elsewhere, by a link or in another window, goes on here with what was sent."""
    if page_actor() is ANYBODY:
        return _page(tx, "", _("Sie sind noch nicht angemeldet.")), 422
    return _go_on()


def _go_on() -> ResponseReturnValue:
    waiting = request.form.get(sent_again.FIELD, "")
    sent = sent_again.unpack(waiting, page_actor().user_id)
    if sent is not None:
        return sent_again.page(sent)
    if waiting:
        flash(_("Was auf der Seite gewartet hat, gehört zu einem anderen Konto. Es wurde nicht gesendet."), "warning")
    return redirect(onwards())


@view(auth, "/logout", who=PUBLIC, methods=("POST",))
def logout(tx: Tx) -> ResponseReturnValue:
    """End the session here and now."""
    sign_out(tx)
    return redirect(url_for("public.landing")), 302, {"Clear-Site-Data": '"cache", "storage"'}


def _page(tx: Tx, email: str, problem: str | None) -> str:
    demo_users = DEMO_USERS if tx.settings.demo else ()
    return render_template(
        "auth/login.html",
        email=email,
        problem=problem,
        demo_users=demo_users,
        next=request.values.get("next", ""),
        sent=request.form.get(sent_again.FIELD, ""),
    )


def onwards() -> str:
    """Where somebody wanted to go, else the first room."""
    return own_address(request.values.get("next"), first_room(page_actor()))
