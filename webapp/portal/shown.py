"""A referral as its office sees it, by link or with an account; only the addresses differ."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template

from webapp.forms.view import FormView, Problems
from webapp.i18n import language
from workflows.actions.referrals import ReferralPage
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.domain.referrals import answered_with


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page lives: the addresses of a task's answer and of its fields, and of the list it belongs to."""

    answer_url: Callable[[int], str]
    fields_url: Callable[[int], str]
    back_url: str | None = None


def page(tx: Tx, found: ReferralPage, place: Place, problems: Problems | None = None) -> str:
    """What is asked, with what was passed on; of one that is over only that and why."""
    if found.is_closed:
        return over(tx, found, place, found.answered_by, found.answered_at)
    asked = found.tasks[0].task.id if found.tasks else None
    return render_template(
        "office/referral.html",
        referral=referral(tx, found),
        extract=found.extract,
        form=form(found, place, problems or {}),
        thread=[{"author": each.author, "text": each.text, "at": each.created_at} for each in found.thread],
        answer_url=place.answer_url(asked) if asked else None,
        back_url=place.back_url,
    )


def form(found: ReferralPage, place: Place, problems: Problems) -> FormView | None:
    """The form of what is asked now, if anything is."""
    if not found.tasks:
        return None
    opened = found.tasks[0]
    return FormView(opened.fields, problems, refresh_url=place.fields_url(opened.task.id), values=opened.values)


def over(tx: Tx, found: ReferralPage, place: Place, who: object, at: object) -> str:
    """That nothing more can be answered, why, and whose answer counted."""
    told = referral(tx, found)
    if told["status"] == "closed" and (ended := answered_with(found.referral)) != "confirmed":
        told["status"] = ended  # closed is how they all end; the office wants to know why
    return render_template(
        "office/answered.html", referral=told, who=who, at=at, said=found.said, back_url=place.back_url
    )


def referral(tx: Tx, found: ReferralPage) -> dict[str, Any]:
    """The referral itself, in words."""
    row = found.referral
    return {
        "reference": found.reference,
        "office_name": found.office_name,
        "status": "handed_on" if found.is_former else row.status,
        "reason": row.reason,
        "deadline_on": row.deadline_on,
        "legal_basis": codes.label(tx.session, "legal_basis", row.legal_basis, language()),
        "legal_basis_note": row.legal_basis_note,
    }
