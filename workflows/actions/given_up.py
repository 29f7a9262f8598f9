"""What the worker has given up or keeps failing at: messages nobody took, deadlines that do not fire, stuck steps."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflows import policy
from workflows.actions import incidents, subjects
from workflows.core import audit
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.engine import definitions
from workflows.engine.definitions import Process
from workflows.engine.messages import GIVEN_UP, Message
from workflows.engine.state import Instance
from workflows.engine.timers import FAILING, Timer

START, DELIVER, TIMER, STEP = "start", "deliver", "timer", "step"


@dataclass(frozen=True, slots=True)
class GivenUp:
    """One of them; ``what`` is ``start`` (a process that does not begin), ``deliver``, ``timer`` or ``step``.

    ``process`` is its name, ``step`` what waits or should be reached, ``is_retired`` says that no version of the
    process is in force. ``message_id`` or ``incident_id`` is there where it can be tried again by hand, ``goes_on``
    where the worker still tries. ``reason`` are the code and facts of the incident of a step.
    """

    what: str
    process: str
    step: str
    reference: str
    since: datetime
    attempts: int
    error: str
    is_retired: bool = False
    goes_on: bool = False
    message_id: int | None = None
    incident_id: int | None = None
    reason: Mapping[str, Any] = field(default_factory=dict)


def listed(tx: Tx) -> Sequence[GivenUp]:
    """All of them, messages first, oldest first; raises ``NotAllowed``."""
    policy.require(tx, policy.INSTANCE_WORK)
    names = dict(tx.session.execute(select(Process.key, Process.name)).tuples().all())
    return [*_messages(tx, names), *_timers(tx, names), *_steps(tx)]


def _messages(tx: Tx, names: dict[str, str]) -> Iterator[GivenUp]:
    rows = tx.session.scalars(select(Message).where(*GIVEN_UP).order_by(Message.id)).all()
    references = subjects.references(tx, {each.subject or each.correlation_key for each in rows})
    for each in rows:
        about = each.subject or each.correlation_key
        retired = each.kind == START and definitions.newest_active(tx.session, each.process_key or "") is None
        yield GivenUp(
            what=each.kind,
            process=names.get(each.process_key or "", each.process_key or ""),
            step=each.name,
            reference=references.get(about, "" if ":" in about else about),
            since=each.created_at,
            attempts=each.attempts,
            error=each.error or "",
            is_retired=retired,
            message_id=each.id,
        )


def _timers(tx: Tx, names: dict[str, str]) -> Iterator[GivenUp]:
    failing = select(Timer.id).where(FAILING)
    query = select(Timer, Instance).outerjoin(Instance, Instance.id == Timer.instance_id).where(Timer.id.in_(failing))
    rows = tx.session.execute(query.order_by(Timer.id)).tuples().all()
    references = subjects.references(tx, {instance.subject for _timer, instance in rows if instance})
    for timer, instance in rows:
        key = instance.process_key if instance else timer.process_key or ""
        step, is_retired = timer.element_id, False
        if instance is not None:
            step = definitions.load(tx.session, instance.version_id).element_name(timer.element_id)
        elif (newest := definitions.newest_active(tx.session, key)) is not None:
            step = definitions.load(tx.session, newest.id).element_name(timer.element_id)
        else:
            is_retired = True
        yield GivenUp(
            what=TIMER,
            process=names.get(key, key),
            step=step,
            reference=references.get(instance.subject, "") if instance else "",
            since=timer.due_at,
            attempts=timer.attempts,
            error=timer.error or "",
            is_retired=is_retired,
            goes_on=True,
        )


def _steps(tx: Tx) -> Iterator[GivenUp]:
    """Incidents that trying again has not solved; at first most are over in a minute."""
    for each in incidents.unresolved(tx):
        row = each.incident
        if row.attempts:
            yield GivenUp(
                what=STEP,
                process=each.process,
                step=each.step,
                reference=each.reference,
                since=row.created_at,
                attempts=row.attempts,
                error="",
                goes_on=row.next_at is not None,
                incident_id=row.id,
                reason={**row.facts, "code": row.code},
            )


def retry_all(tx: Tx, message_ids: Iterable[int]) -> int:
    """Let the worker try several messages again; gives how many. What is over or gone meanwhile is left out.

    Raises ``NotAllowed``.
    """
    count = 0
    for each in sorted(set(message_ids)):
        try:
            retry(tx, each)
        except (Conflict, NotFound):
            continue
        count += 1
    return count


def retry(tx: Tx, message_id: int) -> Message:
    """Let the worker try a message again, from the first try on.

    Raises ``NotAllowed``, ``NotFound``, ``Conflict("message_over")`` for one that is delivered or still being tried.
    """
    policy.require(tx, policy.INSTANCE_WORK)
    if tx.session.get(Message, message_id) is None:
        raise NotFound("not_found", kind="message")
    message = tx.locked(Message, message_id)
    if tx.session.scalar(select(Message.id).where(Message.id == message_id, *GIVEN_UP)) is None:
        raise Conflict("message_over", at=message.delivered_at)
    message.attempts, message.error = 0, None
    audit.record(tx, "system", "message.retried", f"message:{message.id}", {"process": message.process_key or ""})
    return message
