"""Where the coordination enters what others said: one click from every task of an office, from every question."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from webapp.cases.addresses import answer_url, is_of_office
from webapp.inbox.shown import task_row
from workflows import policy
from workflows.actions import asked as told
from workflows.actions.about import About
from workflows.actions.cases import CaseFile
from workflows.actions.referrals import can_take_back
from workflows.core.tx import Tx
from workflows.domain.referrals import Referral
from workflows.engine.tasks import Task

Row = dict[str, Any]


def open_task(tx: Tx, file: CaseFile, known: About, task: Task) -> Row:
    """What there is to do, and where the coordination enters what an office said about it."""
    on_behalf = policy.may(tx.actor, policy.TASK_ON_BEHALF) and is_of_office(task)
    return {
        **task_row(tx, task, known),
        "can_work": task.id in file.workable,
        "answer_url": answer_url(file.case.id, task) if on_behalf else None,
    }


def corrections(tx: Tx, file: CaseFile, asked: Referral) -> list[Row]:
    """What the coordination may do in the name of the office, or of who asked, as label and address."""
    if not policy.may(tx.actor, policy.TASK_ON_BEHALF):
        return []
    ids: dict[str, Any] = {"case_id": file.case.id, "referral_id": asked.id}
    answers = [
        {"label": _("Antwort eintragen: %(task)s", task=task.name), "url": answer_url(file.case.id, task)}
        for task in file.tasks
        if task.subject == asked.key and is_of_office(task)
    ]
    offered = [
        (can_take_back(tx, asked, file.awaited), _("Antwort zurücknehmen"), "on_behalf.take_back"),
        (("outcome_confirmed", asked.key) in file.awaited, _("Bestätigung eintragen"), "on_behalf.outcome"),
    ]
    more = [{"label": label, "url": url_for(endpoint, **ids)} for is_offered, label, endpoint in offered if is_offered]
    return [*answers, *more]


def of_sender(tx: Tx, file: CaseFile) -> list[Row]:
    """What may be entered in the name of whoever asked, as label and address."""
    case = file.case
    ids: dict[str, Any] = {"case_id": case.id}
    can_confirm = ("case_confirmed", case.reference) in file.awaited and policy.may(tx.actor, policy.TASK_ON_BEHALF)
    can_take_back = told.can_withdraw(tx, case) or told.can_stop_sharing(tx, case) or bool(told.can_give_up(tx, case))
    offered = [
        (can_confirm, _("Rückmeldung eintragen"), "on_behalf.confirmation"),
        (can_take_back, _("Widerruf eintragen"), "asked.withdrawal"),
        (told.can_survey(tx, case), _("Fragen nach dem Abschluss eintragen"), "asked.survey"),
    ]
    return [{"label": label, "url": url_for(endpoint, **ids)} for is_offered, label, endpoint in offered if is_offered]
