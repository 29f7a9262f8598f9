"""Where one goes from a task: to the application a jury decides on, to enter an office's answer, to note a contact."""

from flask import url_for
from flask_babel import gettext as _

from workflows import policy
from workflows.core.tx import Tx
from workflows.domain import people
from workflows.engine.tasks import Task


def is_of_office(task: Task) -> bool:
    """Whether a task is an office's, about a referral."""
    return (task.group_key or "").startswith("office:") and task.subject.startswith("referral:")


def is_of_jury(tx: Tx, task: Task) -> bool:
    """Whether a task is about an application, not the coordination's own, that the actor may read as its jury does."""
    is_ours = task.group_key in {None, people.GROUP_OF_ROLE["coordinator"]}
    return task.subject.startswith("application:") and not is_ours and policy.may(tx.actor, policy.BOARD_READ)


def answer_url(case_id: int, task: Task) -> str:
    """The page with the office's own form and how its answer came."""
    referral_id = int(task.subject.removeprefix("referral:"))
    return url_for("on_behalf.answer", case_id=case_id, referral_id=referral_id, task=task.id)


def shortcuts(tx: Tx, task: Task, case_id: int) -> list[dict[str, str]]:
    """What is one click away from a task's page, as label and address."""
    found = []
    if is_of_jury(tx, task):
        application_id = int(task.subject.removeprefix("application:"))
        found.append(
            {"label": _("Ganzen Antrag ansehen"), "url": url_for("board.application", application_id=application_id)}
        )
    if task.status == "open" and is_of_office(task) and policy.may(tx.actor, policy.TASK_ON_BEHALF):
        found.append({"label": _("Antwort der Stelle eintragen"), "url": answer_url(case_id, task)})
    if policy.may(tx.actor, policy.CONTACT_WORK):
        back = url_for("inbox.task", task_id=task.id)
        found.append({"label": _("Kontakt festhalten"), "url": url_for("contacts.new", case=case_id, next=back)})
    return found
