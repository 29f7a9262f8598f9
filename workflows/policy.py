"""Which rows may whom: one SQL condition per permission and kind of row, for lists and single rows alike.

| who | sees |
|---|---|
| coordinator, leadership | cases with files, letters, contacts, referrals, tasks, instances, mails, their audit |
| coordinator | answers in the name of offices and of those who asked, where a task or question is theirs |
| jury | the tasks of its own groups about applications, those applications with their papers; no cases |
| … biased (§ 20 HVwVfG) | nothing of that application; whoever works on cases keeps the case |
| office | its own referrals once they are sent, and the tasks of its group; what was passed on only until one is over |
| process owner | bundles, code lists; no cases |
| reviewer | the audit, without the contents of cases |
| admin | users, groups, deputies, offices and pages; no cases |
| everybody with an account | own deputies and tokens; the groups and tasks of whom one stands in for |
| holder of an office's link | that one referral and its open tasks |
| holder of a status link | that one case, its shared files, notes and tasks, its applications, who received its data |
| holder of an association's link | its entry in the register and the state of its cases, once a person has seen them |
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, literal, or_, select, true
from sqlalchemy import inspect as mapped
from sqlalchemy.orm import Mapped

from workflows.core.audit.log import AuditEntry
from workflows.core.db import Base
from workflows.core.errors import NotAllowed, NotFound
from workflows.core.files import File
from workflows.core.outbox import Mail
from workflows.core.tx import Actor, Tx
from workflows.domain import people
from workflows.domain.access_tokens import ApiToken
from workflows.domain.cases import Case, CaseNote
from workflows.domain.contacts import Contact
from workflows.domain.funding import Application
from workflows.domain.letters import Letter
from workflows.domain.offices import Office
from workflows.domain.organisations import Organisation
from workflows.domain.pages import Page
from workflows.domain.people import CASE_WORKERS, ROLES, Deputyship, User
from workflows.domain.programmes import Programme
from workflows.domain.recusals import Recusal
from workflows.domain.referrals import OVER, Referral
from workflows.domain.saved_filters import SavedFilter
from workflows.engine.drafts import Draft
from workflows.engine.publications import Publication
from workflows.engine.state import Instance
from workflows.engine.tasks import Task

Row = TypeVar("Row", bound=Base)
Query = TypeVar("Query", bound=Select[Any])
Rule = Callable[[Actor], ColumnElement[bool]]

TASK_READ, TASK_WORK, TASK_ON_BEHALF = "task:read", "task:work", "task:on_behalf"
CASE_READ, CASE_WORK, FILE_READ = "case:read", "case:work", "file:read"
CONTACT_READ, CONTACT_WORK = "contact:read", "contact:work"
REFERRAL_READ, REFERRAL_ANSWER, EXTRACT_READ = "referral:read", "referral:answer", "referral:extract"
FUNDING_READ, BOARD_READ, FIGURES_READ = "funding:read", "board:read", "figures:read"
INSTANCE_READ, INSTANCE_WORK = "instance:read", "instance:work"
AUDIT_READ, MAIL_READ, MAIL_RETRY = "audit:read", "mail:read", "mail:retry"
OFFICE_READ, OFFICE_EDIT = "office:read", "office:edit"
PROGRAMME_EDIT = "programme:edit"
ORGANISATION_READ, ORGANISATION_EDIT = "organisation:read", "organisation:edit"
PAGE_EDIT, USER_EDIT, TOKEN_OWN = "page:edit", "user:edit", "token:own"
BUNDLE_EDIT, BUNDLE_DEPLOY, CODE_EDIT = "bundle:edit", "bundle:deploy", "code:edit"
DEPUTY_EDIT = "deputy:edit"

BOARD = CASE_WORKERS | {"jury"}
REFERRED = CASE_WORKERS | {"office"}
TASK_WORKERS = BOARD | REFERRED
EVERYBODY = frozenset(ROLES)

# Which roles hold a permission at all; which rows it reaches is said below. The system may everything.
HOLDERS: dict[str, frozenset[str]] = {
    TASK_READ: TASK_WORKERS,
    TASK_WORK: TASK_WORKERS,
    TASK_ON_BEHALF: frozenset({"coordinator"}),
    CASE_READ: CASE_WORKERS,
    CASE_WORK: CASE_WORKERS,
    FILE_READ: BOARD,
    CONTACT_READ: CASE_WORKERS,
    CONTACT_WORK: CASE_WORKERS,
    REFERRAL_READ: REFERRED,
    FUNDING_READ: CASE_WORKERS,
    BOARD_READ: BOARD,
    FIGURES_READ: CASE_WORKERS,
    REFERRAL_ANSWER: frozenset({"office"}),
    EXTRACT_READ: REFERRED,
    INSTANCE_READ: TASK_WORKERS,
    INSTANCE_WORK: CASE_WORKERS,
    AUDIT_READ: frozenset({"reviewer"}),
    MAIL_READ: CASE_WORKERS,
    MAIL_RETRY: CASE_WORKERS,
    OFFICE_READ: CASE_WORKERS | {"admin"},
    OFFICE_EDIT: frozenset({"coordinator", "admin"}),
    PROGRAMME_EDIT: frozenset({"coordinator"}),
    ORGANISATION_READ: CASE_WORKERS,
    ORGANISATION_EDIT: CASE_WORKERS,
    PAGE_EDIT: frozenset({"admin"}),
    USER_EDIT: frozenset({"admin"}),
    TOKEN_OWN: EVERYBODY,
    DEPUTY_EDIT: EVERYBODY,
    BUNDLE_EDIT: frozenset({"process_owner"}),
    BUNDLE_DEPLOY: frozenset({"process_owner"}),
    CODE_EDIT: frozenset({"process_owner"}),
}

# What the holder of a link may, beside the roles.
REFERRAL_LINK = frozenset({TASK_READ, TASK_WORK, REFERRAL_READ, REFERRAL_ANSWER, EXTRACT_READ, INSTANCE_READ})
CASE_LINK = frozenset({CASE_READ, FILE_READ, REFERRAL_READ, FUNDING_READ, TASK_READ, TASK_WORK})
ORGANISATION_LINK = frozenset({ORGANISATION_READ})


def may(actor: Actor, permission: str) -> bool:
    """Whether the actor holds the permission at all, for navigation and for verbs without a row."""
    if "system" in actor.roles or actor.roles & HOLDERS[permission]:
        return True
    if actor.referral_id is not None and permission in REFERRAL_LINK:
        return True
    if actor.organisation_id is not None and permission in ORGANISATION_LINK:
        return True
    return actor.case_id is not None and permission in CASE_LINK


def require(tx: Tx, permission: str) -> None:
    """Raise ``NotAllowed`` unless the actor holds the permission."""
    if not may(tx.actor, permission):
        raise NotAllowed("not_allowed", permission=permission)


def allowed(tx: Tx, permission: str, query: Query) -> Query:
    """The query, cut down to the rows the actor has this permission for; its first entity says which rule holds."""
    return query.where(condition(tx.actor, permission, query.column_descriptions[0]["entity"]))


def get(tx: Tx, permission: str, model: type[Row], key: Any) -> Row:
    """The row if it exists and the actor has this permission for it; raises ``NotFound`` in both other cases."""
    row: Row | None = tx.session.scalar(_one(tx.actor, permission, model), {"key": key})
    if row is None:
        raise NotFound("not_found", kind=model.__tablename__)
    return row


@lru_cache(maxsize=1_000)
def _one(actor: Actor, permission: str, model: type[Row]) -> Select[tuple[Row]]:
    """Building a statement costs as much as running it, and the same people come again and again."""
    return select(model).where(mapped(model).primary_key[0] == bindparam("key"), condition(actor, permission, model))


@lru_cache(maxsize=1_000)
def condition(actor: Actor, permission: str, model: type[Base]) -> ColumnElement[bool]:
    """The SQL condition itself."""
    if "system" in actor.roles:
        return true()
    return RULES[permission, model](actor) if may(actor, permission) else false()


def _everything(_actor: Actor) -> ColumnElement[bool]:
    return true()


def _works_on_cases(actor: Actor) -> bool:
    return bool(actor.roles & CASE_WORKERS)


def _groups(actor: Actor, role: str) -> list[str]:
    return people.working_groups(role, actor.groups) if role in actor.roles else []


def _office_ids(actor: Actor) -> list[int]:
    return [int(key.removeprefix("office:")) for key in _groups(actor, "office")]


def _is_unbiased(actor: Actor, subject: ColumnElement[str] | Mapped[str]) -> ColumnElement[bool]:
    """Whoever is biased about an application has no part in it, not even to read (§ 20 HVwVfG)."""
    biased = select(literal("application:").concat(Recusal.application_id)).where(Recusal.user_id == actor.user_id)
    return subject.not_in(biased)


def _of_juries(actor: Actor, juries: list[str]) -> ColumnElement[bool]:
    """What a jury is asked to do about an application: any other task of its groups is not for it."""
    asked = and_(Task.group_key.in_(juries), Task.subject.startswith("application:"))
    return asked if _works_on_cases(actor) else and_(asked, _is_unbiased(actor, Task.subject))


def _before_juries(actor: Actor, subject: ColumnElement[str] | Mapped[str]) -> ColumnElement[bool]:
    """Whether an application is or was before a jury of the actor, by the tasks it got."""
    juries = _groups(actor, "jury")
    return subject.in_(select(Task.subject).where(_of_juries(actor, juries))) if juries else false()


def _own_referrals(actor: Actor) -> ColumnElement[bool]:
    """Those of the actor's offices once they were sent, or the one the link is for."""
    return and_(
        or_(Referral.office_id.in_(_office_ids(actor)), Referral.id == actor.referral_id), Referral.status != "draft"
    )


