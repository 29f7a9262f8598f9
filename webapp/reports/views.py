"""How referrals went: the figures of the office, the cases behind each number, and the same as a table to keep."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from webapp.access import view
from webapp.csv_file import csv_answer
from webapp.i18n import language
from webapp.reports import shown
from webapp.security import row_id
from workflows import policy
from workflows.actions import figures
from workflows.core.tx import Tx

reports = Blueprint("reports", __name__)


@view(reports, "/reports/referrals", who=policy.FIGURES_READ)
def referrals(tx: Tx) -> ResponseReturnValue:
    """The figures of a period; the address says which."""
    return render_template("reports/referrals.html", **shown.page(figures.report(tx, shown.asked(), language())))


@view(reports, "/reports/referrals.csv", who=policy.FIGURES_READ)
def table(tx: Tx) -> ResponseReturnValue:
    """The same figures as a table for spreadsheets."""
    return csv_answer("verweisungen", shown.table(figures.report(tx, shown.asked(), language())))


@view(reports, "/reports/referrals/cases", who=policy.FIGURES_READ)
def cases(tx: Tx) -> ResponseReturnValue:
    """The cases behind one number, page by page."""
    count, reason = request.args.get("count", ""), request.args.get("reason", "")
    found = figures.behind(tx, shown.asked(), count, reason, row_id(request.args.get("after", "")))
    return render_template("reports/cases.html", **shown.cases_page(found))
