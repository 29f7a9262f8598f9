"""Every page of a running demonstration, found from the URL map: a page that is added is walked without a word here."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import String, Table, cast, select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.routing import Rule

from tests.e2e.serving import free_port, served
from webapp.access import PUBLIC, STAFF, TOKEN
from webapp.app import create_app
from webapp.cli.preparation import prepare
from webapp.cli.surroundings import as_system, sessions_for
from webapp.extensions import db
from workflows import policy
from workflows.actions import association
from workflows.actions.demo import DEMO_USERS, DemoUser
from workflows.core import links
from workflows.core.clock import SystemClock
from workflows.core.links import Link
from workflows.core.settings import Settings
from workflows.core.tx import PUBLIC as ANYBODY
from workflows.core.tx import SYSTEM, Actor, Tx, transaction
from workflows.domain import people
from workflows.domain.cases import Case
from workflows.domain.funding import Application
from workflows.domain.referrals import Referral
from workflows.engine.drafts import Draft
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.migrations import tables

BUNDLES = Path(__file__).parents[2] / "bpmn"
MOST_SAMPLES = 4
USERS = {user.role: user for user in DEMO_USERS}
# What a word in an address stands for, where it is no row id; tokens are looked up by the purpose of their link.
WORDS = {"key": "imprint"}
IN_THE_WORKSHOP = {
    "key": "message",
    "number": 1,
    "name": "answered",
    "form_id": "triage",
    "component_id": "group_1",
    "step_id": "triage",
    "decision": "offices_by_topic",
    "language": "en",
    "text": "receipt",
    "code_list": "topic",
    "code": "rooms",
}
"""Parts of the processes the demonstration's drafts are about."""
OF_FORMULAS = {"decision": "matching_programmes", "path": "programmes.dmn"}
"""Parts of the draft with formulas and several decisions in one file."""
UNDER_WAY = ("sent", "seen", "accepted", "in_contact", "open", "running", "waiting")
"""Of several rows one in these states shows most."""

AFTER_A_STEP = {"/login/link", "/password/new", "/register/import/<key>"}
"""Pages that are there only for who has just opened a link, which leads to them, or uploaded a list."""

REGISTERED = "vorstand@brueckenklang.example"
"""A contact person of the demonstration's register, who gets the link to the own entry."""

TABLES = {"user": "user_account", "case": "case_file", "job": "migration_job"}


@dataclass(frozen=True)
class Place:
    """One page as one person sees it; ``role`` is None for the public."""

    name: str
    role: str | None
    path: str


@dataclass(frozen=True)
class Demo:
    """A running demonstration."""

    app: Flask
    address: str
    settings: Settings
    sessions: sessionmaker[Session]

    @contextmanager
    def at(self, actor: Actor = SYSTEM) -> Iterator[Tx]:
        """A transaction that leaves nothing behind: walking changes nothing."""
        with transaction(self.sessions(), actor, SystemClock(), self.settings) as tx:
            yield tx
            tx.session.rollback()

    def places(self, rule: Rule) -> list[Place]:
        """Samples of the page behind ``rule`` for every role that may see it."""
        found = []
        for role in roles_of(self.app, rule):
            with self.at(self._actor(role)) as tx:
                samples = self._addresses(tx, rule)
            label = rule.endpoint + (f"-{role}" if role else "")
            found += [Place(f"{label}{suffix}", role, path) for suffix, path in samples]
        return found

    def _actor(self, role: str | None) -> Actor:
        if role is None:
            return ANYBODY
        with self.at() as tx:
            user = people.find_by_email(tx.session, USERS[role].email)
            assert user is not None
            return people.actor(tx.session, user)

    def _addresses(self, tx: Tx, rule: Rule) -> list[tuple[str, str]]:
        adapter = self.app.url_map.bind("127.0.0.1")
        return [(mark, adapter.build(rule.endpoint, values)) for mark, values in _samples(tx, rule)]


def roles_of(app: Flask, rule: Rule) -> list[str | None]:
    """Who may see the page behind ``rule``; None stands for the public."""
    who = getattr(app.view_functions[rule.endpoint], "who", None)
    if who == PUBLIC:
        return [None]
    if who == STAFF:
        return list(people.ROLES)
    return sorted(policy.HOLDERS[who]) if who not in {None, TOKEN} else []


def page_rules(app: Flask) -> list[Rule]:
    """The rules that answer GET and are neither a file (of the house, uploaded, or a table) nor the API."""
    rules = (rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()))
    return sorted(
        (
            rule
            for rule in rules
            if rule.endpoint != "static"
            and not rule.rule.startswith("/api/")
            and "/files/<" not in rule.rule
            and not rule.rule.endswith(("/export", "/drawing"))
            and not rule.rule.endswith((".csv", ".bpmn"))
        ),
        key=lambda rule: rule.endpoint,
    )


def _samples(tx: Tx, rule: Rule) -> list[tuple[str, dict[str, Any]]]:
    """What the address may hold: different things where pages differ, rows that belong together where two are named."""
    if rule.arguments == {"token", "task_id"}:
        return _own_tasks(tx)
    samples: list[tuple[str, dict[str, Any]]] = [("", {})]
    # What belongs to a case names its case: ids of such rows come first.
    for name in sorted(rule.arguments, key=lambda name: name == "case_id"):
        samples = [
            (text + mark, {**chosen, name: value})
            for text, chosen in samples
            for mark, value in _values(tx, rule, name, chosen)
        ]
    return samples


