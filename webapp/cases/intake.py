"""Matching while somebody is on the telephone: entries of the register, as a fragment and as part of the page."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import view
from webapp.cases.matching import typed_so_far
from webapp.cases.views import cases
from webapp.security import row_id
from workflows import policy
from workflows.actions import register
from workflows.core.tx import Tx

__all__ = ["cases"]  # the same room, with these pages in it


@view(cases, "/cases/new/matches", who=policy.CASE_WORK, methods=("POST",))
def matches(tx: Tx) -> ResponseReturnValue:
    """The entries that may be meant by what was typed so far; saves nothing."""
    return render_template("cases/matches.html", **typed_so_far(tx))


@view(cases, "/cases/<int:case_id>/organisation", who=policy.CASE_WORK, methods=("POST",))
def assign(tx: Tx, case_id: int) -> ResponseReturnValue:
    """Say which entry of the register the case belongs to."""
    register.assign(tx, case_id, row_id(request.form.get("organisation", "")))
    flash(_("Der Vorgang ist zugeordnet."), "success")
    return redirect(url_for("cases.detail", case_id=case_id))
