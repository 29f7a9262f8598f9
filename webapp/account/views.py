"""One's own account: where one is signed in, the password, tokens of the API."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from webapp.access import STAFF, Refusal, view
from webapp.forms import again
from webapp.forms.view import Problems
from webapp.identity import sign_in
from webapp.security import row_id
from webapp.wording import code_word
from workflows import policy
from workflows.actions import accounts
from workflows.actions.accounts import DAYS, MadeToken, NewToken
from workflows.core import throttle
from workflows.core.errors import Invalid
from workflows.core.tx import Tx
from workflows.domain import web_sessions

account = Blueprint("account", __name__)

PASSWORDS, WINDOW = 10, 15 * 60


def count_passwords(tx: Tx) -> None:
    """An open screen is no place to try out passwords."""
    throttle.hit(tx, _passwords(tx), PASSWORDS, WINDOW)


def _passwords(tx: Tx) -> str:
    return f"password:account:{tx.actor.user_id}"


@view(account, "/account", who=STAFF)
def overview(tx: Tx) -> ResponseReturnValue:
    """Where I am signed in."""
    mine = web_sessions.id_of(current_user.secret)
    rows = [
        {"id": row.id, "device": row.device, "since": row.created_at, "is_this": row.id == mine}
        for row in accounts.own_sessions(tx)
    ]
    return render_template("account/sessions.html", sessions=rows)


@view(account, "/account/sessions/end", who=STAFF, methods=("POST",))
def end_session(tx: Tx) -> ResponseReturnValue:
    """End one of them."""
    accounts.end_session(tx, request.form.get("session", ""))
    flash(_("Diese Anmeldung ist beendet."), "success")
    return redirect(url_for("account.overview"))


@view(account, "/account/sessions/end-others", who=STAFF, methods=("POST",))
def end_others(tx: Tx) -> ResponseReturnValue:
    """End all but this one."""
    number = accounts.end_other_sessions(tx, web_sessions.id_of(current_user.secret))
    flash(ngettext("%(num)d Anmeldung ist beendet.", "%(num)d Anmeldungen sind beendet.", number), "success")
    return redirect(url_for("account.overview"))


@view(account, "/account/password", who=STAFF)
def password(tx: Tx) -> ResponseReturnValue:
    """The form for another password."""
    return _password_page(tx, {})


@view(account, "/account/password", who=STAFF, methods=("POST",), first=count_passwords)
def change_password(tx: Tx) -> ResponseReturnValue:
    """Change it; all other sessions end, this one goes on under a new secret."""
    sent = request.form
    try:
        user = accounts.change_password(tx, sent.get("old", ""), sent.get("password", ""), sent.get("again", ""))
    except Invalid as error:
        raise Refusal(_password_page(tx, error.problems), 422) from error
    sign_in(tx, user)
    throttle.give_back(tx, _passwords(tx))
    flash(_("Ihr neues Passwort gilt ab jetzt. Alle anderen Anmeldungen sind beendet."), "success")
    return redirect(url_for("account.overview"))


def _password_page(tx: Tx, problems: Problems) -> str:
    return render_template("account/password.html", tokens=accounts.own_tokens(tx), problems=problems)


@view(account, "/account/tokens", who=policy.TOKEN_OWN)
def tokens(tx: Tx) -> ResponseReturnValue:
    """My tokens of the API, and a form for another."""
    return _tokens(tx)


@view(account, "/account/tokens", who=policy.TOKEN_OWN, methods=("POST",))
def make_token(tx: Tx) -> ResponseReturnValue:
    """Make one; its text is shown in this answer and never again. Of those made by sending twice the last counts."""
    sent = request.form
    wanted = NewToken(sent.get("name", ""), sent.get("scope", ""), row_id(sent.get("days", "")))
    sending = again.sending(tx, sent.get("unique_key", ""), "token", asdict(wanted))
    try:
        made = accounts.make_token(tx, wanted, sending.key)
    except Invalid as error:
        raise Refusal(_tokens(tx, wanted, error.problems), 422) from error
    again.sent(tx, sending)
    return _tokens(tx, made=made)


@view(account, "/account/tokens/<int:token_id>/revoke", who=policy.TOKEN_OWN, methods=("POST",))
def revoke_token(tx: Tx, token_id: int) -> ResponseReturnValue:
    """End one at once."""
    accounts.revoke_token(tx, token_id)
    flash(_("Der Zugriffsschlüssel ist gesperrt."), "success")
    return redirect(url_for("account.tokens"))


def _tokens(
    tx: Tx, typed: NewToken | None = None, problems: Problems | None = None, made: MadeToken | None = None
) -> str:
    choices: dict[str, Any] = {
        "scopes": [{"key": key, "name": code_word("token_scope", key)} for key in ("read", "work")],
        "lives": [{"key": str(days), "name": _("%(days)s Tage", days=days)} for days in DAYS],
    }
    typed = typed or NewToken("", "read", DAYS[1])
    rows = accounts.own_tokens(tx)
    return render_template(
        "account/tokens.html", tokens=rows, typed=typed, problems=problems or {}, made=made, **choices
    )
