"""Every permission for every kind of actor, on own and foreign rows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select

from tests.conftest import Begin
from tests.domain.conftest import ENQUIRY
from tests.prepared import first_contents
from workflows import policy
from workflows.core import audit, files, outbox
from workflows.core.audit.log import AuditEntry
from workflows.core.db import Base
from workflows.core.errors import NotAllowed, NotFound
from workflows.core.files import File
from workflows.core.outbox import Mail
from workflows.core.tx import PUBLIC, SYSTEM, Actor, Tx
from workflows.domain import (
    access_tokens,
    cases,
    contacts,
    deputies,
    funding,
    letters,
    offices,
    organisations,
    people,
    referrals,
)
from workflows.domain.access_tokens import ApiToken
from workflows.domain.cases import Case, CaseNote
from workflows.domain.contacts import Contact, Held
from workflows.domain.funding import Application
from workflows.domain.letters import Letter
from workflows.domain.offices import Office
from workflows.domain.organisations import Organisation
from workflows.domain.pages import Page
from workflows.domain.people import Deputyship, User
from workflows.domain.programmes import Programme
from workflows.domain.referrals import Referral, Terms
from workflows.domain.saved_filters import SavedFilter
from workflows.engine import bundle, definitions, drafts, publications
from workflows.engine.definitions import Process, Version
from workflows.engine.drafts import Draft
from workflows.engine.publications import Publication
from workflows.engine.state import Instance
from workflows.engine.tasks import Task


@dataclass(frozen=True)
class House:
    """One case (and a foreign one), referred to two offices, with a draft for the first."""

    actors: dict[str, Actor]
    rows: dict[str, Base]


def _user(tx: Tx, role: str, *groups: str) -> Actor:
    user = people.create(tx, f"{role}{len(groups)}@stadt.example", role, roles=[role], groups=groups)
    return people.actor(tx.session, user)


def account(who: str) -> str:
    """The name of somebody's own account among the rows."""
    return f"{who}'s account"


def _user_of(tx: Tx, actor: Actor) -> User:
    return tx.session.get_one(User, actor.user_id)


def _deputy(tx: Tx, absent_id: int) -> Actor:
    """One of the leadership, who stands in for the coordinator today."""
    user = people.create(tx, "deputy@stadt.example", "deputy", roles=["leadership"])
    today = people.day(tx.now)
    deputies.appoint(tx, absent_id, user.id, today, today)
    return people.actor(tx.session, user, tx.now)


def _version(tx: Tx) -> int:
    found = tx.session.scalar(select(Version.id))
    if found is not None:
        return found
    tx.session.add(Process(key="p", name="p", created_at=tx.now))
    tx.session.flush()
    version = Version(
        process_key="p",
        number=1,
        patch=0,
        sha256="0" * 64,
        logic_sha256="0" * 64,
        status="active",
        deployed_at=tx.now,
        deployed_by="test",
    )
    tx.session.add(version)
    tx.session.flush()
    return version.id


def _task(tx: Tx, subject: str, group: str) -> tuple[Instance, Task]:
    instance = Instance(
        version_id=_version(tx),
        process_key="p",
        subject=subject,
        status="running",
        state=b"",
        variables={},
        revision=1,
        started_at=tx.now,
        started_by="test",
    )
    tx.session.add(instance)
    tx.session.flush()
    task = Task(
        instance_id=instance.id,
        token="0" * 32,
        element_id="e",
        name="n",
        process_key="p",
        subject=subject,
        group_key=group,
        status="open",
        priority=50,
        created_at=tx.now,
        revision=0,
    )
    tx.session.add(task)
    tx.session.flush()
    return instance, task


