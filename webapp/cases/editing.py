"""The facts of a case, corrected by the coordination, and the links between cases that are one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.view import Problems
from webapp.wording.lists import Words
from workflows import policy
from workflows.actions import case_facts
from workflows.core.errors import Invalid
from workflows.core.tx import Tx
from workflows.domain.case_facts import EDITABLE

case_editing = Blueprint("case_editing", __name__)


@view(case_editing, "/cases/<int:case_id>/edit", who=policy.CASE_WORK)
def edit(tx: Tx, case_id: int) -> ResponseReturnValue:
    """The facts as they are, to be corrected."""
    case = case_facts.read(tx, case_id)
    return _page(tx, case_id, {name: getattr(case, name) for name in EDITABLE})


@view(case_editing, "/cases/<int:case_id>/edit", who=policy.CASE_WORK, methods=("POST",))
def save(tx: Tx, case_id: int) -> ResponseReturnValue:
    """Keep the corrected facts."""
    sent = request.form
    typed = {name: sent.getlist(name) if name == "topics" else sent.get(name, "") for name in EDITABLE}
    try:
        case_facts.edit(tx, case_id, typed)
    except Invalid as error:
        raise Refusal(_page(tx, case_id, typed, error.problems), 422) from error
    flash(_("Die Angaben sind geändert."), "success")
    return redirect(url_for("cases.detail", case_id=case_id))


@view(case_editing, "/cases/<int:case_id>/link", who=policy.CASE_WORK, methods=("POST",))
def link(tx: Tx, case_id: int) -> ResponseReturnValue:
    """The case is a duplicate of another one."""
    case = case_facts.read(tx, case_id)
    typed = {**{name: getattr(case, name) for name in EDITABLE}, "reference": request.form.get("reference", "")}
    try:
        case_facts.link(tx, case_id, typed["reference"])
    except Invalid as error:
        raise Refusal(_page(tx, case_id, typed, error.problems), 422) from error
    flash(_("Die Vorgänge sind verknüpft."), "success")
    return redirect(url_for("cases.detail", case_id=case_id))


@view(case_editing, "/cases/<int:case_id>/unlink", who=policy.CASE_WORK, methods=("POST",))
def unlink(tx: Tx, case_id: int) -> ResponseReturnValue:
    """The case is none after all."""
    case_facts.unlink(tx, case_id)
    flash(_("Die Verknüpfung ist gelöst."), "success")
    return redirect(url_for("cases.detail", case_id=case_id))


def _page(tx: Tx, case_id: int, typed: dict[str, Any], problems: Problems | None = None) -> str:
    case = case_facts.read(tx, case_id)
    word = Words(tx, (*case_facts.CODED.values(),))
    return render_template(
        "cases/edit.html",
        case=case,
        sheet={"typed": typed, "problems": problems or {}},
        options={name: word.options(code_list) for name, code_list in case_facts.CODED.items()},
        links=case_facts.links(tx, case),
    )
