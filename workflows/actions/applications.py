"""The funding applications of a case as its association sees them: where each stands, what is next, by when."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from workflows import policy
from workflows.core.tx import Tx
from workflows.domain.funding import Application
from workflows.domain.programmes import Programme
from workflows.engine import runtime
from workflows.engine.tasks import Task
from workflows.operators import ENGINE


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that waits: its name in the reader's language, whose group it lies with, and by when.

    ``task_id`` is there if the reader may do it.
    """

    name: str
    group_key: str
    due_at: datetime | None
    task_id: int | None


@dataclass(frozen=True, slots=True)
class Applied:
    """One application: the programme's name is empty until one is chosen; amounts are euros."""

    title: str
    programme: str
    status: str
    deadline_on: date | None
    proof_due_on: date | None
    requested: Decimal | None
    awarded: Decimal | None
    drawn: Decimal
    note: str
    next_steps: list[NextStep]

    @property
    def is_own_turn(self) -> bool:
        """Whether the reader may do one of the next steps."""
        return any(step.task_id is not None for step in self.next_steps)


def of_link(tx: Tx, language: str) -> list[Applied]:
    """Those the actor may read, oldest first; for the holder of a status link those of its case."""
    query = policy.allowed(tx, policy.FUNDING_READ, select(Application, Programme))
    rows = tx.session.execute(
        query.join(Programme, Programme.id == Application.programme_id, isouter=True).order_by(Application.id)
    )
    return [_applied(tx, application, programme, language) for application, programme in rows.all()]


def _applied(tx: Tx, application: Application, programme: Programme | None, language: str) -> Applied:
    is_over = application.status == "closed"
    return Applied(
        title=application.title,
        programme=programme.name if programme else "",
        status=(application.result or "closed") if is_over else application.status,
        deadline_on=application.deadline_on if application.status in {"preparing", "incomplete"} else None,
        proof_due_on=application.proof_due_on if application.status == "awarded" else None,
        requested=application.requested,
        awarded=application.awarded,
        drawn=application.drawn,
        note=application.decision_note,
        next_steps=[] if is_over else _next_steps(tx, application, language),
    )


def _next_steps(tx: Tx, application: Application, language: str) -> list[NextStep]:
    """All that waits, the reader's own first. Who works in the house stays unnamed: the group does."""
    query = select(Task).where(Task.subject == application.key, Task.status == "open")
    found = tx.session.scalars(query.order_by(Task.is_shared.desc(), Task.id)).all()
    return [
        NextStep(
            name=runtime.definition(tx, ENGINE, task).translate(task.name, language),
            group_key=task.group_key or "",
            due_at=task.due_at,
            task_id=task.id if task.is_shared else None,
        )
        for task in found
    ]
