"""What the worker has given up, listed in words with what to do; messages and steps are tried again from here."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.access import view
from webapp.security import row_id
from webapp.wording.given_up import advice_text, what_text
from workflows import policy
from workflows.actions import given_up as stuck
from workflows.actions import incidents
from workflows.core.tx import Tx

given_up = Blueprint("given_up", __name__)

MOST_AT_ONCE = 500
"""Each is one row to lock; a longer list takes the button again."""


@view(given_up, "/given-up", who=policy.INSTANCE_WORK)
def index(tx: Tx) -> ResponseReturnValue:
    """Every message that was given up, every deadline that fails and every step that stands still."""
    rows = [
        {
            "what": what_text(each),
            "advice": advice_text(each),
            "reference": each.reference,
            "since": each.since,
            "error": "" if each.is_retired else each.error,
            "message_id": each.message_id,
            "retry": _retry_address(each),
        }
        for each in stuck.listed(tx)
    ]
    return render_template("mails/given_up.html", rows=rows)


def _retry_address(found: stuck.GivenUp) -> str:
    """Where it is tried again by hand; empty for a deadline, which the worker keeps trying."""
    if found.message_id is not None:
        return url_for("given_up.retry", message_id=found.message_id)
    return url_for("given_up.retry_step", incident_id=found.incident_id) if found.incident_id is not None else ""


@view(given_up, "/given-up/retry", who=policy.INSTANCE_WORK, methods=("POST",))
def retry_all(tx: Tx) -> ResponseReturnValue:
    """Let the worker try again everything the page listed."""
    listed = (row_id(each) for each in request.form.getlist("message")[:MOST_AT_ONCE])
    count = stuck.retry_all(tx, [each for each in listed if each is not None])
    flash(
        ngettext(
            "%(num)d wird noch einmal versucht. Ob es gelingt, zeigt diese Seite in einer Minute.",
            "%(num)d werden noch einmal versucht. Ob es gelingt, zeigt diese Seite in einer Minute.",
            count,
        ),
        "success",
    )
    return redirect(url_for("given_up.index"))


@view(given_up, "/given-up/<int:message_id>/retry", who=policy.INSTANCE_WORK, methods=("POST",))
def retry(tx: Tx, message_id: int) -> ResponseReturnValue:
    """Let the worker try it again."""
    stuck.retry(tx, message_id)
    flash(_("Es wird noch einmal versucht. Ob es gelingt, zeigt diese Seite in einer Minute."), "success")
    return redirect(url_for("given_up.index"))


@view(given_up, "/given-up/steps/<int:incident_id>/retry", who=policy.INSTANCE_WORK, methods=("POST",))
def retry_step(tx: Tx, incident_id: int) -> ResponseReturnValue:
    """Try a step again at once, and say how it went."""
    if incidents.retry_and_look(tx, incident_id):
        flash(_("Es geht weiter."), "success")
    else:
        flash(
            _("Der Schritt ist wieder gescheitert. Bitte geben Sie dem Betrieb Bescheid; er braucht den Grund."),
            "danger",
        )
    return redirect(url_for("given_up.index"))
