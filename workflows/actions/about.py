"""What lists of tasks say beside each task: its case, the names of process, group and person; one query per kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, literal, select

from workflows.core.tx import Tx
from workflows.domain.cases import Case
from workflows.domain.funding import Application
from workflows.domain.people import Group, User
from workflows.domain.referrals import Referral
from workflows.engine.definitions import Process
from workflows.engine.tasks import Task


@dataclass(frozen=True, slots=True)
class Subject:
    """The case a task is about, directly or through its referral or application."""

    case_id: int
    reference: str
    name: str


@dataclass(frozen=True, slots=True)
class About:
    """Looked up for some tasks: subjects by the tasks' ``subject``, names by key or id."""

    subjects: Mapping[str, Subject] = field(default_factory=dict)
    processes: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[int, str] = field(default_factory=dict)


def tasks(tx: Tx, rows: Sequence[Task]) -> About:
    """Everything the rows are shown with."""
    people = {row.assignee_id for row in rows} - {None}
    groups = {row.group_key for row in rows} - {None}
    return About(
        subjects=_subjects(tx, {row.subject for row in rows}),
        processes=process_names(tx),
        groups=_names(tx, select(Group.key, Group.name).where(Group.key.in_(groups))) if groups else {},
        people=_names(tx, select(User.id, User.name).where(User.id.in_(people))) if people else {},
    )


def process_names(tx: Tx) -> dict[str, str]:
    """The names of all processes by key, in the order of their names."""
    return _names(tx, select(Process.key, Process.name).order_by(Process.name))


def _names(tx: Tx, query: Select[Any]) -> dict[Any, str]:
    return {key: name for key, name in tx.session.execute(query)}  # noqa: C416 rows are no pairs for the type checker


def _subjects(tx: Tx, subjects: set[str]) -> dict[str, Subject]:
    columns = (Case.id, Case.reference, Case.organisation_name, Case.contact_name)
    found: dict[str, Subject] = {}
    if numbers := _numbers(subjects, "case:"):
        direct = select(literal("case:").concat(Case.id), *columns).where(Case.id.in_(numbers))
        found |= _read(tx, direct)
    if numbers := _numbers(subjects, "referral:"):
        joined = select(literal("referral:").concat(Referral.id), *columns).join(Case, Case.id == Referral.case_id)
        found |= _read(tx, joined.where(Referral.id.in_(numbers)))
    if numbers := _numbers(subjects, "application:"):
        applied = select(literal("application:").concat(Application.id), *columns)
        joined = applied.join(Case, Case.id == Application.case_id)
        found |= _read(tx, joined.where(Application.id.in_(numbers)))
    return found


def _numbers(subjects: set[str], prefix: str) -> list[int]:
    return sorted(int(subject.removeprefix(prefix)) for subject in subjects if subject.startswith(prefix))


def _read(tx: Tx, query: Select[Any]) -> dict[str, Subject]:
    rows = tx.session.execute(query)
    return {key: Subject(number, reference, who or contact) for key, number, reference, who, contact in rows}
