"""One task: its form, what was typed, sending it, and who does it when."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp import flashes
from webapp.access import Refusal, own_address, view
from webapp.files import adding
from webapp.forms import uploads
from webapp.forms.reading import is_redrawing
from webapp.forms.view import Problems, typed
from webapp.i18n import day, language, moment
from webapp.inbox import address, shown
from webapp.inbox.lists import inbox
from webapp.inbox.reading import day_of
from webapp.security import row_id
from webapp.wording import error_text, problem_text
from workflows import policy
from workflows.actions import about, assigning, attachments, task_context
from workflows.actions import inbox as tasks_of
from workflows.core.errors import Conflict, Invalid
from workflows.core.tx import Tx

__all__ = ["inbox"]

Values = Mapping[str, Any]


@view(inbox, "/tasks/<int:task_id>", who=policy.TASK_READ)
def task(tx: Tx, task_id: int) -> ResponseReturnValue:
    """One task with its form and what was typed before."""
    return _page(tx, task_id)


@view(inbox, "/tasks/<int:task_id>/claim", who=policy.TASK_WORK, methods=("POST",))
def claim(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Take the task; the next page offers to undo it."""
    taken = assigning.claim(tx, task_id)
    text = _("Sie haben die Aufgabe „%(name)s“ übernommen.", name=taken.name)
    flashes.say(text, undo=url_for("inbox.release", task_id=task_id))
    return redirect(own_address(request.form.get("next"), url_for("inbox.task", task_id=task_id)))


