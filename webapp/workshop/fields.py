"""The form editor: one field with all its settings, and live help with its conditions."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.view import Problems
from webapp.i18n import language
from webapp.wording import problem_text
from webapp.workshop import form_words, overtaken
from webapp.workshop.forms import FORM, LANGUAGES, around, told
from workflows import policy
from workflows.actions import workshop_forms as kept
from workflows.actions import workshop_words
from workflows.actions.workshop_forms import Held
from workflows.core.errors import Conflict, Invalid
from workflows.core.tx import Tx
from workflows.feel.messages import explain
from workflows.forms import editing, settings

workshop_fields = Blueprint("workshop_fields", __name__, url_prefix="/workshop/drafts/<int:draft_id>/forms")

FIELD = f"{FORM}/fields/<component_id>"


@view(workshop_fields, FIELD, who=policy.BUNDLE_EDIT)
def field(tx: Tx, draft_id: int, form_id: str, component_id: str) -> ResponseReturnValue:
    """One field with all its settings."""
    held = kept.read(tx, draft_id, form_id)
    return _page(tx, draft_id, held, component_id, settings.shown(editing.find(held.schema, component_id)), {})


@view(workshop_fields, FIELD, who=policy.BUNDLE_EDIT, methods=("POST",))
def save(tx: Tx, draft_id: int, form_id: str, component_id: str) -> ResponseReturnValue:
    """Keep what was typed; a script gets the new revision or the problems, a person the form or the page again."""
    held = kept.read(tx, draft_id, form_id)
    component = editing.find(held.schema, component_id)
    typed = _typed(settings.SETTINGS.get(editing.kind_of(component), ()))
    is_script = "X-Fragment" in request.headers

    def again(moved: Conflict) -> ResponseReturnValue:
        shown = {**settings.shown(component), **typed}
        return jsonify(moved=True) if is_script else _page(tx, draft_id, held, component_id, shown, {}, moved)

    try:
        with overtaken.shown_again(again):
            kept.change_field(tx, draft_id, held, component_id, typed, overtaken.read_from(held.revision))
    except Invalid as error:
        shown = {**settings.shown(component), **typed}
        answer = (
            _spoken(error.problems) if is_script else _page(tx, draft_id, held, component_id, shown, error.problems)
        )
        raise Refusal(answer, 422) from error
    if is_script:
        return jsonify(revision=kept.read(tx, draft_id, form_id).revision)
    flash(_("Gespeichert."), "success")
    return redirect(url_for("workshop_forms.form", draft_id=draft_id, form_id=form_id, _anchor=component_id))


@view(workshop_fields, "/expression", who=policy.BUNDLE_EDIT, methods=("POST",))
def expression(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Whether an expression can be understood, while it is being typed; saves nothing."""
    around(tx, draft_id)
    problem = kept.condition_problem(request.form.get("expression", ""))
    return jsonify(problem="" if problem is None else explain(problem, language()))


def _typed(names: tuple[str, ...]) -> dict[str, Any]:
    sent = request.form
    return {
        name: name in sent if name in settings.FLAGS else sent.get(name, "").replace("\r\n", "\n").strip()
        for name in names
    }


def _spoken(problems: Problems) -> Any:
    words = {name: [problem_text(problem) for problem in wrong] for name, wrong in problems.items()}
    return make_response(jsonify(problems=words))


def _page(
    tx: Tx,
    draft_id: int,
    held: Held,
    component_id: str,
    shown: Mapping[str, Any],
    problems: Problems,
    moved: Conflict | None = None,
) -> str:
    component = editing.find(held.schema, component_id)
    kind = editing.kind_of(component)
    lists = kept.code_lists(tx)
    names = settings.SETTINGS.get(kind, ())
    texts = [shown[name] for name in ("label", "description", "text") if name in names and shown[name]]
    return render_template(
        "workshop_forms/field.html",
        **around(tx, draft_id),
        held=held,
        component=component,
        kind_name=form_words.kind_name(kind),
        shown=shown,
        found=told(tx, draft_id, held).get(component_id, []),
        settings=[(name, form_words.SETTINGS[name]) for name in names],
        choices={
            name: form_words.choices(name, settings.exchangeable(kind), lists)
            for name in names
            if form_words.SETTINGS[name].control == "select"
        },
        coverage=workshop_words.coverage(held.words, texts, LANGUAGES),
        known=sorted({str(row.component["key"]) for row in held.rows() if row.component.get("key")}),
        problems=problems,
        moved=moved,
    )
