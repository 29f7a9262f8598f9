"""What an association answers with one tap from its mail: may we count on you, does the appointment suit?"""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp import doors, i18n
from webapp.access import PUBLIC, Refusal, view
from webapp.forms.reading import written
from webapp.forms.view import Problems
from webapp.public.own_case import Noted, already, own_words, status_page
from workflows.actions import appointments, invitations
from workflows.core.errors import Conflict, Invalid
from workflows.core.tx import Tx

answers = Blueprint("answers", __name__)

# What was tapped about an appointment, in the words of its button.
TAPPED: Mapping[str, Any] = {"yes": _l("Ja, der Termin passt"), "no": _l("Nein, er passt nicht")}


@view(answers, "/m/<door:token>", who=PUBLIC)
def invitation(tx: Tx, token: str) -> ResponseReturnValue:
    """Who asks, why and what one gets, in the language the association was written to."""
    return doors.cleaned(token, _invitation(tx, token))


def _invitation(
    tx: Tx, token: str, note: str = "", problems: Problems | None = None, *, answers_anew: bool = False
) -> str:
    found = invitations.page(tx, token)
    i18n.prefer(found.invitation.language)
    return render_template(
        "public/invitation.html",
        token=token,
        page=found,
        invitation=found.invitation,
        note=note,
        problems=problems or {},
        answers_anew=answers_anew,
    )


@view(answers, "/m/<door:token>", who=PUBLIC, methods=("POST",))
def answer_invitation(tx: Tx, token: str) -> ResponseReturnValue:
    """Join in or decline; no needs no reason. Another answer afterwards is told which one counts."""
    i18n.prefer(invitations.page(tx, token).invitation.language)
    note = written(request.form, "note")
    try:
        invitations.answer(tx, token, request.form.get("reply", ""), note)
    except Invalid as error:
        raise Refusal(_invitation(tx, token, note, error.problems), 422) from error
    except Conflict as conflict:
        raise Refusal(_invitation(tx, token, answers_anew=True), 409) from conflict
    return redirect(url_for("answers.invitation", token=token))


@view(answers, "/s/<door:token>/referrals/<int:referral_id>/appointment", who=PUBLIC, methods=("POST",))
def answer_appointment(tx: Tx, token: str, referral_id: int) -> ResponseReturnValue:
    """One tap: does the appointment suit?"""
    own_words(tx, token)
    note = written(request.form, "note")
    try:
        appointments.answer(tx, token, referral_id, request.form.get("suits", ""), note)
    except Invalid as error:
        if "note" not in error.problems:
            raise
        noted = Noted(referral_id, note, error.problems)
        raise Refusal(status_page(tx, token, noted=noted), 422) from error
    except Conflict as conflict:
        raise Refusal(status_page(tx, token, already(conflict, TAPPED)), 409) from conflict
    flash(_("Danke, wir sagen es der Stelle."), "success")
    return redirect(url_for("public.status", token=token))
