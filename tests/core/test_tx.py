"""Returning commits, raising rolls back, and a killed process leaves all or nothing."""

import os
import signal
import subprocess
import sys

import pytest
from sqlalchemy import select

from tests.conftest import Begin, Database
from workflows.core import killpoints, sequences
from workflows.core.errors import Conflict
from workflows.core.sequences import Sequence

ACTION = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from workflows.core import audit, sequences
from workflows.core.clock import SystemClock
from workflows.core.db import make_engine, make_sessions
from workflows.core.settings import Settings
from workflows.core.tx import SYSTEM, transaction

settings = Settings(sys.argv[1], b"s" * 32, b"a" * 32, "https://lotse.example", Path.cwd())
for _ in range(3):
    with transaction(make_sessions(make_engine(sys.argv[1]))(), SYSTEM, SystemClock(), settings) as tx:
        sequences.next_number(tx, "a")
"""


def numbers(begin: Begin) -> list[int]:
    with begin() as tx:
        return list(tx.session.scalars(select(Sequence.last)))


def test_returning_commits(begin: Begin) -> None:
    with begin() as tx:
        sequences.next_number(tx, "a")
    assert numbers(begin) == [1]


def test_raising_rolls_back_and_the_error_comes_through(begin: Begin) -> None:
    def act() -> None:
        with begin() as tx:
            sequences.next_number(tx, "a")
            raise Conflict("taken")

    with pytest.raises(Conflict, match="taken"):
        act()
    assert numbers(begin) == []


@pytest.mark.parametrize(
    ("point", "left"),
    [("commit.before", []), ("commit.after", [1]), ("commit.before:3", [2]), ("commit.after:3", [3])],
)
def test_a_kill_around_the_commit_leaves_all_or_nothing(
    begin: Begin, database: Database, point: str, left: list[int]
) -> None:
    environment = os.environ | {killpoints.VARIABLE: point}
    killed = subprocess.run([sys.executable, "-c", ACTION, database.url], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert numbers(begin) == left


def test_without_the_variable_nothing_is_killed(begin: Begin, database: Database) -> None:
    subprocess.run([sys.executable, "-c", ACTION, database.url], check=True)
    assert numbers(begin) == [3]