def _extract_read(actor: Actor) -> ColumnElement[bool]:
    """What was passed on: out of an office's reach as soon as the referral is over or withdrawn."""
    if _works_on_cases(actor):
        return true()
    return and_(_own_referrals(actor), Referral.status.not_in(OVER))


def _referral_read(actor: Actor) -> ColumnElement[bool]:
    if _works_on_cases(actor):
        return true()
    told_to_sender = and_(Referral.case_id == actor.case_id, Referral.status != "draft")
    return or_(_own_referrals(actor), told_to_sender)


def _case_read(actor: Actor) -> ColumnElement[bool]:
    return true() if _works_on_cases(actor) else Case.id == actor.case_id


def _file_read(actor: Actor) -> ColumnElement[bool]:
    """Files that belong to a case; what still waits in a form is nobody's to download."""
    if _works_on_cases(actor):
        return File.about.startswith("case:")
    shared = and_(File.about == f"case:{actor.case_id}", File.is_shared)
    return or_(shared, and_(File.about.startswith("case:"), _before_juries(actor, File.subject)))


def _note_read(actor: Actor) -> ColumnElement[bool]:
    """All notes, or for whoever asked those of its case that are shared with it."""
    return true() if _works_on_cases(actor) else and_(CaseNote.case_id == actor.case_id, CaseNote.is_shared)


