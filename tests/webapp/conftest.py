"""A web app on the test's database, with people of every role who can sign in."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from tests.conftest import Begin
from tests.prepared import first_contents
from tests.webapp.shared_app import app_in
from workflows import worker
from workflows.actions import enquiries, inbox
from workflows.core import links
from workflows.core.clock import SetClock
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport
from workflows.core.tx import PUBLIC
from workflows.domain import passwords, people
from workflows.engine.tasks import Task
from workflows.migrations import tables

ADDRESS = "https://lotse.example"
PASSWORD = "ein langes Passwort"

TRIAGE = {
    "decision": "help",
    "summary": "Raum gesucht",
    "urgency": "normal",
    "support_level": "inform",
    "ways": "refer",
}


@dataclass(frozen=True)
class Enquired:
    """A case and the way to its status page."""

    case_id: int
    reference: str
    token: str


class Browser:
    """A browser at the public address: keeps cookies, sends the CSRF token like a drawn form would."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **more: object) -> TestResponse:
        """A page; a link from a mail leads on to its clean address, as browsers go."""
        answer = self.client.get(path, base_url=ADDRESS, **more)
        return self.client.get(answer.location, base_url=ADDRESS, **more) if "/~" in (answer.location or "") else answer

    def opened(self, path: str) -> str:
        """The clean address that the link of a mail leads to."""
        answer = self.client.get(path, base_url=ADDRESS)
        assert answer.status_code == 302
        return str(answer.location)

    def post(self, path: str, data: dict[str, object] | None = None, **more: object) -> TestResponse:
        return self.client.post(path, base_url=ADDRESS, data={"csrf_token": self.token(), **(data or {})}, **more)

    def token(self) -> str:
        """The CSRF token of a page anybody may see."""
        page = self.get("/login")
        page = page if page.status_code == 200 else self.get("/")
        found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
        assert found
        return found[1]

    def sign_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/login", {"email": email, "password": password})


@cache
def _hashed(password: str) -> str:
    return passwords.hashed(password)


@pytest.fixture
def app(settings: Settings, clock: SetClock) -> Iterator[Flask]:
    """The app on the test's database."""
    with app_in(replace(settings, public_url=ADDRESS), clock) as app:
        yield app


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser nobody is signed in with."""
    return Browser(app.test_client())


@pytest.fixture
def house(begin: Begin) -> None:
    """The first contents and one user per role: ``coordinator@lotse.example`` and so on."""
    open_house(begin)


def open_house(begin: Begin) -> None:
    """What ``house`` promises, for fixtures of another scope."""
    with begin() as tx:
        first_contents(tx)
    with begin() as tx:
        for role in people.ROLES:
            user = people.create(
                tx,
                f"{role}@lotse.example",
                f"Person {role}",
                roles=[role],
                groups=[people.GROUP_OF_ROLE[role]] if role in people.GROUP_OF_ROLE else (),
            )
            user.password_hash = _hashed(PASSWORD)


@pytest.fixture
def signed_in(app: Flask, house: None) -> Callable[[str], Browser]:
    """A browser signed in with a role: ``signed_in("reviewer")``."""

    def browser_of(role: str) -> Browser:
        browser = Browser(app.test_client())
        assert browser.sign_in(f"{role}@lotse.example").status_code == 302
        return browser

    return browser_of


@pytest.fixture
def owner(signed_in: Callable[[str], Browser]) -> Browser:
    """A browser signed in as a process owner."""
    return signed_in("process_owner")


def begin_draft(owner: Browser, process: str) -> str:
    """The address of a new draft of a process."""
    answer = owner.post(f"/workshop/processes/{process}/drafts")
    assert answer.status_code == 302
    return str(answer.location)


ENQUIRY = {
    "choice": "rooms",
    "topics": ["rooms"],
    "text": "Wir suchen einen Raum für unseren Elternabend.",
    "organisation_name": "Verein Brücke",
    "contact_name": "Amal Beispiel",
    "reach_by": "mail",
    "contact_email": "amal@verein.example",
    "consent_share": True,
}


@pytest.fixture
def enquiry(begin: Begin, house: None) -> Enquired:
    """A case somebody asked for, with the token of its status page."""
    with begin(PUBLIC) as tx:
        case, link = enquiries.submit(tx, ENQUIRY, "de", "fixture")
        return Enquired(case.id, case.reference, links.token(link, tx.settings))


@pytest.fixture
def advised(
    enquiry: Enquired, begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> Callable[[], None]:
    """An enquiry that became an application; gives the worker."""

    def work() -> None:
        worker.run_due(sessions, settings, clock, DemoTransport())

    work()
    with begin() as tx:
        triage = tx.session.scalars(select(Task.id).where(Task.element_id == "triage")).one()
        inbox.complete(tx, triage, {**TRIAGE, "ways": ["funding"]})
    work()
    return work


def dump(sessions: sessionmaker[Session]) -> dict[str, list[Any]]:
    """Every row of every table."""
    with sessions() as session:
        every = tables.metadata().sorted_tables
        return {table.name: sorted(map(repr, session.execute(select(table)).all())) for table in every}


@pytest.fixture
def second(owner: Browser, begin: Begin, signed_in: Callable[[str], Browser]) -> Browser:
    """Another process owner."""
    with begin() as tx:
        people.create(tx, "zweite@lotse.example", "Zweite", roles=["process_owner"], groups=[], password=PASSWORD)
    browser = Browser(owner.client.application.test_client())
    assert browser.sign_in("zweite@lotse.example").status_code == 302
    return browser
