"""The partner offices: who helps with what, how full they are, how reliably they answer."""

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
from webapp.offices import shown
from webapp.wording.lists import Words
from workflows import policy
from workflows.actions import house_forms
from workflows.actions import offices as kept
from workflows.core.errors import Invalid
from workflows.core.tx import Tx

offices = Blueprint("offices", __name__)

Values = Mapping[str, Any]


@view(offices, "/offices", who=policy.OFFICE_READ)
def index(tx: Tx) -> ResponseReturnValue:
    """The offices; the address says which."""
    asked = {name: request.args.get(name, "")[:100] for name in ("q", "topic", "language", "capacity")}
    found = kept.listed(tx, kept.Filter(asked["q"], asked["topic"], asked["language"], asked["capacity"]))
    figures = kept.figures(tx, found)
    word = Words(tx, shown.LISTS)
    return render_template(
        "offices/list.html",
        offices=[shown.row(word, office, figures.get(office.id)) for office in found],
        topics=shown.options(tx, "topic"),
        spoken=shown.options(tx, "spoken_language"),
        can_edit=policy.may(page_actor(), policy.OFFICE_EDIT),
        **asked,
    )


@view(offices, "/offices/<int:office_id>", who=policy.OFFICE_READ)
def detail(tx: Tx, office_id: int) -> ResponseReturnValue:
    """Everything known about one office."""
    office, measured = kept.read(tx, office_id)
    return render_template(
        "offices/detail.html",
        office=office,
        sections=shown.sections(Words(tx, shown.LISTS), office),
        figures=measured,
        can_edit=policy.may(page_actor(), policy.OFFICE_EDIT),
    )


@view(offices, "/offices/new", who=policy.OFFICE_EDIT)
def new(tx: Tx) -> ResponseReturnValue:
    """The form of a new office."""
    return _page(tx, None, None)


@view(offices, "/offices/new", who=policy.OFFICE_EDIT, methods=("POST",))
def add(tx: Tx) -> ResponseReturnValue:
    """Take it into the list, or draw the form anew."""
    values = raw_values(house_forms.form(kept.FORM), request.form)
    if is_redrawing(request.form):
        return _page(tx, None, values)
    try:
        office = kept.add(tx, values)
    except Invalid as error:
        raise Refusal(_page(tx, None, values, error.problems), 422) from error
    flash(_("Die Stelle ist aufgenommen."), "success")
    return redirect(url_for("offices.detail", office_id=office.id))


@view(offices, "/offices/<int:office_id>/edit", who=policy.OFFICE_EDIT)
def edit(tx: Tx, office_id: int) -> ResponseReturnValue:
    """The form with what is known."""
    return _page(tx, office_id, None)


@view(offices, "/offices/<int:office_id>/edit", who=policy.OFFICE_EDIT, methods=("POST",))
def save(tx: Tx, office_id: int) -> ResponseReturnValue:
    """Keep the changes; the entry counts as checked today."""
    values = raw_values(house_forms.form(kept.FORM), request.form)
    if is_redrawing(request.form):
        return _page(tx, office_id, values)
    try:
        kept.edit(tx, office_id, values)
    except Invalid as error:
        raise Refusal(_page(tx, office_id, values, error.problems), 422) from error
    flash(_("Gespeichert. Die Angaben gelten als heute geprüft."), "success")
    return redirect(url_for("offices.detail", office_id=office_id))


def _page(tx: Tx, office_id: int | None, values: Values | None, problems: Problems | None = None) -> str:
    fields = kept.form(tx, language(), office_id, values)
    name = kept.read(tx, office_id)[0].name if office_id else None
    return render_template(
        "offices/edit.html", form=FormView(fields, problems or {}), office_id=office_id, office_name=name
    )
