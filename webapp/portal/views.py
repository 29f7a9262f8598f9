"""The office's answer from its mail: a neutral door, then the extract and what is to be answered (decision 12)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from webapp.access import PUBLIC, Refusal, view
from webapp.forms import uploads
from webapp.forms.reading import is_redrawing
from webapp.forms.view import FormView, Problems
from webapp.i18n import language
from workflows.actions import referrals
from workflows.actions.referrals import ReferralPage
from workflows.core.errors import Conflict, Invalid, NotFound
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.domain.referrals import answered_with

office = Blueprint("office", __name__)

OPENED = "opened"
STAYS_OPEN = timedelta(hours=2)

Typed = Mapping[int, Mapping[str, Any]]


@view(office, "/r/<token>", who=PUBLIC)
def referral(tx: Tx, token: str) -> ResponseReturnValue:
    """Neutral until it was opened by hand: mail scanners follow links."""
    door = referrals.door(tx, token)
    if session.get(OPENED, {}).get(str(door.link_id), 0) < tx.now.timestamp():
        return render_template("office/neutral.html", token=token)
    return _page(tx, token)


@view(office, "/r/<token>/open", who=PUBLIC, methods=("POST",), endpoint="open")
def open_referral(tx: Tx, token: str) -> ResponseReturnValue:
    """A person wants to see it: it counts as seen, and this browser may look for two hours."""
    opened = referrals.open(tx, token)
    until = int((tx.now + STAYS_OPEN).timestamp())
    session[OPENED] = {**session.get(OPENED, {}), str(opened.link_id): until}
    return redirect(url_for("office.referral", token=token))


def _keep_uploads(tx: Tx, token: str, task_id: int) -> None:
    uploads.keep(tx, *referrals.upload_place(tx, token, task_id))


@view(office, "/r/<token>/tasks/<int:task_id>", who=PUBLIC, methods=("POST",), uploads=_keep_uploads)
def answer(tx: Tx, token: str, task_id: int) -> ResponseReturnValue:
    """The office's answer: counts once; sent again it says what was answered."""
    typed = {task_id: uploads.sent_values(referrals.form(tx, token, task_id))}
    if is_redrawing(request.form):
        return _page(tx, token, typed, uploads.problems())
    try:
        referrals.answer(tx, token, task_id, typed[task_id])
    except Invalid as error:
        raise Refusal(_page(tx, token, typed, error.problems), 422) from error
    except Conflict as conflict:
        raise Refusal(_answered(tx, token, conflict), 409) from conflict
    return redirect(url_for("office.thanks", token=token))


@view(office, "/r/<token>/tasks/<int:task_id>/fields", who=PUBLIC, methods=("POST",), uploads=_keep_uploads)
def answer_fields(tx: Tx, token: str, task_id: int) -> ResponseReturnValue:
    """The fields drawn anew for what was typed so far; saves nothing."""
    typed = {task_id: uploads.sent_values(referrals.form(tx, token, task_id))}
    found = referrals.page(tx, token, typed, language=language())
    form = _form(token, found, uploads.problems())
    if form is None:
        raise NotFound("not_found", kind="task")
    return render_template("forms/fields.html", form=form)


@view(office, "/r/<token>/thanks", who=PUBLIC)
def thanks(tx: Tx, token: str) -> ResponseReturnValue:
    """The answer has arrived."""
    found = referrals.page(tx, token, language=language())
    return render_template("office/thanks.html", token=token, referral=_referral(tx, found))


def _page(tx: Tx, token: str, typed: Typed | None = None, problems: Problems | None = None) -> str:
    found = referrals.page(tx, token, typed, language=language())
    if found.is_closed:
        return _over(tx, found, found.answered_by, found.answered_at)
    asked = found.tasks[0].task.id if found.tasks else None
    return render_template(
        "office/referral.html",
        token=token,
        referral=_referral(tx, found),
        extract=found.extract,
        form=_form(token, found, problems or {}),
        thread=[{"author": each.author, "text": each.text, "at": each.created_at} for each in found.thread],
        answer_url=url_for("office.answer", token=token, task_id=asked) if asked else None,
    )


def _form(token: str, found: ReferralPage, problems: Problems) -> FormView | None:
    if not found.tasks:
        return None
    opened = found.tasks[0]
    refresh_url = url_for("office.answer_fields", token=token, task_id=opened.task.id)
    return FormView(opened.fields, problems, refresh_url=refresh_url, values=opened.values)


def _referral(tx: Tx, found: ReferralPage) -> dict[str, Any]:
    referral = found.referral
    return {
        "reference": found.reference,
        "office_name": found.office_name,
        "status": "handed_on" if found.is_former else referral.status,
        "reason": referral.reason,
        "deadline_on": referral.deadline_on,
        "legal_basis": codes.label(tx.session, "legal_basis", referral.legal_basis, language()),
        "legal_basis_note": referral.legal_basis_note,
    }


def _answered(tx: Tx, token: str, conflict: Conflict) -> str:
    found = referrals.page(tx, token, language=language())
    facts = conflict.facts
    return _over(tx, found, facts.get("by", found.answered_by), facts.get("at", found.answered_at))


def _over(tx: Tx, found: ReferralPage, who: object, at: object) -> str:
    shown = _referral(tx, found)
    if shown["status"] == "closed" and (ended := answered_with(found.referral)) != "confirmed":
        shown["status"] = ended  # closed is how they all end; the office wants to know why
    return render_template("office/answered.html", referral=shown, who=who, at=at)
