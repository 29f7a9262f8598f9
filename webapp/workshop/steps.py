"""A process as a list of steps: everything a keyboard and no script need to change it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms.reading import whole_number
from webapp.i18n import language
from webapp.workshop import offered, operator_words, overtaken, shown
from workflows import policy
from workflows.actions import diagram_editing as editing
from workflows.actions import diagram_steps as walk
from workflows.actions import workshop as kept
from workflows.actions.diagram_steps import Listed
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.engine import drafts
from workflows.engine.dialect import DialectError
from workflows.engine.editing.steps import Step

workshop_steps = Blueprint("workshop_steps", __name__)

Problems = Mapping[str, tuple[Problem, ...]]
MOST_DAYS = 250
GIVEN = "in-"
"""What the fields of an operator's parameters begin with: ``in-to``."""
LONGEST_INPUT = 2_000


@view(workshop_steps, "/workshop/drafts/<int:draft_id>/steps", who=policy.BUNDLE_EDIT)
def show(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Every step in walking order: who, which form, until when, where it goes on."""
    return _list(tx, draft_id)


def _row(step: Step, choices: editing.Choices, listed: Listed) -> dict[str, Any]:
    by_formula, groups = step.group.startswith("="), dict(choices.groups)
    does = next((each.label for each in choices.operators if each.name == step.operator), step.operator)
    return {
        "step": step,
        "does": step.form or operator_words.word(does),
        "who": _("aus einer Formel") if by_formula else groups.get(step.group, step.group) or step.lane_name,
        "can_add": len(step.ways) > 0 and step.tag != "eventBasedGateway",
        "goes_alone": not listed.leaving(step.id),
    }


def _choices(tx: Tx, draft_id: int) -> editing.Choices:
    return editing.choices(tx, drafts.bundle_of(tx.session, kept.draft(tx, draft_id)), language())


@view(workshop_steps, "/workshop/drafts/<int:draft_id>/steps/<step_id>", who=policy.BUNDLE_EDIT)
def edit(tx: Tx, draft_id: int, step_id: str) -> ResponseReturnValue:
    """One step's fields."""
    return _form(tx, draft_id, step_id)


@view(workshop_steps, "/workshop/drafts/<int:draft_id>/steps/<step_id>", who=policy.BUNDLE_EDIT, methods=("POST",))
def change(tx: Tx, draft_id: int, step_id: str) -> ResponseReturnValue:
    """Write the fields of a step."""
    wanted: dict[str, str | int | None] = {
        name: " ".join(request.form[name].split()) for name in ("name", "group", "form") if name in request.form
    }
    if "due" in request.form:
        typed = request.form["due"].strip()
        days = whole_number(typed, 0, MOST_DAYS)
        if typed and days is None:
            problem = Problem("out_of_range", {"min": 0, "max": MOST_DAYS})
            raise Refusal(_form(tx, draft_id, step_id, {"due": (problem,)}), 422)
        wanted["due"] = days
    given = _given()
    if too_long := [name for name, text in given.items() if len(text) > LONGEST_INPUT]:
        problem = Problem("too_long", {"max": LONGEST_INPUT})
        raise Refusal(_form(tx, draft_id, step_id, {GIVEN + name: (problem,) for name in too_long}), 422)
    with _overtaken(tx, draft_id, step_id, _form):
        walk.change(tx, draft_id, step_id, wanted, overtaken.read_from(None), given)
    flash(_("Der Schritt ist geändert."), "success")
    return _back(draft_id, step_id)


def _given() -> dict[str, str]:
    """What was filled in for the step's operator, by parameter."""
    fields = {name.removeprefix(GIVEN): text for name, text in request.form.items() if name.startswith(GIVEN)}
    return {name: text.strip() for name, text in fields.items()}


@view(workshop_steps, "/workshop/drafts/<int:draft_id>/steps/<step_id>/move", who=policy.BUNDLE_EDIT, methods=("POST",))
def move(tx: Tx, draft_id: int, step_id: str) -> ResponseReturnValue:
    """One place up or down."""
    with overtaken.shown_again(lambda moved: _list(tx, draft_id, moved)):
        walk.move(tx, draft_id, step_id, up=request.form.get("way") != "down", revision=overtaken.read_from(None))
    flash(_("Der Schritt steht jetzt an anderer Stelle, auch in der Zeichnung."), "success")
    return _back(draft_id, step_id, unfold=step_id)


@view(workshop_steps, "/workshop/drafts/<int:draft_id>/steps/<step_id>/remove", who=policy.BUNDLE_EDIT)
def ask_remove(tx: Tx, draft_id: int, step_id: str) -> ResponseReturnValue:
    """What goes when a step goes, before it happens."""
    draft, listed = kept.draft(tx, draft_id), walk.listed(tx, draft_id)
    step = listed.find(step_id)
    return render_template(
        "workshop/remove_step.html",
        draft=draft,
        process=kept.process_name(tx, draft.process_key),
        step=step,
        revision=listed.revision,
        leaving=listed.leaving(step_id),
        target=step.ways[0].target if step.ways and not step.attached_to else "",
    )


@view(
    workshop_steps, "/workshop/drafts/<int:draft_id>/steps/<step_id>/remove", who=policy.BUNDLE_EDIT, methods=("POST",)
)
def remove(tx: Tx, draft_id: int, step_id: str) -> ResponseReturnValue:
    """Take a step out; asked before when more goes with it."""
    try:
        with overtaken.shown_again(lambda moved: _list(tx, draft_id, moved)):
            walk.take_out(tx, draft_id, step_id, overtaken.read_from(None), with_all="sure" in request.form)
    except Conflict as refused:
        if refused.code != "step_not_alone":
            raise
        raise Refusal(redirect(url_for("workshop_steps.ask_remove", draft_id=draft_id, step_id=step_id))) from refused
    flash(_("Der Schritt ist entfernt. Mit „Letzte Änderung zurücknehmen“ im Überblick kommt er zurück."), "success")
    return redirect(url_for("workshop_steps.show", draft_id=draft_id))


@view(workshop_steps, "/workshop/drafts/<int:draft_id>/steps/after/<step_id>", who=policy.BUNDLE_EDIT)
def ask_new(tx: Tx, draft_id: int, step_id: str) -> ResponseReturnValue:
    """What shall come after a step, and on which of its ways?"""
    return _new(tx, draft_id, step_id)


@view(
    workshop_steps, "/workshop/drafts/<int:draft_id>/steps/after/<step_id>", who=policy.BUNDLE_EDIT, methods=("POST",)
)
def add(tx: Tx, draft_id: int, step_id: str) -> ResponseReturnValue:
    """Put a new step there; its fields are asked for next."""
    name = " ".join(request.form.get("name", "").split())[:200]
    way, kind = request.form.get("way", ""), request.form.get("kind", "")
    try:
        with _overtaken(tx, draft_id, step_id, _new):
            made = walk.add(tx, draft_id, step_id, way, kind, name, overtaken.read_from(None))
    except Invalid as error:
        raise Refusal(_new(tx, draft_id, step_id, error.problems), 422) from error
    if kind == "task":
        told = _("Der Schritt ist eingefügt, auch in der Zeichnung. Sagen Sie noch, wer ihn wann macht.")
    else:
        told = _("Der Schritt ist eingefügt, auch in der Zeichnung. Füllen Sie noch aus, was er braucht.")
    flash(told, "success")
    return redirect(url_for("workshop_steps.edit", draft_id=draft_id, step_id=made))


def _overtaken(
    tx: Tx, draft_id: int, step_id: str, page: Callable[[Tx, int, str, Problems, Conflict], str]
) -> AbstractContextManager[None]:
    """The page again; the list where the step itself is gone."""

    def again(moved: Conflict) -> str:
        try:
            return page(tx, draft_id, step_id, {}, moved)
        except NotFound:
            return _list(tx, draft_id, moved)

    return overtaken.shown_again(again)


def _list(tx: Tx, draft_id: int, moved: Conflict | None = None) -> str:
    draft = kept.draft(tx, draft_id)
    try:
        listed = walk.listed(tx, draft_id)
    except (DialectError, NotFound):
        listed = Listed((), 0)  # the findings say what is wrong with the file
    choices = _choices(tx, draft_id)
    found, mendable = editing.examined(tx, draft_id)
    here = [each for each in found if each.severity == "error" or each.file.endswith(".bpmn")]
    return render_template(
        "workshop/steps.html",
        draft=draft,
        process=kept.process_name(tx, draft.process_key),
        rows=[_row(step, choices, listed) for step in listed.steps],
        unfold=request.args.get("unfold"),
        revision=listed.revision,
        findings=shown.findings(here, language(), mendable),
        elsewhere=len(found) - len(here),
        moved=moved,
        theirs=overtaken.told(tx, draft_id, moved),
    )


def _form(tx: Tx, draft_id: int, step_id: str, problems: Problems | None = None, moved: Conflict | None = None) -> str:
    draft, listed = kept.draft(tx, draft_id), walk.listed(tx, draft_id)
    step = listed.find(step_id)
    choices = _choices(tx, draft_id)
    there = {
        "name": step.name,
        "group": "" if step.group.startswith("=") else step.group,
        "form": step.form,
        "due": "" if step.due is None else str(step.due),
    }
    return render_template(
        "workshop/step.html",
        draft=draft,
        process=kept.process_name(tx, draft.process_key),
        step=step,
        revision=request.form.get("revision") if problems else listed.revision,
        there=there,
        values={name: request.form.get(name, value) for name, value in there.items()},
        groups=[{"key": key, "name": name} for key, name in choices.groups],
        forms=[{"key": key, "name": name} for key, name in choices.forms],
        given=_asked(step, choices),
        problems=problems or {},
        moved=moved,
        theirs=overtaken.told(tx, draft_id, moved),
    )


def _asked(step: Step, choices: editing.Choices) -> list[dict[str, Any]]:
    """The fields of the step's operator, with what was typed or is there."""
    operator = next((each for each in choices.operators if each.name == step.operator), None)
    held = {**step.inputs, **_given()}
    return [] if operator is None else offered.fields(operator, choices, held)


def _new(tx: Tx, draft_id: int, step_id: str, problems: Problems | None = None, moved: Conflict | None = None) -> str:
    draft, listed = kept.draft(tx, draft_id), walk.listed(tx, draft_id)
    step = listed.find(step_id)
    return render_template(
        "workshop/new_step.html",
        draft=draft,
        process=kept.process_name(tx, draft.process_key),
        step=step,
        revision=request.form.get("revision") if problems else listed.revision,
        ways=[{"key": way.id, "name": _("zu „%(target)s“", target=way.name or way.target)} for way in step.ways],
        kinds=offered.kinds(_choices(tx, draft_id)),
        values={"name": request.form.get("name", ""), "kind": request.form.get("kind", "task")},
        problems=problems or {},
        moved=moved,
        theirs=overtaken.told(tx, draft_id, moved),
    )


def _back(draft_id: int, step_id: str, unfold: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("workshop_steps.show", draft_id=draft_id, unfold=unfold, _anchor=f"step-{step_id}"))
