"""The coordination sees which mails did not get out, and sends them again."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import own_address, view
from webapp.wording.states import state_options
from workflows import policy
from workflows.actions import mails as outgoing
from workflows.actions import operation
from workflows.actions.mails import Outgoing
from workflows.core.tx import Tx

mails = Blueprint("mails", __name__)


@view(mails, "/mails", who=policy.MAIL_READ)
def index(tx: Tx) -> ResponseReturnValue:
    """The mails of one state, by default those that could not be delivered."""
    asked = request.args.get("status", "")
    status = asked if asked in outgoing.STATUSES else "failed"
    return render_template(
        "mails/list.html",
        mails=[_row(found) for found in outgoing.listed(tx, status)],
        status=status,
        statuses=state_options("mail"),
        operation=operation.look(tx),
        may_retry=policy.may(tx.actor, policy.MAIL_RETRY),
    )


@view(mails, "/mails/<int:mail_id>/retry", who=policy.MAIL_RETRY, methods=("POST",))
def retry(tx: Tx, mail_id: int) -> ResponseReturnValue:
    """Send it again."""
    outgoing.retry(tx, mail_id)
    flash(_("Die E-Mail wird noch einmal gesendet."), "success")
    return redirect(own_address(request.form.get("next"), url_for("mails.index")))


def _row(found: Outgoing) -> dict[str, Any]:
    mail = found.mail
    return {
        "id": mail.id,
        "subject": mail.subject,
        "to": mail.to_address,
        "at": mail.sent_at or mail.created_at,
        "attempts": mail.attempts,
        "last_error": mail.last_error,
        "status": mail.status,
        "case_url": url_for("cases.detail", case_id=found.case_id) if found.case_id else None,
    }
