"""Tasks as pages show them; which ones is said by the address."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import request, url_for

from webapp.forms.view import FormView, Problems
from webapp.i18n import language
from workflows import policy
from workflows.actions import inbox
from workflows.actions.inbox import Filter, OpenForm
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.domain.cases import Case
from workflows.domain.people import Group, User
from workflows.domain.referrals import Referral
from workflows.engine import definitions
from workflows.engine.definitions import Process
from workflows.engine.tasks import Task

SOON = timedelta(days=2)
SCOPES = ("mine", "group", "all")

Row = dict[str, Any]


def list_page(tx: Tx) -> Row:
    """The variables of the inbox."""
    wanted = _filter()
    page = inbox.list_tasks(tx, wanted)
    address: Row = {"scope": wanted.scope, "q": wanted.words or None, "process": wanted.process or None}
    return {
        "tasks": [task_row(tx, task) for task in page.items],
        "scope": wanted.scope,
        "q": wanted.words,
        "process": wanted.process,
        "processes": processes(tx),
        "counts": {scope: _capped(inbox.count(tx, Filter(scope=scope))) for scope in ("mine", "group")},
        "next_url": url_for("inbox.tasks", **address, cursor=page.next) if page.next else None,
        "previous_url": url_for("inbox.tasks", **address) if wanted.cursor else None,
    }


def _filter() -> Filter:
    sent = request.args
    return Filter(
        scope=sent.get("scope", "") if sent.get("scope") in SCOPES else "group",
        words=sent.get("q", "")[:200],
        process=sent.get("process", "")[:100],
        cursor=sent.get("cursor", "")[:200],
    )


def _capped(count: int) -> str:
    return "99+" if count > 99 else str(count)


def processes(tx: Tx) -> list[Row]:
    """The processes to choose from."""
    keys = sorted(definitions.keys(tx.session))
    return [{"key": key, "name": tx.session.get_one(Process, key).name} for key in keys]


def task_row(tx: Tx, task: Task) -> Row:
    """One line of the list."""
    session = tx.session
    case = case_of(tx, task)
    process = session.get(Process, task.process_key)
    group = session.get(Group, task.group_key) if task.group_key else None
    assignee = session.get(User, task.assignee_id) if task.assignee_id else None
    return {
        "id": task.id,
        "name": task.name,
        "status": task.status,
        "reference": case.reference if case else "",
        "subject_name": (case.organisation_name or case.contact_name) if case and _may_read_cases(tx) else "",
        "process_name": process.name if process else task.process_key,
        "group_name": group.name if group else "",
        "assignee_name": assignee.name if assignee else "",
        "assignee_id": task.assignee_id,
        "due_at": task.due_at,
        "overdue": task.due_at is not None and task.due_at < tx.now,
        "soon": task.due_at is not None and tx.now <= task.due_at < tx.now + SOON,
        "priority": task.priority,
        "url": url_for("inbox.task", task_id=task.id),
    }


def case_of(tx: Tx, task: Task) -> Case | None:
    """The case a task is about, directly or through its referral."""
    kind, _colon, number = task.subject.partition(":")
    if kind == "referral":
        return tx.session.get(Case, tx.session.get_one(Referral, int(number)).case_id)
    return tx.session.get(Case, int(number)) if kind == "case" else None


def case_url(tx: Tx, task: Task) -> str | None:
    """Where the whole case is, for those who may read it."""
    case = case_of(tx, task)
    return url_for("cases.detail", case_id=case.id) if case and _may_read_cases(tx) else None


def _may_read_cases(tx: Tx) -> bool:
    return policy.may(tx.actor, policy.CASE_READ)


def form(opened: OpenForm, problems: Problems | None = None) -> FormView:
    """The task's form, ready to be drawn."""
    return FormView(
        opened.fields,
        problems or {},
        refresh_url=url_for("inbox.draft", task_id=opened.task.id),
        values=opened.values,
    )


def task_page(tx: Tx, opened: OpenForm, problems: Problems) -> Row:
    """The variables of a task's page."""
    task = {
        **task_row(tx, opened.task),
        "is_mine": opened.is_mine,
        "can_work": opened.can_work,
        "can_claim": opened.can_claim,
        "can_release": opened.can_release,
        "description": "",
    }
    case = case_of(tx, opened.task)
    return {
        "task": task,
        "form": form(opened, problems),
        "case": {"reference": case.reference, "url": case_url(tx, opened.task)} if case else None,
        "facts": _facts(tx, opened.task, case),
        "draft_at": opened.task.draft_at,
    }


def _facts(tx: Tx, task: Task, case: Case | None) -> list[Row]:
    """The matter at a glance: the case for its workers, the extract for an office."""
    if case and _may_read_cases(tx):
        known: Mapping[str, object] = {name: getattr(case, name) for name in codes_of_case()}
    elif task.subject.startswith("referral:"):
        known = tx.session.get_one(Referral, int(task.subject.partition(":")[2])).extract
    else:
        known = {}
    return shared_facts(tx, known)


def codes_of_case() -> tuple[str, ...]:
    """The fields of a case worth a glance."""
    return (
        "choice",
        "topics",
        "text",
        "organisation_name",
        "contact_name",
        "contact_email",
        "contact_phone",
        "language",
    )


# Which fields hold codes, and of which list.
LISTS = {"choice": "choice", "topics": "topic", "language": "language"}


def shared_facts(tx: Tx, values: Mapping[str, object]) -> list[Row]:
    """Fields of a case or an extract as label and value, in the order of the code list ``share``."""
    found = []
    for entry in codes.entries(tx.session, "share"):
        value = values.get(entry.key)
        if value:
            found.append({"label": entry.words(language()), "value": _words(tx, entry.key, value)})
    return found


def _words(tx: Tx, name: str, value: object) -> str:
    items = value if isinstance(value, list | tuple) else [value]
    if name in LISTS:
        items = [codes.label(tx.session, LISTS[name], str(item), language()) for item in items]
    return ", ".join(str(item) for item in items)
