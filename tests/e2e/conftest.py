"""The whole house for a browser: a real web server, a real worker, a real mail server, real Chromium."""

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin, Database
from tests.core import mail_server
from tests.core.mail_server import MailServer
from tests.e2e.gallery import make_gallery
from tests.e2e.looking import Eyes
from tests.e2e.serving import free_port, served
from tests.e2e.walk import Demo, demonstration
from tests.prepared import first_contents
from tests.webapp.shared_app import quick_app
from webapp.extensions import db
from workflows import worker
from workflows.core.clock import SetClock
from workflows.core.settings import Settings
from workflows.domain import people

BROWSER = "chromium-headless-shell"
AXE = Path(__file__).parents[2] / "webapp" / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# All rules; of what passed nothing is told, which would be most of the time.
VIOLATIONS = "axe.run({ resultTypes: ['violations'] }).then((found) => found.violations)"
PASSWORD = "ein langes Passwort"
PATIENCE = 20.0  # seconds until something that should happen counts as not happening
DESKTOP, PHONE = 1280, 390
SCRIPTS = re.compile(r"/dist/\w+\.js")

Visitor = Callable[..., Page]
Found = TypeVar("Found")


@dataclass(frozen=True)
class House:
    """A running installation; ``clock`` is the time of web server and worker alike."""

    address: str
    clock: SetClock
    mails: MailServer
    begin: Begin

    def mail_to(self, address: str, subject: str = "") -> EmailMessage:
        """The newest mail to ``address`` with ``subject`` in its subject, waited for."""
        return waited_for(lambda: self._newest(address, subject), f"no mail to {address} about {subject!r}")

    def link_to(self, address: str, subject: str = "") -> str:
        """The link in that mail."""
        body = self.mail_to(address, subject).get_body(("plain",))
        assert body is not None
        found = re.search(re.escape(self.address) + r"/\S+", body.get_content())
        assert found, body.get_content()
        return found[0]

    def let_pass(self, **time_passing: float) -> None:
        """Time passes: ``days=3``, ``hours=1``."""
        self.clock.advance(timedelta(**time_passing))

    def _newest(self, address: str, subject: str) -> EmailMessage | None:
        found = (mail for mail in reversed(self.mails.taken) if address in mail["To"] and subject in mail["Subject"])
        return next(found, None)


def waited_for(look: Callable[[], Found | None], complaint: str, patience: float = PATIENCE) -> Found:
    """What ``look`` gives once it gives something."""
    ends_at = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < ends_at, complaint
        time.sleep(0.1)
    return found


@contextmanager
def working(sessions: sessionmaker[Session], settings: Settings, clock: SetClock) -> Iterator[None]:
    """A worker beside the web server."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(sessions, settings, stop), kwargs={"clock": clock}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def house(
    database: Database, sessions: sessionmaker[Session], settings: Settings, clock: SetClock, begin: Begin
) -> Iterator[House]:
    """Web server, worker and mail server on one database, filled with the seed and one account per role."""
    with begin() as tx:
        first_contents(tx)
        for role, group in (("coordinator", "group:coordination"), ("leadership", "group:leadership")):
            people.create(tx, f"{role}@lotse.example", role, roles=[role], groups=[group], password=PASSWORD)
        people.create(tx, "reviewer@lotse.example", "reviewer", roles=["reviewer"], groups=[], password=PASSWORD)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with mail_server.running() as mails:
        settings = replace(settings, public_url=address, smtp=mails.settings)
        app = quick_app(settings, clock)
        with served(app, port), working(sessions, settings, clock):
            yield House(address, clock, mails, begin)
        with app.app_context():
            db.engine.dispose()


def sign_in(page: Page, house: House, role: str) -> None:
    """Sign the account of ``role`` in; the inbox is shown afterwards."""
    page.goto(f"{house.address}/login")
    page.get_by_label("E-Mail-Adresse").fill(f"{role}@lotse.example")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden").click()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; a machine without it cannot run these tests, which is a failure and no reason to skip."""
    program = shutil.which(BROWSER)
    assert program, f"{BROWSER} is missing, see .ci/run"
    expect.set_options(timeout=PATIENCE * 1000)  # a busy machine is slow, not wrong
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demonstration, as a newcomer starts it."""
    with demonstration(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
def eyes(chromium: Browser, demo: Demo) -> Iterator[Eyes]:
    """Somebody of every role before a screen of every width."""
    looking = Eyes(chromium, demo)
    yield looking
    looking.close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Visitor]:
    """Opens a page with cookies of its own: ``visitor(PHONE)``; errors in its console fail the test."""
    complaints: list[str] = []
    contexts = []

    def opened(width: int = DESKTOP, *, javascript: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=javascript, locale="de-DE"
        )
        context.set_default_navigation_timeout(2 * PATIENCE * 1000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if _is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@contextmanager
def scripts_late(page: Page) -> Iterator[None]:
    """What a slow connection does: within, the page stands and can be filled, and no script of ours has arrived."""
    waiting: list[Route] = []
    page.route(SCRIPTS, lambda route: waiting.append(route))
    yield
    for route in waiting:
        route.continue_()
    page.unroute(SCRIPTS)
    assert waiting, "no script was held back"


def _is_complaint(message: Any) -> bool:
    # A page that answers 404 or 409 on purpose is noted by the browser as well; the tests look at those themselves.
    return message.type == "error" and "the server responded with a status of 4" not in message.text


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    """The address of every template with sample data."""
    with served(make_gallery()) as address:
        yield address


def accessibility_problems(page: Page) -> list[str]:
    """What axe-core finds on the page, all its rules on."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(VIOLATIONS)
    return [f"{item['id']}: {node['html'][:200]}" for item in found for node in item["nodes"]]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window; the room kept for a scroll bar is not part of it."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.offsetWidth"))
