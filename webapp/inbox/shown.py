"""Tasks as pages show them: one line of a list, and the whole page of one."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from webapp.cases.addresses import is_of_jury, shortcuts
from webapp.files import shown as files_of
from webapp.forms.view import FormView, Problems, typed
from webapp.i18n import day, euros, language
from webapp.inbox import address
from webapp.wording import error_text
from webapp.wording.due import due_words, follow_up_words
from webapp.wording.events import event_text, event_tone
from workflows import policy
from workflows.actions import about, assigning, attachments, portal, task_context
from workflows.actions import board as boards
from workflows.actions.about import About
from workflows.actions.board import Sheet
from workflows.actions.inbox import OpenForm
from workflows.actions.task_list import SOON
from workflows.core.clock import BERLIN
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.domain.cases import Case
from workflows.domain.referrals import SHAREABLE
from workflows.engine import ahead
from workflows.engine.tasks import NORMAL, Task
from workflows.forms.model import Field

Row = dict[str, Any]

PRIORITY_NUMBERS: Mapping[str, int] = {"high": 80, "normal": NORMAL, "low": 20}
PRIORITY_WORDS: Mapping[str, Any] = {"high": _l("hoch"), "normal": _l("normal"), "low": _l("niedrig")}


def task_row(tx: Tx, task: Task, known: About) -> Row:
    """One line of the list."""
    subject = known.subjects.get(task.subject)
    today = tx.now.astimezone(BERLIN).date()
    overdue = task.due_at is not None and task.due_at < tx.now
    soon = task.due_at is not None and tx.now <= task.due_at < tx.now + SOON
    return {
        "id": task.id,
        "name": task.name,
        "status": task.status,
        "reference": subject.reference if subject else "",
        "subject_name": subject.name if subject and (_may_read_cases(tx) or is_of_jury(tx, task)) else "",
        "process_name": known.processes.get(task.process_key, task.process_key),
        "group_name": known.groups.get(task.group_key or "", ""),
        "assignee_name": known.people.get(task.assignee_id or 0, ""),
        "is_mine": task.assignee_id is not None and task.assignee_id == tx.actor.user_id,
        "due_at": task.due_at,
        "overdue": overdue,
        "soon": soon,
        "due_words": due_words(task.due_at, tx.now),
        "due_tone": "danger" if overdue else "warning" if soon else "",
        "priority": task.priority,
        "priority_word": _priority_word(task.priority),
        "follow_up_on": task.follow_up_on,
        "follow_up_words": follow_up_words(task.follow_up_on, today, day(task.follow_up_on)),
        "is_back": task.follow_up_on is not None and task.follow_up_on <= today,
        "draft_at": task.draft_at,
        "can_claim": task.assignee_id is None and task.group_key in tx.actor.groups,
        "url": url_for("inbox.task", task_id=task.id),
        "claim_url": url_for("inbox.claim", task_id=task.id),
    }


def _priority_word(priority: int) -> str:
    if priority == NORMAL:
        return ""
    return str(_("hohe Priorität") if priority > NORMAL else _("niedrige Priorität"))


def case_url(tx: Tx, task: Task, known: About) -> str | None:
    """Where the whole case is, for those who may read it."""
    subject = known.subjects.get(task.subject)
    return url_for("cases.detail", case_id=subject.case_id) if subject and _may_read_cases(tx) else None


def _may_read_cases(tx: Tx) -> bool:
    return policy.may(tx.actor, policy.CASE_READ)


def form(tx: Tx, opened: OpenForm, problems: Problems | None = None) -> FormView:
    """The task's form, ready to be drawn."""
    return FormView(
        opened.fields,
        problems or {},
        refresh_url=url_for("inbox.draft", task_id=opened.task.id),
        hidden=Markup('<input type="hidden" name="_revision" value="{}">').format(opened.task.revision),
        values=opened.values,
        glossary=task_context.glossary(tx, language()),
    )


def task_page(tx: Tx, opened: OpenForm, problems: Problems) -> Row:
    """The variables of a task's page."""
    known = about.tasks(tx, [opened.task])
    subject = known.subjects.get(opened.task.subject)
    task = {
        **task_row(tx, opened.task, known),
        "can_work": opened.can_work,
        "can_claim": opened.can_claim,
        "can_release": opened.can_release,
    }
    return {
        "task": task,
        "form": form(tx, opened, problems),
        "case": {"reference": subject.reference, "url": case_url(tx, opened.task, known)} if subject else None,
        "facts": _facts(tx, opened.task, without=_shown_by(opened.fields)),
        "card": task_context.card(tx, opened.task),
        "files": _files(tx, subject.case_id) if subject else [],
        "files_url": _files_url(tx, opened) if subject else None,
        "steps": [_step(event) for event in task_context.recent(tx, opened.task)],
        "ways": _ways(opened),
        "draft_at": opened.task.draft_at,
        "shortcuts": shortcuts(tx, opened.task, subject.case_id) if subject else [],
        "barred": error_text(opened.barred.code, opened.barred.facts) if opened.barred else None,
        "colleagues": _colleagues(tx, opened),
        "priorities": [{"key": key, "name": str(word)} for key, word in PRIORITY_WORDS.items()],
        "priority_key": next(key for key, holds in _BANDS.items() if holds(opened.task.priority)),
        "back_url": address.last(),
    }


