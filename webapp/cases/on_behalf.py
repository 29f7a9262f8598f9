"""What the coordination enters in the name of others: an office's answer, what an association says, a correction."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms import uploads
from webapp.forms.reading import is_redrawing, written
from webapp.forms.view import FormView, Problems
from webapp.i18n import language
from webapp.security import row_id
from webapp.wording.lists import Words
from workflows import policy
from workflows.actions import attachments, confirming, inbox, received, referrals
from workflows.core.clock import BERLIN
from workflows.core.errors import Invalid
from workflows.core.tx import Tx
from workflows.domain.cases import Case
from workflows.domain.offices import Office
from workflows.engine.tasks import Task

on_behalf = Blueprint("on_behalf", __name__)

Values = Mapping[str, Any]
REFERRAL = "/cases/<int:case_id>/referrals/<int:referral_id>"


@view(on_behalf, f"{REFERRAL}/answer", who=policy.TASK_ON_BEHALF)
def answer(tx: Tx, case_id: int, referral_id: int) -> ResponseReturnValue:
    """The office's own form, and how its answer came."""
    return _answering(tx, case_id, referral_id)


def _keep_uploads(tx: Tx, case_id: int, referral_id: int) -> None:
    task = _task(tx, case_id, referral_id)
    uploads.keep(tx, attachments.place_of(task), inbox.form_of(tx, task.id))


@view(on_behalf, f"{REFERRAL}/answer", who=policy.TASK_ON_BEHALF, methods=("POST",), uploads=_keep_uploads)
def enter_answer(tx: Tx, case_id: int, referral_id: int) -> ResponseReturnValue:
    """Keep what the office said, as if it had answered itself."""
    task = _task(tx, case_id, referral_id)
    values = uploads.sent_values(inbox.form_of(tx, task.id))
    if is_redrawing(request.form):
        return _answering(tx, case_id, referral_id, values, uploads.problems())
    channel, on = how_it_came()
    try:
        inbox.complete_on_behalf(tx, task.id, values, channel, on)
    except Invalid as error:
        raise Refusal(_answering(tx, case_id, referral_id, values, error.problems), 422) from error
    flash(_("Die Antwort ist eingetragen."), "success")
    return redirect(url_for("cases.detail", case_id=case_id))


@view(on_behalf, f"{REFERRAL}/answer/fields", who=policy.TASK_ON_BEHALF, methods=("POST",), uploads=_keep_uploads)
def answer_fields(tx: Tx, case_id: int, referral_id: int) -> ResponseReturnValue:
    """The fields drawn anew for what was typed so far; saves nothing."""
    task = _task(tx, case_id, referral_id)
    values = uploads.sent_values(inbox.form_of(tx, task.id))
    return render_template("forms/fields.html", form=_form(tx, case_id, referral_id, values, uploads.problems()))


@view(on_behalf, f"{REFERRAL}/take-back", who=policy.TASK_ON_BEHALF)
def take_back(tx: Tx, case_id: int, referral_id: int) -> ResponseReturnValue:
    """Why was the answer wrong?"""
    return _taking_back(tx, case_id, referral_id)


@view(on_behalf, f"{REFERRAL}/take-back", who=policy.TASK_ON_BEHALF, methods=("POST",), endpoint="enter_take_back")
def send_back(tx: Tx, case_id: int, referral_id: int) -> ResponseReturnValue:
    """Take the answer back: the office is asked anew."""
    referrals.of_case(tx, case_id, referral_id)
    reason = written(request.form, "reason")
    try:
        referrals.take_back(tx, referral_id, reason, answer=row_id(request.form.get("answer", "")))
    except Invalid as error:
        raise Refusal(_taking_back(tx, case_id, referral_id, reason, error.problems), 422) from error
    flash(_("Die Antwort ist zurückgenommen. Die Stelle bekommt gleich eine E-Mail und ist wieder gefragt."), "success")
    return redirect(url_for("cases.detail", case_id=case_id))


@view(on_behalf, "/cases/<int:case_id>/confirmation", who=policy.TASK_ON_BEHALF)
def confirmation(tx: Tx, case_id: int) -> ResponseReturnValue:
    """Was the association helped, and how did it say so?"""
    return _confirming(tx, case_id, None)


