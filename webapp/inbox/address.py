"""The inbox in an address: what stands behind the question mark says which tasks, so that it can be kept and sent."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import session, url_for
from werkzeug.datastructures import MultiDict

from webapp.access import own_address
from webapp.security import row_id
from workflows.actions.task_list import DUE, FOLLOW_UPS, NOBODY, PRIORITIES, SCOPES, SORTS, Filter

LAST = "inbox"
USUAL = Filter(scope="group")

# Name in the address, member of the filter, what may stand there (None: any short text).
_NAMES: tuple[tuple[str, str, tuple[str, ...] | None], ...] = (
    ("scope", "scope", SCOPES),
    ("q", "words", None),
    ("process", "process", None),
    ("group", "group", None),
    ("assignee", "assignee", None),
    ("due", "due", DUE),
    ("priority", "priority", PRIORITIES),
    ("follow_up", "follow_up", FOLLOW_UPS),
    ("sort", "sort", SORTS),
    ("cursor", "cursor", None),
)


def read(sent: Mapping[str, str]) -> Filter:
    """The filter an address asks for; what nobody could have chosen counts as not said."""
    found: dict[str, Any] = {}
    for name, member, choices in _NAMES:
        text = sent.get(name, "").strip()[:200]
        if text and (choices is None or text in choices):
            found[member] = text
    assignee = found.get("assignee", "")
    if assignee not in {"", "me", NOBODY} and row_id(assignee) is None:
        del found["assignee"]
    return replace(USUAL, **found)


def read_query(query: str) -> Filter:
    """The filter of a kept query string."""
    return read(MultiDict(parse_qsl(query)))


def arguments(wanted: Filter, *, cursor: str = "") -> dict[str, str]:
    """What stands in the address of the filter, of its first page unless ``cursor`` says; the usual is left out."""
    asked = replace(wanted, cursor=cursor)
    known = {member: name for name, member, _choices in _NAMES}
    values = {field.name: getattr(asked, field.name) for field in fields(asked) if field.name in known}
    return {known[name]: value for name, value in values.items() if value and value != getattr(USUAL, name)}


def query(wanted: Filter) -> str:
    """The filter as a query string, always the same for the same filter, without the page."""
    return urlencode(arguments(wanted))


def url(wanted: Filter, *, cursor: str = "", endpoint: str = "inbox.tasks") -> str:
    """The address of the list itself, or of another page about the same filter."""
    asked = urlencode(arguments(wanted, cursor=cursor))
    return url_for(endpoint) + (f"?{asked}" if asked else "")


def is_narrowed(wanted: Filter) -> bool:
    """Whether more than a scope and an order is chosen."""
    return bool(arguments(replace(wanted, scope=USUAL.scope, sort=USUAL.sort)))


def remember(wanted: Filter) -> None:
    """Note in the signed cookie which list somebody looks at, for the way back from a task."""
    if session.get(LAST, "") != (asked := query(wanted)):
        session[LAST] = asked


def last() -> str:
    """The address of the list somebody came from."""
    asked = session.get(LAST, "")
    return url_for("inbox.tasks") + (f"?{asked}" if asked else "")


def back(target: str | None) -> str:
    """Where a form wants to go on, if that is ours; else the list somebody came from."""
    return own_address(target, last())
