"""The web server under fire: killed in the middle of a completion, many at one task at once."""

import http.client
import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from tests.faults.processes import lotse, wait_until
from tests.faults.story import TRIAGE, Story
from tests.faults.test_races import CROWD, at_once
from workflows.domain import access_tokens
from workflows.engine.tasks import Task

Tell = Callable[[str], Story]

NO_ANSWER = 0


class Program:
    """Speaks to the API with the token of a coordinator; an answer is (status, document)."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.token = token

    def complete(self, task_id: int, **more: str) -> tuple[int, dict[str, Any]]:
        """Complete a triage."""
        return self.post(f"/api/v1/tasks/{task_id}/complete", {"values": {**TRIAGE, **more}})

    def post(self, path: str, body: object) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", path, json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (http.client.HTTPException, ConnectionError):
            return NO_ANSWER, {}
        finally:
            connection.close()


def free_port() -> int:
    """A port nobody listens at now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def web(story: Story, token: str, *, kill_at: str = "", processes: int = 1) -> Iterator[Program]:
    """``lotse web``, listening."""
    port = free_port()
    command = ("web", "--port", str(port), "--processes", str(processes))
    with lotse(*command, environ=story.environ, log=story.log, kill_at=kill_at):
        wait_until(lambda: listens(port), story.log)
        yield Program(port, token)


def listens(port: int) -> bool:
    with socket.socket() as visitor:
        return visitor.connect_ex(("127.0.0.1", port)) == 0


def personal_token(story: Story, who: str) -> str:
    """A token of that person for the API."""
    with story.at() as tx:
        return access_tokens.create(tx, story.actors[who].user_id or 0, "test")[1]


def triage_of(story: Story) -> int:
    """The task everybody is after."""
    with story.at() as tx:
        return tx.session.scalars(select(Task.id).where(Task.element_id == "triage")).one()


@pytest.mark.parametrize("point", ["before_operator", "before_flush", "commit.before", "audit.after", "commit.after"])
def test_a_web_process_killed_in_a_completion_leaves_the_task_open_or_done_and_nothing_half(
    point: str, tell: Tell
) -> None:
    story, undisturbed = tell("arrived"), tell("arrived")
    task_id, token = triage_of(story), personal_token(story, "coordinator")
    personal_token(undisturbed, "coordinator")
    with web(story, token, kill_at=point) as program:
        assert program.complete(task_id) == (NO_ANSWER, {})
    assert story.findings() == []
    with story.at() as tx:
        assert tx.session.get_one(Task, task_id).status == ("done" if point == "commit.after" else "open")
    with web(story, token) as program:
        status, answer = program.complete(task_id)
    if point == "commit.after":
        assert (status, answer["type"], answer["by"]) == (409, "urn:lotse:problem:task_done", "coordinator")
    else:
        assert (status, [task["element_id"] for task in answer["open_tasks"]]) == (200, ["choose_offices"])
    undisturbed.complete("coordinator", "triage", TRIAGE)
    assert story.seen() == undisturbed.seen()
    assert story.findings() == []


def test_of_sixteen_programs_completing_one_task_in_two_processes_one_wins(tell: Tell) -> None:
    story = tell("arrived")
    task_id = triage_of(story)
    tokens = [personal_token(story, who) for who in ("coordinator", "deputy")]
    with web(story, tokens[0], processes=2) as first:
        programs = [Program(first.port, tokens[number % 2]) for number in range(CROWD)]
        acts = [
            partial(program.complete, task_id, summary=f"Meinung {number}") for number, program in enumerate(programs)
        ]
        answers = at_once(acts)
    assert Counter(status for status, _ in answers) == {200: 1, 409: CROWD - 1}
    with story.at() as tx:
        task = tx.session.get_one(Task, task_id)
        assert task.done_at is not None
        who_and_when = (task.done_by, task.done_at.isoformat())
        assert {(said["by"], said["at"]) for status, said in answers if status == 409} == {who_and_when}
    assert story.findings() == []