@view(on_behalf, f"{REFERRAL}/confirmation", who=policy.TASK_ON_BEHALF)
def outcome(tx: Tx, case_id: int, referral_id: int) -> ResponseReturnValue:
    """Did this office help, and how did the association say so?"""
    return _confirming(tx, case_id, referral_id)


@view(on_behalf, "/cases/<int:case_id>/confirmation", who=policy.TASK_ON_BEHALF, methods=("POST",))
def enter_confirmation(tx: Tx, case_id: int) -> ResponseReturnValue:
    """Keep what the association said; about one office if the form names its referral."""
    sent = request.form.get("referral")
    referral_id = None if sent is None else row_id(sent) or 0
    channel, on = how_it_came()
    try:
        confirming.confirm_on_behalf(tx, case_id, request.form.get("answer", ""), channel, on, referral_id)
    except Invalid as error:
        raise Refusal(_confirming(tx, case_id, referral_id, error.problems), 422) from error
    flash(_("Die Rückmeldung ist eingetragen."), "success")
    return redirect(url_for("cases.detail", case_id=case_id))


def _answering(
    tx: Tx, case_id: int, referral_id: int, values: Values | None = None, problems: Problems | None = None
) -> str:
    form = _form(tx, case_id, referral_id, values, problems or {})
    task = _task(tx, case_id, referral_id)
    return render_template("cases/answer.html", **page(tx, case_id, referral_id, problems or {}), form=form, task=task)


def _taking_back(tx: Tx, case_id: int, referral_id: int, reason: str = "", problems: Problems | None = None) -> str:
    page_of = page(tx, case_id, referral_id, problems or {})
    answer = referrals.last_answer(tx, referrals.of_case(tx, case_id, referral_id))
    longest = referrals.LONGEST_REASON
    return render_template("cases/take_back.html", **page_of, answer=answer, reason=reason, longest=longest)


def _confirming(tx: Tx, case_id: int, referral_id: int | None, problems: Problems | None = None) -> str:
    name = "case_confirmation" if referral_id is None else "confirmation"
    word = Words(tx, (name,))
    # "No answer" is what the process notes by itself when the time is over.
    options = ("helped", "partly", "not_helped") if referral_id is None else ("yes", "no")
    answers = [{"key": key, "name": word(name, key)} for key in options]
    page_of = page(tx, case_id, referral_id, problems or {})
    return render_template("cases/confirmation.html", **page_of, answers=answers)


def page(tx: Tx, case_id: int, referral_id: int | None, problems: Problems) -> dict[str, Any]:
    """The variables of every page on which something is entered for others."""
    case = policy.get(tx, policy.TASK_ON_BEHALF, Case, case_id)
    word = Words(tx, ("channel",))
    office = "" if referral_id is None else _office_name(tx, case_id, referral_id)
    return {
        "case": case,
        "office_name": office,
        "referral_id": referral_id,
        "channels": [{"key": key, "name": word("channel", key)} for key in received.CHANNELS],
        "channel": request.form.get("_channel", "phone"),
        "on": request.form.get("_on") or tx.now.astimezone(BERLIN).date().isoformat(),
        "problems": [problem for name in ("channel", "on", "reason", "answer") for problem in problems.get(name, ())],
    }


def _form(tx: Tx, case_id: int, referral_id: int, values: Values | None, problems: Problems) -> FormView:
    task = _task(tx, case_id, referral_id)
    opened = inbox.open_form(tx, task.id, values, language=language())
    refresh_url = url_for("on_behalf.answer_fields", case_id=case_id, referral_id=referral_id, task=task.id)
    return FormView(opened.fields, problems, refresh_url=refresh_url, values=opened.values)


def _task(tx: Tx, case_id: int, referral_id: int) -> Task:
    """The task the address names, else the first thing that the office is asked."""
    asked = referrals.of_case(tx, case_id, referral_id)
    return referrals.office_task(tx, asked.id, row_id(request.args.get("task", "")))


def _office_name(tx: Tx, case_id: int, referral_id: int) -> str:
    return tx.session.get_one(Office, referrals.of_case(tx, case_id, referral_id).office_id).name


def how_it_came() -> tuple[str, date | None]:
    """Channel and day from the form; None for what is no date."""
    try:
        on = date.fromisoformat(request.form.get("_on", ""))
    except ValueError:
        on = None
    return request.form.get("_channel", ""), on
