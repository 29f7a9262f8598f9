"""Stored instances stay small however long they run, and versions never mix."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.conftest import Database
from tests.engine.drawing import Drawing, mapping
from tests.engine.house import House
from workflows.engine import snapshots
from workflows.engine.run import MOST_STEPS


def turning() -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.gateway("exclusive", "again"), d.user("ask"), d.script("count", "=turns + 1", "turns"))
    d.flow("count", d.gateway("exclusive", "enough", default="back"), d.end(), when="=answer")
    d.flow("enough", "again", name="back")
    return d


def test_two_thousand_turns_leave_the_state_as_small_as_two(house: House, database: Database) -> None:
    instance = house.run(turning(), turns=0)
    sizes = set()
    # The state is the same bytes on both; PostgreSQL need not turn as often.
    for turn in range(2000 if database.engine.dialect.name == "sqlite" else 200):
        house.complete(instance, "ask", answer=False)
        if turn in (1, 20, 199, 1999):
            sizes.add(len(house.instance(instance).state))
    assert len(sizes) == 1
    house.complete(instance, "ask", answer=True)
    assert house.status(instance) == "completed"


def test_of_what_is_done_nothing_stays_among_the_variables(house: House) -> None:
    """Neither what came with a step nor what was handed in to it."""
    d = Drawing()
    d.flow(d.start(), d.gateway("exclusive", "again"), d.user("ask", extension=mapping({"turn": "=turns"})))
    d.flow("ask", d.script("count", "=turns + 1", "turns"), d.gateway("exclusive", "enough", default="back"))
    d.flow("enough", d.end(), when="=turns = 9")
    d.flow("enough", "again", name="back")
    instance = house.run(d, turns=0)
    for turn in range(1, 4):
        house.complete(instance, "ask", answer="long")
        (waiting,) = (task.token for task in house.tasks(instance) if task.status == "open")
        own = {"": {"turns": turn, "answer": "long"}, waiting: {"turn": turn}}
        assert house.instance(instance).variables == own


def test_two_thousand_automatic_turns_run_in_one_step(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.gateway("exclusive", "again"), d.script("count", "=turns + 1", "turns"))
    d.flow("count", d.gateway("exclusive", "enough", default="back"), d.user("look"), when="=turns = 2000")
    d.flow("look", d.end())
    d.flow("enough", "again", name="back")
    instance = house.run(d, turns=0)
    assert MOST_STEPS > 3 * 2000
    assert house.variables(instance)["turns"] == Decimal(2000)
    assert len(house.instance(instance).state) < 200


def test_a_long_branch_beside_a_waiting_one_does_not_grow_either(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "fork"), d.user("wait"), d.end("waited"))
    d.flow("fork", d.gateway("exclusive", "again"), d.user("ask"), d.gateway("exclusive", "enough", default="back"))
    d.flow("enough", d.end(), when="=answer")
    d.flow("enough", "again", name="back")
    instance = house.run(d)
    sizes = set()
    for _ in range(30):
        house.complete(instance, "ask", answer=False)
        sizes.add(len(house.instance(instance).state))
    assert len(sizes) == 1


def test_an_instance_finishes_on_the_version_it_was_started_with(house: House) -> None:
    old = Drawing()
    old.flow(old.start(), old.user("ask"), old.user("old_step"), old.end())
    new = Drawing()
    new.flow(new.start(), new.user("ask"), new.user("new_step"), new.end())
    house.deploy(old)
    first = house.start()
    house.deploy(new)
    second = house.start()
    for instance in (first, second):
        house.complete(instance, "ask")
    assert (house.open_tasks(first), house.open_tasks(second)) == (["old_step"], ["new_step"])


def test_instances_of_one_version_never_change_each_other(house: House) -> None:
    d = Drawing()
    d.message("stop")
    d.flow(d.start(), d.user("ask"), d.end())
    d.boundary("stopped", "ask", '<bpmn:messageEventDefinition messageRef="m_stop"/>')
    d.flow("stopped", d.end("gone"))
    house.deploy(d)
    first = house.start(ref="A")
    house.send("stop", "A")
    house.work()
    second = house.start(ref="B")
    house.complete(second, "ask")
    assert house.events(first) == ["start", "stopped", "gone"]
    assert house.events(second) == ["start", "ask", "end"]


def test_a_state_of_an_unknown_format_is_refused(house: House) -> None:
    instance = house.run(turning(), turns=0)
    with house.begin() as tx:
        row = house.instance(instance)
        row = tx.session.merge(row)
        row.state = b'J{"v":99}'
    with pytest.raises(snapshots.UnreadableState, match="state_format"):
        house.complete(instance, "ask")


def test_a_big_state_is_compressed(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "fork"))
    for number in range(40):
        d.flow("fork", d.user(f"task{number}"), d.end(f"end{number}"))
    instance = house.run(d)
    assert house.instance(instance).state[:1] == b"Z"
    house.clock.advance(timedelta(days=1))
    house.complete(instance, "task39")
    assert len(house.open_tasks(instance)) == 39
