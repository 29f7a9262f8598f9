"""What one run changes in the tables beside the state: opened and closed tasks, timers, subscriptions, the timeline.

Which tokens waited before is known from the loaded state, so that closing needs no look-up; everything is written at
the end of the run with one statement per table.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, bindparam, delete, insert, update
from sqlalchemy.orm import Session

from workflows.core.db import UtcDateTime, table_of
from workflows.engine import tokens
from workflows.engine.dialect.model import Element
from workflows.engine.events import Event
from workflows.engine.faults import Stuck
from workflows.engine.incidents import Incident, next_try
from workflows.engine.messages import Subscription
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer
from workflows.engine.tokens import Token

Row = Task | Timer | Subscription
PEOPLE = frozenset({"user_task", "manual_task"})
TRIGGERED: dict[str, type[Row]] = {"timer": Timer, "message": Subscription}


# RETURNING makes it one statement however many lines there are.
_EVENTS = insert(table_of(Event)).returning(table_of(Event).c.id)
# What a new row of each kind says; written without the ORM, whose bookkeeping costs more than the statement.
_WRITTEN: dict[type[Row], tuple[str, ...]] = {
    Task: (
        *("instance_id", "token", "element_id", "name", "process_key", "subject", "group_key", "assignee_id"),
        *("form_id", "is_shared", "status", "priority", "due_at", "follow_up_on", "created_at", "claimed_at"),
        "revision",
    ),
    Timer: ("instance_id", "token", "element_id", "due_at", "status"),
    Subscription: ("instance_id", "token", "element_id", "name", "correlation_key"),
}
_NEW = {kind: insert(table_of(kind)).returning(table_of(kind).c.id) for kind in _WRITTEN}


def _of(kind: type[Row | Incident]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    columns = table_of(kind).c
    return columns.instance_id == bindparam("of"), columns.token.in_(bindparam("tokens", expanding=True))


_AT = bindparam("at", type_=UtcDateTime)
# How what waited is closed.
_OVER: dict[type[Row | Incident], Executable] = {
    Task: update(table_of(Task)).where(*_of(Task), Task.status == "open").values(status="cancelled", done_at=_AT),
    Timer: update(table_of(Timer)).where(*_of(Timer), Timer.status == "waiting").values(status="cancelled"),
    Subscription: delete(table_of(Subscription)).where(*_of(Subscription)),
    Incident: update(table_of(Incident)).where(*_of(Incident), Incident.resolved_at.is_(None)).values(resolved_at=_AT),
}


class Changes:
    """Collected during a run, written by ``save``."""

    def __init__(self, now: datetime, actor: str) -> None:
        self.now = now
        self.actor = actor
        self._opened: dict[str, list[Row]] = {}
        self._incidents: dict[str, tuple[str, Stuck]] = {}
        self._events: list[dict[str, Any]] = []
        self._closed: dict[type[Row], list[str]] = {Task: [], Timer: [], Subscription: []}
        self._resolved: list[str] = []
        self._settled: set[str] = set()
        self.attempts: dict[str, int] = {}
        """How often the step of a token was tried, where that is more than once."""

    def event(self, kind: str, element: Element | None, details: Mapping[str, Any] | None = None) -> None:
        """A line of the timeline."""
        self._events.append(
            {
                "at": self.now,
                "kind": kind,
                "element_id": element.id if element else None,
                "element_name": (element.name or element.id) if element else None,
                "actor": self.actor,
                "details": dict(details) if details else None,
            }
        )

    def open_task(self, token: Token, task: Task) -> None:
        """A person has something to do."""
        self._opened.setdefault(token.id.hex, []).append(task)
        details = {"group": task.group_key} if task.group_key else {}
        self.event("task.created", tokens.element_of(token), details)

    def open_timer(self, token: Token, instance_id: int, due_at: datetime) -> None:
        """The token waits for a moment."""
        row = Timer(
            instance_id=instance_id,
            token=token.id.hex,
            element_id=token.task_spec.element.id,
            due_at=due_at,
            status="waiting",
        )
        self._opened.setdefault(token.id.hex, []).append(row)

    def open_subscription(self, token: Token, instance_id: int, name: str, key: str) -> None:
        """The token waits for a message."""
        row = Subscription(
            instance_id=instance_id,
            token=token.id.hex,
            element_id=token.task_spec.element.id,
            name=name,
            correlation_key=key,
        )
        self._opened.setdefault(token.id.hex, []).append(row)

    def incident(self, token: Token, stuck: Stuck) -> None:
        """The token cannot go on."""
        element = tokens.element_of(token)
        self._incidents[token.id.hex] = (element.id, stuck)
        self.event("incident.opened", element, {"code": stuck.code, **stuck.facts})

    def done(self, token: Token) -> None:
        """What the token waited for has happened and its row is kept up by the caller."""
        self._settled.add(token.id.hex)

    def wait_over(self, token: Token) -> None:
        """The token does not wait any more: close the row that said so."""
        key = token.id.hex
        kind = waits_in(token)
        if self._opened.pop(key, None) is None and kind is not None and key not in self._settled:
            self._closed[kind].append(key)

    def gone(self, token: Token) -> None:
        """The token is taken out: what it waited for and its incidents are closed."""
        if token._state == tokens.STARTED:
            self.wait_over(token)
            if waits_in(token) is Task:
                self.event("task.cancelled", tokens.element_of(token))
        if "incident" in token.internal_data and self._incidents.pop(token.id.hex, None) is None:
            self._resolved.append(token.id.hex)

    def save(self, session: Session, instance_id: int) -> None:
        """Write everything; call after the instance itself was written under its revision check."""
        self._close(session, instance_id)
        self._open(session)
        session.add_all(
            Incident(
                instance_id=instance_id,
                token=key,
                element_id=element_id,
                code=stuck.code,
                facts=_plain(stuck.facts),
                created_at=self.now,
                attempts=self.attempts.get(key, 0),
                next_at=next_try(self.now, self.attempts.get(key, 0)),
            )
            for key, (element_id, stuck) in self._incidents.items()
        )
        if self._events:
            lines = [{"instance_id": instance_id, **event} for event in self._events]
            session.connection().execute(_EVENTS, lines)

    def _open(self, session: Session) -> None:
        opened = [row for rows in self._opened.values() for row in rows]
        for kind, names in _WRITTEN.items():
            if new := [{name: getattr(row, name) for name in names} for row in opened if isinstance(row, kind)]:
                session.connection().execute(_NEW[kind], new)

    def _close(self, session: Session, instance_id: int) -> None:
        for kind, keys in (*self._closed.items(), (Incident, self._resolved)):
            if keys:
                session.connection().execute(_OVER[kind], {"of": instance_id, "tokens": keys, "at": self.now})


def waits_in(token: Token) -> type[Row] | None:
    """The table in which a waiting token has its row; the multi-instance activity itself has none."""
    element = tokens.element_of(token)
    if element.loop is not None and not token.task_spec.is_iteration:
        return None
    if element.kind in PEOPLE:
        return Task
    return TRIGGERED.get(element.trigger.kind)


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | str | list) else str(value) for name, value in facts.items()}
