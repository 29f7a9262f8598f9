"""What lists of tasks say beside each task: its case, the names of process, group and person; few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, String, cast, exists, literal, or_, select, union_all

from workflows import policy
from workflows.core.tx import Actor, Tx
from workflows.domain.cases import Case
from workflows.domain.funding import Application
from workflows.domain.people import CASE_WORKERS, Group, Membership, User, UserRole
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


def directory(tx: Tx) -> About:
    """The names a list of tasks and its filters need, in their order and in one statement: of all processes, of the
    groups and colleagues the actor has; who works on cases knows all groups."""
    found: dict[str, dict[str, str]] = {"process": {}, "group": {}, "person": {}}
    for kind, key, name in sorted(tx.session.execute(_directory(tx.actor)), key=lambda row: row[2].casefold()):
        found[kind][key] = name
    people = {int(key): name for key, name in found["person"].items()}
    return About(processes=found["process"], groups=found["group"], people=people)


@lru_cache(maxsize=200)
def _directory(actor: Actor) -> CompoundSelect[Any]:
    sees_all = policy.may(actor, policy.CASE_READ)
    works = exists().where(UserRole.user_id == User.id, UserRole.role.in_(CASE_WORKERS))
    mate = exists().where(Membership.user_id == User.id, Membership.group_key.in_(actor.groups))
    group = select(literal("group"), Group.key, Group.name)
    return union_all(
        select(literal("process"), Process.key, Process.name),
        group if sees_all else group.where(Group.key.in_(actor.groups)),
        select(literal("person"), cast(User.id, String), User.name).where(
            User.is_active, or_(works, mate) if sees_all else mate
        ),
    )


def tasks(tx: Tx, rows: Sequence[Task], names: About | None = None) -> About:
    """Everything the rows are shown with; ``names`` are the names that are known already."""
    if names is not None:
        people = {row.assignee_id for row in rows if row.assignee_id is not None} - names.people.keys()
        more = _names(tx, select(User.id, User.name).where(User.id.in_(people))) if people else {}
        subjects = _subjects(tx, {row.subject for row in rows})
        return About(subjects, names.processes, names.groups, {**names.people, **more})
    people = {row.assignee_id for row in rows if row.assignee_id is not None}
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
    queries: list[Select[Any]] = []
    if numbers := _numbers(subjects, "case:"):
        queries.append(select(literal("case:").concat(Case.id), *columns).where(Case.id.in_(numbers)))
    if numbers := _numbers(subjects, "referral:"):
        joined = select(literal("referral:").concat(Referral.id), *columns).join(Case, Case.id == Referral.case_id)
        queries.append(joined.where(Referral.id.in_(numbers)))
    if numbers := _numbers(subjects, "application:"):
        applied = select(literal("application:").concat(Application.id), *columns)
        joined = applied.join(Case, Case.id == Application.case_id)
        queries.append(joined.where(Application.id.in_(numbers)))
    rows = tx.session.execute(union_all(*queries)) if queries else ()
    return {key: Subject(number, reference, who or contact) for key, number, reference, who, contact in rows}


def _numbers(subjects: set[str], prefix: str) -> list[int]:
    return sorted(int(subject.removeprefix(prefix)) for subject in subjects if subject.startswith(prefix))