def _files(tx: Tx, case_id: int) -> list[Row]:
    return files_of.for_office(attachments.of_case(tx, case_id), case_id, can_work=False)


def _files_url(tx: Tx, opened: OpenForm) -> str | None:
    """Where files are added to the case, for who works on both."""
    works = opened.can_work and opened.task.status == "open" and policy.may(tx.actor, policy.CASE_WORK)
    return url_for("inbox.add_files", task_id=opened.task.id) if works else None


_BANDS: Mapping[str, Any] = {
    "high": lambda number: number > NORMAL,
    "low": lambda number: number < NORMAL,
    "normal": lambda number: True,
}


def _colleagues(tx: Tx, opened: OpenForm) -> list[Row]:
    if not (opened.can_work and opened.task.status == "open"):
        return []
    people = assigning.colleagues(tx, [opened.task])
    return [{"key": str(user.id), "name": user.name} for user in people if user.id != opened.task.assignee_id]


def _step(event: Any) -> Row:
    text = event_text(event.kind, event.element_name or "")
    return {"at": event.at, "text": text, "tone": event_tone(event.kind), "actor": event.actor}


def _ways(opened: OpenForm) -> list[Row]:
    """What comes next, in words; an ended task has no next."""
    if opened.task.status != "open":
        return []
    say = opened.definition.translator(language())
    return [
        {
            "when": say(way.when),
            "past": [say(text) for text in way.past],
            "stops": [{"name": say(stop.name), "kind": stop.kind, "who": say(stop.lane)} for stop in way.stops],
            "is_timeout": way.is_timeout,
        }
        for way in ahead.ways(opened.definition.process, opened.task.element_id)
    ]


def versions(mine: Sequence[Field], theirs: Sequence[Field]) -> list[Row]:
    """Two fillings of one form beside each other, field by field."""
    here, there = _texts(mine), _texts(theirs)
    labels = list(dict.fromkeys([*here, *there]))
    return [
        {"label": label, "mine": here.get(label, ""), "theirs": there.get(label, "")}
        for label in labels
        if here.get(label, "") != there.get(label, "")
    ]


def _texts(fields: Sequence[Field]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in typed(fields):
        found[entry["label"]] = "; ".join(filter(None, (found.get(entry["label"]), entry["value"])))
    return found


def sent_again(sent: MultiDict[str, str], revision: int) -> list[tuple[str, str]]:
    """Everything a form sent, to be sent once more on top of the draft of that revision."""
    entries = [(name, value) for name, value in sent.items(multi=True) if not _is_bookkeeping(name)]
    return [*entries, ("_revision", str(revision))]


def _is_bookkeeping(name: str) -> bool:
    return name == "csrf_token" or name.startswith("_")


def _shown_by(fields: Sequence[Field]) -> frozenset[str]:
    """What the form itself tells: nobody should read it twice."""
    return frozenset(_read_only(fields))


def _read_only(fields: Sequence[Field]) -> Iterator[str]:
    for item in fields:
        if item.key and item.is_read_only:
            yield item.key
        yield from _read_only(item.fields)


def _facts(tx: Tx, task: Task, *, without: frozenset[str]) -> list[Row]:
    """The matter at a glance: the case for its workers, the application for its jury, the extract for an office."""
    kind, _colon, number = task.subject.partition(":")
    case_id = task_context.case_id(tx, task)
    if case_id is not None:
        case = tx.session.get_one(Case, case_id)
        values: Mapping[str, object] = {name: getattr(case, name) for name in SHAREABLE if name not in CARD}
    elif is_of_jury(tx, task):
        return _of_application(boards.sheet(tx, int(number)))
    elif kind == "referral":
        values = portal.extract(tx, int(number))
    else:
        values = {}
    words = codes.glossary(tx.session, ("share", *LISTS.values()), language())
    return [
        {"label": words.get(("share", name), name), "value": _words(words, name, values[name])}
        for name in SHAREABLE
        if values.get(name) and name not in without
    ]


def _of_application(sheet: Sheet) -> list[Row]:
    row = sheet.candidate.application
    return [
        {"label": _("Vorhaben"), "value": row.title},
        {"label": _("Organisation"), "value": sheet.candidate.association},
        {"label": _("Programm"), "value": sheet.candidate.programme.name},
        {"label": _("Beantragt"), "value": euros(row.requested) if row.requested is not None else ""},
    ]


# Which shared fields hold codes, and of which list; and which stand on the card of who asked.
LISTS = {"choice": "choice", "topics": "topic", "language": "language"}
CARD = frozenset({"organisation_name", "contact_name", "contact_email", "contact_phone"})


def _words(words: Mapping[tuple[str, str], str], name: str, value: object) -> str:
    items = [str(item) for item in (value if isinstance(value, list | tuple) else [value])]
    return ", ".join(words.get((LISTS.get(name, ""), item), item) for item in items)
