"""Migrating is all or nothing, and several processes may try it at once."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, inspect, text

from tests.actions.test_upgrades import DIAGRAM, zipped
from tests.conftest import settings_for
from webapp import cli
from workflows import migrations
from workflows.actions import upgrades
from workflows.core import killpoints
from workflows.core.clock import SystemClock
from workflows.core.db import make_engine, make_sessions
from workflows.core.tx import SYSTEM, Tx
from workflows.domain import organisations

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


def at_revision(engine: Engine, revision: str) -> None:
    """Bring the schema to where an earlier release left it."""
    with engine.begin() as connection:
        config = migrations.configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def publish_a_fax(engine: Engine) -> None:
    """A live process, as the first release stored it, that names an operator no release has any more."""
    files = zipped({"lost.bpmn": DIAGRAM % (b"lost", b"case.fax")})
    then, who = "2026-01-01 00:00:00", "system"
    with engine.begin() as connection:
        for statement in (
            "INSERT INTO process VALUES ('lost', 'Fax', :then)",
            "INSERT INTO version VALUES (1, 'lost', 1, 0, '', '', 'active', :then, :who)",
            "INSERT INTO edition VALUES (1, 1, 0, '', :files, :then, :who)",
        ):
            connection.execute(text(statement), {"then": then, "who": who, "files": files})


def test_what_a_release_refuses_is_found_under_the_schema_of_every_release(empty: str) -> None:
    """It asks before it migrates: a column that came later made every migration impossible."""
    engine = make_engine(empty)
    at_revision(engine, "0001")
    publish_a_fax(engine)
    for number in range(1, int(migrations.newest()) + 1):
        at_revision(engine, f"{number:04}")
        with make_sessions(engine)() as session:
            tx = Tx(session, SYSTEM, SystemClock().now(), settings_for(empty, Path()))
            unfit = [(each.process_key, [it.code for it in each.findings]) for each in upgrades.unfit_versions(tx)]
        assert unfit == [("lost", ["unknown_operator"])], number
    engine.dispose()


@pytest.mark.parametrize("command_", [["migrate"], ["run", "--port", "0"]], ids=["migrate", "run"])
def test_a_release_that_lacks_what_is_published_says_what_and_changes_nothing(
    command_: list[str], empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty)
    monkeypatch.setenv("LOTSE_INSTANCE", str(tmp_path / "instance"))
    engine = make_engine(empty)
    at_revision(engine, "0013")
    publish_a_fax(engine)
    assert cli.main(command_) == 1
    told = capsys.readouterr().out
    assert "lost 1: " in told
    assert "case.fax" in told
    assert "Nichts geändert" in told
    assert migrations.current(engine) == "0013"
    with engine.begin() as connection:
        connection.execute(text("UPDATE version SET status = 'retired'"))
    assert cli.main(["migrate"]) == 0
    assert migrations.current(engine) == migrations.newest()
    engine.dispose()


TWO_TABLES = (
    "CREATE TABLE house (id INTEGER PRIMARY KEY)",
    "CREATE TABLE room (id INTEGER PRIMARY KEY, house_id INTEGER NOT NULL REFERENCES house (id))",
    "INSERT INTO house VALUES (1)",
    "INSERT INTO room VALUES (1, 1)",
)
MADE_ANEW = ("DROP TABLE house", "CREATE TABLE house (id INTEGER PRIMARY KEY, name TEXT)")


@pytest.mark.parametrize("is_complete", [True, False], ids=["complete", "a row lost"])
def test_a_table_made_anew_keeps_what_refers_to_it_or_nothing_is_changed(
    is_complete: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite changes a table so; meanwhile it must not watch references, and at the end all must hold."""

    def upgrade(config: Config, _revision: str) -> None:
        filled = ("INSERT INTO house VALUES (1, 'Rathaus')",) if is_complete else ()
        for statement in (*TWO_TABLES, *MADE_ANEW, *filled):
            config.attributes["connection"].exec_driver_sql(statement)

    monkeypatch.setattr(command, "upgrade", upgrade)
    engine = make_engine(f"sqlite:///{tmp_path / 'lotse.sqlite3'}")
    if is_complete:
        migrations.upgrade(engine)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT house_id FROM room")).scalars().all() == [1]
    else:
        with pytest.raises(RuntimeError, match="room"):
            migrations.upgrade(engine)
        assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_an_association_with_a_long_name_in_another_script_does_not_stop_the_upgrade(empty: str) -> None:
    name = ("ኢትዮጵያ " * 28).strip()
    engine = make_engine(empty)
    with engine.begin() as connection:
        config = migrations.configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0008")
        known = "INSERT INTO organisation (name, folded_name, created_at) VALUES (:name, '', '2026-01-01 00:00:00')"
        connection.execute(text(known), {"name": name})
    migrations.upgrade(engine)
    with engine.connect() as connection:
        (stored,) = connection.execute(text("SELECT folded_name FROM organisation")).scalars()
    assert stored == organisations.folded(name)
    assert len(stored) == 200
    engine.dispose()
