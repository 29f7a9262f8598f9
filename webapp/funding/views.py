"""Funding at a glance: whose money ends, which deadlines come, what runs over the years; and the programmes."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.reading import is_redrawing, raw_values
from webapp.forms.view import FormView, Problems
from webapp.i18n import language
from webapp.identity import page_actor
from workflows import policy
from workflows.actions import funding_calendar, house_forms, programmes
from workflows.core.errors import Invalid
from workflows.core.tx import Tx

funding = Blueprint("funding", __name__)

Values = Mapping[str, Any]


@view(funding, "/funding", who=policy.FUNDING_READ)
def calendar(tx: Tx) -> ResponseReturnValue:
    """The calendar over years."""
    can_edit = policy.may(page_actor(), policy.PROGRAMME_EDIT)
    return render_template("funding/calendar.html", calendar=funding_calendar.read(tx), can_edit=can_edit)


@view(funding, "/funding/programmes/<int:programme_id>", who=policy.PROGRAMME_EDIT)
def programme(tx: Tx, programme_id: int) -> ResponseReturnValue:
    """The form with what is known of a programme."""
    return _page(tx, programme_id, None)


@view(funding, "/funding/programmes/<int:programme_id>", who=policy.PROGRAMME_EDIT, methods=("POST",))
def save_programme(tx: Tx, programme_id: int) -> ResponseReturnValue:
    """Keep the changes, or draw the form anew; the entry counts as checked today."""
    values = raw_values(house_forms.form(programmes.FORM), request.form)
    if is_redrawing(request.form):
        return _page(tx, programme_id, values)
    try:
        programmes.edit(tx, programme_id, values, language())
    except Invalid as error:
        raise Refusal(_page(tx, programme_id, values, error.problems), 422) from error
    flash(_("Gespeichert. Die Angaben gelten als heute geprüft."), "success")
    return redirect(url_for("funding.calendar"))


def _page(tx: Tx, programme_id: int, values: Values | None, problems: Problems | None = None) -> str:
    fields = programmes.form(tx, language(), programme_id, values)
    found = programmes.read(tx, programme_id)
    return render_template("funding/programme.html", form=FormView(fields, problems or {}), programme=found)
