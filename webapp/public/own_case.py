"""What whoever asked does by the link to its enquiry: see the status, answer with a tap, withdraw, fetch files."""

from contextlib import AbstractContextManager

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.access import PUBLIC, view
from webapp.files.shown import for_association
from webapp.files.views import sent
from webapp.forms.view import typed
from webapp.i18n import NAMES, language, locale_of
from webapp.public.views import public
from webapp.security import row_id
from workflows.actions import attachments, enquiries
from workflows.core.tx import Tx

__all__ = ["public"]  # the same room, with these pages in it


@view(public, "/s/<token>", who=PUBLIC)
def status(tx: Tx, token: str) -> ResponseReturnValue:
    """Where the enquiry stands, in its own language unless another was chosen."""
    with _own_words(tx, token):
        found = enquiries.status(tx, token, language())
        mine = enquiries.own(tx, token)
        return render_template(
            "public/status.html",
            token=token,
            case=found.case,
            steps=[{"code": step.label, "state": step.state, "at": step.at} for step in found.steps],
            shared=found.shared,
            asks=found.asks,
            asked=typed(enquiries.answered(tx, found.case, language())),
            files=for_association(attachments.of_case(mine, found.case.id), token),
            can_withdraw=found.can_withdraw,
            can_withdraw_consent=found.can_withdraw_consent,
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
    answer = request.form.get("answer", "")
    enquiries.confirm(tx, token, answer, referral_id)
    with _own_words(tx, token):
        if answer in ("no", "not_helped"):
            flash(_("Danke für Ihre Rückmeldung. Wir kümmern uns weiter darum."), "success")
        else:
            flash(_("Danke für Ihre Rückmeldung."), "success")
    return redirect(url_for("public.status", token=token))


@view(public, "/s/<token>/survey", who=PUBLIC, methods=("POST",))
def survey(tx: Tx, token: str) -> ResponseReturnValue:
    """One tap: one answer to the closing survey."""
    enquiries.survey(tx, token, request.form.get("question", ""), request.form.get("answer", ""))
    with _own_words(tx, token):
        flash(_("Danke für Ihre Rückmeldung."), "success")
    return redirect(url_for("public.status", token=token))


@view(public, "/s/<token>/withdraw", who=PUBLIC)
def withdraw_ask(tx: Tx, token: str) -> ResponseReturnValue:
    """Really?"""
    with _own_words(tx, token):
        return render_template("public/withdraw.html", token=token, case=enquiries.status(tx, token).case)


@view(public, "/s/<token>/withdraw", who=PUBLIC, methods=("POST",))
def withdraw(tx: Tx, token: str) -> ResponseReturnValue:
    """Stop everything and tell the offices."""
    enquiries.withdraw(tx, token)
    with _own_words(tx, token):
        flash(_("Ihre Anfrage ist zurückgezogen."), "success")
    return redirect(url_for("public.status", token=token))


@view(public, "/s/<token>/consent", who=PUBLIC)
def consent_ask(tx: Tx, token: str) -> ResponseReturnValue:
    """Really take the yes back?"""
    with _own_words(tx, token):
        return render_template("public/consent.html", token=token, case=enquiries.status(tx, token).case)


@view(public, "/s/<token>/consent", who=PUBLIC, methods=("POST",))
def withdraw_consent(tx: Tx, token: str) -> ResponseReturnValue:
    """Nothing may be passed on any more; the enquiry lives on."""
    enquiries.withdraw_consent(tx, token)
    with _own_words(tx, token):
        flash(_("Ihr Ja zur Weitergabe ist zurückgenommen. Ihre Anfrage bleibt bestehen."), "success")
    return redirect(url_for("public.status", token=token))


def _own_words(tx: Tx, token: str) -> AbstractContextManager[object]:
    """The language of the enquiry, unless this browser chose another; raises ``NotFound``."""
    own = enquiries.status(tx, token).case.language
    chosen = "language" in session or "lang" in request.args
    manager: AbstractContextManager[object] = force_locale(locale_of(language() if chosen or own not in NAMES else own))
    return manager
