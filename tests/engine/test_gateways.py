"""Forks and joins: in loops, nested, many in a row, with surplus tokens and conditions that fail."""

from decimal import Decimal

import pytest

from tests.engine.drawing import Drawing
from tests.engine.house import House


def test_an_inclusive_gateway_takes_every_open_flow_and_joins_what_it_sent(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.gateway("inclusive", "fork", default="none"))
    d.flow("fork", d.user("a"), when="=n > 1")
    d.flow("fork", d.user("b"), when="=n > 2")
    d.flow("fork", d.user("c"), when="=n > 3")
    d.flow("fork", d.user("otherwise"), name="none")
    for name in ("a", "b", "c", "otherwise"):
        d.flow(name, "join")
    d.flow(d.gateway("inclusive", "join"), d.user("after"), d.end())
    house.deploy(d)
    both, other = house.start(n=3), house.start(n=0)
    assert house.open_tasks(both) == ["a", "b"]
    house.complete(both, "b")
    assert house.open_tasks(both) == ["a"]
    house.complete(both, "a")
    assert house.open_tasks(both) == ["after"]
    house.complete(other, "otherwise")
    assert house.open_tasks(other) == ["after"]


def test_an_inclusive_join_waits_for_a_branch_that_is_several_steps_away(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "fork"), d.user("short"), d.gateway("inclusive", "join"), d.end())
    with d.sub("inner"):
        d.flow(d.start("begin"), d.user("deep"), d.end("done"))
    d.flow("fork", "inner", d.user("long"), "join")
    instance = house.run(d)
    house.complete(instance, "short")
    assert house.status(instance) == "running"
    house.complete(instance, "deep")
    house.complete(instance, "long")
    assert house.status(instance) == "completed"
    assert house.events(instance).count("join") == 1


def test_an_inclusive_join_does_not_wait_for_who_could_come_where_a_token_stands_already(house: House) -> None:
    """BPMN 2.0 §13.4.3: else two joins that can reach each other would wait for each other for ever."""
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "fork"), d.user("one"), d.gateway("exclusive", "merge"))
    d.flow("merge", d.gateway("inclusive", "join"), d.user("after"), d.end())
    d.flow("fork", d.user("two"), d.gateway("exclusive", "either", default="other"), "merge", when="=is_one")
    d.flow("either", "join", name="other")
    instance = house.run(d)
    house.complete(instance, "one")
    assert house.open_tasks(instance) == ["after", "two"]
    house.complete(instance, "two", is_one=False)
    assert house.open_tasks(instance) == ["after", "after"]


def loop_with_fork() -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.gateway("exclusive", "again"), d.gateway("parallel", "fork"), d.user("left"))
    d.flow("left", d.gateway("parallel", "join"), d.script("count", "=turns + 1", "turns"))
    d.flow("fork", d.user("right"), "join")
    d.flow("count", d.gateway("exclusive", "enough", default="back"), d.end(), when="=turns = 6")
    d.flow("enough", "again", name="back")
    return d


@pytest.mark.parametrize("alternate", [True, False])
def test_a_fork_inside_a_loop_turns_in_any_order_of_completion(house: House, alternate: bool) -> None:
    instance = house.run(loop_with_fork(), turns=0)
    for turn in range(6):
        for name in ("left", "right") if alternate and turn % 2 else ("right", "left"):
            house.complete(instance, name)
    assert house.status(instance) == "completed"
    assert house.variables(instance)["turns"] == Decimal(6)


def test_eight_forks_in_a_row_stay_small(house: House) -> None:
    d = Drawing()
    before = d.start()
    for number in range(8):
        fork, join = f"fork{number}", f"join{number}"
        d.flow(before, d.gateway("parallel", fork), d.user(f"a{number}"), d.gateway("parallel", join))
        d.flow(fork, d.user(f"b{number}"), join)
        before = join
    d.flow(before, d.end())
    instance = house.run(d)
    assert len(house.instance(instance).state) < 300
    for number in range(8):
        house.complete(instance, f"b{number}")
        house.complete(instance, f"a{number}")
    assert house.status(instance) == "completed"


def test_surplus_tokens_wait_at_a_parallel_join_for_their_partners(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "three"), d.user("a"), d.gateway("exclusive", "merge"))
    d.flow("three", d.user("b"), "merge")
    d.flow("merge", d.gateway("parallel", "join"), d.user("after"), d.end())
    d.flow("three", d.user("c"), d.gateway("parallel", "two"), d.gateway("exclusive", "merge2"), "join")
    d.flow("two", d.user("d"), "merge2")
    instance = house.run(d)
    house.complete(instance, "a")
    house.complete(instance, "b")
    assert "after" not in house.open_tasks(instance)
    house.complete(instance, "c")
    assert house.open_tasks(instance) == ["after", "d"]
    house.complete(instance, "d")
    assert house.open_tasks(instance) == ["after", "after"]
    house.complete(instance, "after")
    house.complete(instance, "after")
    assert house.status(instance) == "completed"


def test_two_hundred_branches_are_opened_and_joined(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "fork"))
    for number in range(200):
        d.flow("fork", d.user(f"task{number}"), "join")
    d.flow(d.gateway("parallel", "join"), d.end())
    instance = house.run(d)
    tasks = house.tasks(instance)
    assert len(tasks) == 200
    for task in tasks[:3]:
        house.complete_task(task.id)
    assert len(house.open_tasks(instance)) == 197


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("=missing > 3", "expression_warning"),
        ("=null", "expression_null"),
        ("=n", "condition_not_boolean"),
        ("=n >", "expression_syntax"),
        ("=n > 3", "no_flow_open"),
        ("=sum(for i in 1..90000000 return i) > 3", "expression_budget"),
    ],
)
def test_a_condition_without_a_clear_answer_is_an_incident(house: House, condition: str, code: str) -> None:
    d = Drawing()
    d.flow(d.start(), d.gateway("exclusive", "which"), d.end(), when=condition)
    instance = house.run(d, n=1)
    assert [(each.element_id, each.code) for each in house.incidents(instance)] == [("which", code)]
    assert house.status(instance) == "running"


def test_a_join_that_can_never_be_complete_is_an_incident(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.gateway("exclusive", "which", default="one"), d.user("a"), d.gateway("parallel", "join"))
    d.flow("which", d.user("b"), when="=false")
    d.flow("b", "join")
    d.flow("join", d.end())
    xml = d
    xml._parts[0] = [part.replace('id="f2_which_a"', 'id="one"') for part in xml._parts[0]]
    instance = house.run(xml)
    house.complete(instance, house.open_tasks(instance)[0])
    assert [each.code for each in house.incidents(instance)] == ["join_incomplete"]


def test_an_endless_loop_becomes_an_incident(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.gateway("exclusive", "again"), d.script("spin", "=1", "one"), "again")
    instance = house.run(d)
    assert [each.code for each in house.incidents(instance)] == ["endless_loop"]
