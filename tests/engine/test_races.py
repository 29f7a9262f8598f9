"""Two at once: exactly one wins, the other learns who did, the instance is unharmed; and what one completion costs."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.conftest import Begin, Database
from tests.engine.drawing import Drawing, timer
from tests.engine.house import House, operator
from workflows.core import audit
from workflows.core.errors import Conflict
from workflows.core.tx import Actor, Tx
from workflows.engine import runtime, tasks
from workflows.engine.catalogue import Call
from workflows.engine.run import Engine
from workflows.engine.tasks import Task

ANNA, BERND = Actor("Anna", user_id=1), Actor("Bernd", user_id=2)


def two_tasks() -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "fork"), d.user("one"), d.service("write", "write"), d.end("end_one"))
    d.flow("fork", d.user("two"), d.end("end_two"))
    return d


class Intruder:
    """An operator that lets somebody else act at the worst moment: after the instance was read, before it is locked."""

    def __init__(self) -> None:
        self.act: Any = None

    def exists(self, tx: Tx, key: str) -> bool:
        act, self.act = self.act, None
        if act is not None:
            act()
        return True


def test_the_same_task_completed_at_the_same_moment_is_done_once(house: House) -> None:
    intruder = Intruder()
    house.engine = Engine(group_exists=intruder.exists)
    d = Drawing()
    d.flow(d.start(), d.user("ask"), d.user("next", '="group:team"'), d.end())
    instance = house.run(d)
    task = house.tasks(instance, "ask")[0]
    intruder.act = lambda: house.complete_task(task.id, ANNA, answer="first")
    with pytest.raises(Conflict) as conflict:
        house.complete_task(task.id, BERND, answer="second")
    assert (conflict.value.code, conflict.value.facts["by"]) == ("task_done", "Anna")
    assert house.open_tasks(instance) == ["next"]
    assert house.variables(instance) == {"answer": "first"}


def test_another_task_of_the_instance_moved_it_so_the_run_is_repeated(house: House) -> None:
    intruder = Intruder()
    house.engine = Engine(group_exists=intruder.exists)
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "fork"), d.user("one"), d.user("next", '="group:team"'), d.end())
    d.flow("fork", d.user("two"), d.end("end_two"))
    instance = house.run(d)
    first, second = house.tasks(instance, "one")[0], house.tasks(instance, "two")[0]
    intruder.act = lambda: house.complete_task(second.id)
    with pytest.raises(runtime.StateMoved):
        house.complete_task(first.id, answer=1)
    house.complete_task(first.id, answer=1)
    assert house.open_tasks(instance) == ["next"]
    house.complete(instance, "next")
    assert house.status(instance) == "completed"


def test_an_operator_never_runs_on_an_instance_that_has_moved(house: House) -> None:
    intruder = Intruder()
    calls: list[str] = []

    def write(tx: Tx, call: Call) -> Mapping[str, Any]:
        calls.append(call.token)
        return {}

    house.engine = Engine(operator("write", write), group_exists=intruder.exists)
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "fork"), d.user("one"), d.gateway("parallel", "both"), d.end())
    d.flow("both", d.user("next", '="group:team"'), d.end("end_next"))
    d.flow("both", d.script("pause", "=1", "x"), d.service("write_it", "write"), d.end("end_write"))
    d.flow("fork", d.user("two"), d.end("end_two"))
    instance = house.run(d)
    first, second = house.tasks(instance, "one")[0], house.tasks(instance, "two")[0]
    intruder.act = lambda: house.complete_task(second.id)
    with pytest.raises(runtime.StateMoved):
        house.complete_task(first.id)
    assert calls == []
    house.complete_task(first.id)
    assert len(calls) == 1


def test_who_completes_a_task_while_its_process_is_told_something_waits_and_finds_it_gone(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("ask"), d.user("next"), d.end())
    d.flow(d.boundary("wrong", "ask", d.message("taken_back", '="7"')), d.user("again"), d.end("end_again"))
    instance = house.run(d)
    task = house.tasks(instance, "ask")[0].id
    with ThreadPoolExecutor() as others:
        with house.begin() as tx:
            runtime.hold(tx, "taken_back", "7")
            meanwhile = others.submit(house.complete_task, task, ANNA, answer="late")
            with pytest.raises(TimeoutError):
                meanwhile.result(timeout=0.5)
            runtime.tell(tx, house.engine, "taken_back", "7", {})
        with pytest.raises(Conflict, match="task_done"):
            meanwhile.result()
    assert house.open_tasks(instance) == ["again"]


def test_what_is_told_while_nobody_waits_is_heard_later(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("ask"), d.catch("wait", d.message("taken_back", '="7"')), d.end())
    instance = house.run(d)
    with house.begin() as tx:
        runtime.hold(tx, "taken_back", "7")
        runtime.tell(tx, house.engine, "taken_back", "7", {})
    house.complete(instance, "ask")
    house.work()
    assert house.status(instance) == "completed"


def test_of_two_who_claim_one_task_the_second_learns_who_has_it(house: House, begin: Begin) -> None:
    instance = house.run(two_tasks())
    task = house.tasks(instance)[0]
    with begin(ANNA) as tx:
        tasks.claim(tx, task.id, 1)
    with pytest.raises(Conflict, match="task_claimed") as conflict, begin(BERND) as tx:
        tasks.claim(tx, task.id, 2)
    assert conflict.value.facts["by"] == 1
    with begin(ANNA) as tx:
        tasks.release(tx, task.id, held_by=1)
    with begin(BERND) as tx:
        assert tasks.claim(tx, task.id, 2).assignee_id == 2
    assert house.events(instance, "task.claimed") == ["one", "one"]


def test_a_draft_is_not_overwritten_by_one_that_did_not_see_it(house: House, begin: Begin) -> None:
    instance = house.run(two_tasks())
    task = house.tasks(instance)[0]
    with begin(ANNA) as tx:
        assert tasks.save_draft(tx, task.id, {"text": "A"}, expected=0).revision == 1
    with pytest.raises(Conflict, match="draft_conflict") as conflict, begin(BERND) as tx:
        tasks.save_draft(tx, task.id, {"text": "B"}, expected=0)
    assert (conflict.value.facts["by"], conflict.value.facts["values"]) == ("Anna", {"text": "A"})
    with begin(BERND) as tx:
        tasks.save_draft(tx, task.id, {"text": "B"}, expected=1)
    house.complete_task(task.id, text="B")
    assert house.tasks(instance)[0].draft is None


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(" ".join(statement.split())[:100])

    def committed(_connection: Any) -> None:
        statements.append("COMMIT")

    event.listen(database.engine, "before_cursor_execute", note)
    event.listen(database.engine, "commit", committed)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)
    event.remove(database.engine, "commit", committed)


def test_a_completion_with_audit_and_permission_costs_at_most_twelve_statements_and_one_commit(
    house: House, begin: Begin, database: Database
) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("triage"), d.gateway("exclusive", "topic", default="other"), d.user("answer"), d.end())
    d.flow("topic", d.end("no"), when='=kind = "none"')
    d._parts[0] = [part.replace('id="f3_topic_answer"', 'id="other"') for part in d._parts[0]]
    d.boundary("late", "answer", timer("duration", "P10D"))
    d.flow("late", d.end("expired"))
    instance = house.run(d, kind="rooms")
    task = house.tasks(instance)[0].id
    with begin() as tx:
        audit.record(tx, "case:1", "case.opened", "case:1")
    with counted(database) as statements, begin(ANNA) as tx:
        # What the permission asks: the one row, under a condition.
        permitted = tx.session.query(Task).filter(Task.id == task, Task.group_key.in_(["group:team"])).one()
        assert permitted.name == "Schritt triage"
        runtime.complete(tx, house.engine, task, {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5})
        audit.record(tx, "case:1", "task.completed", f"task:{task}")
    work = [each for each in statements if each != "COMMIT" and not each.startswith("BEGIN")]
    # SQLite inserts row by row, which costs nothing there: it has no way to the server.
    most = 12 if database.engine.dialect.name == "postgresql" else 16
    assert len(work) <= most, "\n".join(work)
    assert statements.count("COMMIT") == 1