def _rows(tx: Tx, own: Office, other: Office) -> dict[str, Base]:
    case = cases.open_new(tx, ENQUIRY, channel="form", language="de", details={}, dedupe_key=None)
    foreign = cases.open_new(tx, ENQUIRY, channel="form", language="de", details={}, dedupe_key=None)
    terms = Terms("Räume", ["text"], "consent")
    sent = [referrals.offer(tx, case.id, office.id, terms) for office in (own, other)]
    for referral in sent:
        referrals.send(tx, referral.id)
    draft = referrals.offer(tx, case.id, own.id, terms)
    organisation, other_organisation = (organisations.add(tx, name) for name in ("Brücke e.V.", "Garten e.V."))
    assigned, unseen = (
        cases.open_new(tx, ENQUIRY, channel="form", language="de", details={}, dedupe_key=None) for _ in range(2)
    )
    cases.advance(tx, assigned.id, "in_progress")
    assert assigned.organisation_id == unseen.organisation_id == organisation.id
    of_case, triage = _task(tx, case.stream, "group:coordination")
    of_own, answer = _task(tx, sent[0].key, own.group)
    of_other, other_answer = _task(tx, sent[1].key, other.group)
    application = funding.open_new(tx, case.id)
    of_application, award = _task(tx, application.key, "group:jury")
    return {
        "case": case,
        "organisation": organisation,
        "other organisation": other_organisation,
        "assigned case": assigned,
        "unseen case": unseen,
        "foreign case": foreign,
        "note": cases.add_note(tx, case.id, "intern"),
        "internal file": files.store(tx, "plan.txt", b"intern", case.stream),
        "shared file": files.store(tx, "brief.txt", b"geteilt", case.stream, is_shared=True),
        "waiting file": files.store(tx, "neu.txt", b"wartet", "form:1"),
        "shared note": cases.add_note(tx, case.id, "geteilt", is_shared=True),
        "foreign shared note": cases.add_note(tx, foreign.id, "geteilt", is_shared=True),
        "talk": contacts.log(
            tx, Held("visit", tx.now.date(), "Vorstand", "Raum besichtigt", "reach", None, case.id, None)
        ),
        "letter": letters.keep(tx, case.id, key="k", address="Brücke", language="de", subject="s", text="t"),
        "application": application,
        "application instance": of_application,
        "award task": award,
        "handed in file": _handed_in(tx, case, application),
        "foreign application": funding.open_new(tx, foreign.id),
        "own referral": sent[0],
        "other referral": sent[1],
        "draft referral": draft,
        "case instance": of_case,
        "own instance": of_own,
        "other instance": of_other,
        "triage task": triage,
        "own task": answer,
        "other task": other_answer,
    }


def _handed_in(tx: Tx, case: Case, application: Application) -> File:
    file = files.store(tx, "satzung.txt", b"Satzung", case.stream)
    file.subject = application.key
    return file


def drafted(tx: Tx) -> Version:
    """A version, with a draft that was made from it."""
    version = definitions.newest_active(tx.session, "referral")
    assert version is not None
    drafts.begin(tx, bundle.read(Path(__file__).parents[1] / "bpmn" / "referral"), base=version)
    return version


@pytest.fixture
def house(begin: Begin) -> House:
    with begin() as tx:
        first_contents(tx)
        publications.submit_retirement(tx, drafted(tx).id, "zu alt")
        own, other = offices.by_keys(tx.session, ["culture_office", "caritas"])
        rows = _rows(tx, own, other)
        case, referral = rows["case"], rows["own referral"]
        assert isinstance(case, Case)
        assert isinstance(referral, Referral)
        actors = {
            "coordinator": _user(tx, "coordinator", "group:coordination"),
            "leadership": _user(tx, "leadership"),
            "office": _user(tx, "office", own.group),
            "jury": _user(tx, "jury", "group:jury"),
            "jury in wrong groups": _user(tx, "jury", "group:coordination", "group:leadership", own.group),
            "office in a wrong group": _user(tx, "office", "group:coordination", "group:leadership"),
            "process_owner": _user(tx, "process_owner"),
            "reviewer": _user(tx, "reviewer"),
            "admin": _user(tx, "admin", "group:coordination"),
            "office link": Actor("link", referral_id=referral.id),
            "organisation link": Actor("link", organisation_id=rows["organisation"].id),
            "status link": Actor("link", case_id=case.id),
            "public": PUBLIC,
            "system": SYSTEM,
        }
        coordinator = actors["coordinator"].user_id
        assert coordinator is not None
        actors["deputy"] = _deputy(tx, coordinator)
        rows |= {account(who): _user_of(tx, actor) for who, actor in actors.items() if actor.user_id is not None}
        rows["coordinator's absence"] = tx.session.scalars(select(Deputyship)).one()
        rows["taken instance"], taken = _task(tx, case.stream, "group:jury")
        taken.assignee_id = coordinator
        rows["taken task"] = taken
        rows["token"], _ = access_tokens.create(tx, coordinator, "mine")
        rows["filter"] = SavedFilter(user_id=coordinator, name="mine", query="scope=mine", created_at=tx.now)
        tx.session.add(rows["filter"])
        rows["mail"] = outbox.post(tx, to="a@b.example", subject="s", text="t", about=case.stream)
        audit.record(tx, "system", "test.done", "x")
    return House(actors, rows)


WITH_ACCOUNT = (
    *("coordinator", "leadership", "deputy", "jury", "jury in wrong groups", "office", "office in a wrong group"),
    *("process_owner", "reviewer", "admin"),
)
ALL_TASKS = {"triage task", "own task", "other task", "taken task", "award task"}
ALL_REFERRALS = {"own referral", "other referral", "draft referral"}
ALL_INSTANCES = {"case instance", "own instance", "other instance", "taken instance", "application instance"}
CASES = {"case", "foreign case", "assigned case", "unseen case"}
ORGANISATIONS = {"organisation", "other organisation"}
APPLICATIONS = {"application", "foreign application"}
OFFICE_STAFF = ("coordinator", "leadership", "deputy")
FILES = {"internal file", "shared file", "handed in file"}
NOTES = {"note", "shared note", "foreign shared note"}
SENT = {"own referral", "other referral"}

