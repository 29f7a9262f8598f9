"""Who stands in for me, and for whom I do."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.view import Problems
from webapp.security import row_id
from workflows import policy
from workflows.actions import deputies as absences
from workflows.core.errors import Invalid
from workflows.core.tx import Tx

account_deputies = Blueprint("account_deputies", __name__)


@view(account_deputies, "/account/deputies", who=policy.DEPUTY_EDIT)
def deputies(tx: Tx) -> ResponseReturnValue:
    """My absences, and the form for another."""
    return render_template("account/deputies.html", **page_of(tx, None, {}))


@view(account_deputies, "/account/deputies", who=policy.DEPUTY_EDIT, methods=("POST",))
def appoint(tx: Tx) -> ResponseReturnValue:
    """Name a deputy."""
    try:
        absences.appoint(tx, *typed())
    except Invalid as error:
        raise Refusal(render_template("account/deputies.html", **page_of(tx, None, error.problems)), 422) from error
    flash(_("Die Vertretung ist eingetragen."), "success")
    return redirect(url_for("account_deputies.deputies"))


@view(account_deputies, "/account/deputies/<int:deputyship_id>/end", who=policy.DEPUTY_EDIT, methods=("POST",))
def end_deputy(tx: Tx, deputyship_id: int) -> ResponseReturnValue:
    """I am back, or I am not going."""
    absences.end(tx, deputyship_id)
    flash(_("Die Vertretung ist beendet."), "success")
    return redirect(url_for("account_deputies.deputies"))


def typed() -> tuple[int | None, date | None, date | None]:
    """Deputy, first and last day from the form; None for what is none."""
    return row_id(request.form.get("deputy", "")), _day("from_on"), _day("until_on")


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None


def page_of(tx: Tx, user_id: int | None, problems: Problems) -> dict[str, Any]:
    """The variables of the page about somebody's deputies; what was typed stays."""
    found = absences.page(tx, user_id)
    sent = request.form
    return {
        "found": found,
        "people": [{"key": str(user.id), "name": user.name} for user in found.candidates],
        "deputy": sent.get("deputy", ""),
        "from_on": sent.get("from_on") or found.today.isoformat(),
        "until_on": sent.get("until_on", ""),
        "problems": problems,
    }
