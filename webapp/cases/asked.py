"""What whoever asked said by telephone, mail or visit, entered by the coordination: enough, no more consent, survey."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.access import Refusal, view
from webapp.cases.on_behalf import how_it_came, page
from webapp.forms.reading import written
from webapp.forms.view import Problems
from webapp.security import row_id
from workflows import policy
from workflows.actions import asked as told
from workflows.core.errors import Invalid
from workflows.core.tx import Tx
from workflows.domain.cases import SURVEY
from workflows.domain.funding import Application

asked = Blueprint("asked", __name__)

APPLICATION = "application:"


@view(asked, "/cases/<int:case_id>/withdrawal", who=policy.TASK_ON_BEHALF)
def withdrawal(tx: Tx, case_id: int) -> ResponseReturnValue:
    """What is taken back, and how was it said?"""
    return _withdrawing(tx, case_id)


@view(asked, "/cases/<int:case_id>/withdrawal", who=policy.TASK_ON_BEHALF, methods=("POST",))
def enter_withdrawal(tx: Tx, case_id: int) -> ResponseReturnValue:
    """Take back the enquiry, one application, or only the consent to pass data on."""
    channel, on = how_it_came()
    what = request.form.get("what", "")
    try:
        if what.startswith(APPLICATION):
            told.give_up(tx, case_id, row_id(what.removeprefix(APPLICATION)) or 0, channel, on)
        elif what == "consent":
            told.stop_sharing(tx, case_id, channel, on)
        else:
            told.withdraw(tx, case_id, written(request.form, "reason"), channel, on)
    except Invalid as error:
        raise Refusal(_withdrawing(tx, case_id, error.problems), 422) from error
    flash(_("Der Widerruf ist eingetragen. Alle Stellen, die davon wissen müssen, bekommen eine E-Mail."), "success")
    return redirect(url_for("cases.detail", case_id=case_id))


@view(asked, "/cases/<int:case_id>/survey", who=policy.TASK_ON_BEHALF)
def survey(tx: Tx, case_id: int) -> ResponseReturnValue:
    """The three questions after closing."""
    return _surveying(tx, case_id)


@view(asked, "/cases/<int:case_id>/survey", who=policy.TASK_ON_BEHALF, methods=("POST",))
def enter_survey(tx: Tx, case_id: int) -> ResponseReturnValue:
    """Keep what was answered to them."""
    channel, on = how_it_came()
    answers = {question: request.form.get(question, "") for question in SURVEY}
    try:
        told.survey(tx, case_id, answers, channel, on)
    except Invalid as error:
        raise Refusal(_surveying(tx, case_id, error.problems), 422) from error
    flash(_("Die Antworten sind eingetragen."), "success")
    return redirect(url_for("cases.detail", case_id=case_id))


def _withdrawing(tx: Tx, case_id: int, problems: Problems | None = None) -> str:
    case = told.read(tx, case_id)
    offered = (
        (told.can_withdraw(tx, case), "enquiry", _("die ganze Anfrage")),
        *((True, row.key, _called(row)) for row in told.can_give_up(tx, case)),
        (told.can_stop_sharing(tx, case), "consent", _("nur die Einwilligung, Angaben weiterzugeben")),
    )
    return render_template(
        "cases/withdrawal.html",
        **page(tx, case_id, None, problems or {}),
        choices=[{"key": key, "name": name} for is_offered, key, name in offered if is_offered],
        what=request.values.get("what", ""),
        reason=written(request.form, "reason"),
        longest=told.LONGEST_REASON,
    )


def _called(row: Application) -> str:
    return str(_("nur den Förderantrag „%(title)s“", title=row.title) if row.title else _("nur die Förderberatung"))


def _surveying(tx: Tx, case_id: int, problems: Problems | None = None) -> str:
    case = told.read(tx, case_id)
    answers = {"yes": _("ja"), "partly": _("zum Teil"), "no": _("nein")}
    return render_template(
        "cases/survey.html",
        **page(tx, case_id, None, problems or {}),
        questions=case.open_survey,
        answers=[{"key": key, "name": name} for key, name in answers.items()],
        given=request.form,
    )
