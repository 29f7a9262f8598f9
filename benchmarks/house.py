"""One installation to be measured: prepared, with its people, two web processes and a worker running."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import psutil
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from benchmarks import raw, work
from benchmarks.client import Client
from benchmarks.databases import Database
from benchmarks.processes import await_answer, environ_for, free_port, running
from webapp.cli.preparation import prepare
from workflows.core.clock import SystemClock
from workflows.core.db import make_engine, make_sessions
from workflows.core.settings import Settings, read_settings
from workflows.core.tx import SYSTEM, transaction
from workflows.domain import access_tokens, deputies, people

PASSWORD = "ein Passwort nur zum Messen"  # noqa: S105 of an installation that is gone afterwards
COORDINATOR, OFFICE = "bench@lotse.example", "bench-office@lotse.example"
OFFICE_GROUPS = ("office:1", "office:2", "office:3")
ABSENT, ABSENT_GROUPS = "bench-absent@lotse.example", ("office:1", "office:4")
"""Somebody of the same office whom the person of three groups stands in for: four groups of 80 are 5 % of all tasks."""

HOLIDAY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class House:
    """A running installation and the bare route beside it."""

    database: Database
    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    port: int
    raw_port: int
    web: psutil.Process
    raw: psutil.Process
    worker: psutil.Process
    token: str
    office_token: str

    def client(self) -> Client:
        """A coordinator's program."""
        return Client(self.port, self.token)


@contextmanager
def house(database: Database, folder: Path) -> Iterator[House]:
    """Prepare everything, start the processes, end them at last."""
    port, raw_port = free_port(), free_port()
    environ = environ_for(database.url, folder, port)
    settings = read_settings(environ, folder)
    prepare(settings, work.BUNDLES)
    raw.prepare(database.plain_url)
    engine = make_engine(database.url)
    sessions = make_sessions(engine)
    token = _person(sessions, settings, COORDINATOR, "coordinator", ("group:coordination",))
    office_token = _person(sessions, settings, OFFICE, "office", OFFICE_GROUPS)
    _person(sessions, settings, ABSENT, "office", ABSENT_GROUPS)
    _stand_in(sessions, settings)
    with ExitStack() as stack:
        web = stack.enter_context(running("webapp.cli", "web", "--port", str(port), environ=environ))
        worker = stack.enter_context(running("webapp.cli", "worker", environ=environ))
        bare = ("benchmarks.raw", "--database", database.plain_url, "--port", str(raw_port))
        raw_process = stack.enter_context(running(*bare, environ=environ))
        await_answer(port, "/login")
        await_answer(raw_port, "/raw")
        yield House(database, settings, engine, sessions, port, raw_port, web, raw_process, worker, token, office_token)
    engine.dispose()


def _stand_in(sessions: sessionmaker[Session], settings: Settings) -> None:
    with transaction(sessions(), SYSTEM, SystemClock(), settings) as tx:
        absent, deputy = (people.find_by_email(tx.session, email) for email in (ABSENT, OFFICE))
        assert absent is not None
        assert deputy is not None
        today = people.day(tx.now)
        deputies.appoint(tx, absent.id, deputy.id, today, today + HOLIDAY)


def _person(sessions: sessionmaker[Session], settings: Settings, email: str, role: str, groups: Sequence[str]) -> str:
    """Somebody with a password and a token; gives the token."""
    with transaction(sessions(), SYSTEM, SystemClock(), settings) as tx:
        user = people.create(tx, email, f"Messung {role}", roles=[role], groups=groups, password=PASSWORD)
        return access_tokens.create(tx, user.id, "Messung", timedelta(days=1))[1]
