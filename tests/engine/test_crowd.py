"""Many at once on real connections: nothing lost, nothing done twice, nobody stops another for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.engine.drawing import Drawing, timer
from tests.engine.house import NOTHING_OPEN, House
from workflows.core.errors import Conflict
from workflows.engine.faults import StateMoved

CROWD = 6


def persistently(act: Callable[[], object]) -> str:
    """As actions do it: run again when the instance moved; gives how it ended."""
    while True:
        try:
            act()
        except StateMoved:
            continue
        except Conflict as conflict:
            return conflict.code
        return "done"


def together(*acts: Callable[[], object]) -> list[str]:
    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(persistently, acts))


def test_of_a_crowd_on_one_task_exactly_one_wins(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("ask"), d.user("next"), d.end())
    instance = house.run(d)
    task = house.tasks(instance)[0].id
    outcome = together(*[lambda who=n: house.complete_task(task, who=who) for n in range(CROWD)])
    assert outcome == ["done"] + ["task_done"] * (CROWD - 1)
    assert house.open_tasks(instance) == ["next"]


def test_a_crowd_on_all_branches_of_an_instance_loses_nothing(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "fork"))
    for number in range(CROWD):
        d.flow("fork", d.user(f"t{number}"), "join")
    d.flow(d.gateway("parallel", "join"), d.end())
    instance = house.run(d)
    tasks = house.tasks(instance)
    outcome = together(*[lambda one=task: house.complete_task(one.id, **{one.element_id: 1}) for task in tasks])
    assert outcome == ["done"] * CROWD
    assert house.status(instance) == "completed"
    assert house.variables(instance) == {f"t{number}": 1 for number in range(CROWD)}


def test_replies_timers_and_people_at_the_same_moment(house: House) -> None:
    d = Drawing()
    d.message("reply")
    d.flow(d.start(), d.gateway("parallel", "fork"))
    for number in range(3):
        d.flow("fork", d.receive(f"r{number}", "reply"), "join")
        d.flow("fork", d.user(f"t{number}"), "join")
        d.boundary(f"late{number}", f"t{number}", timer("duration", "P1D"))
        d.flow(f"late{number}", "join")
    d.flow(d.gateway("exclusive", "join"), d.end())
    instance = house.run(d, ref="A")
    for number in range(3):
        house.send("reply", "A", **{f"answer{number}": number})
    house.clock.advance(timedelta(days=2))
    people = [lambda one=task: house.complete_task(one.id) for task in house.tasks(instance)]
    together(house.work, house.work, house.work, *people)
    while persistently(house.work) != "done" or house.status(instance) != "completed":
        pass
    assert house.events(instance).count("end") == 6
    assert house.variables(instance) == {"ref": "A", "answer0": 0, "answer1": 1, "answer2": 2}
    assert house.open_rows(instance) == NOTHING_OPEN
