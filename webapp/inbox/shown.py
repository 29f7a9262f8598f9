"""Tasks as pages show them; which ones is said by the address."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import request, url_for

from webapp.cases.addresses import shortcuts
from webapp.forms.view import FormView, Problems
from webapp.i18n import language
from webapp.wording import error_text
from workflows import policy
from workflows.actions import about, inbox, operation, portal
from workflows.actions.about import About
from workflows.actions.inbox import Filter, OpenForm
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.domain.cases import Case
from workflows.domain.referrals import SHAREABLE
from workflows.engine.tasks import Task
from workflows.forms.model import Field

SOON = timedelta(days=2)
SCOPES = ("mine", "group", "all")

Row = dict[str, Any]


def list_page(tx: Tx) -> Row:
    """The variables of the inbox."""
    wanted = _filter()
    page = inbox.list_tasks(tx, wanted)
    known = about.tasks(tx, page.items)
    address: Row = {"scope": wanted.scope, "q": wanted.words or None, "process": wanted.process or None}
    return {
        "tasks": [task_row(tx, task, known) for task in page.items],
        "scope": wanted.scope,
        "q": wanted.words,
        "process": wanted.process,
        "processes": [{"key": key, "name": name} for key, name in known.processes.items()],
        "counts": {scope: _capped(inbox.count(tx, Filter(scope=scope))) for scope in ("mine", "group")},
        "next_url": url_for("inbox.tasks", **address, cursor=page.next) if page.next else None,
        "previous_url": url_for("inbox.tasks", **address) if wanted.cursor else None,
        "operation": operation.look(tx) if policy.may(tx.actor, policy.MAIL_READ) else None,
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


def task_row(tx: Tx, task: Task, known: About) -> Row:
    """One line of the list."""
    subject = known.subjects.get(task.subject)
    return {
        "id": task.id,
        "name": task.name,
        "status": task.status,
        "reference": subject.reference if subject else "",
        "subject_name": subject.name if subject and _may_read_cases(tx) else "",
        "process_name": known.processes.get(task.process_key, task.process_key),
        "group_name": known.groups.get(task.group_key or "", ""),
        "assignee_name": known.people.get(task.assignee_id or 0, ""),
        "assignee_id": task.assignee_id,
        "due_at": task.due_at,
        "overdue": task.due_at is not None and task.due_at < tx.now,
        "soon": task.due_at is not None and tx.now <= task.due_at < tx.now + SOON,
        "priority": task.priority,
        "url": url_for("inbox.task", task_id=task.id),
    }


def case_url(tx: Tx, task: Task, known: About) -> str | None:
    """Where the whole case is, for those who may read it."""
    subject = known.subjects.get(task.subject)
    return url_for("cases.detail", case_id=subject.case_id) if subject and _may_read_cases(tx) else None


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
    known = about.tasks(tx, [opened.task])
    subject = known.subjects.get(opened.task.subject)
    task = {
        **task_row(tx, opened.task, known),
        "is_mine": opened.is_mine,
        "can_work": opened.can_work,
        "can_claim": opened.can_claim,
        "can_release": opened.can_release,
        "description": "",
    }
    return {
        "task": task,
        "form": form(opened, problems),
        "case": {"reference": subject.reference, "url": case_url(tx, opened.task, known)} if subject else None,
        "facts": _facts(tx, opened.task, known, without=_shown_by(opened.fields)),
        "draft_at": opened.task.draft_at,
        "shortcuts": shortcuts(tx, opened.task, subject.case_id) if subject else [],
        "barred": error_text(opened.barred.code, opened.barred.facts) if opened.barred else None,
    }


def _shown_by(fields: Sequence[Field]) -> frozenset[str]:
    """What the form itself tells: nobody should read it twice."""
    inner = [_shown_by(field.fields) for field in fields]
    return frozenset(field.key for field in fields if field.key and field.is_read_only).union(*inner)


def _facts(tx: Tx, task: Task, known: About, *, without: frozenset[str]) -> list[Row]:
    """The matter at a glance: the case for its workers, the extract for an office."""
    subject = known.subjects.get(task.subject)
    if subject and _may_read_cases(tx):
        case = tx.session.get_one(Case, subject.case_id)
        values: Mapping[str, object] = {name: getattr(case, name) for name in SHAREABLE}
    elif task.subject.startswith("referral:"):
        values = portal.extract(tx, int(task.subject.partition(":")[2]))
    else:
        values = {}
    words = codes.glossary(tx.session, ("share", *LISTS.values()), language())
    return [
        {"label": words.get(("share", name), name), "value": _words(words, name, values[name])}
        for name in SHAREABLE
        if values.get(name) and name not in without
    ]


# Which shared fields hold codes, and of which list.
LISTS = {"choice": "choice", "topics": "topic", "language": "language"}


def _words(words: Mapping[tuple[str, str], str], name: str, value: object) -> str:
    items = [str(item) for item in (value if isinstance(value, list | tuple) else [value])]
    return ", ".join(words.get((LISTS.get(name, ""), item), item) for item in items)
