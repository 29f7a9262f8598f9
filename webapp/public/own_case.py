"""What whoever asked does by the link to its enquiry: see the status, answer with a tap, withdraw, write."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp import doors, i18n, visitors
from webapp.access import PUBLIC, Refusal, view
from webapp.files.shown import for_association
from webapp.files.views import sent
from webapp.forms import again, ticket, uploads
from webapp.forms.reading import is_redrawing
from webapp.forms.ticket import Ticket
from webapp.forms.view import FormView, Problems, typed
from webapp.i18n import language
from webapp.public.views import public
from webapp.security import row_id
from workflows.actions import attachments, cases, confirming, correspondence, enquiries
from workflows.core import throttle
from workflows.core.errors import Conflict, Invalid, Throttled
from workflows.core.tx import Tx

__all__ = ["public"]  # the same room, with these pages in it

# What was tapped, in the words of its button.
TAPPED: Mapping[str, Any] = {
    "helped": _l("Ja, es hat geholfen"),
    "partly": _l("Zum Teil"),
    "not_helped": _l("Nein, noch nicht"),
    "yes": _l("Ja, es hat geholfen"),
    "no": _l("Nein, noch nicht"),
}

UPLOADS_PER_CASE = 60  # a day; each holds as many files as a request may


@dataclass(frozen=True, slots=True)
class Noted:
    """What was written beside an answer about one referral, with what is wrong with it."""

    referral_id: int | None = None
    note: str = ""
    problems: Problems = field(default_factory=dict)


@view(public, "/s/<door:token>", who=PUBLIC)
def status(tx: Tx, token: str) -> ResponseReturnValue:
    """Where the enquiry stands, in its own language unless another was chosen."""
    return doors.cleaned(token, status_page(tx, token))


def status_page(tx: Tx, token: str, told: str = "", noted: Noted | None = None) -> str:
    """The status page; ``told`` says what was answered before, ``noted`` what is wrong with an answer just sent."""
    own_words(tx, token)
    found = enquiries.status(tx, token, language())
    mine = enquiries.own(tx, token)
    return render_template(
        "public/status.html",
        token=token,
        case=found.case,
        steps=[{"code": step.label, "state": step.state, "at": step.at} for step in found.steps],
        shared=found.shared,
        asks=found.asks,
        correctable=found.correctable,
        tapped=TAPPED,
        applications=found.applications,
        asked=typed(enquiries.answered(tx, found.case, language())),
        notes=[
            {"author": note.author, "text": note.text, "at": note.created_at}
            for note in reversed(cases.shared_notes(mine, found.case.id))
        ],
        files=for_association(attachments.of_case(mine, found.case.id), token),
        can_withdraw=found.can_withdraw,
        can_withdraw_consent=found.can_withdraw_consent,
        ends_at=found.ends_at,
        told=told,
        noted=noted or Noted(),
    )


@view(public, "/s/<door:token>/files/<key>", who=PUBLIC)
def file(tx: Tx, token: str, key: str) -> ResponseReturnValue:
    """A file of one's own enquiry, or one the office shared."""
    return sent(enquiries.own(tx, token), key)


def _keep_uploads(tx: Tx, token: str) -> None:
    """Uploads wait under the form's ticket; of who sends too many, by one link or from one address, none is taken."""
    sent_with = ticket.read(tx, request.form.get(ticket.FIELD, ""))
    own = enquiries.own(tx, token)
    place = enquiries.place(sent_with.key) if sent_with else None
    try:
        if any(each.filename for each in request.files.values()):
            throttle.hit(tx, f"upload:case:{own.actor.case_id}", UPLOADS_PER_CASE, 86_400)
            visitors.count_upload(tx)
    except Throttled:
        place = None
    uploads.keep(own, place, correspondence.form(tx, token, language()).form)


@view(public, "/s/<door:token>/message", who=PUBLIC)
def message(tx: Tx, token: str) -> ResponseReturnValue:
    """Something to add."""
    return _writing(tx, token, ticket.fresh(tx))


@view(public, "/s/<door:token>/message", who=PUBLIC, methods=("POST",), uploads=_keep_uploads)
def send_message(tx: Tx, token: str) -> ResponseReturnValue:
    """Send it, or draw the form again; nothing typed is ever lost."""
    own_words(tx, token)
    drawn = ticket.read(tx, request.form.get(ticket.FIELD, "")) or ticket.fresh(tx)
    values = uploads.sent_values(correspondence.form(tx, token, language()).form)
    if is_redrawing(request.form):
        return _writing(tx, token, drawn, values, uploads.problems())
    sending = again.sending(tx, drawn.nonce, f"message {token}", values, "message_files")
    try:
        correspondence.write(tx, token, values, replace(drawn, nonce=sending.key).key)
    except Invalid as error:
        raise Refusal(_writing(tx, token, drawn, values, error.problems), 422) from error
    except Throttled as error:
        flash(
            _("Zu viele Nachrichten auf einmal. Ihr Text steht noch da. Bitte senden Sie ihn in einer Stunde."),
            "warning",
        )
        raise Refusal(_writing(tx, token, drawn, values), 429) from error
    again.sent(tx, sending)
    thanks = _("Danke, Ihre Nachricht ist angekommen. Wir lesen sie am nächsten Arbeitstag.")
    flash(again.thanks(sending, thanks), "success")
    return redirect(url_for("public.status", token=token))