def _letter_read(actor: Actor) -> ColumnElement[bool]:
    """Whoever works on the case; others get theirs on paper, and one to an office is none of theirs."""
    return true() if _works_on_cases(actor) else false()


def _board_read(actor: Actor) -> ColumnElement[bool]:
    if _works_on_cases(actor):
        return true()
    return _before_juries(actor, literal("application:").concat(Application.id))


def _funding_read(actor: Actor) -> ColumnElement[bool]:
    return true() if _works_on_cases(actor) else Application.case_id == actor.case_id


def _own_tasks(actor: Actor) -> ColumnElement[bool]:
    """Tasks of the actor's groups or given to the actor or to whom the actor stands in for.

    For a link, what its referral asks of its office, or what whoever asked is to do in its case.
    """
    groups = sorted(actor.groups) if _works_on_cases(actor) else _groups(actor, "office")
    mine: list[ColumnElement[bool]] = [Task.group_key.in_(groups)]
    if juries := _groups(actor, "jury"):
        mine.append(_of_juries(actor, juries))
    # Tasks of an office or a jury are reached by its group, whoever has them: a colleague's work elsewhere is not lent.
    having = actor.personae if _works_on_cases(actor) else actor.personae - actor.stands_in_for
    if having:  # not with None, which would match every task that nobody has claimed
        had = Task.assignee_id.in_(sorted(having))
        # One may have been given a task before one is found to be biased.
        mine.append(had if _works_on_cases(actor) or not juries else and_(had, _is_unbiased(actor, Task.subject)))
    if actor.referral_id is not None:
        office = select(literal("office:").concat(Referral.office_id)).where(Referral.id == actor.referral_id)
        mine.append(and_(Task.subject == f"referral:{actor.referral_id}", Task.group_key.in_(office)))
    if actor.case_id is not None:
        applied = select(literal("application:").concat(Application.id)).where(Application.case_id == actor.case_id)
        of_case = or_(Task.subject == f"case:{actor.case_id}", Task.subject.in_(applied))
        mine.append(and_(Task.is_shared, of_case))
    return or_(*mine)


