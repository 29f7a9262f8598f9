"""The list of tasks as its page shows it."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.i18n import language
from webapp.inbox import address
from webapp.inbox.shown import task_row
from workflows import policy
from workflows.actions import about, contacts, filters, operation, register, task_list
from workflows.actions.about import About
from workflows.actions.task_list import DUE, FOLLOW_UPS, MOST_COUNTED, NOBODY, PRIORITIES, SORTS, Filter
from workflows.core.tx import Tx

Row = dict[str, Any]

TABS: Mapping[str, Any] = {
    "mine": _l("Meine Aufgaben"),
    "group": _l("Aufgaben meiner Gruppen"),
    "deputy": _l("In Vertretung"),
    "all": _l("Alle"),
}
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "due": dict(
        zip(DUE, (_l("überfällig"), _l("in den nächsten zwei Tagen"), _l("später"), _l("ohne Frist")), strict=True)
    ),
    "priority": dict(zip(PRIORITIES, (_l("hoch"), _l("normal"), _l("niedrig")), strict=True)),
    "follow_up": dict(
        zip(
            FOLLOW_UPS,
            (_l("heute wieder vorgelegt"), _l("noch zurückgestellt"), _l("alle, auch zurückgestellte")),
            strict=True,
        )
    ),
    "sort": dict(
        zip(SORTS, (_l("Frist, die nächste zuerst"), _l("neueste zuerst"), _l("Priorität, hohe zuerst")), strict=True)
    ),
}


def page(tx: Tx, wanted: Filter, chosen: Sequence[int] = ()) -> Row:
    """The variables of the whole page; ``chosen`` are the tasks somebody has ticked."""
    names = about.directory(tx)
    found = rows(tx, wanted, names)
    return {
        **found,
        "wanted": wanted,
        "chosen": frozenset(chosen),
        "several_url": address.url(wanted, endpoint="inbox.several"),
        "keep_url": address.url(wanted, endpoint="inbox.keep_filter"),
        "here": address.url(wanted),
        "rows_url": address.url(wanted, cursor=wanted.cursor, endpoint="inbox.rows"),
        **_counted(tx, wanted),
        "choices": _choices(names),
        "is_narrowed": address.is_narrowed(wanted),
        "plain_url": address.url(Filter(scope=wanted.scope)),
        "more_filters": any(
            (wanted.process, wanted.group, wanted.assignee, wanted.priority, wanted.follow_up, wanted.sort != "due")
        ),
        "may_work": policy.may(tx.actor, policy.TASK_WORK),
        "due_contacts": contacts.due(tx),
        "proposals": register.proposals_waiting(tx),
        "operation": operation.look(tx) if policy.may(tx.actor, policy.MAIL_READ) else None,
    }


def rows(tx: Tx, wanted: Filter, names: About | None = None) -> Row:
    """The lines alone, and what they are recognised by when nothing has changed."""
    found = task_list.list_tasks(tx, wanted)
    known = about.tasks(tx, found.items, names)
    lines = [task_row(tx, task, known) for task in found.items]
    drawn = repr((language(), lines))
    return {
        "tasks": lines,
        "etag": hashlib.sha256(drawn.encode()).hexdigest()[:32],
        "is_narrowed": address.is_narrowed(wanted),
        "next_url": address.url(wanted, cursor=found.next) if found.next else None,
        "previous_url": address.url(wanted) if wanted.cursor else None,
    }


def _counted(tx: Tx, wanted: Filter) -> Row:
    """Tabs and kept filters, each with its number of tasks."""
    kept = filters.own(tx)
    shown = [key for key in TABS if key != "deputy" or tx.actor.stands_in_for]
    asked: dict[str, Filter] = {key: Filter(scope=key) for key in shown}
    asked |= {f"kept {row.id}": address.read_query(row.query) for row in kept}
    numbers = {key: _capped(number) for key, number in task_list.counts(tx, asked).items()}
    current = address.query(wanted)
    return {
        "tabs": [
            {
                "label": TABS[key],
                "count": numbers[key],
                "url": address.url(Filter(scope=key)),
                "current": wanted.scope == key,
            }
            for key in shown
        ],
        "kept": [
            {
                "id": row.id,
                "name": row.name,
                "count": numbers[f"kept {row.id}"],
                "url": f"{url_for('inbox.tasks')}?{row.query}",
                "current": row.query == current,
            }
            for row in kept
        ],
    }


def _capped(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def _choices(names: About) -> Row:
    """The entries of every select of the filter."""
    people = [{"key": "me", "name": _("mir")}, {"key": NOBODY, "name": _("niemandem")}]
    colleagues = [{"key": str(key), "name": name} for key, name in names.people.items()]
    return {
        "colleague": colleagues,
        "process": _options(names.processes),
        "group": _options(names.groups),
        "assignee": people + colleagues,
        **{name: _options(entries) for name, entries in CHOICES.items()},
    }


def _options(entries: Mapping[str, Any]) -> list[Row]:
    return [{"key": key, "name": str(name)} for key, name in entries.items()]
