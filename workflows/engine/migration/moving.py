"""Moving one instance to another version inside the caller's transaction, and taking that back.

A step that waits stays the same step: its task with claim and draft, its start, its timers and messages. What the new
version changes about it is entered anew as of that start.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from workflows.core import killpoints
from workflows.core.errors import Conflict
from workflows.core.tx import Tx
from workflows.engine import definitions, runtime, snapshots, tokens
from workflows.engine.behaviours import loops
from workflows.engine.definition import Definition
from workflows.engine.dialect.model import Element
from workflows.engine.events import Event
from workflows.engine.incidents import Incident
from workflows.engine.messages import Subscription
from workflows.engine.migration import rows, standing, waiting_tasks
from workflows.engine.migration.planning import CHANGED, Verdict, plan
from workflows.engine.migration.rewriting import Rewritten, rewrite, standing_tokens
from workflows.engine.migration.rows import Rows
from workflows.engine.projection import PEOPLE
from workflows.engine.run import Engine, Run
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an instance was before it moved, enough to put it back; ``revision`` is the one after the move."""

    version_id: int
    state: bytes
    variables: dict[str, dict[str, Any]]
    rows: Rows
    revision: int


def move(
    tx: Tx, engine: Engine, instance_id: int, new: Definition, names: Mapping[str, str]
) -> tuple[Verdict, Earlier | None]:
    """Rewrite a running instance for another version of its process if it is affected and can be.

    Gives the verdict and, when it moved, what it was before. Nothing is run: it waits afterwards as it waited.
    Raises ``NotFound``, ``Conflict("instance_ended")``.
    """
    instance = _running(tx, instance_id)
    old = definitions.load(tx.session, instance.version_id)
    planned = plan(old, new, names)
    verdict = planned.judge(instance.state)
    if verdict.outcome != CHANGED:
        return verdict, None
    earlier = Earlier(
        instance.version_id,
        instance.state,
        instance.variables,
        rows.read(tx, instance_id),
        instance.revision + 1,
    )
    levels = standing.read(instance.state, instance.process_key)
    result = rewrite(planned, levels)
    starts = {token: _started(tx, instance, old, result, token) for token in standing_tokens(result)}
    run = Run(tx, engine, new, instance)
    run.is_locked = True
    run.top = snapshots.loads(standing.write(levels), new.process, instance.process_key, run)
    if result.gone:
        rows.close(tx, instance_id, result.gone)
    for token in result.dropped:
        run.scopes.close(token)
    for token, before, after in result.kept:
        _change_loop(run, token, before, after)
        _change_rows(run, token, before, after)
        if token in result.gone and before.kind in PEOPLE:
            run.changes.event("task.cancelled", before)
    _enter(run, result, starts)
    run.changes.event("instance.migrated", None, {"from": old.number, "to": new.number})
    _save(run, instance, new.version_id, snapshots.dumps(run.top), run.scopes.stored())
    run.changes.save(tx.session, instance_id)
    return verdict, earlier


def undo(tx: Tx, instance_id: int, earlier: Earlier) -> None:
    """Put an instance back exactly where it was; raises ``Conflict("instance_moved_on")`` when it has gone on since."""
    instance = _running(tx, instance_id)
    if instance.revision != earlier.revision:
        raise Conflict("instance_moved_on", instance=instance_id)
    left = definitions.load(tx.session, instance.version_id)
    back = definitions.load(tx.session, earlier.version_id)
    rows.restore(tx, instance_id, earlier.rows)
    run = Run(tx, Engine(), back, instance)
    run.changes.event("instance.returned", None, {"from": left.number, "to": back.number})
    _save(run, instance, earlier.version_id, earlier.state, earlier.variables)
    run.changes.save(tx.session, instance_id)


