"""Trying a draft: play its scenarios, record a new one step by step as each role, keep it."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from webapp.access import Refusal, view
from webapp.forms.reading import is_redrawing, raw_values, whole_number
from webapp.forms.view import FormView, Problems
from webapp.i18n import language
from webapp.wording.errors import scenario_reason, step_text
from webapp.wording.trials import deviation_text
from webapp.workshop import called, shown
from workflows import policy
from workflows.actions import recording, trials
from workflows.actions import workshop as kept
from workflows.actions.play import Performance
from workflows.actions.scenario_shape import plain
from workflows.actions.trials import Trial, Waiting
from workflows.core.errors import Conflict, Invalid, LotseError
from workflows.core.tx import Tx
from workflows.engine.findings import BundleRefused

workshop_trials = Blueprint("workshop_trials", __name__)

TRIALS = "/workshop/drafts/<int:draft_id>/trials"
AT = "@"
"""What stands before a start event among the ways a trial may begin; no scenario is called so."""
MOST_DAYS = 400
MOST_TYPED = 20_000


@view(workshop_trials, TRIALS, who=policy.BUNDLE_EDIT)
def index(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """The scenarios of the draft; with ``?play=all`` all are played and told."""
    return _index(tx, draft_id, {})


def _index(tx: Tx, draft_id: int, problems: Problems) -> str:
    draft = kept.draft(tx, draft_id)
    played: Sequence[Performance] | None = None
    findings = None
    try:
        played = trials.play_all(tx, draft_id, language()) if request.args.get("play") == "all" else None
    except BundleRefused as refused:
        findings = shown.findings(refused.findings, language(), draft_id=draft_id)
    told = trials.stories(tx, draft_id)
    return render_template(
        "workshop/trials.html",
        draft=draft,
        process=kept.process_name(tx, draft.process_key),
        stories=[_story(name, each) for name, each in told.items()],
        starts=_starts(tx, draft_id),
        results={each.scenario.name: _result(each) for each in played or ()},
        is_played=played is not None,
        coverage=trials.coverage(tx, draft_id, played) if played is not None else None,
        findings=findings,
        problems=problems,
        typed=request.form,
    )


def _starts(tx: Tx, draft_id: int) -> list[dict[str, str]]:
    """The start events by which the process may begin, where there are several."""
    found = trials.starts(tx, draft_id)
    names = called.names(kept.bundle(tx, draft_id)) if len(found) > 1 else {}
    return [{"key": AT + each, "name": names[each]} for each in found] if names else []


def _story(name: str, found: Any) -> dict[str, Any]:
    if isinstance(found, LotseError):
        return {"name": name, "title": "", "broken": scenario_reason(found.facts), "steps": 0}
    return {"name": name, "title": found.title, "broken": "", "steps": len(found.steps)}


def _result(played: Performance) -> list[dict[str, Any]]:
    return [
        {"step": each.step, "at": step_text(each.step, each.place), "text": deviation_text(each)}
        for each in played.deviations
    ]


@view(workshop_trials, TRIALS, who=policy.BUNDLE_EDIT, methods=("POST",))
def begin(tx: Tx, draft_id: int) -> ResponseReturnValue:
    """Begin a trial that starts like a scenario, or as the process does without one."""
    typed = request.form
    try:
        like, _at, start = typed.get("like", "").partition(AT)
        values = typed.get("values", "")[:MOST_TYPED]
        name = recording.begin(tx, draft_id, like, typed.get("title", ""), values, start)
    except Invalid as error:
        raise Refusal(_index(tx, draft_id, error.problems), 422) from error
    return redirect(url_for("workshop_trials.trial", draft_id=draft_id, name=name))


@view(workshop_trials, f"{TRIALS}/<name>", who=policy.BUNDLE_EDIT)
def trial(tx: Tx, draft_id: int, name: str) -> ResponseReturnValue:
    """Where the trial stands, what can be done next and as whom; ``?until=3`` shows it after three steps."""
    until = request.args.get("until", type=int)
    try:
        seen = trials.look_at(tx, draft_id, name, until=until, language=language())
    except BundleRefused:
        return redirect(url_for("workshop_trials.index", draft_id=draft_id, play="all"))
    return _page(tx, draft_id, name, seen, request.args.get("task"), {}, until)


def _page(
    tx: Tx, draft_id: int, name: str, seen: Trial, task: str | None, problems: Problems, until: int | None = None
) -> str:
    draft = kept.draft(tx, draft_id)
    chosen = next((each for each in seen.waiting if _key(each) == task), next(iter(seen.waiting), None))
    held = kept.bundle(tx, draft_id)
    return render_template(
        "workshop/trial.html",
        draft=draft,
        process=kept.process_name(tx, draft.process_key),
        name=name,
        trial=seen,
        tasks=[{"key": _key(each), "name": each.name, "by": each.by, "about": each.about} for each in seen.waiting],
        chosen=chosen,
        chosen_key=_key(chosen) if chosen else "",
        form=_form(chosen, problems, draft_id, name) if chosen else None,
        scenes=_scenes(seen),
        deviations=_result(seen.performance),
        diagram_url=url_for("workshop.file", draft_id=draft_id, path=held.diagram, drawn=1),
        marks={"current": seen.current, "visited": seen.visited},
        problems=problems,
        until=until,
        can_record=draft.status == "open" and until is None,
    )


def _key(waiting: Waiting) -> str:
    return f"{waiting.element_id}~{waiting.about}~{waiting.by}"


def _form(waiting: Waiting, problems: Problems, draft_id: int, name: str) -> FormView:
    hidden = Markup('<input type="hidden" name="task" value="{}">').format(_key(waiting))
    anew = url_for("workshop_trials.fields", draft_id=draft_id, name=name)
    return FormView(waiting.opened.fields, problems, refresh_url=anew, hidden=hidden, values=waiting.opened.values)


def _scenes(seen: Trial) -> list[dict[str, Any]]:
    """The story so far: each step with the mails it caused and what it left at the case; times as in the scenario."""
    return [
        {
            "number": scene.step.number if scene.step else 0,
            "verb": scene.step.verb if scene.step else "begin",
            "what": seen.names.get(str(scene.step.what), str(scene.step.what)) if scene.step else "",
            "by": scene.step.by if scene.step else "",
            "at": scene.at,
            "mails": scene.mails,
            "kept": scene.kept,
        }
        for scene in seen.performance.scenes
    ]


@view(workshop_trials, f"{TRIALS}/<name>/complete", who=policy.BUNDLE_EDIT, methods=("POST",))
def complete(tx: Tx, draft_id: int, name: str) -> ResponseReturnValue:
    """Do the task as whoever it is for; what does not fit is said at its field and nothing is kept."""
    chosen, values = _typed(tx, draft_id, name)
    if is_redrawing(request.form):
        typed = trials.look_at(tx, draft_id, name, language=language(), typed={chosen.element_id: values})
        return _page(tx, draft_id, name, typed, _key(chosen), {})
    step = {"complete": chosen.element_id, "by": chosen.by, "values": values}
    try:
        recording.record(tx, draft_id, name, step | ({"about": chosen.about} if chosen.about else {}))
    except Invalid as error:
        typed = trials.look_at(tx, draft_id, name, language=language(), typed={chosen.element_id: values})
        raise Refusal(_page(tx, draft_id, name, typed, _key(chosen), error.problems), 422) from error
    return _back(draft_id, name)


def _typed(tx: Tx, draft_id: int, name: str) -> tuple[Waiting, dict[str, Any]]:
    """The task the form is about and what was typed into it; raises ``Conflict`` when it is over."""
    seen = trials.look_at(tx, draft_id, name, language=language())
    task = request.form.get("task", "")
    chosen = next((each for each in seen.waiting if _key(each) == task), None)
    if chosen is None:
        raise Conflict("task_cancelled")
    return chosen, raw_values(chosen.opened.form, request.form)


@view(workshop_trials, f"{TRIALS}/<name>/fields", who=policy.BUNDLE_EDIT, methods=("POST",))
def fields(tx: Tx, draft_id: int, name: str) -> ResponseReturnValue:
    """The fields drawn anew for what was typed so far; keeps nothing."""
    chosen, values = _typed(tx, draft_id, name)
    seen = trials.look_at(tx, draft_id, name, language=language(), typed={chosen.element_id: values})
    again = next(each for each in seen.waiting if _key(each) == _key(chosen))
    return render_template("forms/fields.html", form=_form(again, {}, draft_id, name))


@view(workshop_trials, f"{TRIALS}/<name>/time", who=policy.BUNDLE_EDIT, methods=("POST",))
def wait(tx: Tx, draft_id: int, name: str) -> ResponseReturnValue:
    """Let working days pass."""
    days = whole_number(request.form.get("days", "").strip(), 1, MOST_DAYS)
    if days is None:
        flash(_("Bitte geben Sie eine Zahl von 1 bis %(most)s an.", most=MOST_DAYS), "danger")
        raise Refusal(_back(draft_id, name))
    return _recorded(tx, draft_id, name, {"workdays": days})


@view(workshop_trials, f"{TRIALS}/<name>/message", who=policy.BUNDLE_EDIT, methods=("POST",))
def message(tx: Tx, draft_id: int, name: str) -> ResponseReturnValue:
    """Let a message arrive that the trial waits for, with values as ``name: value`` lines."""
    what, _tilde, about = request.form.get("message", "").partition("~")
    try:
        values = plain(request.form.get("values", "") or "{}")
    except ValueError:
        values = None
    if not isinstance(values, Mapping) or not what:
        flash(_("Die Angaben zur Nachricht sind nicht lesbar. Schreiben Sie je Zeile „name: wert“."), "danger")
        raise Refusal(_back(draft_id, name))
    step: dict[str, Any] = {"message": what, "values": dict(values)}
    return _recorded(tx, draft_id, name, step | ({"about": about} if about else {}))


def _recorded(tx: Tx, draft_id: int, name: str, step: Mapping[str, Any]) -> ResponseReturnValue:
    recording.record(tx, draft_id, name, step)
    return _back(draft_id, name)


@view(workshop_trials, f"{TRIALS}/<name>/undo", who=policy.BUNDLE_EDIT, methods=("POST",))
def undo(tx: Tx, draft_id: int, name: str) -> ResponseReturnValue:
    """Forget the last step."""
    recording.take_back(tx, draft_id, name)
    return _back(draft_id, name)


@view(workshop_trials, f"{TRIALS}/<name>/keep", who=policy.BUNDLE_EDIT, methods=("POST",))
def keep(tx: Tx, draft_id: int, name: str) -> ResponseReturnValue:
    """Make a scenario of the trial."""
    try:
        kept_as = recording.keep(tx, draft_id, name, request.form.get("name", ""))
    except Invalid as error:
        seen = trials.look_at(tx, draft_id, name, language=language())
        raise Refusal(_page(tx, draft_id, name, seen, None, error.problems), 422) from error
    flash(_("Als Szenario behalten. Ab jetzt muss es vor jeder Veröffentlichung so ausgehen."), "success")
    return _back(draft_id, kept_as)


@view(workshop_trials, f"{TRIALS}/<name>/forget", who=policy.BUNDLE_EDIT, methods=("POST",))
def forget(tx: Tx, draft_id: int, name: str) -> ResponseReturnValue:
    """Remove the scenario from the draft."""
    recording.forget(tx, draft_id, name)
    flash(_("Entfernt. Im Verlauf des Entwurfs ist es noch da."), "success")
    return redirect(url_for("workshop_trials.index", draft_id=draft_id))


def _back(draft_id: int, name: str) -> ResponseReturnValue:
    return redirect(url_for("workshop_trials.trial", draft_id=draft_id, name=name))
