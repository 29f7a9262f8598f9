"""What people do with a task, kept in the audit stream of its case."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workflows.core import audit
from workflows.core.tx import Tx
from workflows.domain import deputies
from workflows.domain.funding import Application
from workflows.domain.referrals import Referral
from workflows.engine.tasks import Task


def record(tx: Tx, task: Task, event: str, details: Mapping[str, Any] | None = None) -> None:
    """Leave an entry about the task; ``details`` are kept beside the name of its step."""
    audit.record(tx, stream(tx, task), event, f"task:{task.id}", {"step": task.name, **(details or {})})


def standing_in(tx: Tx, task: Task) -> Tx:
    """Acts on the task that say for whom they are done, if the actor is somebody's deputy in it."""
    acts_for = deputies.done_for(tx, task.assignee_id, task.group_key)
    return replace(tx, actor=replace(tx.actor, acts_for=acts_for)) if acts_for else tx


def stream(tx: Tx, task: Task) -> str:
    """The audit stream a task belongs to: that of its case, also for a referral's or an application's task."""
    return stream_of(tx, task.subject)


def stream_of(tx: Tx, subject: str) -> str:
    """The audit stream of what an instance or a task is about; the house's own where it is about no case."""
    kind, _, number = subject.partition(":")
    if kind == "referral" and (referral := tx.session.get(Referral, int(number))):
        return referral.stream
    if kind == "application" and (application := tx.session.get(Application, int(number))):
        return application.stream
    return subject or "system"
