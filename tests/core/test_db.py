"""Both databases keep values as they are and hold the write lock when it matters."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin, Database
from workflows.core import files, sequences
from workflows.core.db import begin_write, make_engine, make_sessions
from workflows.core.errors import NotFound
from workflows.core.files import File
from workflows.core.sequences import Sequence
from workflows.engine.tasks import Task


def test_moments_come_back_aware_and_in_utc(begin: Begin) -> None:
    with begin() as tx:
        stored = files.store(tx, "a.txt", b"a", "case:1")
        stored.created_at = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2)))
    with begin() as tx:
        (moment,) = tx.session.scalars(select(File.created_at))
        assert moment == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
        assert moment.utcoffset() == timedelta(0)


def test_a_naive_moment_is_refused(begin: Begin) -> None:
    with begin() as tx, pytest.raises(StatementError, match="naive"):
        tx.session.execute(update(File).values(created_at=datetime(2026, 3, 29)))  # noqa: DTZ001


@pytest.mark.parametrize(("old", "new"), [(True, Decimal(1)), (Decimal(0), False), ([Decimal(1)], [True]), ("a", None)])
def test_values_that_python_calls_equal_are_still_stored(old: Any, new: Any) -> None:
    column = Task.__table__.c["draft"].type
    assert not column.compare_values(old, new)
    assert column.compare_values(new, new)


def test_a_locked_row_is_read_afresh_and_keeps_what_was_just_set(begin: Begin) -> None:
    with begin() as tx:
        sequences.next_number(tx, "a")
    with begin() as tx, begin() as other:
        row = tx.session.get_one(Sequence, "a")
        sequences.next_number(other, "a")
        other.session.commit()
        assert tx.locked(Sequence, "a").last == 2
        row.last = 7
        assert tx.locked(Sequence, "a").last == 7


def test_locking_what_is_not_there_is_not_found(begin: Begin) -> None:
    with begin() as tx, pytest.raises(NotFound):
        tx.locked(Sequence, "b")


def test_reading_first_and_writing_then_loses_no_update_under_load(begin: Begin) -> None:
    def act(_: int) -> None:
        for _ in range(10):
            with begin() as tx:
                tx.session.scalars(select(Sequence)).all()
                tx.locked(Sequence, "a").last += 1

    with begin() as tx:
        sequences.next_number(tx, "a")
    with ThreadPoolExecutor(6) as people:
        list(people.map(act, range(6)))
    with begin() as tx:
        assert tx.session.get_one(Sequence, "a").last == 61


def test_a_write_behind_a_with_clause_is_rolled_back_like_any_other(
    begin: Begin, sessions: sessionmaker[Session]
) -> None:
    with begin() as tx:
        sequences.next_number(tx, "a")
    with sessions() as session:
        session.execute(text("WITH n(x) AS (SELECT 9) UPDATE sequence SET last = (SELECT x FROM n)"))
        session.rollback()
    with begin() as tx:
        assert tx.session.get_one(Sequence, "a").last == 1


def test_sqlite_is_set_up_for_safety(sqlite_database: Database) -> None:
    with sqlite_database.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "busy_timeout": 10000,
    }


def test_a_file_that_somebody_else_holds_is_a_database_that_is_away(sqlite_database: Database) -> None:
    """Raised as what it is, or people would be told of a mistake of ours and the worker count a failed try."""
    path = sqlite_database.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other, make_sessions(sqlite_database.engine)() as mine:
        other.execute("BEGIN IMMEDIATE")
        mine.connection().exec_driver_sql("PRAGMA busy_timeout=20")
        with pytest.raises(OperationalError, match="locked"):
            mine.execute(update(Sequence).values(last=1))
        with pytest.raises(OperationalError, match="locked"):
            begin_write(mine)
        other.execute("ROLLBACK")
        mine.rollback()
        mine.execute(update(Sequence).values(last=1))


def test_many_processes_may_open_a_new_sqlite_file_at_once(tmp_path: Any) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    code = f"from workflows.core.db import make_engine; make_engine({url!r}).connect().close()"
    processes = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    make_engine(url).dispose()
