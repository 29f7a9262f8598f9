"""The inbox in pages: the address says which tasks, the way back, several at once, kept filters, undo."""

import base64
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from benchmarks.statements import counted
from tests.conftest import Begin
from tests.webapp import sample
from tests.webapp.conftest import Browser
from webapp.extensions import db
from workflows.core.clock import SetClock
from workflows.domain import people
from workflows.domain.people import User
from workflows.engine.tasks import Task

SignIn = Callable[[str], Browser]
MOST_STATEMENTS = 9


@pytest.fixture
def ids(begin: Begin, house: None) -> list[int]:
    """Three new tasks of the coordination; the first is overdue, the second due tomorrow."""
    with begin() as tx:
        sample.deploy(tx)
    made = [sample.start(begin) for _ in range(3)]
    with begin() as tx:
        for task_id, days in zip(made, (-3, 1), strict=False):
            due = tx.now + timedelta(days=days)
            tx.session.execute(update(Task).where(Task.id == task_id).values(due_at=due))
        people.create(tx, "second@lotse.example", "Zweite Person", roles=["coordinator"], groups=["group:coordination"])
    return made


def shown(page: str) -> list[int]:
    """The tasks in the list, from top to bottom."""
    return [int(number) for number in re.findall(r'data-task="(\d+)"', page)]


def test_the_address_says_which_tasks_and_in_which_order(signed_in: SignIn, ids: list[int]) -> None:
    mine = signed_in("coordinator")
    assert shown(mine.get("/inbox").text) == ids
    assert shown(mine.get("/inbox?due=overdue").text) == ids[:1]
    assert shown(mine.get("/inbox?sort=newest").text) == ids[::-1]
    assert shown(mine.get("/inbox?scope=mine").text) == []
    assert shown(mine.get("/inbox?scope=weird&due=never&assignee=abc&sort=x").text) == ids  # as if not said
    page = mine.get("/inbox").text
    assert "seit 3 Tagen überfällig" in page
    assert "morgen fällig" in page


def test_after_a_task_one_is_back_in_the_list_one_came_from(signed_in: SignIn, ids: list[int]) -> None:
    mine = signed_in("coordinator")
    mine.get("/inbox?due=overdue&sort=newest")
    task = mine.get(f"/tasks/{ids[0]}")
    assert 'href="/inbox?due=overdue&amp;sort=newest"' in task.text
    answer = mine.post(f"/tasks/{ids[0]}/complete", {"answer": "Ja"})
    assert answer.location == "/inbox?due=overdue&sort=newest"


def test_the_next_task_of_the_case_is_one_click_away(signed_in: SignIn, ids: list[int], begin: Begin) -> None:
    mine = signed_in("coordinator")
    mine.post(f"/tasks/{ids[0]}/complete", {"answer": "Ja"})
    page = mine.get("/inbox").text
    with begin() as tx:
        done = tx.session.get_one(Task, ids[0])
        following = tx.session.scalars(
            select(Task).where(Task.instance_id == done.instance_id, Task.status == "open")
        ).one()
    assert "Die nächste Aufgabe in diesem Vorgang ist auch Ihre" in page
    assert f'href="/tasks/{following.id}"' in page


def test_taking_a_task_can_be_undone_from_where_one_is(signed_in: SignIn, ids: list[int], begin: Begin) -> None:
    mine = signed_in("coordinator")
    answer = mine.post(f"/tasks/{ids[0]}/claim", {"next": "/inbox?due=overdue"})
    assert answer.location == "/inbox?due=overdue"
    page = mine.get(answer.location).text
    assert "Rückgängig machen" in page
    undo = mine.post(f"/tasks/{ids[0]}/release", {"next": "/inbox?due=overdue"})
    assert undo.location == "/inbox?due=overdue"
    with begin() as tx:
        assert tx.session.get_one(Task, ids[0]).assignee_id is None
    elsewhere = mine.post(f"/tasks/{ids[0]}/claim", {"next": "//evil.example/"})
    assert elsewhere.location == f"/tasks/{ids[0]}"


def test_several_at_once_are_handed_over_or_put_off(signed_in: SignIn, ids: list[int], begin: Begin) -> None:
    mine = signed_in("coordinator")
    with begin() as tx:
        second = tx.session.scalars(select(User.id).where(User.email == "second@lotse.example")).one()
    sent = mine.post("/inbox/several?sort=newest", {"task": ids[:2], "do": "hand_over", "user_id": second})
    assert sent.location == "/inbox?sort=newest"
    assert "2 Aufgaben übergeben." in mine.get("/inbox").text
    mine.post("/inbox/several", {"task": ids[1:], "do": "postpone", "on": "2026-03-20"})
    with begin() as tx:
        tasks = [tx.session.get_one(Task, number) for number in ids]
        assert [task.assignee_id for task in tasks] == [second, second, None]
        assert [str(task.follow_up_on) for task in tasks] == ["None", "2026-03-20", "2026-03-20"]
    assert shown(mine.get("/inbox").text) == ids[:1]
    assert shown(mine.get("/inbox?follow_up=asleep").text) == ids[1:]


