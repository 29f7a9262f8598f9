"""User and manual tasks: something for a person, in the inbox of a group or one person."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workflows.engine import moments
from workflows.engine.dialect.model import Element
from workflows.engine.expressions import is_expression, is_key
from workflows.engine.faults import Stuck
from workflows.engine.tasks import Task
from workflows.engine.tokens import Token

if TYPE_CHECKING:
    from workflows.engine.run import Run

NORMAL_PRIORITY = 50
LONGEST_GROUP = 100
_NUMBER = re.compile("[0-9]{1,9}")


def user_task(run: "Run", token: Token, element: Element) -> bool | None:
    """Put the task before its people, or take over what they typed; a manual task has no form."""
    if "fired" in token.internal_data:
        run.conclude(token, run.results(token))
        return True
    run.changes.open_task(token, task(run, token, element))
    return None


def task(run: "Run", token: Token, element: Element) -> Task:
    """The task as its element asks for it; raises ``Stuck`` for what cannot be computed."""
    assignment = element.assignment
    assignee = _assignee(run, token, assignment.assignee)
    group = _group(run, token, element, assignee)
    if assignee is not None and run.engine.can_work is not None and not run.engine.can_work(run.tx, assignee):
        if group is None:
            raise Stuck("assignee_not_a_person", value=str(assignee))
        assignee = None  # whoever has left leaves it to the group
    now = run.tx.now
    found = Task(
        instance_id=run.instance_id,
        token=token.id.hex,
        element_id=element.id,
        name=element.name or element.id,
        process_key=run.process_key,
        subject=run.subject,
        group_key=group,
        assignee_id=assignee,
        form_id=element.form_id if element.kind == "user_task" else None,
        is_shared=assignment.is_shared,
        status="open",
        priority=_priority(run, token, assignment.priority),
        created_at=now,
        claimed_at=now if assignee is not None else None,
        revision=0,
    )
    if assignment.due:
        found.due_at = moments.moment(run.certain(token, assignment.due, "due_date"), now)
    if assignment.follow_up:
        found.follow_up_on = moments.day(run.certain(token, assignment.follow_up, "follow_up_date"), now)
    return found


def _assignee(run: "Run", token: Token, source: str | None) -> int | None:
    if source is None:
        return None
    value = run.certain(token, source, "assignee")
    number = format(value.to_integral_value(), "f") if isinstance(value, Decimal) else value
    if isinstance(number, str) and _NUMBER.fullmatch(number) and value in (number, Decimal(number)):
        return int(number)
    raise Stuck("assignee_not_a_person", value=str(value))


def _group(run: "Run", token: Token, element: Element, assignee: int | None) -> str | None:
    """``candidateGroups`` wins, else the lane's id names the group (decision 10)."""
    source = element.assignment.candidate_groups
    if source is None:
        if element.lane is None and assignee is None:
            raise Stuck("task_without_group")
        return f"group:{element.lane}" if element.lane is not None else None
    key = _one_key(run.certain(token, source, "candidate_groups"))
    # Keys written in the diagram were checked when it was deployed; computed ones are checked now.
    exists = run.engine.group_exists
    if is_expression(source) and exists is not None and not exists(run.tx, key):
        raise Stuck("unknown_group", group=key)
    return key


def _one_key(value: Any) -> str:
    keys = value if isinstance(value, list) else [value]
    if len(keys) != 1 or not is_key(keys[0], LONGEST_GROUP):
        raise Stuck("not_one_group", value=str(value))
    return str(keys[0]).strip()


def _priority(run: "Run", token: Token, source: str | None) -> int:
    if source is None:
        return NORMAL_PRIORITY
    value = run.certain(token, source, "priority")
    number = Decimal(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value
    if not isinstance(number, Decimal) or not 0 <= number <= 100:
        raise Stuck("priority_out_of_range", value=str(value))
    return int(number)
