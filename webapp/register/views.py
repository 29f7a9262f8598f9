"""The register of associations: list, card, and everything that changes an entry."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.reading import raw_values
from webapp.forms.view import FormView, Problems
from webapp.i18n import language
from webapp.register import shown
from webapp.security import row_id
from workflows import policy
from workflows.actions import house_forms
from workflows.actions import register as kept
from workflows.core.errors import Invalid
from workflows.core.tx import Tx

register = Blueprint("register", __name__)

Values = Mapping[str, Any]


@view(register, "/register", who=policy.ORGANISATION_READ)
def index(tx: Tx) -> ResponseReturnValue:
    """The associations by name; the address says which."""
    asked = {name: request.args.get(name, "")[:200] for name in ("q", "topic", "language", "district", "state")}
    page = max(row_id(request.args.get("page", "")) or 1, 1)
    found, more = kept.find(tx, shown.wanted(asked, min(page, 10_000)))
    address: dict[str, Any] = {name: value or None for name, value in asked.items()}
    return render_template(
        "register/list.html",
        rows=shown.rows(tx, found),
        choices=shown.choices(tx),
        proposals=kept.proposals_waiting(tx),
        next_url=url_for("register.index", **address, page=page + 1) if more else None,
        previous_url=url_for("register.index", **address, page=page - 1) if page > 1 else None,
        **asked,
    )


@view(register, "/register/<int:organisation_id>", who=policy.ORGANISATION_READ)
def detail(tx: Tx, organisation_id: int) -> ResponseReturnValue:
    """Everything about one association."""
    return render_template("register/detail.html", **shown.page(tx, kept.read(tx, organisation_id)))


@view(register, "/register/new", who=policy.ORGANISATION_EDIT)
def new(tx: Tx) -> ResponseReturnValue:
    """The form of a new entry."""
    return _page(tx, None, None)


@view(register, "/register/new", who=policy.ORGANISATION_EDIT, methods=("POST",))
def add(tx: Tx) -> ResponseReturnValue:
    """Take it into the register; what looks like it is shown first, once."""
    values = raw_values(house_forms.form(kept.FORM), request.form)
    near = kept.similar(
        tx, str(values.get("name", "")), str(values.get("street", "")), str(values.get("postal_code", ""))
    )
    if near and "_anyway" not in request.form:
        return _page(tx, None, values, near=shown.matches(near))
    try:
        organisation = kept.add(tx, values, *_origin())
    except Invalid as error:
        raise Refusal(_page(tx, None, values, error.problems), 422) from error
    flash(_("Die Organisation ist aufgenommen."), "success")
    return redirect(url_for("register.detail", organisation_id=organisation.id))


@view(register, "/register/<int:organisation_id>/edit", who=policy.ORGANISATION_EDIT)
def edit(tx: Tx, organisation_id: int) -> ResponseReturnValue:
    """The form with what is known."""
    return _page(tx, organisation_id, None)


@view(register, "/register/<int:organisation_id>/edit", who=policy.ORGANISATION_EDIT, methods=("POST",))
def save(tx: Tx, organisation_id: int) -> ResponseReturnValue:
    """Keep what changed, with its source and day."""
    values = raw_values(house_forms.form(kept.FORM), request.form)
    try:
        changed = kept.edit(tx, organisation_id, values, *_origin())
    except Invalid as error:
        raise Refusal(_page(tx, organisation_id, values, error.problems), 422) from error
    flash(_("Gespeichert.") if changed else _("Es hat sich nichts geändert."), "success")
    return redirect(url_for("register.detail", organisation_id=organisation_id))


def _origin() -> tuple[str, date | None]:
    try:
        return request.form.get("_source", ""), date.fromisoformat(request.form.get("_as_of", ""))
    except ValueError:
        return request.form.get("_source", ""), None


def _page(
    tx: Tx, organisation_id: int | None, values: Values | None, problems: Problems | None = None, near: Any = ()
) -> str:
    problems = dict(problems or {})
    fields = kept.form(tx, language(), organisation_id, values)
    return render_template(
        "register/edit.html",
        form=FormView(fields, problems),
        organisation_id=organisation_id,
        name=kept.read(tx, organisation_id).organisation.name if organisation_id else None,
        near=near,
        outer=[*problems.get("source", ()), *problems.get("as_of", ())],
        sources=shown.options(tx, "value_source"),
        source=request.form.get("_source", "talk"),
        as_of=request.form.get("_as_of", shown.today(tx)),
    )


@view(register, "/register/<int:organisation_id>/confirm", who=policy.ORGANISATION_EDIT, methods=("POST",))
def confirm(tx: Tx, organisation_id: int) -> ResponseReturnValue:
    """The whole entry is right as it stands."""
    kept.confirm(tx, organisation_id)
    flash(_("Der Eintrag gilt als heute geprüft."), "success")
    return redirect(url_for("register.detail", organisation_id=organisation_id))


@view(register, "/register/<int:organisation_id>/advisors", who=policy.ORGANISATION_EDIT, methods=("POST",))
def look_after(tx: Tx, organisation_id: int) -> ResponseReturnValue:
    """Name contact person and deputy at the office."""
    advisor, deputy = (row_id(request.form.get(name, "")) for name in ("advisor", "deputy"))
    kept.look_after(tx, organisation_id, advisor, deputy)
    flash(_("Gespeichert."), "success")
    return redirect(url_for("register.detail", organisation_id=organisation_id))


@view(register, "/register/<int:organisation_id>/relations", who=policy.ORGANISATION_EDIT, methods=("POST",))
def relate(tx: Tx, organisation_id: int) -> ResponseReturnValue:
    """Add or remove an umbrella organisation, a network, a partner."""
    if other := row_id(request.form.get("remove", "")):
        kept.part(tx, organisation_id, other)
    else:
        kept.relate(tx, organisation_id, request.form.get("other", "").strip(), request.form.get("kind", ""))
    flash(_("Gespeichert."), "success")
    return redirect(url_for("register.detail", organisation_id=organisation_id))


@view(register, "/register/<int:organisation_id>/proposal", who=policy.ORGANISATION_EDIT, methods=("POST",))
def decide(tx: Tx, organisation_id: int) -> ResponseReturnValue:
    """Yes or no to what the association wants corrected."""
    accept = request.form.get("answer") == "accept"
    proposal_id = row_id(request.form.get("proposal", "")) or 0
    kept.decide(tx, organisation_id, proposal_id, request.form.get("as_of", ""), accept=accept)
    flash(_("Die Änderungen sind übernommen.") if accept else _("Die Änderungen sind abgelehnt."), "success")
    return redirect(url_for("register.detail", organisation_id=organisation_id))
