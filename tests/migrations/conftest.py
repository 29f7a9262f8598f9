"""Databases without any table."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Database, PostgresServer


@pytest.fixture
def empty(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of the same kind as ``database``."""
    if database.engine.dialect.name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        return
    postgres: PostgresServer = request.getfixturevalue("postgres")
    postgres.admin.execute("CREATE DATABASE test_empty")
    yield postgres.url("test_empty")
    postgres.admin.execute("DROP DATABASE test_empty WITH (FORCE)")
