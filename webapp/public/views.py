"""The public side: landing page, enquiry, receipt, status by link."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.access import PUBLIC, Refusal, view
from webapp.files.views import sent
from webapp.forms import ticket, uploads
from webapp.forms.reading import is_redrawing
from webapp.forms.ticket import Ticket
from webapp.forms.view import FormView
from webapp.i18n import NAMES, language, locale_of
from webapp.security import row_id
from workflows.actions import enquiries
from workflows.core import links, throttle
from workflows.core.errors import Invalid, Problem, Throttled
from workflows.core.tx import Tx

public = Blueprint("public", __name__)

RECEIPT = "receipt"
ENQUIRIES_PER_HOUR = 20
UPLOADS_PER_HOUR = 60


@view(public, "/", who=PUBLIC)
def landing(tx: Tx) -> ResponseReturnValue:
    """What the office offers and where to begin."""
    return render_template("public/landing.html")


@view(public, "/anfrage", who=PUBLIC)
def enquiry(tx: Tx) -> ResponseReturnValue:
    """The empty form."""
    return _page(tx, None, ticket.fresh(tx))


def _keep_uploads(tx: Tx) -> None:
    """Uploads wait under the form's ticket; without a good one, or from who sends too many, none is taken."""
    sent = ticket.read(tx, request.form.get(ticket.FIELD, ""))
    place = enquiries.place(sent.key) if sent else None
    try:
        throttle.hit(tx, f"upload:{request.remote_addr}", UPLOADS_PER_HOUR, 3600)
    except Throttled:
        place = None
    uploads.keep(tx, place, enquiries.form(tx, language()).form)


@view(public, "/anfrage", who=PUBLIC, methods=("POST",), uploads=_keep_uploads)
def send_enquiry(tx: Tx) -> ResponseReturnValue:
    """Send the form, or draw it again with its conditions evaluated; nothing typed is ever lost."""
    values = uploads.sent_values(enquiries.form(tx, language()).form)
    sent = ticket.read(tx, request.form.get(ticket.FIELD, ""))
    if is_redrawing(request.form):
        return _page(tx, values, sent or ticket.fresh(tx), uploads.problems())
    if sent is None or sent.is_too_fast(tx.now) or request.form.get(ticket.TRAP):
        flash(_("Das ging sehr schnell. Bitte prüfen Sie Ihre Angaben und senden Sie sie noch einmal."), "warning")
        return _page(tx, values, sent or ticket.fresh(tx), uploads.problems()), 422
    throttle.hit(tx, f"enquiry:{request.remote_addr}", ENQUIRIES_PER_HOUR, 3600)
    try:
        case, link = enquiries.submit(tx, values, language(), sent.key)
    except Invalid as error:
        raise Refusal(_page(tx, values, sent, error.problems), 422) from error
    session[RECEIPT] = [case.reference, case.contact_email, links.token(link, tx.settings)]
    return redirect(url_for("public.receipt"))


@view(public, "/anfrage/felder", who=PUBLIC, methods=("POST",), uploads=_keep_uploads)
def enquiry_fields(tx: Tx) -> ResponseReturnValue:
    """The fields drawn anew for what was typed so far; saves nothing."""
    values = uploads.sent_values(enquiries.form(tx, language()).form)
    sent = ticket.read(tx, request.form.get(ticket.FIELD, ""))
    key = sent.key if sent else ""
    opened = enquiries.form(tx, language(), values, key)
    is_checked = request.form.get("_check")
    problems = enquiries.problems(tx, language(), values, key) if is_checked else uploads.problems()
    return render_template("forms/fields.html", form=_view(opened.fields, problems))


@view(public, "/anfrage/beleg", who=PUBLIC)
def receipt(tx: Tx) -> ResponseReturnValue:
    """What was received, with the way to follow it; only for the browser that sent it."""
    if RECEIPT not in session:
        return redirect(url_for("public.enquiry"))
    reference, email, token = session[RECEIPT]
    status_url = url_for("public.status", token=token)
    return render_template("public/receipt.html", reference=reference, email=email or None, status_url=status_url)


def _page(
    tx: Tx,
    values: dict[str, Any] | None,
    sent: Ticket,
    problems: dict[str, tuple[Problem, ...]] | None = None,
) -> str:
    opened = enquiries.form(tx, language(), values, sent.key)
    form = _view(opened.fields, problems or {}, hidden=ticket.field(tx, sent))
    return render_template("public/enquiry.html", form=form, trap=ticket.TRAP, dedupe_key=sent.key)


def _view(fields: Any, problems: Any, **more: Any) -> FormView:
    return FormView(fields, problems, refresh_url=url_for("public.enquiry_fields"), **more)


@view(public, "/s/<token>", who=PUBLIC)
def status(tx: Tx, token: str) -> ResponseReturnValue:
    """Where the enquiry stands, in its own language unless another was chosen."""
    own = enquiries.status(tx, token).case.language
    with force_locale(locale_of(_language_of(own))):
        found = enquiries.status(tx, token, language())
        return render_template(
            "public/status.html",
            token=token,
            case=found.case,
            steps=[{"code": step.label, "state": step.state, "at": step.at} for step in found.steps],
            shared=found.shared,
            asks=found.asks,
            can_withdraw=found.can_withdraw,
        )


@view(public, "/s/<token>/files/<key>", who=PUBLIC)
def file(tx: Tx, token: str, key: str) -> ResponseReturnValue:
    """A file of one's own enquiry, or one the office shared."""
    return sent(enquiries.own(tx, token), key)


@view(public, "/s/<token>/confirm", who=PUBLIC, methods=("POST",))
def confirm(tx: Tx, token: str) -> ResponseReturnValue:
    """One tap: did it help?"""
    referral = request.form.get("referral")
    referral_id = None if referral is None else row_id(referral) or 0
    enquiries.confirm(tx, token, request.form.get("answer", ""), referral_id)
    flash(_("Danke für Ihre Rückmeldung."), "success")
    return redirect(url_for("public.status", token=token))


@view(public, "/s/<token>/survey", who=PUBLIC, methods=("POST",))
def survey(tx: Tx, token: str) -> ResponseReturnValue:
    """One tap: one answer to the closing survey."""
    enquiries.survey(tx, token, request.form.get("question", ""), request.form.get("answer", ""))
    flash(_("Danke für Ihre Rückmeldung."), "success")
    return redirect(url_for("public.status", token=token))


@view(public, "/s/<token>/withdraw", who=PUBLIC)
def withdraw_ask(tx: Tx, token: str) -> ResponseReturnValue:
    """Really?"""
    found = enquiries.status(tx, token)
    with force_locale(locale_of(_language_of(found.case.language))):
        return render_template("public/withdraw.html", token=token, case=found.case)


@view(public, "/s/<token>/withdraw", who=PUBLIC, methods=("POST",))
def withdraw(tx: Tx, token: str) -> ResponseReturnValue:
    """Stop everything and tell the offices."""
    enquiries.withdraw(tx, token)
    flash(_("Ihre Anfrage ist zurückgezogen."), "success")
    return redirect(url_for("public.status", token=token))


def _language_of(own: str) -> str:
    chosen = "language" in session or "lang" in request.args
    return language() if chosen or own not in NAMES else own
