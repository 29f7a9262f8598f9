"""The office with an account: what it is asked, its past referrals, its figures, and its answers."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.forms import uploads
from webapp.forms.reading import is_redrawing
from webapp.forms.view import Problems
from webapp.i18n import language
from webapp.portal import shown
from webapp.portal.shown import Place
from webapp.security import row_id
from webapp.wording.referral_figures import count_text, days_text, figure_definition, figure_name, share_text
from workflows import policy
from workflows.actions import figures, referrals
from workflows.actions import portal as own
from workflows.actions.figures import Line
from workflows.actions.portal import Entry
from workflows.core.errors import Conflict, Invalid, NotFound
from workflows.core.tx import Tx
from workflows.domain.referrals import answered_with

portal = Blueprint("portal", __name__)

Typed = Mapping[int, Mapping[str, Any]]
Row = dict[str, Any]

# What an office reads of its own figures.
OWN = ("acceptance", "answer_days")


@view(portal, "/office", who=policy.REFERRAL_ANSWER)
def overview(tx: Tx) -> ResponseReturnValue:
    """What the office is asked now, what is under way, what is over, and its figures."""
    found = own.overview(tx, row_id(request.args.get("before", "")), language())
    return render_template(
        "portal/overview.html",
        asked=[_row(tx, entry) for entry in found.asked],
        running=[_row(tx, entry) for entry in found.running],
        past=[_row(tx, entry) for entry in found.past],
        figures=_figures(figures.own(tx)),
        next_url=url_for("portal.overview", before=found.next) if found.next else None,
        previous_url=url_for("portal.overview") if request.args.get("before") else None,
    )


@view(portal, "/office/referrals/<int:referral_id>", who=policy.REFERRAL_ANSWER)
def referral(tx: Tx, referral_id: int) -> ResponseReturnValue:
    """One referral of the office."""
    return _page(tx, referral_id)


def _keep_uploads(tx: Tx, referral_id: int, task_id: int) -> None:
    uploads.keep(tx, *own.upload_place(tx, referral_id, task_id))


@view(
    portal,
    "/office/referrals/<int:referral_id>/tasks/<int:task_id>",
    who=policy.REFERRAL_ANSWER,
    methods=("POST",),
    uploads=_keep_uploads,
)
def answer(tx: Tx, referral_id: int, task_id: int) -> ResponseReturnValue:
    """The office's answer: counts once; if a colleague was quicker it says who and when."""
    typed = {task_id: uploads.sent_values(own.form(tx, referral_id, task_id))}
    if is_redrawing(request.form):
        return _page(tx, referral_id, typed, uploads.problems())
    try:
        own.answer(tx, referral_id, task_id, typed[task_id])
    except Invalid as error:
        raise Refusal(_page(tx, referral_id, typed, error.problems), 422) from error
    except Conflict as conflict:
        found = referrals.read(tx, referral_id, language=language(), about=task_id)
        who, at = conflict.facts.get("by", found.answered_by), conflict.facts.get("at", found.answered_at)
        raise Refusal(shown.over(tx, found, _place(referral_id), who, at), 409) from conflict
    flash(_("Danke, Ihre Antwort ist bei uns angekommen."), "success")
    return redirect(url_for("portal.overview"))


@view(
    portal,
    "/office/referrals/<int:referral_id>/tasks/<int:task_id>/fields",
    who=policy.REFERRAL_ANSWER,
    methods=("POST",),
    uploads=_keep_uploads,
)
def answer_fields(tx: Tx, referral_id: int, task_id: int) -> ResponseReturnValue:
    """The fields drawn anew for what was typed so far; saves nothing."""
    typed = {task_id: uploads.sent_values(own.form(tx, referral_id, task_id))}
    found = _read(tx, referral_id, typed)
    form = shown.form(found, _place(referral_id), uploads.problems())
    if form is None:
        raise NotFound("not_found", kind="task")
    return render_template("forms/fields.html", form=form)


def _read(tx: Tx, referral_id: int, typed: Typed | None = None) -> referrals.ReferralPage:
    return referrals.read(tx, referral_id, typed, language=language())


def _page(tx: Tx, referral_id: int, typed: Typed | None = None, problems: Problems | None = None) -> str:
    return shown.page(tx, _read(tx, referral_id, typed), _place(referral_id), problems)


def _place(referral_id: int) -> Place:
    ids: Row = {"referral_id": referral_id}
    return Place(
        answer_url=lambda task_id: url_for("portal.answer", **ids, task_id=task_id),
        fields_url=lambda task_id: url_for("portal.answer_fields", **ids, task_id=task_id),
        back_url=url_for("portal.overview"),
    )


def _row(tx: Tx, entry: Entry) -> Row:
    row, task = entry.referral, entry.task
    due_at = task.due_at if task else None
    return {
        "reference": entry.reference,
        "office_name": entry.office_name,
        "topics": ", ".join(entry.topics),
        "status": answered_with(row),
        "outcome": row.outcome,
        "sent_at": row.sent_at,
        "closed_at": row.closed_at,
        "task_name": task.name if task else "",
        "due_at": due_at,
        "overdue": due_at is not None and due_at < tx.now,
        "url": url_for("portal.referral", referral_id=row.id),
    }


def _figures(line: Line) -> list[Row]:
    """The office's own numbers, each with its definition; no way into cases, which are not the office's."""
    texts = {"sent": count_text(line.sent), "answer_days": days_text(line.answer_days)}
    texts |= {name: share_text(share.percent, share.bound) for name, share in line.shares.items()}
    return [
        {"key": key, "name": figure_name(key), "text": texts[key], "definition": figure_definition(key), "sub": ""}
        for key in OWN
    ]
