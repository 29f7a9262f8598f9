"""The contact persons of an association: enter, change, and say that somebody has left."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.reading import raw_values
from webapp.forms.view import FormView, Problems
from webapp.i18n import language
from workflows import policy
from workflows.actions import house_forms
from workflows.actions import register as kept
from workflows.core.errors import Invalid
from workflows.core.tx import Tx

contact_persons = Blueprint("contact_persons", __name__)

Values = Mapping[str, Any]


@view(contact_persons, "/register/<int:organisation_id>/contacts/new", who=policy.ORGANISATION_EDIT)
def new(tx: Tx, organisation_id: int) -> ResponseReturnValue:
    """The form of a new contact person."""
    return _page(tx, organisation_id, None, None)


@view(contact_persons, "/register/<int:organisation_id>/contacts/new", who=policy.ORGANISATION_EDIT, methods=("POST",))
def add(tx: Tx, organisation_id: int) -> ResponseReturnValue:
    """Enter the person."""
    return _keep(tx, organisation_id, None)


@view(contact_persons, "/register/<int:organisation_id>/contacts/<int:contact_id>", who=policy.ORGANISATION_EDIT)
def edit(tx: Tx, organisation_id: int, contact_id: int) -> ResponseReturnValue:
    """The form with what is known, and the way out."""
    return _page(tx, organisation_id, contact_id, None)


@view(
    contact_persons,
    "/register/<int:organisation_id>/contacts/<int:contact_id>",
    who=policy.ORGANISATION_EDIT,
    methods=("POST",),
)
def save(tx: Tx, organisation_id: int, contact_id: int) -> ResponseReturnValue:
    """Keep what changed."""
    return _keep(tx, organisation_id, contact_id)


@view(
    contact_persons,
    "/register/<int:organisation_id>/contacts/<int:contact_id>/leave",
    who=policy.ORGANISATION_EDIT,
    methods=("POST",),
)
def leave(tx: Tx, organisation_id: int, contact_id: int) -> ResponseReturnValue:
    """The person has left; access ends now."""
    kept.contact_leaves(tx, organisation_id, contact_id)
    flash(_("Die Person ist ausgetragen. Ihr Zugang ist beendet."), "success")
    return redirect(url_for("register.detail", organisation_id=organisation_id))


def _keep(tx: Tx, organisation_id: int, contact_id: int | None) -> ResponseReturnValue:
    values = raw_values(house_forms.form(kept.CONTACT_FORM), request.form)
    try:
        kept.keep_contact(tx, organisation_id, contact_id, values)
    except Invalid as error:
        raise Refusal(_page(tx, organisation_id, contact_id, values, error.problems), 422) from error
    flash(_("Gespeichert."), "success")
    return redirect(url_for("register.detail", organisation_id=organisation_id))


def _page(
    tx: Tx, organisation_id: int, contact_id: int | None, values: Values | None, problems: Problems | None = None
) -> str:
    fields = kept.contact_form(tx, organisation_id, contact_id, language(), values)
    return render_template(
        "register/contact.html",
        form=FormView(fields, problems or {}),
        organisation_id=organisation_id,
        contact_id=contact_id,
        name=kept.read(tx, organisation_id).organisation.name,
    )
