"""What an association answers with one tap from its mail: may we count on you, does the appointment suit?"""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from webapp import doors
from webapp.access import PUBLIC, view
from webapp.i18n import NAMES, language, locale_of
from workflows.actions import appointments, invitations
from workflows.core.tx import Tx

answers = Blueprint("answers", __name__)


@view(answers, "/m/<door:token>", who=PUBLIC)
def invitation(tx: Tx, token: str) -> ResponseReturnValue:
    """Who asks, why and what one gets, in the language the association was written to."""
    found = invitations.page(tx, token)
    own = found.invitation.language
    chosen = "language" in session or "lang" in request.args
    with force_locale(locale_of(language() if chosen or own not in NAMES else own)):
        page = render_template("public/invitation.html", token=token, page=found, invitation=found.invitation)
        return doors.cleaned(token, page)


@view(answers, "/m/<door:token>", who=PUBLIC, methods=("POST",))
def answer_invitation(tx: Tx, token: str) -> ResponseReturnValue:
    """Join in or decline; no needs no reason."""
    invitations.answer(tx, token, request.form.get("reply", ""), request.form.get("note", ""))
    return redirect(url_for("answers.invitation", token=token))


@view(answers, "/s/<door:token>/referrals/<int:referral_id>/appointment", who=PUBLIC, methods=("POST",))
def answer_appointment(tx: Tx, token: str, referral_id: int) -> ResponseReturnValue:
    """One tap: does the appointment suit?"""
    appointments.answer(tx, token, referral_id, request.form.get("suits", ""), request.form.get("note", ""))
    flash(_("Danke, wir sagen es der Stelle."), "success")
    return redirect(url_for("public.status", token=token))
