"""Signing in, and setting a password, by a link from a mail.

The link's token is exchanged for this browser's cookie at once, so that it stays in no address bar and no history.
Opening a link changes nothing in the house, for mail scanners open them all; only the button does.
"""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp import known_browsers, visitors
from webapp.access import PUBLIC, Refusal, view
from webapp.auth.views import WINDOW, onwards, typed_email
from webapp.forms.view import Problems
from webapp.identity import sign_in
from workflows.actions import accounts
from workflows.core import throttle
from workflows.core.errors import Invalid, NotFound
from workflows.core.tx import Tx
from workflows.domain.people import User

links = Blueprint("links", __name__)

SIGN_IN, SET_PASSWORD = "sign_in", "set_password"
LONGEST_TOKEN = 64
WISHES_PER_ACCOUNT = 3
WISHES_PER_ADDRESS = 20
WISHES_TOGETHER, HOUR = 200, 3600  # many machines with a few addresses each; far more than a city's office needs


def count_wishes(tx: Tx) -> None:
    """Nobody can be flooded with mails through this page, nor kept from asking in a browser that knows the account."""
    if known_browsers.knows(typed_email()):
        throttle.hit(tx, f"wish:known:{typed_email()}", WISHES_PER_ACCOUNT, WINDOW)
        return
    throttle.hit(tx, f"wish:account:{typed_email()}", WISHES_PER_ACCOUNT, WINDOW)
    throttle.hit(tx, f"wish:address:{visitors.line()}", WISHES_PER_ADDRESS, WINDOW)
    throttle.hit_together(tx, "sign_in_link", WISHES_TOGETHER, HOUR)


@view(links, "/login/mail", who=PUBLIC)
def ask_sign_in(tx: Tx) -> ResponseReturnValue:
    """Where should the link to sign in go?"""
    return render_template("auth/ask.html", purpose=SIGN_IN)


@view(links, "/login/mail", who=PUBLIC, methods=("POST",), first=count_wishes)
def mail_sign_in(tx: Tx) -> ResponseReturnValue:
    """Have a link to sign in mailed."""
    return _noted(tx, SIGN_IN)


@view(links, "/password/forgotten", who=PUBLIC)
def ask_password(tx: Tx) -> ResponseReturnValue:
    """Where should the link to a new password go?"""
    return render_template("auth/ask.html", purpose=SET_PASSWORD)


@view(links, "/password/forgotten", who=PUBLIC, methods=("POST",), first=count_wishes)
def mail_password(tx: Tx) -> ResponseReturnValue:
    """Have a link to set a new password mailed."""
    return _noted(tx, SET_PASSWORD)


def _noted(tx: Tx, purpose: str) -> ResponseReturnValue:
    accounts.ask_for_link(tx, purpose, typed_email())
    flash(
        _(
            "Gibt es zu dieser Adresse ein Konto, kommt gleich eine E-Mail mit einem Link. Er gilt 10 Minuten. "
            "Schauen Sie auch im Spam-Ordner nach."
        ),
        "info",
    )
    return redirect(url_for("auth.login"))


@view(links, "/login/<token>", who=PUBLIC)
def open_sign_in(tx: Tx, token: str) -> ResponseReturnValue:
    """Exchange the link for the cookie."""
    return _exchanged(SIGN_IN, token, "links.link")


@view(links, "/login/link", who=PUBLIC)
def link(tx: Tx) -> ResponseReturnValue:
    """Who would be signed in, and the button."""
    return render_template("auth/link.html", user_email=_behind(tx, SIGN_IN)[1].email)


@view(links, "/login/link", who=PUBLIC, methods=("POST",))
def sign_in_by_link(tx: Tx) -> ResponseReturnValue:
    """Use the link up and sign in."""
    try:
        user = accounts.sign_in_by_link(tx, _behind(tx, SIGN_IN)[0])
    except NotFound as gone:
        raise _gone(SIGN_IN) from gone
    sign_in(tx, user)
    return redirect(onwards())


@view(links, "/password/<token>", who=PUBLIC)
def open_password(tx: Tx, token: str) -> ResponseReturnValue:
    """Exchange the link for the cookie."""
    return _exchanged(SET_PASSWORD, token, "links.new_password")


@view(links, "/password/new", who=PUBLIC)
def new_password(tx: Tx) -> ResponseReturnValue:
    """The form for a new password."""
    return _password_page(tx, _behind(tx, SET_PASSWORD)[1], {})


@view(links, "/password/new", who=PUBLIC, methods=("POST",))
def set_password(tx: Tx) -> ResponseReturnValue:
    """Set it and end all sessions; a password that is refused leaves the link as it was."""
    token, user = _behind(tx, SET_PASSWORD)
    try:
        tokens = accounts.set_password_by_link(
            tx, token, request.form.get("password", ""), request.form.get("again", "")
        )
    except Invalid as error:
        raise Refusal(_password_page(tx, user, error.problems), 422) from error
    except NotFound as gone:
        raise _gone(SET_PASSWORD) from gone
    session.pop(SET_PASSWORD, None)
    told = _("Ihr neues Passwort gilt ab jetzt. Alle anderen Anmeldungen sind beendet.")
    if tokens:
        told = " ".join((told, _("Auch Ihre Zugriffsschlüssel für Programme sind gesperrt.")))
    flash(told, "success")
    return redirect(url_for("auth.login"))


def _password_page(tx: Tx, user: User, problems: Problems) -> str:
    tokens = accounts.has_tokens(tx, user)
    return render_template("auth/password.html", user_email=user.email, tokens=tokens, problems=problems)


def _exchanged(purpose: str, token: str, page: str) -> ResponseReturnValue:
    if len(token) > LONGEST_TOKEN:
        raise _gone(purpose)
    session[purpose] = token
    return redirect(url_for(page))


def _behind(tx: Tx, purpose: str) -> tuple[str, User]:
    """The token in this browser's cookie and the account it is for; else a page that says it is gone."""
    token = str(session.get(purpose, ""))
    try:
        return token, accounts.behind_link(tx, purpose, token)
    except NotFound as gone:
        raise _gone(purpose) from gone


def _gone(purpose: str) -> Refusal:
    return Refusal(render_template("auth/gone.html", purpose=purpose), 404)
