"""The rows beside the state of one instance that a move changes, as they were and as they are."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CursorResult, Result, delete, insert, select, update

from workflows.core.db import table_of
from workflows.core.tx import Tx
from workflows.engine.incidents import Incident
from workflows.engine.messages import Subscription
from workflows.engine.migration import waiting_tasks
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer

Rows = dict[str, list[dict[str, Any]]]
"""By table the open rows, each with its id and what a move may change."""

# Drafts are not here: they belong to the people, whatever the version; so does what else they set by hand.
KEPT: dict[type[Any], tuple[str, ...]] = {
    Task: (
        *("id", "token", "element_id", "name", "form_id", "is_shared", "group_key", "assignee_id", "claimed_at"),
        *("due_at", "follow_up_on", "priority"),
    ),
    Timer: ("id", "token", "element_id", "due_at"),
    Subscription: ("id", "token", "element_id", "name", "correlation_key"),
    Incident: ("id", "token", "element_id"),
}
_IS_OPEN: dict[type[Any], Any] = {
    Task: Task.status == "open",
    Timer: Timer.status == "waiting",
    Subscription: Subscription.id.is_not(None),
    Incident: Incident.resolved_at.is_(None),
}
_REOPENED: dict[type[Any], dict[str, Any]] = {
    Task: {"status": "open", "done_at": None},
    Timer: {"status": "waiting"},
    Incident: {"resolved_at": None},
}
_OPTIONS = {"synchronize_session": False}


def _closing(model: type[Any], now: datetime) -> Any:
    """The statement that closes a row of a table; a subscription goes with its wait."""
    if model is Subscription:
        return delete(model)
    closed: dict[type[Any], dict[str, Any]] = {
        Task: {"status": "cancelled", "done_at": now},
        Timer: {"status": "cancelled"},
        Incident: {"resolved_at": now},
    }
    return update(model).values(closed[model])


def read(tx: Tx, instance_id: int) -> Rows:
    """What an instance waits for now."""
    found: Rows = {}
    for model, names in KEPT.items():
        columns = [table_of(model).c[name] for name in names]
        query = select(*columns).where(model.instance_id == instance_id, _IS_OPEN[model]).order_by(model.id)
        found[model.__tablename__] = [dict(row) for row in tx.session.execute(query).mappings()]
    return found


def close(tx: Tx, instance_id: int, tokens: Collection[str]) -> None:
    """What these tokens waited for is not wanted any more; what went wrong with them is over."""
    for model in KEPT:
        mine = (model.instance_id == instance_id, model.token.in_(tokens), _IS_OPEN[model])
        tx.session.execute(_closing(model, tx.now).where(*mine), execution_options=_OPTIONS)


def change(tx: Tx, model: type[Any], instance_id: int, token: str, values: Mapping[str, Any]) -> None:
    """Change the open row of a token, if it has one."""
    mine = (model.instance_id == instance_id, model.token == token, _IS_OPEN[model])
    tx.session.execute(update(model).where(*mine).values(dict(values)), execution_options=_OPTIONS)


def restore(tx: Tx, instance_id: int, earlier: Rows) -> None:
    """Make the open rows those of before; what people have set (claims, drafts, urgency) stays."""
    now = read(tx, instance_id)
    for model in KEPT:
        known = {int(row["id"]) for row in earlier[model.__tablename__]}
        added = [row["id"] for row in now[model.__tablename__] if row["id"] not in known]
        tx.session.execute(_closing(model, tx.now).where(model.id.in_(added)), execution_options=_OPTIONS)
    for model in KEPT:
        for row in earlier[model.__tablename__]:
            row_id = int(row["id"])
            stays = {"id", *(waiting_tasks.columns_of(waiting_tasks.by_hand(tx, row_id)) if model is Task else ())}
            _put(tx, model, instance_id, {name: value for name, value in row.items() if name not in stays}, row_id)


def _put(tx: Tx, model: type[Any], instance_id: int, values: dict[str, Any], row_id: int) -> None:
    # What lay in the job of the move has become JSON, which knows numbers but no integers.
    stored = {name: int(value) if isinstance(value, Decimal) else value for name, value in values.items()}
    mine = update(model).where(model.id == row_id).values({**stored, **_REOPENED.get(model, {})})
    found = tx.session.execute(mine, execution_options=_OPTIONS)
    if model is Subscription and rows_of(found) == 0:
        tx.session.execute(insert(Subscription).values(instance_id=instance_id, **stored))


def rows_of(result: Result[Any]) -> int:
    """How many rows a statement changed."""
    assert isinstance(result, CursorResult)
    return result.rowcount
