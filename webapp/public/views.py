"""The public side: landing page, enquiry, receipt; what follows by the link is in ``own_case``."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp import visitors
from webapp.access import PUBLIC, Refusal, view
from webapp.forms import again, ticket, uploads
from webapp.forms.reading import is_redrawing
from webapp.forms.ticket import Ticket
from webapp.forms.view import FormView
from webapp.i18n import direction, language
from webapp.pages.views import public_text
from workflows.actions import enquiries
from workflows.core import links, throttle
from workflows.core.errors import Invalid, Problem, Throttled
from workflows.core.tx import Tx
from workflows.domain import pages

public = Blueprint("public", __name__)

RECEIPT = "receipt"
ENQUIRIES_PER_HOUR = 20
RECEIPTS_PER_HOUR = 5
ENQUIRIES_TOGETHER = 500  # an hour, of many machines with a few each; a whole city asks far less often


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
        visitors.count_upload(tx)
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
    sending = again.enquiry(tx, sent.nonce, "enquiry", values)
    try:
        _count(tx, values)
        case, link = enquiries.submit(tx, values, language(), replace(sent, nonce=sending.key).key)
    except Invalid as error:
        raise Refusal(_page(tx, values, sent, error.problems), 422) from error
    except Throttled as error:
        flash(
            _("Zu viele Anfragen auf einmal. Ihre Angaben stehen noch da. Bitte senden Sie sie in einer Stunde."),
            "warning",
        )
        raise Refusal(_page(tx, values, sent), 429) from error
    again.sent(tx, sending)
    if sending.is_repeated:
        flash(again.thanks(sending, ""), "info")
    session[RECEIPT] = [case.reference, case.contact_email, links.token(link, tx.settings)]
    return redirect(url_for("public.receipt"))


def _count(tx: Tx, values: Mapping[str, Any]) -> None:
    """Per sender, per mail address it names, and all together: the receipt must not become a way to mail strangers."""
    throttle.hit(tx, f"enquiry:{visitors.line()}", ENQUIRIES_PER_HOUR, 3600)
    address = str(values.get("contact_email") or "").strip().lower()[:254]
    if address:
        throttle.hit(tx, f"enquiry:mail:{address}", RECEIPTS_PER_HOUR, 3600)
    throttle.hit_together(tx, "enquiry", ENQUIRIES_TOGETHER, 3600)


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
    notice = pages.read(tx.session, "privacy", language())
    return render_template(
        "public/enquiry.html",
        form=form,
        trap=ticket.TRAP,
        notice={"html": public_text(tx, notice), "language": notice.language, "dir": direction(notice.language)},
    )


def _view(fields: Any, problems: Any, **more: Any) -> FormView:
    return FormView(fields, problems, refresh_url=url_for("public.enquiry_fields"), **more)
