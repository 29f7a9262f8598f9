"""The database: declarative base, column types, engines. One code for SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache, partial
from math import inf
from time import monotonic
from typing import Any, cast

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    Dialect,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from workflows.core import typed_json

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware moments, stored in UTC; SQLite would return naive ones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments: their zone would be a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class TypedJson(TypeDecorator[Any]):
    """Values of the expression language as tagged JSON bytes (see ``typed_json``): never a float for money."""

    impl = LargeBinary
    cache_ok = True

    def compare_values(self, x: Any, y: Any) -> bool:
        """Whether nothing would change: compared as stored, for Python calls ``True`` and ``Decimal(1)`` equal."""
        return (None if x is None else typed_json.dumps(x)) == (None if y is None else typed_json.dumps(y))

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Encode; None stays NULL."""
        return None if value is None else typed_json.dumps(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Decode."""
        return None if value is None else typed_json.loads(value)


class Euros(TypeDecorator[Decimal]):
    """Money: a Decimal with two places, stored as whole cents, for SQLite has no exact decimals."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Cents; refuses floats, whose last digit is chance, and fractions of a cent."""
        if value is None:
            return None
        cents = Decimal(value) * 100 if isinstance(value, Decimal | int) else None
        if cents is None or not cents.is_finite() or cents != cents.to_integral_value():
            raise ValueError("not an amount of euros")
        return int(cents)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Euros with two places."""
        return None if value is None else Decimal(value).scaleb(-2)


class Base(DeclarativeBase):
    """All tables of the house."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime}


def make_engine(url: str) -> Engine:
    """An engine with our pragmas and write rules set up."""
    engine = create_engine(url, hide_parameters=True)
    prepare_engine(engine)
    return engine


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions as worker, command line and tests use them."""
    return sessionmaker(engine, expire_on_commit=False)


def prepare_engine(engine: Engine) -> None:
    """Attach what SQLite needs to behave like the server database, and what keeps a server's connections fresh."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "checkin", _note_idle)
        event.listen(engine, "checkout", partial(_ping_after_rest, engine.dialect))
        return
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "before_cursor_execute", _sqlite_write_lock)


RESTED = 1.0
"""Seconds after which a kept connection is asked whether it still lives: under load that would be a statement more."""


def _note_idle(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info["idle_since"] = monotonic()


def _ping_after_rest(
    dialect: Dialect, connection: DBAPIConnection, entry: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """Raise what makes the pool throw all its connections away and open new ones, if this one is dead."""
    if monotonic() - entry.info.get("idle_since", inf) < RESTED:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def _sqlite_connect(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: reads run without one, see _sqlite_write_lock.
    connection.isolation_level = None
    for pragma in (
        "busy_timeout=10000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


_READS = {"SELECT", "PRAGMA", "EXPLAIN", "BEGIN", "ROLLBACK", "COMMIT"}
_WRITES = {"INSERT", "UPDATE", "DELETE", "REPLACE"}


def _sqlite_write_lock(
    connection: Connection, cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
) -> None:
    """Take the write lock at the first writing statement of a transaction, never earlier.

    Reading first and upgrading later fails with "database is locked" under load; BEGIN IMMEDIATE at the first
    write, with revisions checked afterwards, was measured without an error.
    """
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    if driver.in_transaction or _only_reads(statement):
        return
    try:
        cursor.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        # Here the toolkit translates nothing: a database that is locked or full would pass for a mistake of ours.
        raise OperationalError("BEGIN IMMEDIATE", None, error) from error


@lru_cache(maxsize=2_000)
def _only_reads(statement: str) -> bool:
    words = statement.upper().split()
    if words[0] == "WITH":
        return _WRITES.isdisjoint(words)
    return words[0] in _READS


def begin_write(session: Session) -> None:
    """Hold the write lock from now on (SQLite); on PostgreSQL row locks do this, so nothing happens."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
        if not driver.in_transaction:
            connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def read_only(session: Session) -> Iterator[None]:
    """Read one consistent moment; the database itself refuses every write. The session must not have begun to read."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
        return
    connection.exec_driver_sql("PRAGMA query_only=ON")
    connection.exec_driver_sql("BEGIN")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA query_only=OFF")


@contextmanager
def any_text(session: Session) -> Iterator[None]:
    """Read also what is no text where a text belongs (SQLite keeps what it is given), with marks for what it cannot be.

    Usually such a row stops the whole query.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    usual = driver.text_factory
    driver.text_factory = lambda stored: stored.decode("utf-8", "replace")
    try:
        yield
    finally:
        driver.text_factory = usual


def table_of(model: type[Base]) -> Table:
    """The table of a model, for statements that need no objects: they cost half of what the ORM's cost."""
    return cast(Table, model.__table__)


def upsert(session: Session, model: type[Base]) -> postgresql.Insert:
    """An insert that knows ``on_conflict_do_update`` and ``on_conflict_do_nothing`` on the session's database."""
    if session.get_bind().dialect.name == "sqlite":
        # Both dialects spell these clauses alike; one type is enough for the checker.
        return cast(postgresql.Insert, sqlite.insert(model))
    return postgresql.insert(model)
