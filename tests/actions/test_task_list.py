"""The list of tasks: what each filter finds, and that a page costs the same however many tasks are open."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, String, cast, event, func, literal, select, update

from benchmarks import seeding
from tests.actions.conftest import House
from tests.conftest import Database
from workflows.actions import assigning, task_list
from workflows.actions.task_list import Filter
from workflows.core.errors import Invalid
from workflows.core.tx import Actor, Tx
from workflows.engine.tasks import Task

OPEN = 12_000
SCOPES = ("mine", "group", "deputy", "all")


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """What is asked of the database meanwhile, with its parameters."""
    asked: list[tuple[str, Any]] = []

    def sent(_connection: Connection, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", sent)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", sent)


def plan(connection: Connection, statement: str, parameters: Any) -> str:
    """How the database goes about it."""
    explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
    rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
    return "\n".join(str(row[-1]) for row in rows)


def walks(text: str, dialect: str) -> bool:
    """Whether every step over tasks follows an index and nothing is sorted."""
    if dialect == "sqlite":
        steps = [line for line in text.splitlines() if "task" in line]
        return bool(steps) and all("INDEX ix_task_open" in line for line in steps) and "TEMP B-TREE" not in text
    return "Index" in text and "Sort" not in text and "Seq Scan on task" not in text and "Bitmap" not in text


@pytest.fixture(params=[12])
def crowd(house: House, database: Database, request: pytest.FixtureRequest) -> House:
    """Very many open tasks in a few or many groups, every second one with a date, many of them taken by somebody."""
    house.submit()
    with house.at() as tx:
        template = tx.session.scalars(select(Task.instance_id)).one()
    seeding.open_tasks(database.engine, template, OPEN)
    with house.at() as tx:
        # Groups large enough that walking is worth it on both databases.
        group = literal("office:").concat(cast(1 + Task.id % request.param, String))
        tx.session.execute(update(Task).values(group_key=group))
        tx.session.execute(update(Task).where(Task.id % 2 == 1).values(assignee_id=100 + Task.id % 7))
    seeding.open_tasks(database.engine, template, OPEN)  # has the database look at them once more
    groups = frozenset({"office:1", "office:2", "office:3"})
    person = Actor("office", user_id=101, roles=frozenset({"office"}), groups=groups, stands_in_for=frozenset({103}))
    house.actors["one of many"] = person
    house.actors["overseer"] = replace(person, roles=frozenset({"coordinator"}))
    return house


@pytest.mark.parametrize("crowd", [12, 40], indirect=True)
@pytest.mark.parametrize("who", ["one of many", "overseer"])
def test_every_scope_walks_an_index_in_the_usual_order(crowd: House, database: Database, who: str) -> None:
    for scope in SCOPES:
        with crowd.at(who) as tx:
            first = Filter(scope=scope, limit=25)
            with statements(database.engine) as asked:
                page = task_list.list_tasks(tx, first)
                task_list.list_tasks(tx, replace(first, cursor=page.next or ""))
            assert len(page.items) == 25
            lists = [each for each in asked if "due_at" in each[0] and "LIMIT" in each[0]]
            assert len(lists) >= 2
            for statement, parameters in lists:
                found = plan(tx.session.connection(), statement, parameters)
                assert walks(found, database.engine.dialect.name), f"{scope}: {statement}\n{found}"


def test_a_page_takes_two_statements_and_all_counts_one(crowd: House, database: Database) -> None:
    with crowd.at("one of many") as tx:
        with statements(database.engine) as asked:
            task_list.list_tasks(tx, Filter(scope="group"))
        assert len(asked) == 2
        with statements(database.engine) as asked:
            numbers = task_list.counts(tx, {scope: Filter(scope=scope) for scope in SCOPES})
        assert len(asked) == 1
    with crowd.at() as tx:
        open_now = select(func.count()).where(Task.status == "open")
        mine = tx.session.scalar(open_now.where(Task.assignee_id == 101))
        theirs = tx.session.scalar(open_now.where(Task.assignee_id == 103))
    assert min(mine or 0, theirs or 0) > 99
    assert numbers == dict.fromkeys(SCOPES, 100)


def test_all_pages_of_several_groups_give_each_task_once_in_order(crowd: House) -> None:
    with crowd.at("one of many") as tx:
        seen: list[Task] = []
        cursor: str | None = ""
        while cursor is not None:
            page = task_list.list_tasks(tx, Filter(scope="all", limit=100, cursor=cursor))
            seen, cursor = seen + page.items, page.next
        mine = (Task.group_key.in_(["office:1", "office:2", "office:3"]) | Task.assignee_id.in_([101])) & (
            Task.status == "open"
        )
        expected = tx.session.scalars(select(Task.id).where(mine).order_by(Task.due_at.is_(None), Task.due_at, Task.id))
        assert [task.id for task in seen if task.assignee_id != 103] == [
            number for number in expected if tx.session.get_one(Task, number).assignee_id != 103
        ]


@pytest.fixture
def five(house: House) -> House:
    """Five tasks of the coordination: 1 overdue, 2 due tomorrow, 3 due next month, 4 and 5 without a date."""
    for _ in range(5):
        house.submit()
    with house.at() as tx:
        for number, days in ((1, -1), (2, 1), (3, 30), (4, None), (5, None)):
            due = None if days is None else tx.now + timedelta(days=days)
            _set(tx, number, due_at=due, priority={1: 20, 4: 80}.get(number, 50))
    return house


def _set(tx: Tx, number: int, **values: Any) -> None:
    case = f"case:{number}"
    tx.session.execute(update(Task).where(Task.subject == case).values(**values))


def _found(house: House, **wanted: Any) -> list[int]:
    with house.at("coordinator") as tx:
        page = task_list.list_tasks(tx, Filter(scope="group", **wanted))
        assert task_list.count(tx, Filter(scope="group", **wanted)) == len(page.items)
        return [int(task.subject.removeprefix("case:")) for task in page.items]


def test_filters_say_how_near_how_urgent_and_whose(five: House) -> None:
    with five.at("coordinator") as tx:
        assigning.claim(tx, tx.session.scalars(select(Task.id).where(Task.subject == "case:3")).one())
    assert _found(five, due="overdue") == [1]
    assert _found(five, due="soon") == [2]
    assert _found(five, due="later") == [3]
    assert _found(five, due="none") == [4, 5]
    assert _found(five, priority="high") == [4]
    assert _found(five, priority="low") == [1]
    assert _found(five, assignee="me") == [3]
    assert _found(five, assignee=task_list.NOBODY) == [1, 2, 4, 5]
    assert _found(five, group="group:leadership") == []


def test_orders_go_on_over_pages(five: House) -> None:
    for sort, expected in (("due", [1, 2, 3, 4, 5]), ("newest", [5, 4, 3, 2, 1]), ("priority", [4, 2, 3, 5, 1])):
        seen: list[int] = []
        cursor: str | None = ""
        while cursor is not None:
            with five.at("coordinator") as tx:
                page = task_list.list_tasks(tx, Filter(scope="group", sort=sort, limit=2, cursor=cursor))
                seen, cursor = seen + [int(task.subject.removeprefix("case:")) for task in page.items], page.next
        assert seen == expected, sort


def test_the_cursor_of_one_order_is_foreign_in_another(five: House) -> None:
    with five.at("coordinator") as tx:
        page = task_list.list_tasks(tx, Filter(scope="group", sort="newest", limit=2))
        with pytest.raises(Invalid):
            task_list.list_tasks(tx, Filter(scope="group", cursor=page.next or ""))


def test_what_is_put_off_sinks_until_its_day_and_comes_back(five: House) -> None:
    tomorrow = date(2026, 3, 3)
    with five.at("coordinator") as tx:
        task = tx.session.scalars(select(Task.id).where(Task.subject == "case:1")).one()
        assigning.postpone(tx, task, tomorrow)
    assert _found(five) == [2, 3, 4, 5]
    assert _found(five, follow_up="asleep") == [1]
    assert _found(five, follow_up="any") == [1, 2, 3, 4, 5]
    assert _found(five, words="2026 0001") == [1]  # whoever searches for it finds it
    five.clock.set(datetime.combine(tomorrow, datetime.min.time(), five.clock.now().tzinfo) + timedelta(hours=6))
    assert _found(five) == [1, 2, 3, 4, 5]
    assert _found(five, follow_up="back") == [1]


def test_topics_are_found_by_their_words(five: House) -> None:
    assert _found(five, words="Kultur") == [1, 2, 3, 4, 5]
    assert _found(five, words="Brücke Kult") == [1, 2, 3, 4, 5]
    assert _found(five, words="Sport") == []


def test_those_one_stands_in_for_have_a_list_of_their_own(five: House) -> None:
    with five.at("deputy") as tx:
        assigning.claim(tx, tx.session.scalars(select(Task.id).where(Task.subject == "case:2")).one())
    absent, here = five.actors["deputy"], five.actors["coordinator"]
    five.actors["standing in"] = replace(here, stands_in_for=frozenset({absent.user_id or 0}))
    with five.at("standing in") as tx:
        assert [task.subject for task in task_list.list_tasks(tx, Filter(scope="deputy")).items] == ["case:2"]
        assert task_list.list_tasks(tx, Filter(scope="mine")).items == []
    with five.at("coordinator") as tx:
        assert task_list.list_tasks(tx, Filter(scope="deputy")).items == []
