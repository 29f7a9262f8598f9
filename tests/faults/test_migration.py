"""The worker dies in the middle of moving many cases; the next ones finish it, each case moved exactly once."""

import signal
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.core.mail_server import MailServer
from tests.engine.drawing import Drawing, timer
from tests.engine.house import House
from tests.faults.conftest import CopyOf, house_at, settings_at
from tests.faults.processes import PATIENCE, lotse, wait_until
from tests.faults.story import Story
from workflows.actions import migrations
from workflows.core.tx import SYSTEM, Actor
from workflows.engine.events import Event
from workflows.operators import ENGINE

OWNER = Actor("Owner", user_id=5, roles=frozenset({"process_owner"}))
CASES = 8

POINTS = (
    "migration.claim.before",
    "migration.claim.after:3",
    "before_flush:4",
    "migration.done:2",
    "flush.before:5",
    "audit.after:2",
    "commit.before:6",
    "commit.after:6",
)


def drawing(*, remind: bool) -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.user("first"), d.user("last"), d.end())
    if remind:
        d.boundary("late", "first", timer("duration", "P5D"), interrupting=False)
        d.flow("late", d.user("remind"), d.end("end_late"))
    return d


@pytest.fixture
def story(copy_of: CopyOf, mail_server: MailServer, tmp_path: Path) -> Iterator[Story]:
    """An empty house of its own."""
    with ExitStack() as stack:
        nobody: Mapping[str, Actor] = {"system": SYSTEM}
        yield stack.enter_context(house_at(settings_at(copy_of(None), tmp_path, mail_server), nobody))


@pytest.mark.parametrize("point", POINTS)
def test_a_bulk_move_outlives_the_death_of_its_worker(point: str, story: Story) -> None:
    house = House(story.begin, story.clock, ENGINE)
    house.deploy(drawing(remind=False))
    ids = [house.start() for _ in range(CASES)]
    house.deploy(drawing(remind=True))
    with story.begin(OWNER) as tx:
        job = migrations.begin(tx, "p", 2).id
    with lotse("worker", environ=story.environ, log=story.log, kill_at=point) as victim:
        victim.join(PATIENCE)
        assert victim.exitcode == -signal.SIGKILL, f"never came to {point}: {story.log.read_text()}"
    assert story.findings() == []

    def is_done() -> bool:
        with story.begin(OWNER) as tx:
            return migrations.report(tx, job).left == 0

    with lotse("worker", environ=story.environ, log=story.log), lotse("worker", environ=story.environ, log=story.log):
        wait_until(is_done, story.log)
    with story.begin(OWNER) as tx:
        assert migrations.report(tx, job).counts == {"moved": CASES}
        moves = select(Event.instance_id, func.count()).where(Event.kind == "instance.migrated")
        assert dict(tx.session.execute(moves.group_by(Event.instance_id)).tuples().all()) == dict.fromkeys(ids, 1)
    assert [len(house.timers(each)) for each in ids] == [1] * CASES
    assert story.findings() == []
