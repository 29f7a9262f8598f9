"""Migrating is all or nothing, and several processes may try it at once."""

import os
import signal
import subprocess
import sys

from sqlalchemy import inspect, text

from workflows import migrations
from workflows.core import killpoints
from workflows.core.db import make_engine

UPGRADE = """
import sys
from workflows import migrations
from workflows.core.db import make_engine
migrations.upgrade(make_engine(sys.argv[1]))
"""


def start(url: str, kill_at: str = "") -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", UPGRADE, url], env=os.environ | {killpoints.VARIABLE: kill_at})


def test_several_processes_at_once_migrate_an_empty_database(empty: str) -> None:
    processes = [start(empty) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    engine = make_engine(empty)
    assert migrations.current(engine) == migrations.newest()
    engine.dispose()


def test_a_kill_in_the_middle_leaves_nothing_and_the_next_start_heals_it(empty: str) -> None:
    assert start(empty, "migration.commit.before").wait() == -signal.SIGKILL
    engine = make_engine(empty)
    assert inspect(engine).get_table_names() == []
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.newest()
    engine.dispose()


def test_a_second_upgrade_changes_nothing_and_references_stay_guarded(empty: str) -> None:
    engine = make_engine(empty)
    migrations.upgrade(engine)
    migrations.upgrade(engine)
    assert migrations.current(engine) == migrations.newest()
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()
