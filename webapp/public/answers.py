"""What an association answers with one tap from its mail: may we count on you, does the appointment suit?"""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from webapp import doors
from webapp.access import PUBLIC, Refusal, view
from webapp.forms.reading import written
from webapp.forms.view import Problems
from webapp.i18n import NAMES, language, locale_of
from workflows.actions import appointments, invitations
from workflows.core.errors import Invalid
from workflows.core.tx import Tx

answers = Blueprint("answers", __name__)


@view(answers, "/m/<door:token>", who=PUBLIC)
def invitation(tx: Tx, token: str) -> ResponseReturnValue:
    """Who asks, why and what one gets, in the language the association was written to."""
    return doors.cleaned(token, _invitation(tx, token))


def _invitation(tx: Tx, token: str, note: str = "", problems: Problems | None = None) -> str:
    found = invitations.page(tx, token)
    own = found.invitation.language
    chosen = "language" in session or "lang" in request.args
    with force_locale(locale_of(language() if chosen or own not in NAMES else own)):
        return render_template(
            "public/invitation.html",
            token=token,
            page=found,
            invitation=found.invitation,
            note=note,
            problems=problems or {},
        )


@view(answers, "/m/<door:token>", who=PUBLIC, methods=("POST",))
def answer_invitation(tx: Tx, token: str) -> ResponseReturnValue:
    """Join in or decline; no needs no reason."""
    note = written(request.form, "note")
    try:
        invitations.answer(tx, token, request.form.get("reply", ""), note)
    except Invalid as error:
        raise Refusal(_invitation(tx, token, note, error.problems), 422) from error
    return redirect(url_for("answers.invitation", token=token))


@view(answers, "/s/<door:token>/referrals/<int:referral_id>/appointment", who=PUBLIC, methods=("POST",))
def answer_appointment(tx: Tx, token: str, referral_id: int) -> ResponseReturnValue:
    """One tap: does the appointment suit?"""
    appointments.answer(tx, token, referral_id, request.form.get("suits", ""), request.form.get("note", ""))
    flash(_("Danke, wir sagen es der Stelle."), "success")
    return redirect(url_for("public.status", token=token))
