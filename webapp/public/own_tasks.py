"""What an association fills in itself, from the link of its mails: no account, one page per task."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp import doors
from webapp.access import PUBLIC, Refusal, view
from webapp.forms import uploads
from webapp.forms.reading import is_redrawing
from webapp.forms.view import FormView, Problems, typed
from webapp.i18n import language, moment
from webapp.public.own_case import own_words
from workflows.actions import own_tasks as tasks_of
from workflows.actions.inbox import OpenForm
from workflows.core.errors import Conflict, Invalid
from workflows.core.tx import Tx

own_tasks = Blueprint("own_tasks", __name__)

Values = Mapping[str, Any]


def _keep_uploads(tx: Tx, token: str, task_id: int) -> None:
    uploads.keep(tx, *tasks_of.upload_place(tx, token, task_id))


@view(own_tasks, "/s/<door:token>/tasks/<int:task_id>", who=PUBLIC)
def task(tx: Tx, token: str, task_id: int) -> ResponseReturnValue:
    """The form, with what was typed before."""
    own_words(tx, token)
    return doors.cleaned(token, _page(tx, token, task_id))


@view(own_tasks, "/s/<door:token>/tasks/<int:task_id>", who=PUBLIC, methods=("POST",), uploads=_keep_uploads)
def complete(tx: Tx, token: str, task_id: int) -> ResponseReturnValue:
    """Send the form, keep it for later, or draw it anew; nothing typed is ever lost."""
    own_words(tx, token)
    values = uploads.sent_values(tasks_of.form(tx, token, task_id))
    if request.form.get("_action") == "keep":
        return _keep(tx, token, task_id, values)
    if is_redrawing(request.form):
        return _page(tx, token, task_id, values, uploads.problems())
    try:
        tasks_of.complete(tx, token, task_id, values)
    except Invalid as error:
        raise Refusal(_page(tx, token, task_id, values, error.problems), 422) from error
    except Conflict as conflict:
        raise Refusal(_too_late(tx, token, task_id, values, conflict), 409) from conflict
    flash(_("Danke, Ihre Angaben sind angekommen."), "success")
    return redirect(url_for("public.status", token=token))


@view(own_tasks, "/s/<door:token>/tasks/<int:task_id>/draft", who=PUBLIC, methods=("POST",), uploads=_keep_uploads)
def draft(tx: Tx, token: str, task_id: int) -> ResponseReturnValue:
    """Keep what was typed so far and draw the fields anew for it."""
    own_words(tx, token)
    values = uploads.sent_values(tasks_of.form(tx, token, task_id))
    saved = tasks_of.save_draft(tx, token, task_id, values)
    opened = tasks_of.open_form(tx, token, task_id, values, language=language())
    body = render_template("forms/fields.html", form=_form(token, opened, uploads.problems()))
    return body, 200, {"X-Draft-Saved": moment(saved.draft_at)}


def _keep(tx: Tx, token: str, task_id: int, values: Values) -> ResponseReturnValue:
    tasks_of.save_draft(tx, token, task_id, values)
    flash(_("Gespeichert. Sie können später weitermachen."), "success")
    return redirect(url_for("own_tasks.task", token=token, task_id=task_id))


def _page(tx: Tx, token: str, task_id: int, values: Values | None = None, problems: Problems | None = None) -> str:
    case = tasks_of.case(tx, token)
    opened = tasks_of.open_form(tx, token, task_id, values, language=language())
    return render_template(
        "public/own_task.html",
        token=token,
        reference=case.reference,
        task=opened.task,
        name=opened.definition.translate(opened.task.name, language()),
        form=_form(token, opened, problems or {}) if opened.task.status == "open" else None,
    )


def _form(token: str, opened: OpenForm, problems: Problems) -> FormView:
    refresh_url = url_for("own_tasks.draft", token=token, task_id=opened.task.id)
    return FormView(opened.fields, problems, refresh_url=refresh_url, values=opened.values)


def _too_late(tx: Tx, token: str, task_id: int, values: Values, conflict: Conflict) -> str:
    opened = tasks_of.open_form(tx, token, task_id, values, language=language())
    return render_template(
        "public/own_task_done.html",
        token=token,
        name=opened.definition.translate(opened.task.name, language()),
        done_by=conflict.facts.get("by"),
        done_at=conflict.facts.get("at"),
        typed=typed(opened.fields),
    )