def _values(tx: Tx, rule: Rule, name: str, chosen: Mapping[str, Any]) -> Sequence[tuple[str, Any]]:
    has_formulas = "/formulas/" in rule.rule or "/graphs/" in rule.rule
    if has_formulas and name in OF_FORMULAS:
        return [("", OF_FORMULAS[name])]
    if rule.rule.startswith("/workshop") and name in IN_THE_WORKSHOP:
        return [("", IN_THE_WORKSHOP[name])]
    if name == "draft_id":
        wanted = {"process_key": "funding" if has_formulas else "enquiry", "status": "open"}
        if rule.rule.endswith("/proposal"):
            wanted = {"status": "submitted"}
        return [("", tx.session.scalars(select(Draft.id).filter_by(**wanted)).first())]
    if name in WORDS:
        return [("", WORDS[name])]
    if name == "token":
        return _tokens(tx, rule)
    if name == "task_id":
        return _tasks(tx)
    if name == "case_id":
        of_row = [_case_of(tx, other, value) for other, value in chosen.items()]
        return [("", number) for number in of_row if number is not None] or _cases(tx)
    table = _table(name)
    order = [table.c.status.not_in(UNDER_WAY)] if "status" in table.c else []
    rows = select(table.c.id).order_by(*order, table.c.id).limit(1)
    if name == "referral_id":
        rows = rows.where(table.c.id.in_(policy.allowed(tx, policy.REFERRAL_READ, select(Referral.id))))
    if name == "application_id":
        rows = rows.where(table.c.id.in_(policy.allowed(tx, policy.BOARD_READ, select(Application.id))))
    return [("", each) for each in tx.session.scalars(rows)]


def _table(name: str) -> Table:
    noun = name.removesuffix("_id")
    return tables.metadata().tables[TABLES.get(noun, noun)]


def _case_of(tx: Tx, name: str, value: Any) -> int | None:
    if name == "instance_id":
        about = tx.session.get_one(Instance, value).subject
        return int(about.removeprefix("case:")) if about.startswith("case:") else None
    table = _table(name) if name.endswith("_id") else None
    if table is None or "case_id" not in table.c:
        return None
    return tx.session.scalar(select(table.c.case_id).where(table.c.id == value))


def _tokens(tx: Tx, rule: Rule) -> list[tuple[str, str]]:
    """One token for each different thing that links of this address lead to, the newest first."""
    purpose = next(name for name, path in links.PATHS.items() if rule.rule.startswith(path))
    rows = tx.session.scalars(select(Link).where(Link.purpose == purpose).order_by(Link.id.desc())).all()
    chosen: dict[str, Link] = {}
    for link in rows:
        chosen.setdefault(_state_of(tx, link.target), link)
    return [(f"-{state}", links.token(link, tx.settings)) for state, link in list(chosen.items())[:MOST_SAMPLES]]


def _state_of(tx: Tx, target: str) -> str:
    kind, _, number = target.partition(":")
    table = _table(kind)
    if "status" not in table.c:
        return kind
    return str(tx.session.execute(select(table.c.status).where(table.c.id == int(number))).scalar())


def _tasks(tx: Tx) -> list[tuple[str, int]]:
    """One open task of each step: every form is looked at."""
    rows = tx.session.scalars(policy.allowed(tx, policy.TASK_READ, select(Task)).where(Task.status == "open"))
    by_step = {f"-{task.process_key}-{task.element_id}": task.id for task in rows}
    return sorted(by_step.items())


def _own_tasks(tx: Tx) -> list[tuple[str, dict[str, Any]]]:
    """The steps that associations do themselves, each with the token of its case."""
    found = {}
    shared = select(Task, Application.case_id).join(
        Application, Task.subject == "application:" + cast(Application.id, String)
    )
    for task, case_id in tx.session.execute(shared.where(Task.is_shared, Task.status == "open")):
        link = select(Link).where(Link.purpose == "case_status", Link.target == f"case:{case_id}").limit(1)
        token = links.token(tx.session.scalars(link).one(), tx.settings)
        found[f"-{task.element_id}"] = {"token": token, "task_id": task.id}
    return sorted(found.items())[:MOST_SAMPLES]


def _cases(tx: Tx) -> list[tuple[str, int]]:
    rows = tx.session.scalars(policy.allowed(tx, policy.CASE_READ, select(Case)).order_by(Case.id))
    by_status = {f"-{case.status}": case.id for case in rows}
    return sorted(by_status.items())


@contextmanager
def demonstration(folder: Path) -> Iterator[Demo]:
    """The product's own demonstration on a database in ``folder``, served on a port of its own."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = Settings(
        database_url=f"sqlite:///{folder}/demo.sqlite3",
        secret_key=b"s" * 32,
        audit_key=b"a" * 32,
        public_url=address,
        instance=folder,
        demo=True,
    )
    prepare(settings, BUNDLES)
    app = create_app(settings)
    with as_system(settings) as tx:
        association.send_link(tx, REGISTERED)
        for purpose in ("sign_in", "set_password"):
            links.issue(tx, purpose, "user:1", "user:1", expires_at=tx.now + timedelta(hours=1))
    with sessions_for(settings) as sessions, served(app, port):
        yield Demo(app, address, settings, sessions)
    with app.app_context():
        db.engine.dispose()


def user_of(role: str) -> DemoUser:
    """The account of the demonstration that has this role."""
    return USERS[role]


RULES = {
    rule.rule: rule
    for rule in page_rules(create_app(Settings("sqlite://", b"s" * 32, b"a" * 32, "http://127.0.0.1", Path("."))))
    if rule.rule not in AFTER_A_STEP
}
"""Every page by its rule; for tests that are named before a demonstration runs."""
