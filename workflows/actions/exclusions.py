"""Who may not do a task although it lies in their inbox: four eyes, and who is biased (Befangenheit, §§ 20, 21 HVwVfG).

The rules stand in the diagram, at the task itself; whoever takes or does one is measured against them.
"""

from sqlalchemy import select

from workflows.core.errors import Conflict
from workflows.core.tx import Tx
from workflows.domain import people, recusals
from workflows.engine import runtime
from workflows.engine.tasks import Task
from workflows.operators import ENGINE


def refuse(tx: Tx, task: Task) -> None:
    """Raise ``Conflict`` ``four_eyes``, ``not_admitted`` or ``biased`` when the actor may not do this open task."""
    if (found := reason(tx, task)) is not None:
        raise found


def reason(tx: Tx, task: Task) -> Conflict | None:
    """Why the actor may not do the task; None when nothing speaks against it, it is over, or the system acts."""
    if task.status != "open" or "system" in tx.actor.roles:
        return None
    return _done_before(tx, task) or _not_admitted(tx, task) or _biased(tx, task)


def _done_before(tx: Tx, task: Task) -> Conflict | None:
    """Whoever did, the last time round, one of the tasks that this one names as its counterparts."""
    assignment = runtime.definition(tx, ENGINE, task).process.elements[task.element_id].assignment
    if tx.actor.user_id is None:
        return None
    for other in assignment.four_eyes:
        done = select(Task).where(Task.instance_id == task.instance_id, Task.element_id == other, Task.status == "done")
        last = tx.session.scalar(done.order_by(Task.id.desc()).limit(1))
        if last is not None and last.done_by_id == tx.actor.user_id:
            return Conflict("four_eyes", step=last.name)
    return None


def _biased(tx: Tx, task: Task) -> Conflict | None:
    """Whoever is biased about an application takes no part in the decision, in the jury or as who signs it."""
    kind, _, number = task.subject.partition(":")
    if kind != "application" or task.group_key == people.GROUP_OF_ROLE["coordinator"]:
        return None
    return Conflict("biased") if recusals.is_biased(tx.session, tx.actor.user_id, int(number)) else None


def _not_admitted(tx: Tx, task: Task) -> Conflict | None:
    admitted = runtime.only_for(tx, ENGINE, task)
    if admitted is None or f"user:{tx.actor.user_id}" in admitted:
        return None
    return Conflict("not_admitted")
