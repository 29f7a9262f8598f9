"""A step that only waits may become one that waits for something else: people, a message, a time."""

from datetime import timedelta

import pytest

from tests.engine.drawing import Drawing, each, timer
from tests.engine.house import NOTHING_OPEN
from tests.engine.migration.changing import Changing
from tests.engine.migration.test_rows_of_the_facts import finish, line

KINDS = ("user", "manual", "receive", "pause")


def step(kind: str) -> Drawing:
    """The step ``a`` of some kind, and a task behind it."""
    d = Drawing()
    d.message("news")
    made = {
        "user": lambda: d.user("a"),
        "manual": lambda: d.node("manualTask", "a", "", '<zeebe:assignmentDefinition candidateGroups="group:team"/>'),
        "receive": lambda: d.receive("a", "news"),
        "pause": lambda: d.catch("a", timer("duration", "P2D")),
    }
    d.flow(d.start(), made[kind](), d.user("b"), d.end())
    return d


def go_on(house: Changing, instance: int, kind: str) -> None:
    """What the step waits for happens."""
    if kind in {"user", "manual"}:
        house.complete(instance, "a")
    elif kind == "receive":
        house.send("news", "k1")
        house.work()
    else:
        house.clock.set(house.clock.now() + timedelta(days=3))
        house.work()
    finish(house, instance, "b")
    assert house.open_rows(instance) == NOTHING_OPEN


@pytest.mark.parametrize("after", KINDS)
@pytest.mark.parametrize("before", KINDS)
def test_it_waits_for_the_other_from_its_own_start_and_can_go_back(house: Changing, before: str, after: str) -> None:
    if before == after:
        return
    instance = house.run(step(before), ref="k1")
    rows, stored = house.open_rows(instance), house.stored(instance)
    began = house.clock.now()
    house.clock.set(began + timedelta(days=1))
    house.deploy(step(after))
    earlier = house.moved(instance)
    if after == "pause":
        assert [each.due_at for each in house.timers(instance)] == [began + timedelta(days=2)]
    house.undo(instance, earlier)
    assert (house.open_rows(instance), house.stored(instance)) == (rows, stored)
    house.moved(instance)
    go_on(house, instance, after)


def test_people_keep_their_task_when_only_the_form_goes(house: Changing) -> None:
    instance = house.run(step("user"))
    (before,) = house.tasks(instance)
    house.deploy(step("manual"))
    house.moved(instance)
    (now,) = house.tasks(instance)
    assert (now.id, now.created_at, now.status) == (before.id, before.created_at, "open")


def test_what_failed_before_it_began_may_become_a_task(house: Changing) -> None:
    failing = Drawing()
    failing.flow(failing.start(), failing.service("a", "nowhere"), failing.user("b"), failing.end())
    instance = house.run(failing)
    assert len(house.incidents(instance)) == 1
    house.deploy(line("a", "b"))
    house.moved(instance)
    house.retry(instance)
    finish(house, instance, "a", "b")


def test_a_single_step_takes_the_place_of_a_repetition_only_when_somebody_says_so(house: Changing) -> None:
    """What the runs have begun would be given up: no proposal of the house may do that."""

    def asked(key: str, inner: str = "") -> Drawing:
        d = Drawing()
        d.flow(d.start(), d.user("a"), d.user(key, inner=inner), d.user("b"), d.end())
        return d

    instance = house.run(asked("many", each("=[1, 2]", "item")))
    house.complete(instance, "a")
    before = [task.id for task in house.tasks(instance) if task.status == "open"]
    house.deploy(asked("single"))
    assert house.refused(instance) == {("step_removed", "many")}
    house.moved(instance, {"many": "single"})
    (now,) = [task.id for task in house.tasks(instance) if task.status == "open"]
    assert now not in before
