"""What can be done with instances: start, complete a task, fire a timer, deliver a message, retry, terminate.

Every function runs inside the caller's transaction and leaves the instance at its next waits. ``StateMoved`` means that
somebody else moved the instance since it was read: roll back and call again.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm.attributes import set_committed_value

from workflows.core import killpoints
from workflows.core.db import Base, table_of
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx
from workflows.engine import definitions, messages, snapshots, starts, timers, tokens
from workflows.engine.behaviours import happenings
from workflows.engine.definition import Definition, Identity
from workflows.engine.definitions import Version
from workflows.engine.expressions import evaluate
from workflows.engine.faults import StateMoved
from workflows.engine.incidents import Incident
from workflows.engine.run import Engine, Run
from workflows.engine.state import Instance
from workflows.engine.tasks import Task, refuse_closed

__all__ = [
    "Engine",
    "StateMoved",
    "complete",
    "definition_of",
    "deliver",
    "fire_timer",
    "hold",
    "retry",
    "start",
    "tell",
    "terminate",
    "variables",
]


def start(
    tx: Tx,
    engine: Engine,
    process_key: str,
    variables: Mapping[str, Any],
    *,
    subject: str,
    at: str | None = None,
) -> Instance:
    """Begin an instance of the newest active version; raises ``NotFound`` when there is none.

    ``at`` names a start event, otherwise it begins at the plain one.
    """
    definition = definitions.active(tx.session, process_key)
    instance = Instance(
        version_id=definition.version_id,
        process_key=process_key,
        subject=subject,
        status="running",
        state=b"",
        variables={"": dict(variables)},
        revision=1,
        started_at=tx.now,
        started_by=tx.actor.label,
    )
    tx.session.add(instance)
    tx.session.flush()
    run = Run(tx, engine, definition, instance)
    run.top = tokens.Workflow(run.parsed.specs, process_key, run)
    run.is_locked = True
    run.changes.event("instance.started", None, {"version": definition.number})
    begin = run.parsed.starts(process_key)
    wanted = [each for each in begin if (each.trigger.kind == "none" if at is None else each.id == at)] or begin
    tokens.place(run.top, wanted[0].id)
    return _drive_and_save(run, instance)


def complete(tx: Tx, engine: Engine, task_id: int, values: Mapping[str, Any]) -> Instance:
    """A person has done a task; ``values`` are already cleaned.

    Raises ``NotFound``, or ``Conflict("task_done", by=, at=)`` when the task is not open any more.
    """
    task = tx.session.get(Task, task_id)
    if task is None:
        raise NotFound("not_found", kind="task")
    refuse_closed(task)
    try:
        return _complete(tx, engine, task, values)
    except StateMoved:
        # Perhaps it was this very task that somebody else has just done: then say so instead of trying again.
        tx.session.refresh(task)
        refuse_closed(task)
        raise


def _complete(tx: Tx, engine: Engine, task: Task, values: Mapping[str, Any]) -> Instance:
    instance, run = _load(tx, engine, task.instance_id)
    token = _token(run, task.token)
    run.changes.done(token)
    acts_for = {"acts_for": tx.actor.acts_for} if tx.actor.acts_for else {}
    run.changes.event("task.completed", tokens.element_of(token), {"lasted": tx.now - task.created_at, **acts_for})
    run.wake(token, values)
    run.drive()
    _save(run, instance)
    done = {
        "status": "done",
        "done_at": tx.now,
        "done_by": tx.actor.label,
        "done_by_id": tx.actor.user_id,
        "values": dict(values),
        "draft": None,
    }
    tx.session.connection().execute(_DONE, {"of": task.id, **done})
    _commit_values(task, done)
    return instance


def variables(tx: Tx, engine: Engine, task: Task) -> dict[str, Any]:
    """What an expression on an open task's element would read: all that its form may show and ask about."""
    _instance, run = _look(tx, engine, task.instance_id)
    return dict(run.scopes.visible(_token(run, task.token)))


def only_for(tx: Tx, engine: Engine, task: Task) -> frozenset[str] | None:
    """The keys of the people who alone may do an open task; None when its diagram leaves it to the whole group.

    What cannot be computed admits nobody.
    """
    _instance, run = _look(tx, engine, task.instance_id)
    token = _token(run, task.token)
    source = tokens.element_of(token).assignment.only_for
    if source is None:
        return None
    found = evaluate(source, run.scopes.visible(token), engine.functions, tx.now).value
    return frozenset(str(key) for key in found) if isinstance(found, list) else frozenset()


