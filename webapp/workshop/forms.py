"""The form editor: the forms of a draft, one form with its fields in order."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.view import Problems
from webapp.i18n import NAMES, language
from webapp.workshop import form_words, overtaken
from workflows import policy
from workflows.actions import workshop as drafts
from workflows.actions import workshop_forms as kept
from workflows.actions import workshop_words
from workflows.actions.workshop_forms import Held
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.engine.checks import finding_text
from workflows.forms import FormError, editing
from workflows.forms.editing import Schema

workshop_forms = Blueprint("workshop_forms", __name__, url_prefix="/workshop/drafts/<int:draft_id>/forms")

FORM = "/<form_id>"
LANGUAGES = [code for code in NAMES if code != "de"]


@view(workshop_forms, "", who=policy.BUNDLE_EDIT)
def index(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Every form of the draft."""
    return _index(tx, draft_id, {})


@view(workshop_forms, "", who=policy.BUNDLE_EDIT, methods=("POST",))
def create(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """A new form."""
    try:
        form_id = kept.create(tx, draft_id, request.form.get("title", "")[:200])
    except Invalid as error:
        raise Refusal(_index(tx, draft_id, error.problems), 422) from error
    flash(
        _("Das Formular ist angelegt. Wählen Sie es im Diagramm bei einem Schritt aus, damit es benutzt wird."),
        "success",
    )
    return redirect(url_for("workshop_forms.form", draft_id=draft_id, form_id=form_id))


@view(workshop_forms, FORM, who=policy.BUNDLE_EDIT)
def form(tx: Tx, draft_id: int, form_id: str) -> ResponseReturnValue:
    """One form: its fields in order, its languages, how it looks."""
    return _form(tx, draft_id, kept.read(tx, draft_id, form_id))


@view(workshop_forms, f"{FORM}/add", who=policy.BUNDLE_EDIT, methods=("POST",))
def add(tx: Tx, draft_id: int, form_id: str) -> ResponseReturnValue:
    """One more field at the end of the form or of a group."""
    held = kept.read(tx, draft_id, form_id)
    label, kind = request.form.get("label", "").strip()[:200], request.form.get("kind", "textfield")
    if not label:
        flash(_("Bitte schreiben Sie, wie das Feld heißen soll."), "warning")
        return redirect(_address(draft_id, form_id, "add"))
    schema, component_id = editing.added(held.schema, kind, label, request.form.get("container", ""))
    _keep(tx, draft_id, held, schema)
    if kind == "separator":
        return redirect(_address(draft_id, form_id, component_id))
    return redirect(url_for("workshop_fields.field", draft_id=draft_id, form_id=form_id, component_id=component_id))


@view(workshop_forms, f"{FORM}/arrange", who=policy.BUNDLE_EDIT, methods=("POST",))
def arrange(tx: Tx, draft_id: int, form_id: str) -> ResponseReturnValue:
    """Move a field up or down, into a group or out of it, or take it out."""
    held = kept.read(tx, draft_id, form_id)
    component_id, what = request.form.get("component", ""), request.form.get("do", "")
    if what == "remove":
        schema = editing.removed(held.schema, component_id)
    elif what == "into":
        schema = editing.put_into(held.schema, component_id, request.form.get("container", ""))
    elif what in {"up", "down"}:
        schema = editing.moved(held.schema, component_id, -1 if what == "up" else 1)
    else:
        return redirect(_address(draft_id, form_id))
    _keep(tx, draft_id, held, schema)
    if what == "remove":
        flash(_("Das Feld ist entfernt. Rückgängig machen können Sie das im Überblick des Entwurfs."), "success")
    return redirect(_address(draft_id, form_id, component_id if what != "remove" else "fields"))


@view(workshop_forms, f"{FORM}/delete", who=policy.BUNDLE_EDIT, methods=("POST",))
def delete(tx: Tx, draft_id: int, form_id: str) -> ResponseReturnValue:
    """Take a form out of the draft."""
    held = kept.read(tx, draft_id, form_id)
    with overtaken.shown_again(lambda moved: _form(tx, draft_id, held, moved)):
        kept.delete(tx, draft_id, held, overtaken.read_from(held.revision))
    flash(_("Das Formular ist entfernt. Rückgängig machen können Sie das im Überblick des Entwurfs."), "success")
    return redirect(url_for("workshop_forms.index", draft_id=draft_id))


def _keep(tx: Tx, draft_id: int, held: Held, schema: Schema) -> None:
    with overtaken.shown_again(lambda moved: _form(tx, draft_id, held, moved)):
        kept.write(tx, draft_id, held, schema, overtaken.read_from(held.revision))


def _address(draft_id: int, form_id: str, anchor: str | None = None) -> str:
    return url_for("workshop_forms.form", draft_id=draft_id, form_id=form_id, _anchor=anchor)


def _index(tx: Tx, draft_id: int, problems: Problems) -> str:
    return render_template(
        "workshop_forms/index.html",
        **around(tx, draft_id),
        forms=kept.listed(tx, draft_id, LANGUAGES),
        title=request.form.get("title", ""),
        problems=problems,
    )


def around(tx: Tx, draft_id: int) -> dict[str, Any]:
    """What the head of every page of a draft shows, and what a preview may be asked for."""
    draft = drafts.draft(tx, draft_id)
    return {
        "draft": draft,
        "process": drafts.process_name(tx, draft.process_key),
        "language_name": NAMES.get,
        "language_options": [{"key": code, "name": name} for code, name in NAMES.items()],
        "preview_language": chosen_language(),
        "width": "desk" if request.args.get("width") == "desk" else "phone",
    }


def _form(tx: Tx, draft_id: int, held: Held, moved: Conflict | None = None) -> str:
    try:
        german, error = workshop_words.german(held.parsed()), None
    except FormError as found:
        german, error = [], _as_problem(found)
    rows = held.rows()
    containers = [{"key": "", "name": _("Das Formular selbst")}]
    containers += [{"key": row.id, "name": _named(row.component)} for row in rows if row.kind in editing.CONTAINERS]
    return render_template(
        "workshop_forms/form.html",
        **around(tx, draft_id),
        held=held,
        rows=rows,
        found={} if error else told(tx, draft_id, held),
        error=error,
        kinds=form_words.addable(),
        kind_name=form_words.kind_name,
        named=_named,
        containers=containers,
        coverage=workshop_words.coverage(held.words, german, LANGUAGES),
        moved=moved,
    )


def chosen_language() -> str:
    """The language a preview is asked for; raises ``NotFound`` for one that no reader has."""
    chosen = request.args.get("in", "de")
    if chosen not in NAMES:
        raise NotFound("not_found", kind="language")
    return chosen


def told(tx: Tx, draft_id: int, held: Held) -> dict[str, list[str]]:
    """What is wrong with the fields of a form, by their id, in words."""
    found: dict[str, list[str]] = {}
    for each in drafts.findings(tx, draft_id):
        if each.file == held.path:
            found.setdefault(each.element, []).append(finding_text(each, "de" if language().startswith("de") else "en"))
    return found


def _as_problem(error: FormError) -> Problem:
    return Problem(f"form_{error.code}", error.facts)


def _named(component: Any) -> str:
    """What to call a component in a list."""
    for name in ("label", "text", "content", "key"):
        if isinstance(component.get(name), str) and component[name].strip():
            return str(component[name]).strip()[:80]
    return form_words.kind_name(editing.kind_of(component))
