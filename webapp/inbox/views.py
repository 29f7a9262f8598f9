"""The inbox and the tasks in it."""

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms import uploads
from webapp.forms.reading import is_redrawing
from webapp.forms.view import Problems, typed
from webapp.i18n import language, moment
from webapp.inbox import shown
from webapp.wording import error_text
from workflows import policy
from workflows.actions import about
from workflows.actions import inbox as tasks_of
from workflows.core.errors import Conflict, Invalid
from workflows.core.tx import Tx

inbox = Blueprint("inbox", __name__)

Values = Mapping[str, Any]


@view(inbox, "/inbox", who=policy.TASK_READ)
def tasks(tx: Tx) -> ResponseReturnValue:
    """What there is to do: mine, my groups', or all I may see."""
    return render_template("inbox/tasks.html", **shown.list_page(tx))


@view(inbox, "/inbox/rows", who=policy.TASK_READ)
def rows(tx: Tx) -> ResponseReturnValue:
    """The same list for polling; unchanged lists cost 304 and no body."""
    response = make_response(render_template("inbox/rows.html", **shown.list_page(tx)))
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    return response.make_conditional(request)


@view(inbox, "/tasks/<int:task_id>", who=policy.TASK_READ)
def task(tx: Tx, task_id: int) -> ResponseReturnValue:
    """One task with its form and what was typed before."""
    return _page(tx, task_id)


@view(inbox, "/tasks/<int:task_id>/claim", who=policy.TASK_WORK, methods=("POST",))
def claim(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Take the task."""
    tasks_of.claim(tx, task_id)
    flash(_("Sie haben die Aufgabe übernommen."), "success")
    return redirect(url_for("inbox.task", task_id=task_id))


@view(inbox, "/tasks/<int:task_id>/release", who=policy.TASK_WORK, methods=("POST",))
def release(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Give the task back to the group."""
    tasks_of.release(tx, task_id)
    flash(_("Die Aufgabe ist wieder frei."), "success")
    return redirect(url_for("inbox.tasks"))


def _keep_uploads(tx: Tx, task_id: int) -> None:
    uploads.keep(tx, *tasks_of.upload_place(tx, task_id))


@view(inbox, "/tasks/<int:task_id>/draft", who=policy.TASK_WORK, methods=("POST",), uploads=_keep_uploads)
def draft(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Keep what was typed; the live script gets the fields drawn anew, a plain form its page."""
    values = uploads.sent_values(tasks_of.form_of(tx, task_id))
    saved = tasks_of.save_draft(tx, task_id, values)
    if "X-Fragment" not in request.headers:
        flash(_("Der Entwurf ist gespeichert."), "success")
        return redirect(url_for("inbox.task", task_id=task_id))
    opened = tasks_of.open_form(tx, task_id, values, language=language())
    body = render_template("forms/fields.html", form=shown.form(opened, uploads.problems()))
    return body, 200, {"X-Draft-Saved": moment(saved.draft_at)}


@view(inbox, "/tasks/<int:task_id>/complete", who=policy.TASK_WORK, methods=("POST",), uploads=_keep_uploads)
def complete(tx: Tx, task_id: int) -> ResponseReturnValue:
    """Send the form: the instance moves on, or the page says what is missing, or who was quicker."""
    values = uploads.sent_values(tasks_of.form_of(tx, task_id))
    if is_redrawing(request.form):
        tasks_of.save_draft(tx, task_id, values)
        return _page(tx, task_id, values, uploads.problems())
    try:
        tasks_of.complete(tx, task_id, values)
    except Invalid as error:
        raise Refusal(_page(tx, task_id, values, error.problems), 422) from error
    except Conflict as conflict:
        if conflict.code in {"four_eyes", "not_admitted"}:
            flash(error_text(conflict.code, conflict.facts) or "", "danger")
            raise Refusal(_page(tx, task_id, values), 409) from conflict
        raise Refusal(_too_late(tx, task_id, values, conflict), 409) from conflict
    flash(_("Erledigt."), "success")
    return redirect(url_for("inbox.tasks"))


def _page(tx: Tx, task_id: int, values: Values | None = None, problems: Problems | None = None) -> str:
    opened = tasks_of.open_form(tx, task_id, values, language=language())
    return render_template("inbox/task.html", **shown.task_page(tx, opened, problems or {}))


def _too_late(tx: Tx, task_id: int, values: Values, conflict: Conflict) -> str:
    opened = tasks_of.open_form(tx, task_id, values, language=language())
    known = about.tasks(tx, [opened.task])
    return render_template(
        "inbox/done.html",
        task=shown.task_row(tx, opened.task, known),
        done_by=conflict.facts.get("by"),
        done_at=conflict.facts.get("at"),
        typed=typed(opened.fields),
        case_url=shown.case_url(tx, opened.task, known),
    )