def definition(tx: Tx, engine: Engine, task: Task) -> Definition:
    """The version a task belongs to."""
    if task.status == "open":
        return _look(tx, engine, task.instance_id)[1].definition
    return definitions.load(tx.session, tx.session.get_one(Instance, task.instance_id).version_id)


def definition_of(tx: Tx, instance: Instance) -> Definition:
    """The version an instance is pinned to; what this transaction has just moved needs no look-up."""
    kept: tuple[Tx, Definition] | None = tx.session.info.get(MOVED_BY)
    if kept is not None and kept[0] is tx and kept[1].version_id == instance.version_id:
        return kept[1]
    return definitions.load(tx.session, instance.version_id)


def fire_timer(tx: Tx, engine: Engine, timer_id: int) -> Instance:
    """What a token waited for is due; raises ``Conflict("timer_over")`` when it fired before or is not wanted."""
    timer = timers.waiting(tx, timer_id)
    if timer.instance_id is None:
        return _timed_start(tx, engine, timers.claim(tx, timer_id))
    instance, run = _load(tx, engine, timer.instance_id)
    # The instance before its timer, like everybody else, or two would wait for each other.
    run.lock()
    timers.claim(tx, timer_id)
    token = _token(run, timer.token)
    run.note("timer.fired", token)
    happenings.elapse(run, token, timer.due_at)
    return _drive_and_save(run, instance)


def _timed_start(tx: Tx, engine: Engine, timer: timers.Timer) -> Instance:
    assert timer.process_key is not None
    parsed = definitions.active(tx.session, timer.process_key).process
    starts.again(tx, timer, parsed.elements[timer.element_id], engine.functions)
    return start(tx, engine, timer.process_key, {}, subject="", at=timer.element_id)


def deliver(tx: Tx, engine: Engine, message_id: int) -> Instance | None:
    """Give a message to exactly one receiver, or start what it asks for; None while nobody waits for it.

    Raises ``Conflict("message_over")`` when it was delivered before.
    """
    message = messages.claim(tx, message_id)
    if message.kind == "start":
        assert message.process_key is not None
        started = start(tx, engine, message.process_key, message.variables, subject=message.subject)
        message.instance_id = started.id
        return started
    receiver = messages.receiver(tx, message)
    if receiver is None:
        message.delivered_at = None
        return None
    if receiver.instance_id is None:
        assert receiver.process_key is not None
        at = receiver.element_id
        started = start(tx, engine, receiver.process_key, message.variables, subject=message.subject, at=at)
        message.instance_id = started.id
        return started
    instance, run = _load(tx, engine, receiver.instance_id)
    token = _token(run, receiver.token)
    run.note("message.received", token, {"name": message.name, "correlation_key": message.correlation_key})
    happenings.happen(run, token, message.variables)
    _drive_and_save(run, instance)
    message.instance_id = instance.id
    return instance


def hold(tx: Tx, name: str, correlation_key: str) -> None:
    """Hold the instance that waits for such a message until the end of the transaction, if any does.

    Before ``tell``, and before any row of the domain is held: the instance comes first, like everywhere, or two would
    wait for each other. Whoever completes a step of it meanwhile comes after what is told, and finds it changed.
    """
    instance_id = messages.waiting_instance(tx, name, correlation_key)
    if instance_id is not None:
        tx.locked(Instance, instance_id)


def tell(
    tx: Tx,
    engine: Engine,
    name: str,
    correlation_key: str,
    variables: Mapping[str, Any],
    *,
    unique_key: str | None = None,
) -> None:
    """Say something to who waits for it in this very transaction; who does not wait yet hears it from the worker.

    For what must count as soon as it is thanked for: between a message sent and its delivery others may go on.
    """
    message_id = messages.send(tx, name, correlation_key, variables, unique_key=unique_key)
    if message_id is not None:
        deliver(tx, engine, message_id)


def _token(run: Run, token: str) -> tokens.Token:
    found = tokens.find(run.top, token)
    if found is None or found._state != tokens.STARTED:
        raise StateMoved("state_moved", instance=run.instance_id)
    return found


def retry(tx: Tx, engine: Engine, incident_id: int) -> Instance:
    """Try the step of an incident again; raises ``Conflict("incident_resolved")`` when that has been done."""
    incident = tx.session.get(Incident, incident_id)
    if incident is None:
        raise NotFound("not_found", kind="incident")
    instance, run = _load(tx, engine, incident.instance_id)
    # Whoever tried it between the two looks has left another incident in its place, or none: ask again under the lock.
    run.lock()
    tx.session.refresh(incident)
    token = tokens.find(run.top, incident.token)
    if incident.resolved_at is not None or token is None:
        raise Conflict("incident_resolved", at=incident.resolved_at)
    token.internal_data.pop("incident", None)
    run.changes.attempts[incident.token] = incident.attempts + 1
    run.note("incident.resolved", token, {"code": incident.code})
    run.drive()
    _save(run, instance)
    incident.resolved_at = tx.now
    return instance


