"""Everybody's deputies, for those who look after the accounts: somebody falls ill and cannot name one."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.account.deputies import page_of, typed
from webapp.admin.views import USER
from workflows import policy
from workflows.actions import deputies as absences
from workflows.core.errors import Invalid
from workflows.core.tx import Tx

admin_deputies = Blueprint("admin_deputies", __name__, url_prefix="/admin")


@view(admin_deputies, "/deputies", who=policy.USER_EDIT)
def deputies(tx: Tx) -> ResponseReturnValue:
    """All present and coming ones."""
    return render_template("admin/deputies.html", rows=absences.everybody(tx))


@view(admin_deputies, f"{USER}/deputies", who=policy.USER_EDIT)
def deputies_of(tx: Tx, user_id: int) -> ResponseReturnValue:
    """Those of one person, and the form for another."""
    return render_template("admin/user_deputies.html", **page_of(tx, user_id, {}))


@view(admin_deputies, f"{USER}/deputies", who=policy.USER_EDIT, methods=("POST",))
def appoint(tx: Tx, user_id: int) -> ResponseReturnValue:
    """Name a deputy for somebody."""
    try:
        absences.appoint(tx, *typed(), user_id)
    except Invalid as error:
        page = render_template("admin/user_deputies.html", **page_of(tx, user_id, error.problems))
        raise Refusal(page, 422) from error
    flash(_("Die Vertretung ist eingetragen."), "success")
    return redirect(url_for("admin_deputies.deputies"))


@view(admin_deputies, "/deputies/<int:deputyship_id>/end", who=policy.USER_EDIT, methods=("POST",))
def end_deputy(tx: Tx, deputyship_id: int) -> ResponseReturnValue:
    """End one."""
    absences.end(tx, deputyship_id)
    flash(_("Die Vertretung ist beendet."), "success")
    return redirect(url_for("admin_deputies.deputies"))
