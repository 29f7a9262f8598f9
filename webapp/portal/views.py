"""The office's answer from its mail: a neutral door, then the extract and what is to be answered (decision 12)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from webapp import doors, i18n
from webapp.access import PUBLIC, Refusal, view
from webapp.forms import uploads
from webapp.forms.reading import is_redrawing
from webapp.forms.view import Problems
from webapp.i18n import language
from webapp.portal import shown
from webapp.portal.shown import Place
from workflows.actions import referrals
from workflows.actions.referrals import Door
from workflows.core.errors import Conflict, Invalid, NotFound
from workflows.core.tx import Tx

office = Blueprint("office", __name__)

OPENED = "opened"
STAYS_OPEN = timedelta(hours=2)

Typed = Mapping[int, Mapping[str, Any]]


@view(office, "/r/<door:token>", who=PUBLIC)
def referral(tx: Tx, token: str) -> ResponseReturnValue:
    """Neutral until it was opened by hand: mail scanners follow links."""
    door = _enter(tx, token)
    if session.get(OPENED, {}).get(str(door.link_id), 0) < tx.now.timestamp():
        return render_template("office/neutral.html", token=token)
    return doors.cleaned(token, _page(tx, token))


@view(office, "/r/<door:token>/open", who=PUBLIC, methods=("POST",), endpoint="open")
def open_referral(tx: Tx, token: str) -> ResponseReturnValue:
    """A person wants to see it: it counts as seen, and this browser may look for two hours."""
    opened = referrals.open(tx, token)
    now, until = tx.now.timestamp(), int((tx.now + STAYS_OPEN).timestamp())
    others = {link: end for link, end in session.get(OPENED, {}).items() if end >= now}  # a cookie is small
    session[OPENED] = {**others, str(opened.link_id): until}
    doors.keep(token)
    return redirect(url_for("office.referral", token=token))


def _keep_uploads(tx: Tx, token: str, task_id: int) -> None:
    uploads.keep(tx, *referrals.upload_place(tx, token, task_id))


@view(office, "/r/<door:token>/tasks/<int:task_id>", who=PUBLIC, methods=("POST",), uploads=_keep_uploads)
def answer(tx: Tx, token: str, task_id: int) -> ResponseReturnValue:
    """The office's answer: counts once; sent again it says what was answered."""
    _enter(tx, token)
    typed = {task_id: uploads.sent_values(referrals.form(tx, token, task_id))}
    if is_redrawing(request.form):
        return _page(tx, token, typed, uploads.problems())
    try:
        referrals.answer(tx, token, task_id, typed[task_id])
    except Invalid as error:
        raise Refusal(_page(tx, token, typed, error.problems), 422) from error
    except Conflict as conflict:
        raise Refusal(_answered(tx, token, task_id, conflict), 409) from conflict
    return redirect(url_for("office.thanks", token=token))


@view(office, "/r/<door:token>/tasks/<int:task_id>/fields", who=PUBLIC, methods=("POST",), uploads=_keep_uploads)
def answer_fields(tx: Tx, token: str, task_id: int) -> ResponseReturnValue:
    """The fields drawn anew for what was typed so far; saves nothing."""
    _enter(tx, token)
    typed = {task_id: uploads.sent_values(referrals.form(tx, token, task_id))}
    found = referrals.page(tx, token, typed, language=language())
    form = shown.form(found, _place(token), uploads.problems())
    if form is None:
        raise NotFound("not_found", kind="task")
    return render_template("forms/fields.html", form=form)


@view(office, "/r/<door:token>/thanks", who=PUBLIC)
def thanks(tx: Tx, token: str) -> ResponseReturnValue:
    """The answer has arrived."""
    _enter(tx, token)
    found = referrals.page(tx, token, language=language())
    return render_template("office/thanks.html", referral=shown.referral(tx, found))


def _enter(tx: Tx, token: str) -> Door:
    """The door of a good link; from here on the page speaks the office's language unless it is switched."""
    door = referrals.door(tx, token)
    i18n.narrow(door.language, url_for("office.referral", token=token))
    return door


def _place(token: str) -> Place:
    return Place(
        answer_url=lambda task_id: url_for("office.answer", token=token, task_id=task_id),
        fields_url=lambda task_id: url_for("office.answer_fields", token=token, task_id=task_id),
    )


def _page(tx: Tx, token: str, typed: Typed | None = None, problems: Problems | None = None) -> str:
    return shown.page(tx, referrals.page(tx, token, typed, language=language()), _place(token), problems)


def _answered(tx: Tx, token: str, task_id: int, conflict: Conflict) -> str:
    found = referrals.page(tx, token, language=language(), about=task_id)
    facts = conflict.facts
    return shown.over(tx, found, _place(token), facts.get("by", found.answered_by), facts.get("at", found.answered_at))
