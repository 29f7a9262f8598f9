"""Processes that start by themselves: at a moment, again and again, or when a message arrives that nobody waits for.

Only the newest active version listens; ``renew`` puts its rows in place of those of the version before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from sqlalchemy import delete, select, update

from workflows.core.errors import LotseError
from workflows.core.tx import Tx
from workflows.engine import moments
from workflows.engine.definition import Definition
from workflows.engine.dialect.model import Element
from workflows.engine.expressions import Functions, certain, evaluate
from workflows.engine.faults import Stuck
from workflows.engine.messages import Subscription
from workflows.engine.moments import Period
from workflows.engine.timers import Timer

NO_VARIABLES: Mapping[str, Any] = {}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Turns:
    """How many starts are left, None for ever, and the moment all are counted from.

    A timed start has no token of the engine yet; this stands in its column: ``3@1769853600000000``, in microseconds.
    """

    left: int | None
    anchor: datetime | None = None

    @property
    def written(self) -> str:
        left = "" if self.left is None else str(self.left)
        return left if self.anchor is None else f"{left}@{(self.anchor - EPOCH) // timedelta.resolution}"

    @classmethod
    def read(cls, token: str) -> Self:
        """What earlier releases stored knows no anchor."""
        left, _, anchor = token.partition("@")
        counted_from = EPOCH + int(anchor) * timedelta.resolution if anchor else None
        return cls(int(left) if left else None, counted_from)


def renew(tx: Tx, process_key: str, definition: Definition | None, functions: Functions) -> None:
    """Let the start events of this version wait; with None the process starts no more by itself.

    Raises ``LotseError("start_time_unusable")`` for a moment that cannot be computed.
    """
    _stop(tx, process_key)
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


def _stop(tx: Tx, process_key: str) -> None:
    """Let nothing of a version before wait any more.

    A start that begins at this moment adds its next turn when it is done: the timers are looked for until none is left.
    """
    options = {"synchronize_session": False}
    ours = (Timer.process_key == process_key, Timer.instance_id.is_(None), Timer.status == "waiting")
    while waiting := tx.session.scalars(select(Timer.id).where(*ours)).all():
        over = update(Timer).where(Timer.id.in_(waiting), Timer.status == "waiting").values(status="cancelled")
        tx.session.execute(over, execution_options=options)
    awaited = (Subscription.process_key == process_key, Subscription.instance_id.is_(None))
    tx.session.execute(delete(Subscription).where(*awaited), execution_options=options)


def _wait_for_moment(tx: Tx, process_key: str, element: Element, functions: Functions) -> None:
    value = _value(tx, element, functions)
    if element.trigger.timer == "cycle":
        cycle = moments.cycle(value, tx.now)
        anchor, due, times = cycle.first(tx.now, tx.now)
        if _has_begun(tx, process_key, element, due):
            _go_on(tx, process_key, element, cycle.period, due, _Turns(times, anchor))
        else:
            _add(tx, process_key, element, due, _Turns(times, anchor))
        return
    due = moments.moment(value, tx.now)
    if not _has_begun(tx, process_key, element, due):
        _add(tx, process_key, element, due, _Turns(1))


def _has_begun(tx: Tx, process_key: str, element: Element, due: datetime) -> bool:
    """Whether a version before has begun at this moment, which comes only once."""
    over = (Timer.process_key == process_key, Timer.instance_id.is_(None), Timer.status == "fired")
    query = select(Timer.id).where(*over, Timer.element_id == element.id, Timer.due_at == due)
    return tx.session.scalar(query.limit(1)) is not None


def again(tx: Tx, timer: Timer, element: Element, functions: Functions) -> None:
    """After a repeated start: wait for the next one, if there is to be one."""
    turns = _Turns.read(timer.token)
    if element.trigger.timer == "cycle" and turns.left != 1:
        assert timer.process_key is not None
        cycle = moments.cycle(_value(tx, element, functions), tx.now)
        counted = _Turns(turns.left, turns.anchor or cycle.start or timer.due_at)
        _go_on(tx, timer.process_key, element, cycle.period, timer.due_at, counted)


def _go_on(tx: Tx, process_key: str, element: Element, period: Period, begun: datetime, turns: _Turns) -> None:
    """Wait for the turn after one that has begun, if there is to be one."""
    assert turns.anchor is not None
    following = moments.next_turn(turns.anchor, period, begun) if turns.left != 1 else None
    if following is not None:
        _add(tx, process_key, element, following, _Turns(turns.left and turns.left - 1, turns.anchor))


def _value(tx: Tx, element: Element, functions: Functions) -> Any:
    source = element.trigger.expression or ""
    return certain(source, evaluate(source, NO_VARIABLES, functions, tx.now), "timer")


def _add(tx: Tx, process_key: str, element: Element, due_at: datetime, turns: _Turns) -> None:
    token = turns.written
    tx.session.add(Timer(process_key=process_key, token=token, element_id=element.id, due_at=due_at, status="waiting"))