def terminate(tx: Tx, engine: Engine, instance_id: int, reason: str) -> Instance:
    """End an instance with everything it waits for; raises ``Conflict("instance_ended")``."""
    instance, run = _load(tx, engine, instance_id)
    for token in tokens.standing(run.top):
        run.remove(token)
    run.changes.event("instance.terminated", None, {"reason": reason})
    _save(run, instance, ended="terminated")
    return instance


LOOKED_AT = "engine.looked_at"
MOVED_BY = "engine.moved_by"

# What every completion asks is built once: building costs more than asking.
_PINNED = (
    select(Instance, Version.number, Version.patch, Version.sha256)
    .join(Version, Version.id == Instance.version_id)
    .where(Instance.id == bindparam("instance_id"))
    .execution_options(populate_existing=True)
)
_INSTANCE = table_of(Instance)
_MOVED = (
    update(_INSTANCE)
    .where(_INSTANCE.c.id == bindparam("of"), _INSTANCE.c.revision == bindparam("read"))
    .values({name: bindparam(name) for name in ("status", "state", "variables", "revision", "ended_at")})
)
_DONE = (
    update(table_of(Task))
    .where(table_of(Task).c.id == bindparam("of"))
    .values({name: bindparam(name) for name in ("status", "done_at", "done_by", "done_by_id", "values", "draft")})
)


def _commit_values(row: Base, values: Mapping[str, Any]) -> None:
    """Let a loaded row say what a statement has just written."""
    for name, value in values.items():
        set_committed_value(row, name, value)


def _look(tx: Tx, engine: Engine, instance_id: int) -> tuple[Instance, Run]:
    """Load an instance to read from it, and leave it ready for the change that usually follows."""
    kept: tuple[Tx, Instance, Run] | None = tx.session.info.get(LOOKED_AT)
    if kept is None or kept[0] is not tx or kept[2].instance_id != instance_id:
        kept = (tx, *_load(tx, engine, instance_id))
        tx.session.info[LOOKED_AT] = kept
    return kept[1:]


def _load(tx: Tx, engine: Engine, instance_id: int) -> tuple[Instance, Run]:
    """Load an instance to change it; what was only looked at in this transaction is taken over, once."""
    kept = tx.session.info.pop(LOOKED_AT, None)
    if kept is not None and kept[0] is tx and kept[2].instance_id == instance_id:
        return kept[1], kept[2]
    return _read(tx, engine, instance_id)


def _read(tx: Tx, engine: Engine, instance_id: int) -> tuple[Instance, Run]:
    found = tx.session.execute(_PINNED, {"instance_id": instance_id}).one_or_none()
    if found is None:
        raise NotFound("not_found", kind="instance")
    instance: Instance = found[0]
    if instance.status != "running":
        raise Conflict("instance_ended", status=instance.status, at=instance.ended_at)
    identity = Identity(instance.version_id, instance.process_key, *found[1:])
    run = Run(tx, engine, definitions.identified(tx.session, identity), instance)
    run.top = snapshots.loads(instance.state, run.parsed, instance.process_key, run)
    return instance, run


def _drive_and_save(run: Run, instance: Instance) -> Instance:
    run.drive()
    _save(run, instance)
    return instance


def _save(run: Run, instance: Instance, *, ended: str = "completed") -> None:
    """Write the instance if it is still the one that was read, and with it everything projected from it."""
    tx = run.tx
    is_over = len(run.top.tasks) == 1
    if is_over and ended == "completed":
        run.changes.event("instance.completed", None)
    after = {
        "status": ended if is_over else "running",
        "state": snapshots.dumps(run.top),
        "variables": run.scopes.stored(),
        "revision": run.revision + 1,
        "ended_at": tx.now if is_over else None,
    }
    killpoints.reach("before_flush")
    found = tx.session.connection().execute(_MOVED, {"of": run.instance_id, "read": run.revision, **after})
    if found.rowcount != 1:
        raise StateMoved("state_moved", instance=run.instance_id)
    _commit_values(instance, after)
    run.changes.save(tx.session, run.instance_id)
    tx.session.info[MOVED_BY] = (tx, run.definition)
