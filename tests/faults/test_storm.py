"""Kills under load: while four programs complete tasks and mails go out, web and worker processes die again and again.

``LOTSE_KILLS=100`` asks for as many on each database (200 in all); by default a handful.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from multiprocessing.context import ForkServerProcess

import pytest
from sqlalchemy import select

from tests.core.mail_server import MailServer
from tests.faults.processes import PATIENCE, lotse, wait_until
from tests.faults.story import Story
from tests.faults.test_races import at_once
from tests.faults.test_web import NO_ANSWER, Program, free_port, listens, personal_token
from workflows.core import audit
from workflows.core.audit.log import AuditEntry
from workflows.core.outbox import Mail
from workflows.engine.tasks import Task

KILLS = int(os.environ.get("LOTSE_KILLS", "6"))
PROGRAMS = 4
TASKS_FOR_EACH_KILL = 6
WEB_POINTS = ("before_operator", "before_flush", "flush.before", "commit.before", "audit.after", "commit.after")
WORKER_POINTS = (
    *("message.claim.before", "message.claim.after", "message.done", "before_operator", "after_operator"),
    *("mail.claim.before", "mail.claimed", "mail.accepted", "mail.marked", "commit.before", "commit.after"),
)


class Load:
    """Programs that complete all triages; what they were answered is counted, no answer means a web process died."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.port = free_port()
        self.token = personal_token(story, "coordinator")
        self.answers: Counter[int] = Counter()
        self.left = PROGRAMS
        with story.at() as tx:
            self.ids = list(tx.session.scalars(select(Task.id).where(Task.element_id == "triage")))

    def work(self, number: int) -> int:
        """One program: its share, each task until it is done."""
        program = Program(self.port, self.token)
        for task_id in self.ids[number::PROGRAMS]:
            while (status := program.complete(task_id)[0]) not in {200, 409}:
                self.answers[status] += 1
                time.sleep(0.02)
            self.answers[status] += 1
        self.left -= 1
        return 0

    def storm(self, chance: random.Random) -> int:
        """Web and worker die at their points and are there again at once, until enough of them have; then both stay."""
        killed = 0
        while killed < KILLS and self.left:
            killed += self._round(*(f"{chance.choice(points)}:{chance.randint(1, 4)}" for points in POINTS))
        with self._web(""), self._worker(""):
            wait_until(lambda: not self.left, self.story.log)
            self.story.let_leases_end()
            wait_until(self.story.is_quiet, self.story.log)
        return killed

    def _round(self, web_point: str, worker_point: str) -> int:
        """Until one of them has died; gives how many have."""
        with self._web(web_point), self._worker(worker_point) as worker:
            wait_until(lambda: listens(self.port), self.story.log)
            # From here on no answer means that the process behind the open port is gone.
            before, ends_at = self.answers[NO_ANSWER], time.monotonic() + PATIENCE
            while self.left and worker.is_alive() and self.answers[NO_ANSWER] == before:
                assert time.monotonic() < ends_at, (web_point, worker_point)
                time.sleep(0.02)
            return int(not worker.is_alive()) + int(self.answers[NO_ANSWER] > before)

    def _web(self, point: str) -> AbstractContextManager[ForkServerProcess]:
        return lotse("web", "--port", str(self.port), environ=self.story.environ, log=self.story.log, kill_at=point)

    def _worker(self, point: str) -> AbstractContextManager[ForkServerProcess]:
        return lotse("worker", environ=self.story.environ, log=self.story.log, kill_at=point)


POINTS = (WEB_POINTS, WORKER_POINTS)


@pytest.mark.timeout(180 + 20 * KILLS)
def test_kills_under_load_lose_nothing_double_nothing_and_leave_nothing_stuck(
    tell: Callable[[str], Story], mail_server: MailServer
) -> None:
    story = tell("arrived")
    for _ in range(KILLS * TASKS_FOR_EACH_KILL):
        story.submit()
    load = Load(story)
    acts: list[Callable[[], int]] = [partial(load.work, number) for number in range(PROGRAMS)]
    *_, killed = at_once([*acts, partial(load.storm, random.Random(KILLS))])
    assert killed >= KILLS
    assert set(load.answers) <= {200, 409, NO_ANSWER}
    assert load.answers[200] + load.answers[409] == len(load.ids)
    with story.at() as tx:
        done = Counter(tx.session.scalars(select(AuditEntry.object).where(AuditEntry.event == "task.completed")))
        assert audit.verify(tx.session, story.settings.audit_key) == []
        mails = Counter(tx.session.execute(select(Mail.message_id, Mail.status)).tuples())
    assert done == {f"task:{number}": 1 for number in load.ids}
    assert story.findings() == []
    assert {status for _, status in mails} == {"sent"}
    assert {str(mail["Message-ID"]) for mail in mail_server.taken} == {message_id for message_id, _ in mails}
    assert len({mail.as_bytes() for mail in mail_server.taken}) == len(mails)
