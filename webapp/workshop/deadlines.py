"""A deadline put on a step from the list of steps: after how many working days, and what then."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.reading import whole_number
from webapp.workshop import overtaken
from workflows import policy
from workflows.actions import diagram_steps as walk
from workflows.actions import workshop as kept
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.tx import Tx

workshop_deadlines = Blueprint("workshop_deadlines", __name__)

Problems = Mapping[str, tuple[Problem, ...]]
ADDRESS = "/workshop/drafts/<int:draft_id>/steps/<step_id>/deadline"
MOST_DAYS = 250
LONGEST_NAME = 200


@view(workshop_deadlines, ADDRESS, who=policy.BUNDLE_EDIT)
def ask(tx: Tx, draft_id: int, step_id: str) -> ResponseReturnValue:
    """After how many days shall what happen?"""
    return _page(tx, draft_id, step_id, {})


@view(workshop_deadlines, ADDRESS, who=policy.BUNDLE_EDIT, methods=("POST",))
def put_on(tx: Tx, draft_id: int, step_id: str) -> ResponseReturnValue:
    """Put it on; where the step stays open, what happens then is asked for next."""
    name = " ".join(request.form.get("name", "").split())
    days, ends = whole_number(request.form.get("due", "").strip(), 1, MOST_DAYS), request.form.get("then") == "ends"
    if days is None or len(name) > LONGEST_NAME:
        raise Refusal(_page(tx, draft_id, step_id, _problems(name, days)), 422)
    try:
        with overtaken.shown_again(lambda moved: _page(tx, draft_id, step_id, {}, moved)):
            made = walk.put_deadline(
                tx, draft_id, step_id, name, days, ends_step=ends, revision=overtaken.read_from(None)
            )
    except Invalid as error:
        raise Refusal(_page(tx, draft_id, step_id, error.problems), 422) from error
    if ends:
        flash(_("Die Frist hängt am Schritt, auch in der Zeichnung."), "success")
        return redirect(url_for("workshop_steps.show", draft_id=draft_id, unfold=made, _anchor=f"step-{made}"))
    flash(_("Die Frist hängt am Schritt, auch in der Zeichnung. Was soll geschehen, wenn sie vorbei ist?"), "success")
    return redirect(url_for("workshop_steps.ask_new", draft_id=draft_id, step_id=made))


def _problems(name: str, days: int | None) -> Problems:
    found: dict[str, tuple[Problem, ...]] = {}
    if days is None:
        found["due"] = (Problem("out_of_range", {"min": 1, "max": MOST_DAYS}),)
    if len(name) > LONGEST_NAME:
        found["name"] = (Problem("too_long", {"max": LONGEST_NAME}),)
    return found


def _page(tx: Tx, draft_id: int, step_id: str, problems: Problems, moved: Conflict | None = None) -> str:
    draft, listed = kept.draft(tx, draft_id), walk.listed(tx, draft_id)
    step = listed.find(step_id)
    if not step.may_have_deadline:
        raise NotFound("not_found", kind="step")
    stays = _("Der Schritt bleibt offen. Dazu geschieht etwas, zum Beispiel eine Erinnerung.")
    then = [{"key": "stays", "name": stays}]
    if len(step.ways) == 1:
        ends = _("Der Schritt entfällt. Es geht weiter zu „%(target)s“.", target=step.ways[0].target)
        then.append({"key": "ends", "name": ends})
    return render_template(
        "workshop/new_deadline.html",
        draft=draft,
        process=kept.process_name(tx, draft.process_key),
        step=step,
        revision=request.form.get("revision") if problems else listed.revision,
        then=then,
        values=request.form,
        problems=problems,
        moved=moved,
        theirs=overtaken.told(tx, draft_id, moved),
    )
