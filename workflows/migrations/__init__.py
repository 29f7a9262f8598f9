"""How the schema of the database comes about and changes: ``upgrade`` at every start, one file per change.

A new file is drafted from the difference between the tables in the code and the newest revision:
``python -m workflows.migrations "add deputies"``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from workflows.core import killpoints

_LOCK = 0x4C6F747365
"""The PostgreSQL advisory lock that lets one process migrate at a time ("Lotse" in ASCII)."""

PATIENCE = 120_000
"""Milliseconds for which a process waits while another one migrates the same SQLite file."""


def configuration() -> Config:
    """Alembic's settings; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def newest() -> str:
    """The revision the code needs."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    assert head is not None
    return head


def current(engine: Engine) -> str | None:
    """The revision the database is at; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest revision: all of it or, on any failure, nothing.

    Several processes may start at once: one migrates, the others wait and find nothing left to do.
    """
    if current(engine) == newest():
        return
    with _alone(engine) as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        killpoints.reach("migration.commit.before")


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction no other migration runs beside."""
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                yield connection
            return
        # SQLite changes a table by making a new one and dropping the old, which must not drop what refers to it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        # Whoever comes second waits for the whole of it, not for one statement as elsewhere.
        usual = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration broke references in {sorted({row[0] for row in broken})}")
            connection.commit()
        finally:
            connection.rollback()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.exec_driver_sql(f"PRAGMA busy_timeout={usual}")