def test_what_is_wrong_with_several_comes_back_with_its_ticks(signed_in: SignIn, ids: list[int]) -> None:
    mine = signed_in("coordinator")
    for data, words in (
        ({"do": "hand_over", "user_id": "1"}, "zuerst bei den Aufgaben ein Häkchen"),
        ({"task": ids[:1], "do": "hand_over", "user_id": "4711"}, "jemanden aus der Liste"),
        ({"task": ids[:1], "do": "postpone", "on": "gestern"}, "ein Datum"),
        ({"task": ids[:1], "do": "postpone", "on": "2020-01-01"}, "das noch kommt"),
    ):
        answer = mine.post("/inbox/several", data)
        assert answer.status_code == 422
        assert words in answer.text
        assert len(re.findall(r'name="task"[^>]* checked', answer.text)) == len(data.get("task", []))


def test_put_off_from_its_page_a_task_comes_back_on_its_day(signed_in: SignIn, ids: list[int], clock: SetClock) -> None:
    mine = signed_in("coordinator")
    assert mine.post(f"/tasks/{ids[2]}/follow-up", {"on": "2026-02-01"}).status_code == 422
    mine.post(f"/tasks/{ids[2]}/follow-up", {"on": "2026-03-03"})
    assert "Die Aufgabe kommt am 03.03.2026 wieder." in mine.get("/inbox").text
    assert shown(mine.get("/inbox").text) == ids[:2]
    clock.set(clock.now() + timedelta(days=1))
    again = signed_in("coordinator")
    page = again.get("/inbox").text
    assert shown(page) == ids
    assert "Wiedervorlage: jetzt wieder da" in page
    again.post(f"/tasks/{ids[2]}/follow-up", {"clear": "yes"})
    assert "Wiedervorlage: jetzt" not in again.get("/inbox").text


def test_priority_is_said_in_words(signed_in: SignIn, ids: list[int]) -> None:
    mine = signed_in("coordinator")
    mine.post(f"/tasks/{ids[2]}/priority", {"priority": "high"})
    assert "hohe Priorität" in mine.get("/inbox").text
    assert shown(mine.get("/inbox?priority=high").text) == [ids[2]]
    assert shown(mine.get("/inbox?sort=priority").text)[0] == ids[2]
    assert mine.post(f"/tasks/{ids[2]}/priority", {"priority": "sofort"}).status_code == 302


def test_a_filter_is_kept_with_its_number_and_dropped_again(signed_in: SignIn, ids: list[int]) -> None:
    mine = signed_in("coordinator")
    assert mine.post("/inbox/filters?due=overdue", {"name": " "}).status_code == 422
    kept = mine.post("/inbox/filters?due=overdue&cursor=weg", {"name": "Brennt"})
    assert kept.location == "/inbox?due=overdue"
    page = mine.get("/inbox").text
    chip = re.search(r'<a class="chip" href="/inbox\?due=overdue".*?</a>', page, re.DOTALL)
    assert chip
    assert re.sub(r"<[^>]+>|\s+", " ", chip[0]).split() == ["Brennt", "1"]
    assert "Brennt" not in signed_in("leadership").get("/inbox").text
    number = re.search(r"/inbox/filters/(\d+)/forget", page)
    assert number
    assert signed_in("leadership").post(number[0]).status_code == 404
    mine.post(number[0])
    assert "Brennt" not in mine.get("/inbox").text


def test_the_page_asks_the_database_few_questions(app: Flask, signed_in: SignIn, ids: list[int]) -> None:
    mine = signed_in("coordinator")
    mine.post("/inbox/filters?due=overdue", {"name": "Brennt"})
    mine.get("/inbox")
    with app.app_context():
        engine = db.engine
    with counted(engine) as count:
        assert shown(mine.get("/inbox").text) == ids
    assert len(count.statements) <= MOST_STATEMENTS, "\n".join(count.statements)
    assert len(mine.get("/inbox").data) <= 60_000


def test_polling_an_unchanged_list_draws_nothing(app: Flask, signed_in: SignIn, ids: list[int]) -> None:
    mine = signed_in("coordinator")
    tag = re.search(r'data-etag="&#34;(\w+)&#34;"', mine.get("/inbox").text)
    assert tag
    same = mine.get("/inbox/rows", headers={"If-None-Match": f'"{tag[1]}"', "X-Poll": "1"})
    assert (same.status_code, same.data) == (304, b"")
    mine.post(f"/tasks/{ids[0]}/priority", {"priority": "low"})
    assert mine.get("/inbox/rows", headers={"If-None-Match": f'"{tag[1]}"'}).status_code == 200


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-03-02"])
def test_a_place_in_the_list_beyond_the_calendar_is_unknown(signed_in: SignIn, ids: list[int], moment: str) -> None:
    cursor = base64.urlsafe_b64encode(f"dated|{moment}|1".encode()).decode().rstrip("=")
    answer = signed_in("coordinator").get(f"/inbox?cursor={cursor}")
    assert answer.status_code in {200, 422}