def _running(tx: Tx, instance_id: int) -> Instance:
    for kept in (runtime.LOOKED_AT, runtime.MOVED_BY):
        tx.session.info.pop(kept, None)
    instance = tx.locked(Instance, instance_id)
    if instance.status != "running":
        raise Conflict("instance_ended", status=instance.status, at=instance.ended_at)
    return instance


def _started(tx: Tx, instance: Instance, old: Definition, result: Rewritten, token: str) -> datetime:
    """When a step began: with its task, else when what stands before it was done."""
    created = tx.session.scalar(select(Task.created_at).where(Task.instance_id == instance.id, Task.token == token))
    if created is not None:
        return created
    before = next(element for each, element, _after in result.kept if each == token)
    # Inside a subprocess its start event says when that began.
    inside = old.process.processes.get(before.calls or before.id)
    sources = [each.id for each in old.process.starts(inside.id)] if inside is not None else []
    sources += [old.process.flows[flow].source for flow in before.incoming]
    done = (Event.instance_id == instance.id, Event.kind == "element.completed", Event.element_id.in_(sources))
    last = tx.session.scalar(select(Event.at).where(*done).order_by(Event.id.desc()).limit(1))
    return last or instance.started_at


def _enter(run: Run, result: Rewritten, starts: Mapping[str, datetime]) -> None:
    """Let what is new begin to wait, counted from the start of its step."""
    for host, target in result.added:
        parent = tokens.find(run.top, host)
        assert parent is not None
        with run.as_of(starts[host]):
            run.step(tokens.place(parent.workflow, target, parent=parent))
    for token in result.anew:
        again = tokens.find(run.top, token)
        assert again is not None
        with run.as_of(starts[token]):
            run.step(again)


def _change_loop(run: Run, token: str, before: Element, after: Element) -> None:
    """Let a running repetition call its item and its results as the new version does."""
    place, old, new = tokens.find(run.top, token), before.loop, after.loop
    if place is None or old is None or new is None or not run.scopes.has(token):
        return
    if place.task_spec.is_iteration and old.item != new.item:
        loops.call_item(run, place, old, new)
    if not place.task_spec.is_iteration and old.output_collection != new.output_collection:
        loops.call_results(run, place, old, new)


def _change_rows(run: Run, token: str, before: Element, after: Element) -> None:
    """Let the rows of a token say what its element is called now, and its task what has changed about it."""
    tx, instance_id = run.tx, run.instance_id
    if before.id != after.id:
        for model in (Task, Timer, Subscription, Incident):
            rows.change(tx, model, instance_id, token, {"element_id": after.id})
    place = tokens.find(run.top, token)
    if place is None or place._state != tokens.STARTED:
        return
    if before.inputs != after.inputs and after.kind in PEOPLE:
        run.open_scope(place, after)
    if after.kind in PEOPLE and not (after.loop is not None and not place.task_spec.is_iteration):
        rows.change(tx, Task, instance_id, token, _of_task(run, place, before, after))


def _of_task(run: Run, place: tokens.Token, before: Element, after: Element) -> dict[str, Any]:
    values: dict[str, Any] = {"name": after.name or after.id, "is_shared": after.assignment.is_shared}
    values["form_id"] = after.form_id if after.kind == "user_task" else None
    return values | waiting_tasks.follow(run, place, before, after)


def _save(run: Run, instance: Instance, version_id: int, state: bytes, variables: dict[str, dict[str, Any]]) -> None:
    """Write the instance if it is still the one that was read, and with it everything projected from it."""
    killpoints.reach("before_flush")
    tx = run.tx
    tx.session.flush()
    found = tx.session.execute(
        update(Instance)
        .where(Instance.id == instance.id, Instance.revision == run.revision)
        .values(version_id=version_id, state=state, variables=variables, revision=run.revision + 1),
        execution_options={"synchronize_session": False},
    )
    if rows.rows_of(found) != 1:
        raise runtime.StateMoved("state_moved", instance=instance.id)
    tx.session.refresh(instance)
