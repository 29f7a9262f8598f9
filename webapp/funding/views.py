"""Funding at a glance: whose money ends, which deadlines come, what runs over the years."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from webapp.access import view
from workflows import policy
from workflows.actions import funding_calendar
from workflows.core.tx import Tx

funding = Blueprint("funding", __name__)


@view(funding, "/funding", who=policy.FUNDING_READ)
def calendar(tx: Tx) -> ResponseReturnValue:
    """The calendar over years."""
    return render_template("funding/calendar.html", calendar=funding_calendar.read(tx))
