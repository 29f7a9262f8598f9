"""A database that was migrated is the database the code describes, on both systems."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, inspect

from tests.conftest import Database
from workflows import core, domain, engine, migrations
from workflows.core.db import Base, make_engine
from workflows.migrations import tables

Schema = dict[str, str]


def described(engine: Engine) -> Schema:
    """Every column, key, constraint and index under a name a person understands."""
    found: Schema = {}
    inspector = inspect(engine)
    for table in inspector.get_table_names():
        if table == "alembic_version":
            continue
        for column in inspector.get_columns(table):
            found[f"{table}.{column['name']}"] = _column(column)
        found[f"{table} primary key"] = repr(inspector.get_pk_constraint(table))
        for kind, things in (
            ("foreign key", inspector.get_foreign_keys(table)),
            ("unique", inspector.get_unique_constraints(table)),
            ("check", inspector.get_check_constraints(table)),
            ("index", inspector.get_indexes(table)),
        ):
            for thing in things:
                found[f"{table} {kind} {thing['name']}"] = repr(_plain(thing))
    return found


def _plain(value: Any) -> Any:
    """Nested contexts with everything in them as text: conditions of indexes are objects."""
    return {key: _plain(item) for key, item in sorted(value.items())} if isinstance(value, dict) else str(value)


def _column(column: Any) -> str:
    return (
        f"{column['type']!r} null={column['nullable']} default={column['default']} auto={column.get('autoincrement')}"
    )


def differences(fresh: Schema, migrated: Schema) -> list[str]:
    return [
        f"{name}: the code says {fresh.get(name)}, migrations make {migrated.get(name)}"
        for name in sorted(fresh.keys() | migrated.keys())
        if fresh.get(name) != migrated.get(name)
    ]


@pytest.fixture
def migrated(empty: str) -> Iterator[Engine]:
    """The schema as migrations make it from nothing."""
    engine = make_engine(empty)
    migrations.upgrade(engine)
    yield engine
    engine.dispose()


def test_the_migrated_schema_is_the_fresh_schema(database: Database, migrated: Engine) -> None:
    assert differences(described(database.engine), described(migrated)) == []


def test_a_difference_is_named(database: Database, migrated: Engine) -> None:
    with migrated.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE file ADD COLUMN forgotten INTEGER")
        connection.exec_driver_sql("DROP INDEX ix_file_about")
    named = [line.partition(":")[0] for line in differences(described(database.engine), described(migrated))]
    assert {"file index ix_file_about", "file.forgotten"} <= set(named)


def test_no_table_is_missing_where_all_are_collected() -> None:
    collected = set(tables.metadata().tables)
    for room in (core, engine, domain):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    assert set(Base.metadata.tables) == collected


def test_a_revision_uses_nothing_of_the_code() -> None:
    """Revisions run unchanged for years; the code they were written beside does not stay."""
    folder = migrations.configuration().get_main_option("script_location")
    sources = {path.name: path.read_text() for path in Path(folder or "").glob("versions/*.py")}
    assert [name for name, source in sources.items() if "workflows" in source] == []