def _task_read(actor: Actor) -> ColumnElement[bool]:
    return true() if _works_on_cases(actor) else _own_tasks(actor)


def _of_offices(_actor: Actor) -> ColumnElement[bool]:
    """What an office is asked to do; the coordination may do it in its name, never each other's work."""
    return Task.group_key.startswith("office:")


def _asked(_actor: Actor) -> ColumnElement[bool]:
    return Referral.status != "draft"


def _instance_read(actor: Actor) -> ColumnElement[bool]:
    if _works_on_cases(actor):
        return true()
    # The variables of its process are the extract.
    own = select(literal("referral:").concat(Referral.id)).where(_extract_read(actor))
    return or_(Instance.subject.in_(own), _before_juries(actor, Instance.subject))


def _organisation_read(actor: Actor) -> ColumnElement[bool]:
    return true() if _works_on_cases(actor) else Organisation.id == actor.organisation_id


def _cases_of_organisation(actor: Actor) -> ColumnElement[bool]:
    """An association sees that of its cases which a person has assigned to it: anybody may type its name."""
    if _works_on_cases(actor):
        return true()
    if actor.organisation_id is None:  # comparing with None would match every case of nobody
        return false()
    return and_(Case.organisation_id == actor.organisation_id, Case.status != "new")


def _own_filter(actor: Actor) -> ColumnElement[bool]:
    return SavedFilter.user_id == actor.user_id


def _own_token(actor: Actor) -> ColumnElement[bool]:
    return ApiToken.user_id == actor.user_id


def _own_account(actor: Actor) -> ColumnElement[bool]:
    return true() if may(actor, USER_EDIT) else User.id == actor.user_id


def _own_absence(actor: Actor) -> ColumnElement[bool]:
    return true() if may(actor, USER_EDIT) else Deputyship.absent_id == actor.user_id


RULES: dict[tuple[str, type[Base]], Rule] = {
    (TASK_READ, Task): _task_read,
    (TASK_READ, SavedFilter): _own_filter,
    (TASK_WORK, Task): _own_tasks,
    (TASK_ON_BEHALF, Task): _of_offices,
    (TASK_ON_BEHALF, Referral): _asked,
    (TASK_ON_BEHALF, Case): _everything,
    (CASE_READ, Case): _case_read,
    (FILE_READ, File): _file_read,
    (CASE_READ, CaseNote): _note_read,
    (CASE_READ, Letter): _letter_read,
    (CASE_WORK, Case): _everything,
    (CASE_WORK, CaseNote): _everything,
    (CONTACT_READ, Contact): _everything,
    (CONTACT_WORK, Contact): _everything,
    (REFERRAL_READ, Referral): _referral_read,
    (FUNDING_READ, Application): _funding_read,
    (BOARD_READ, Application): _board_read,
    (REFERRAL_ANSWER, Referral): _own_referrals,
    (EXTRACT_READ, Referral): _extract_read,
    (INSTANCE_READ, Instance): _instance_read,
    (INSTANCE_WORK, Instance): _everything,
    (AUDIT_READ, AuditEntry): _everything,
    (BUNDLE_EDIT, Draft): _everything,
    (BUNDLE_EDIT, Publication): _everything,
    (MAIL_READ, Mail): _everything,
    (MAIL_RETRY, Mail): _everything,
    (OFFICE_READ, Office): _everything,
    (OFFICE_EDIT, Office): _everything,
    (PROGRAMME_EDIT, Programme): _everything,
    (ORGANISATION_READ, Organisation): _organisation_read,
    (ORGANISATION_READ, Case): _cases_of_organisation,
    (ORGANISATION_EDIT, Organisation): _everything,
    (PAGE_EDIT, Page): _everything,
    (USER_EDIT, User): _everything,
    (TOKEN_OWN, ApiToken): _own_token,
    (DEPUTY_EDIT, User): _own_account,
    (DEPUTY_EDIT, Deputyship): _own_absence,
}
