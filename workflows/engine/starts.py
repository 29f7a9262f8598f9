"""Processes that start by themselves: at a moment, again and again, or when a message arrives that nobody waits for.

Only the newest active version listens; ``renew`` after every deployment and retirement puts its rows in place of those
of the version before.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update

from workflows.core.errors import LotseError
from workflows.core.tx import Tx
from workflows.engine import moments
from workflows.engine.definition import Definition
from workflows.engine.dialect.model import Element
from workflows.engine.expressions import Functions, certain, evaluate
from workflows.engine.faults import Stuck
from workflows.engine.messages import Subscription
from workflows.engine.timers import Timer

NO_VARIABLES: Mapping[str, Any] = {}


def renew(tx: Tx, process_key: str, definition: Definition | None, functions: Functions) -> None:
    """Let the start events of this version wait; with None the process starts no more by itself.

    Raises ``LotseError("start_time_unusable")`` for a moment that cannot be computed.
    """
    options = {"synchronize_session": False}
    waiting = (Timer.process_key == process_key, Timer.instance_id.is_(None), Timer.status == "waiting")
    tx.session.execute(update(Timer).where(*waiting).values(status="cancelled"), execution_options=options)
    ours = (Subscription.process_key == process_key, Subscription.instance_id.is_(None))
    tx.session.execute(delete(Subscription).where(*ours), execution_options=options)
    if definition is None:
        return
    for element in definition.process.starts(process_key):
        if element.trigger.kind == "timer":
            try:
                _wait_for_moment(tx, process_key, element, functions)
            except Stuck as stuck:
                raise LotseError("start_time_unusable", element=element.id, problem=stuck.code) from stuck
        elif element.trigger.kind == "message" and element.trigger.name:
            row = Subscription(process_key=process_key, token="", element_id=element.id, correlation_key="")
            row.name = element.trigger.name
            tx.session.add(row)


def _wait_for_moment(tx: Tx, process_key: str, element: Element, functions: Functions) -> None:
    value = _value(tx, element, functions)
    if element.trigger.timer == "cycle":
        _, due, times = moments.cycle(value, tx.now).first(tx.now, tx.now)
        _add(tx, process_key, element, due, times)
    else:
        _add(tx, process_key, element, moments.moment(value, tx.now), 1)


def again(tx: Tx, timer: Timer, element: Element, functions: Functions) -> None:
    """After a repeated start: wait for the next one, if there is to be one."""
    left = int(timer.token) - 1 if timer.token else None
    if element.trigger.timer == "cycle" and left != 0:
        assert timer.process_key is not None
        cycle = moments.cycle(_value(tx, element, functions), tx.now)
        following = moments.next_turn(cycle.start or timer.due_at, cycle.period, timer.due_at)
        if following is not None:
            _add(tx, timer.process_key, element, following, left)


def _value(tx: Tx, element: Element, functions: Functions) -> Any:
    source = element.trigger.expression or ""
    return certain(source, evaluate(source, NO_VARIABLES, functions, tx.now), "timer")


def _add(tx: Tx, process_key: str, element: Element, due_at: datetime, left: int | None) -> None:
    # There is no token yet; its column counts how many starts are left, empty for ever.
    token = "" if left is None else str(left)
    tx.session.add(Timer(process_key=process_key, token=token, element_id=element.id, due_at=due_at, status="waiting"))