@view(inbox, "/tasks/<int:task_id>/release", who=policy.TASK_WORK, methods=("POST",))
def release(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Give the task back to the group."""
    assigning.release(tx, task_id)
    flash(_("Die Aufgabe ist wieder frei."), "success")
    return redirect(address.back(request.form.get("next")))


@view(inbox, "/tasks/<int:task_id>/hand-over", who=policy.TASK_WORK, methods=("POST",))
def hand_over(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Give the task to a colleague."""
    try:
        given = assigning.hand_over(tx, task_id, row_id(request.form.get("user_id", "")) or 0)
    except Invalid as error:
        raise _refused(tx, task_id, error) from error
    name = about.tasks(tx, [given]).people.get(given.assignee_id or 0, "")
    flash(_("Die Aufgabe liegt jetzt bei %(name)s.", name=name), "success")
    return redirect(address.last())


@view(inbox, "/tasks/<int:task_id>/follow-up", who=policy.TASK_WORK, methods=("POST",))
def follow_up(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Put the task off to a day, or take it back into the list."""
    try:
        on = None if "clear" in request.form else day_of(request.form.get("on", ""))
        assigning.postpone(tx, task_id, on)
    except Invalid as error:
        raise _refused(tx, task_id, error) from error
    if on is None:
        flash(_("Die Aufgabe steht wieder in der Liste."), "success")
        return redirect(url_for("inbox.task", task_id=task_id))
    flash(_("Die Aufgabe kommt am %(day)s wieder.", day=day(on)), "success")
    return redirect(address.last())


@view(inbox, "/tasks/<int:task_id>/priority", who=policy.TASK_WORK, methods=("POST",))
def priority(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Say how urgent the task is."""
    number = shown.PRIORITY_NUMBERS.get(request.form.get("priority", ""))
    if number is not None:
        assigning.prioritise(tx, task_id, number)
        flash(_("Die Priorität ist geändert."), "success")
    return redirect(url_for("inbox.task", task_id=task_id))


def _keep_uploads(tx: Tx, task_id: int) -> None:
    """Files of the form wait with the task; those for the case are the case's at once, whatever becomes of the form."""
    uploads.keep(tx, *tasks_of.upload_place(tx, task_id))
    is_shared = request.form.get("_case_shared") == "true"
    chosen = request.files.getlist("_case_files")
    adding.add(chosen, lambda file: attachments.attach_from_task(tx, task_id, file, is_shared))


@view(inbox, "/tasks/<int:task_id>/draft", who=policy.TASK_WORK, methods=("POST",), uploads=_keep_uploads)
def draft(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Keep what was typed; the live script gets the fields drawn anew, a plain form its page."""
    values = uploads.sent_values(tasks_of.form_of(tx, task_id))
    try:
        saved = tasks_of.save_draft(tx, task_id, values, _revision())
    except Conflict as conflict:
        if "X-Fragment" in request.headers:
            text = error_text(conflict.code, conflict.facts) or ""
            headers = {"X-Conflict": conflict.code, "Content-Type": "text/plain; charset=utf-8"}
            raise Refusal((text, 409, headers)) from conflict
        raise _too_late(tx, task_id, values, conflict) from conflict
    if "X-Fragment" not in request.headers:
        flash(_("Der Entwurf ist gespeichert."), "success")
        return redirect(url_for("inbox.task", task_id=task_id))
    opened = tasks_of.open_form(tx, task_id, values, language=language())
    body = render_template("forms/fields.html", form=shown.form(tx, opened, uploads.problems()))
    return body, 200, {"X-Draft-Saved": moment(saved.draft_at), "X-Draft-Revision": str(saved.revision)}


@view(inbox, "/tasks/<int:task_id>/files", who=policy.CASE_WORK, methods=("POST",), uploads=_keep_uploads)
def add_files(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Files were added to the case from the task's page: what was typed meanwhile is kept as the draft."""
    values = uploads.sent_values(tasks_of.form_of(tx, task_id))
    try:
        tasks_of.save_draft(tx, task_id, values, _revision())
    except Conflict as conflict:
        raise _too_late(tx, task_id, values, conflict) from conflict
    if not any(sent.filename for sent in request.files.getlist("_case_files")):
        flash(_("Bitte wählen Sie zuerst eine Datei aus."), "warning")
    return redirect(url_for("inbox.task", task_id=task_id, _anchor="files"))


@view(inbox, "/tasks/<int:task_id>/complete", who=policy.TASK_WORK, methods=("POST",), uploads=_keep_uploads)
def complete(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Send the form: the instance moves on, or the page says what is missing, or who was quicker."""
    values = uploads.sent_values(tasks_of.form_of(tx, task_id))
    try:
        if is_redrawing(request.form):
            tasks_of.save_draft(tx, task_id, values, _revision())
            return _page(tx, task_id, values, uploads.problems())
        tasks_of.complete(tx, task_id, values, revision=_revision())
    except Invalid as error:
        raise Refusal(_page(tx, task_id, values, error.problems), 422) from error
    except Conflict as conflict:
        if conflict.code in {"four_eyes", "not_admitted"}:
            flash(error_text(conflict.code, conflict.facts) or "", "danger")
            raise Refusal(_page(tx, task_id, values), 409) from conflict
        raise _too_late(tx, task_id, values, conflict) from conflict
    _tell_what_is_next(tx, task_id)
    return redirect(address.last())


def _revision() -> int | None:
    """The draft the sent form was drawn from; None when the form does not say."""
    return row_id(request.form.get("_revision", ""))


def _tell_what_is_next(tx: Tx, task_id: int) -> None:
    following = task_context.next_of_case(tx, task_id)
    if following is None:
        flash(_("Erledigt."), "success")
        return
    text = _("Erledigt. Die nächste Aufgabe in diesem Vorgang ist auch Ihre:")
    flashes.say(text, url=url_for("inbox.task", task_id=following.id), label=following.name)


def _page(tx: Tx, task_id: int, values: Values | None = None, problems: Problems | None = None) -> str:
    opened = tasks_of.open_form(tx, task_id, values, language=language())
    return render_template("inbox/task.html", **shown.task_page(tx, opened, problems or {}))


def _refused(tx: Tx, task_id: int, error: Invalid) -> Refusal:
    """The task's page with what was wrong in one of the small forms beside it."""
    (problem,) = next(iter(error.problems.values()))
    flash(problem_text(problem), "danger")
    return Refusal(_page(tx, task_id), 422)


def _too_late(tx: Tx, task_id: int, values: Values, conflict: Conflict) -> Refusal:
    """Somebody was quicker: with the task, or with its draft. What was typed is on the page."""
    opened = tasks_of.open_form(tx, task_id, values, language=language())
    known = about.tasks(tx, [opened.task])
    task = shown.task_row(tx, opened.task, known)
    if conflict.code == "draft_conflict":
        stored = tasks_of.open_form(tx, task_id, language=language())
        return Refusal(
            render_template(
                "inbox/conflict.html",
                task=task,
                by=conflict.facts.get("by"),
                at=conflict.facts.get("at"),
                rows=shown.versions(opened.fields, stored.fields),
                sent=shown.sent_again(request.form, stored.task.revision),
            ),
            409,
        )
    return Refusal(
        render_template(
            "inbox/done.html",
            task=task,
            done_by=conflict.facts.get("by"),
            done_at=conflict.facts.get("at"),
            typed=typed(opened.fields),
            case_url=shown.case_url(tx, opened.task, known),
        ),
        409,
    )