# permission, kind of row: who reaches which rows; everyone not named reaches none, the system reaches all.
EXPECTED: dict[tuple[str, type[Base]], dict[str, set[str]]] = {
    (policy.TASK_READ, Task): {
        "coordinator": ALL_TASKS,
        "leadership": ALL_TASKS,
        "deputy": ALL_TASKS,
        "jury": {"award task"},
        "office": {"own task"},
        "office link": {"own task"},
    },
    (policy.TASK_WORK, Task): {
        "coordinator": {"triage task", "taken task"},
        "deputy": {"triage task", "taken task"},
        "jury": {"award task"},
        "office": {"own task"},
        "office link": {"own task"},
    },
    (policy.TASK_ON_BEHALF, Task): {"coordinator": {"own task", "other task"}},
    (policy.TASK_ON_BEHALF, Referral): {"coordinator": SENT},
    (policy.TASK_ON_BEHALF, Case): {"coordinator": CASES},
    (policy.CASE_READ, Case): {"coordinator": CASES, "leadership": CASES, "deputy": CASES, "status link": {"case"}},
    (policy.CASE_WORK, Case): {"coordinator": CASES, "leadership": CASES, "deputy": CASES},
    (policy.FILE_READ, File): {
        **dict.fromkeys(OFFICE_STAFF, FILES),
        "jury": {"handed in file"},
        "status link": {"shared file"},
    },
    (policy.CASE_READ, CaseNote): {**dict.fromkeys(OFFICE_STAFF, NOTES), "status link": {"shared note"}},
    (policy.CASE_WORK, CaseNote): dict.fromkeys(OFFICE_STAFF, NOTES),
    (policy.CASE_READ, Letter): dict.fromkeys(OFFICE_STAFF, {"letter"}),
    (policy.CONTACT_READ, Contact): dict.fromkeys(OFFICE_STAFF, {"talk"}),
    (policy.CONTACT_WORK, Contact): dict.fromkeys(OFFICE_STAFF, {"talk"}),
    (policy.ORGANISATION_READ, Organisation): {
        "coordinator": ORGANISATIONS,
        "leadership": ORGANISATIONS,
        "deputy": ORGANISATIONS,
        "organisation link": {"organisation"},
    },
    (policy.ORGANISATION_READ, Case): {
        "coordinator": CASES,
        "leadership": CASES,
        "deputy": CASES,
        "organisation link": {"assigned case"},
    },
    (policy.ORGANISATION_EDIT, Organisation): {
        "coordinator": ORGANISATIONS,
        "leadership": ORGANISATIONS,
        "deputy": ORGANISATIONS,
    },
    (policy.REFERRAL_READ, Referral): {
        "coordinator": ALL_REFERRALS,
        "leadership": ALL_REFERRALS,
        "deputy": ALL_REFERRALS,
        "office": {"own referral"},
        "office link": {"own referral"},
        "status link": SENT,
    },
    (policy.FUNDING_READ, Application): {
        "coordinator": APPLICATIONS,
        "leadership": APPLICATIONS,
        "deputy": APPLICATIONS,
        "status link": {"application"},
    },
    (policy.BOARD_READ, Application): {**dict.fromkeys(OFFICE_STAFF, APPLICATIONS), "jury": {"application"}},
    (policy.REFERRAL_ANSWER, Referral): {"office": {"own referral"}, "office link": {"own referral"}},
    (policy.EXTRACT_READ, Referral): {
        "coordinator": ALL_REFERRALS,
        "leadership": ALL_REFERRALS,
        "deputy": ALL_REFERRALS,
        "office": {"own referral"},
        "office link": {"own referral"},
    },
    (policy.INSTANCE_READ, Instance): {
        "coordinator": ALL_INSTANCES,
        "leadership": ALL_INSTANCES,
        "deputy": ALL_INSTANCES,
        "jury": {"application instance"},
        "office": {"own instance"},
        "office link": {"own instance"},
    },
    (policy.INSTANCE_WORK, Instance): {
        "coordinator": ALL_INSTANCES,
        "leadership": ALL_INSTANCES,
        "deputy": ALL_INSTANCES,
    },
    (policy.MAIL_READ, Mail): {"coordinator": {"mail"}, "leadership": {"mail"}, "deputy": {"mail"}},
    (policy.MAIL_RETRY, Mail): {"coordinator": {"mail"}, "leadership": {"mail"}, "deputy": {"mail"}},
    (policy.TOKEN_OWN, ApiToken): {"coordinator": {"token"}},
    (policy.TASK_READ, SavedFilter): {"coordinator": {"filter"}},
    (policy.DEPUTY_EDIT, User): {
        **{who: {account(who)} for who in WITH_ACCOUNT},
        "admin": set(map(account, WITH_ACCOUNT)),
    },
    (policy.DEPUTY_EDIT, Deputyship): {"coordinator": {"coordinator's absence"}, "admin": {"coordinator's absence"}},
}