@view(public, "/s/<door:token>/message/fields", who=PUBLIC, methods=("POST",), uploads=_keep_uploads)
def message_fields(tx: Tx, token: str) -> ResponseReturnValue:
    """The fields drawn anew for what was typed and uploaded so far."""
    own_words(tx, token)
    drawn = ticket.read(tx, request.form.get(ticket.FIELD, "")) or ticket.fresh(tx)
    values = uploads.sent_values(correspondence.form(tx, token, language()).form)
    form = _message_form(tx, token, drawn, values, uploads.problems())
    return render_template("forms/fields.html", form=form)


def _writing(
    tx: Tx, token: str, drawn: Ticket, values: dict[str, Any] | None = None, problems: Problems | None = None
) -> str:
    own_words(tx, token)
    form = _message_form(tx, token, drawn, values, problems or {})
    return render_template("public/message.html", form=form, token=token, case=enquiries.status(tx, token).case)


def _message_form(tx: Tx, token: str, drawn: Ticket, values: dict[str, Any] | None, problems: Problems) -> FormView:
    opened = correspondence.form(tx, token, language(), values, drawn.key)
    refresh_url = url_for("public.message_fields", token=token)
    return FormView(opened.fields, problems, refresh_url=refresh_url, hidden=ticket.field(tx, drawn))


@view(public, "/s/<door:token>/confirm", who=PUBLIC, methods=("POST",))
def confirm(tx: Tx, token: str) -> ResponseReturnValue:
    """One tap: did it help?"""
    referral = request.form.get("referral")
    referral_id = None if referral is None else row_id(referral) or 0
    answer = request.form.get("answer", "")
    own_words(tx, token)
    try:
        is_corrected = confirming.confirm(tx, token, answer, referral_id)
    except Conflict as conflict:
        raise Refusal(status_page(tx, token, already(conflict, TAPPED)), 409) from conflict
    if is_corrected:
        flash(_("Geändert. Jetzt gilt: „%(answer)s“.", answer=TAPPED[answer]), "success")
    elif answer in ("no", "not_helped"):
        flash(_("Danke für Ihre Rückmeldung. Wir kümmern uns weiter darum."), "success")
    else:
        flash(_("Danke für Ihre Rückmeldung."), "success")
    return redirect(url_for("public.status", token=token))


@view(public, "/s/<door:token>/survey", who=PUBLIC, methods=("POST",))
def survey(tx: Tx, token: str) -> ResponseReturnValue:
    """One tap: one answer to the closing survey."""
    own_words(tx, token)
    enquiries.survey(tx, token, request.form.get("question", ""), request.form.get("answer", ""))
    flash(_("Danke für Ihre Rückmeldung."), "success")
    return redirect(url_for("public.status", token=token))


@view(public, "/s/<door:token>/withdraw", who=PUBLIC)
def withdraw_ask(tx: Tx, token: str) -> ResponseReturnValue:
    """Really? Where there is nothing to withdraw any more, the page that says so."""
    own_words(tx, token)
    found = enquiries.status(tx, token)
    if not found.can_withdraw:
        return redirect(url_for("public.status", token=token))
    has_money = any(each.status == "awarded" and each.drawn for each in found.applications)
    return render_template("public/withdraw.html", token=token, case=found.case, has_money=has_money)


@view(public, "/s/<door:token>/withdraw", who=PUBLIC, methods=("POST",))
def withdraw(tx: Tx, token: str) -> ResponseReturnValue:
    """Stop everything and tell the offices."""
    own_words(tx, token)
    enquiries.withdraw(tx, token)
    flash(_("Ihre Anfrage ist zurückgezogen."), "success")
    return redirect(url_for("public.status", token=token))


@view(public, "/s/<door:token>/consent", who=PUBLIC)
def consent_ask(tx: Tx, token: str) -> ResponseReturnValue:
    """Really take the yes back? Where there is none any more, the page that says so."""
    own_words(tx, token)
    found = enquiries.status(tx, token)
    if not found.can_withdraw_consent:
        return redirect(url_for("public.status", token=token))
    return render_template("public/consent.html", token=token, case=found.case)


@view(public, "/s/<door:token>/consent", who=PUBLIC, methods=("POST",))
def withdraw_consent(tx: Tx, token: str) -> ResponseReturnValue:
    """Nothing may be passed on any more; the enquiry lives on."""
    own_words(tx, token)
    enquiries.withdraw_consent(tx, token)
    flash(_("Ihr Ja zur Weitergabe ist zurückgenommen. Ihre Anfrage bleibt bestehen."), "success")
    return redirect(url_for("public.status", token=token))


def own_words(tx: Tx, token: str) -> None:
    """From here on the page, and an error too, speaks the enquiry's language unless this browser chose another.

    Raises ``NotFound``.
    """
    i18n.prefer(enquiries.status(tx, token).case.language)


def already(conflict: Conflict, words: Mapping[str, Any]) -> str:
    """What was answered before, in words; raises the conflict itself where nothing was."""
    answer = words.get(str(conflict.facts.get("answer")))
    if conflict.code not in ("already_confirmed", "not_asked") or answer is None:
        raise conflict
    return str(answer)
