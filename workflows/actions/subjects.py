"""What tasks are about, in the words of a list: the case and who it concerns, as far as the actor may know."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from workflows import policy
from workflows.core.tx import Tx
from workflows.domain.cases import Case
from workflows.domain.funding import Application
from workflows.domain.offices import Office
from workflows.domain.people import Group, User
from workflows.domain.referrals import Referral
from workflows.engine.definitions import Process
from workflows.engine.tasks import Task


@dataclass(frozen=True, slots=True)
class About:
    """One task's surroundings; empty strings where there is nothing or the actor may not know."""

    reference: str
    subject_name: str
    process_name: str
    group_name: str
    assignee_name: str
    case_id: int | None


def of_tasks(tx: Tx, tasks: Sequence[Task]) -> dict[int, About]:
    """By task id, in five queries however many tasks there are."""
    session = tx.session
    referrals = {
        row.id: row for row in session.scalars(select(Referral).where(Referral.id.in_(_ids(tasks, "referral"))))
    }
    case_ids = _ids(tasks, "case") | {row.case_id for row in referrals.values()}
    cases = {row.id: row for row in session.scalars(select(Case).where(Case.id.in_(case_ids)))}
    processes = dict(session.execute(select(Process.key, Process.name)).tuples().all())
    group_keys = {task.group_key for task in tasks}
    groups = dict(session.execute(select(Group.key, Group.name).where(Group.key.in_(group_keys))).tuples().all())
    user_ids = {task.assignee_id for task in tasks}
    users = dict(session.execute(select(User.id, User.name).where(User.id.in_(user_ids))).tuples().all())
    found = {}
    for task in tasks:
        reference, name, case_id = _subject(tx, task, cases, referrals)
        found[task.id] = About(
            reference=reference,
            subject_name=name,
            process_name=processes.get(task.process_key, task.process_key),
            group_name=groups.get(task.group_key or "", ""),
            assignee_name=users.get(task.assignee_id or 0, ""),
            case_id=case_id,
        )
    return found


def references(tx: Tx, subjects: Collection[str]) -> dict[str, str]:
    """The reference of the case each subject belongs to; in three queries however many there are."""
    session = tx.session
    found: dict[str, str] = {}
    of_case = select(Case.id, Case.reference).where(Case.id.in_(_numbers(subjects, "case")))
    found.update({f"case:{number}": reference for number, reference in session.execute(of_case)})
    for kind, model in (("referral", Referral), ("application", Application)):
        query = select(model.id, Case.reference).join(Case, Case.id == model.case_id)
        rows = session.execute(query.where(model.id.in_(_numbers(subjects, kind))))
        found.update({f"{kind}:{number}": reference for number, reference in rows})
    return found


def facts(tx: Tx, task: Task) -> tuple[Case | None, Referral | None, Office | None]:
    """The case and the referral a task is about; the case only for those who may read it."""
    kind, _, number = task.subject.partition(":")
    if kind == "referral":
        referral = tx.session.get_one(Referral, int(number))
        case_id, office = referral.case_id, tx.session.get_one(Office, referral.office_id)
    elif kind == "case":
        referral, case_id, office = None, int(number), None
    elif kind == "application":
        referral, case_id, office = None, tx.session.get_one(Application, int(number)).case_id, None
    else:
        return None, None, None
    query = policy.allowed(tx, policy.CASE_READ, select(Case).where(Case.id == case_id))
    return tx.session.scalar(query), referral, office


def _subject(tx: Tx, task: Task, cases: dict[int, Case], referrals: dict[int, Referral]) -> tuple[str, str, int | None]:
    kind, _, number = task.subject.partition(":")
    if kind == "case" and int(number) in cases:
        case = cases[int(number)]
        return case.reference, case.organisation_name or case.contact_name, case.id
    if kind != "referral" or int(number) not in referrals:
        return "", "", None
    referral = referrals[int(number)]
    case = cases[referral.case_id]
    if policy.may(tx.actor, policy.CASE_WORK):
        return case.reference, case.organisation_name or case.contact_name, case.id
    shared = referral.extract.get("organisation_name") or referral.extract.get("contact_name") or ""
    return case.reference, str(shared), None


def _ids(tasks: Sequence[Task], kind: str) -> set[int]:
    return _numbers([task.subject for task in tasks], kind)


def _numbers(subjects: Collection[str], kind: str) -> set[int]:
    numbers = (each.removeprefix(f"{kind}:") for each in subjects if each.startswith(f"{kind}:"))
    return {int(number) for number in numbers if number.isdecimal()}