# Kinds of which every row or none is reached.
WHOLE: dict[tuple[str, type[Base]], set[str]] = {
    (policy.AUDIT_READ, AuditEntry): {"reviewer"},
    (policy.OFFICE_READ, Office): {"coordinator", "leadership", "deputy", "admin"},
    (policy.OFFICE_EDIT, Office): {"coordinator", "admin"},
    (policy.PROGRAMME_EDIT, Programme): {"coordinator"},
    (policy.PAGE_EDIT, Page): {"admin"},
    (policy.BUNDLE_EDIT, Draft): {"process_owner"},
    (policy.BUNDLE_EDIT, Publication): {"process_owner"},
    (policy.USER_EDIT, User): {"admin"},
}


def test_every_rule_is_walked() -> None:
    assert EXPECTED.keys() | WHOLE.keys() == policy.RULES.keys()
    assert {permission for permission, _ in policy.RULES} | {
        policy.BUNDLE_DEPLOY,
        policy.CODE_EDIT,
        policy.FIGURES_READ,
    } == policy.HOLDERS.keys()


@pytest.mark.parametrize("who", ["office", "office link"])
def test_with_its_end_a_referral_keeps_what_was_passed_on_from_its_office(begin: Begin, house: House, who: str) -> None:
    own, instance = house.rows["own referral"], house.rows["own instance"]
    assert isinstance(own, Referral)
    assert isinstance(instance, Instance)
    with begin(house.actors[who]) as tx:
        assert policy.get(tx, policy.EXTRACT_READ, Referral, own.id)
        assert policy.get(tx, policy.INSTANCE_READ, Instance, instance.id)
    with begin() as tx:
        referrals.withdraw(tx, own.id)
    with begin(house.actors[who]) as tx:
        assert policy.get(tx, policy.REFERRAL_READ, Referral, own.id)  # that it is over, and why
        for permission, row in ((policy.EXTRACT_READ, own), (policy.INSTANCE_READ, instance)):
            with pytest.raises(NotFound):
                policy.get(tx, permission, type(row), row.id)


def test_each_actor_reaches_exactly_its_rows(begin: Begin, house: House) -> None:
    names = {_identity(row): name for name, row in house.rows.items()}
    reached: dict[tuple[str, str], set[str]] = {}
    expected: dict[tuple[str, str], set[str]] = {}
    for permission, model in EXPECTED:
        for who, actor in house.actors.items():
            everything = {name for name, row in house.rows.items() if isinstance(row, model)}
            expected[permission, who] = (
                everything if who == "system" else EXPECTED[permission, model].get(who, set())
            ) | expected.get((permission, who), set())
            with begin(actor) as tx:
                rows = tx.session.scalars(policy.allowed(tx, permission, select(model)))
                reached[permission, who] = {names[_identity(row)] for row in rows} | reached.get(
                    (permission, who), set()
                )
    assert reached == expected


def test_a_single_row_follows_the_same_rule_and_a_foreign_one_does_not_exist(begin: Begin, house: House) -> None:
    for (permission, model), by_actor in EXPECTED.items():
        for who, actor in house.actors.items():
            for name, row in house.rows.items():
                if not isinstance(row, model) or who == "system":
                    continue
                (key,) = inspect(row).identity or ()
                with begin(actor) as tx:
                    if name in by_actor.get(who, set()):
                        assert _identity(policy.get(tx, permission, model, key)) == _identity(row)
                    else:
                        with pytest.raises(NotFound):
                            policy.get(tx, permission, model, key)


def test_what_belongs_to_the_house_is_for_its_keepers(begin: Begin, house: House) -> None:
    reached: dict[tuple[str, type[Base]], set[str]] = {}
    for permission, model in WHOLE:
        for who, actor in house.actors.items():
            with begin(actor) as tx:
                if tx.session.scalars(policy.allowed(tx, permission, select(model))).first() is not None:
                    reached.setdefault((permission, model), set()).add(who)
    assert reached == {key: who | {"system"} for key, who in WHOLE.items()}


def test_only_the_process_owner_deploys(begin: Begin, house: House) -> None:
    may = set()
    for who, actor in house.actors.items():
        with begin(actor) as tx:
            try:
                policy.require(tx, policy.BUNDLE_DEPLOY)
                may.add(who)
            except NotAllowed:
                continue
    assert may == {"process_owner", "system"}


def _identity(row: Base) -> Any:
    return type(row), inspect(row).identity
