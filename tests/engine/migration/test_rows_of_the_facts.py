"""Every change to a process that a running case must survive, and the few that it must be refused for."""

from datetime import timedelta

import pytest

from tests.engine.drawing import Drawing, each, timer
from tests.engine.migration.changing import Changing


def line(*steps: str) -> Drawing:
    d = Drawing()
    d.flow(d.start(), *(d.user(step) for step in steps), d.end())
    return d


def finish(house: Changing, instance: int, *steps: str) -> None:
    for step in steps:
        assert step in house.open_tasks(instance)
        house.complete(instance, step)
    assert house.status(instance) == "completed"


def test_a_step_added_after_the_waiting_one_is_done(house: Changing) -> None:
    instance = house.run(line("a", "b"))
    house.deploy(line("a", "new", "b"))
    house.moved(instance)
    finish(house, instance, "a", "new", "b")


def test_a_step_inserted_before_the_waiting_one_is_behind_the_case(house: Changing) -> None:
    instance = house.run(line("a", "b"))
    house.deploy(line("new", "a", "b"))
    assert house.judge(instance).outcome == "unchanged"


def test_a_removed_step_that_was_done_is_no_obstacle(house: Changing) -> None:
    instance = house.run(line("a", "b", "c"))
    house.complete(instance, "a")
    house.deploy(line("b", "new", "c"))
    house.moved(instance)
    finish(house, instance, "b", "new", "c")


def test_a_removed_waiting_step_needs_a_target(house: Changing) -> None:
    instance = house.run(line("a", "b"))
    house.deploy(line("b"))
    assert house.refused(instance) == {("step_removed", "a")}
    house.moved(instance, {"a": "b"})
    finish(house, instance, "b")


def test_a_renamed_waiting_step_is_recognised_and_moves(house: Changing) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("old_id"), d.user("b"), d.end())
    instance = house.run(d)
    renamed = Drawing()
    renamed.flow(renamed.start(), renamed.user("new_id"), renamed.user("b"), renamed.user("c"), renamed.end())
    house.deploy(renamed)
    assert house.plan(instance).names == {"old_id": "new_id"}
    house.moved(instance)
    finish(house, instance, "new_id", "b", "c")


def with_condition(condition: str) -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.user("a"), d.gateway("exclusive", "choice", default="otherwise"))
    d.flow("choice", d.user("b"), name="otherwise")
    d.flow("choice", d.user("c"), name="when", when=condition)
    d.flow("b", d.end())
    d.flow("c", d.end("end_c"))
    return d


def test_a_changed_condition_decides_from_now_on(house: Changing) -> None:
    instance = house.run(with_condition("=x > 10"), x=5)
    house.deploy(with_condition("=x > 1"))
    house.moved(instance)
    finish(house, instance, "a", "c")


def forked(*branches: str, kind: str = "parallel", before: str = "first", behind: str = "after") -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.user(before), d.gateway(kind, "fork"))
    d.gateway(kind, "join")
    for branch in branches:
        d.flow("fork", *(d.user(step) for step in branch.split(">")), name=f"to_{branch.split('>')[0]}")
        d.flow(branch.split(">")[-1], "join")
    d.flow("join", d.user(behind), d.end())
    return d


def test_a_branch_added_to_an_open_fork_is_refused(house: Changing) -> None:
    instance = house.run(forked("a", "b"))
    house.complete(instance, "first")
    house.deploy(forked("a", "b", "c"))
    assert house.refused(instance) == {("fork_changed", "fork"), ("fork_changed", "join")}
    finish(house, instance, "a", "b", "after")


def test_a_branch_removed_from_an_open_fork_is_refused(house: Changing) -> None:
    instance = house.run(forked("a", "b", "c"))
    house.complete(instance, "first")
    house.complete(instance, "c")
    house.deploy(forked("a", "b"))
    assert house.refused(instance) == {("fork_changed", "fork"), ("fork_changed", "join")}


def test_a_fork_that_is_still_ahead_may_change_as_it_likes(house: Changing) -> None:
    instance = house.run(forked("a", "b"))
    house.deploy(forked("a", "b", "c"))
    house.moved(instance)
    finish(house, instance, "first", "a", "b", "c", "after")


def test_a_fork_that_is_behind_may_change_as_it_likes(house: Changing) -> None:
    instance = house.run(forked("a", "b"))
    for step in ("first", "a", "b"):
        house.complete(instance, step)
    house.deploy(forked("a", "b", "c", behind="after"))
    assert house.judge(instance).outcome == "unchanged"


def test_a_step_added_inside_a_branch_of_an_open_fork_is_done(house: Changing) -> None:
    instance = house.run(forked("a", "b"))
    house.complete(instance, "first")
    house.complete(instance, "b")
    house.deploy(forked("a>more", "b>late"))
    house.moved(instance)
    finish(house, instance, "a", "more", "after")


def test_a_step_removed_inside_a_branch_of_an_open_fork_keeps_its_token_at_the_join(house: Changing) -> None:
    instance = house.run(forked("a>more", "b>late"))
    for step in ("first", "b", "late"):
        house.complete(instance, step)
    house.deploy(forked("a", "b"))
    house.moved(instance)
    finish(house, instance, "a", "after")


def test_a_fork_drawn_around_the_waiting_step_is_refused(house: Changing) -> None:
    instance = house.run(line("first", "a", "after"))
    house.complete(instance, "first")
    house.deploy(forked("a", "b"))
    assert house.refused(instance) == {("branch_missing", "join")}


def test_a_join_of_another_kind_is_refused_where_tokens_meet(house: Changing) -> None:
    instance = house.run(forked("a", "b"))
    house.complete(instance, "first")
    house.deploy(forked("a", "b", kind="inclusive"))
    assert ("fork_changed", "join") in house.refused(instance)


def called(inner: tuple[str, ...], after: tuple[str, ...] = ("after",)) -> Drawing:
    d = Drawing("inner")
    d.flow(d.start("inner_start"), *(d.user(step) for step in inner), d.end("inner_end"))
    d.process("p")
    d.flow(d.start(), d.call("call", "inner"), *(d.user(step) for step in after), d.end())
    return d


def test_a_step_is_added_inside_a_running_called_process(house: Changing) -> None:
    instance = house.run(called(("x",)))
    house.deploy(called(("x", "y")))
    house.moved(instance)
    finish(house, instance, "x", "y", "after")


def test_a_step_is_added_after_a_running_call_activity(house: Changing) -> None:
    instance = house.run(called(("x",)))
    house.deploy(called(("x",), ("new", "after")))
    house.moved(instance)
    finish(house, instance, "x", "new", "after")


def repeated(*after: str, sequential: bool = False, item: str = "item") -> Drawing:
    d = Drawing()
    many = d.user("many", inner=each("=[1, 2, 3]", item, sequential=sequential))
    d.flow(d.start(), many, *(d.user(step) for step in after), d.end())
    return d


def test_a_step_is_added_after_a_running_multi_instance(house: Changing) -> None:
    for sequential in (False, True):
        house.deploy(repeated("after", sequential=sequential))
        instance = house.start()
        house.complete(instance, "many")
        house.deploy(repeated("new", "after", sequential=sequential))
        house.moved(instance)
        finish(house, instance, "many", "many", "new", "after")


def test_a_running_multi_instance_goes_on_one_by_one_or_all_at_once(house: Changing) -> None:
    instance = house.run(repeated("after"))
    house.complete(instance, "many")
    house.deploy(repeated("after", sequential=True))
    house.moved(instance)
    finish(house, instance, "many", "many", "after")
    instance = house.start()
    house.deploy(repeated("after"))
    house.moved(instance)
    assert house.open_tasks(instance) == ["many"]
    house.complete(instance, "many")
    assert house.open_tasks(instance) == ["many", "many"]
    finish(house, instance, "many", "many", "after")


def gathering(item: str, into: str) -> Drawing:
    d = Drawing()
    inner = each("=[10, 20, 30]", item, gather=(into, f"={item} + given"))
    d.flow(d.start(), d.user("many", inner=inner), d.user("after"), d.end())
    return d


def test_a_running_multi_instance_keeps_its_results_under_their_new_names(house: Changing) -> None:
    instance = house.run(gathering("one", "found"))
    house.complete(instance, "many", given=1)
    house.deploy(gathering("other", "answers"))
    house.moved(instance)
    house.complete(instance, "many", given=2)
    house.complete(instance, "many", given=3)
    assert house.variables(instance)["answers"] == [11, 22, 33]
    assert "found" not in house.variables(instance)
    finish(house, instance, "after")


def test_a_running_multi_instance_that_is_a_single_step_now_needs_a_target(house: Changing) -> None:
    instance = house.run(repeated("after"))
    house.complete(instance, "many")
    house.deploy(line("many", "after"))
    assert house.refused(instance) == {("kind_changed", "many")}
    earlier = house.moved(instance, {"many": "after"})
    assert house.open_tasks(instance) == ["after"]
    house.undo(instance, earlier)
    assert house.open_tasks(instance) == ["many", "many"]
    house.moved(instance, {"many": "after"})
    finish(house, instance, "after")
    single = house.start()
    house.deploy(repeated("after"))
    assert house.refused(single) == {("kind_changed", "many")}
    house.moved(single, {"many": "after"})
    finish(house, single, "after")


def test_an_element_of_another_kind_or_in_another_subprocess_needs_a_target(house: Changing) -> None:
    instance = house.run(line("a", "b"))
    at_work = Drawing()
    at_work.flow(at_work.start(), at_work.script("a", "=1", "x"), at_work.user("b"), at_work.end())
    house.deploy(at_work)
    assert house.refused(instance) == {("kind_changed", "a")}
    inside = Drawing()
    with inside.sub("sub"):
        inside.flow(inside.start("s"), inside.user("a"), inside.end("e"))
    inside.flow(inside.start(), "sub", inside.user("b"), inside.end())
    house.deploy(inside)
    assert house.refused(instance) == {("step_moved", "a")}
    house.moved(instance, {"a": "b"})
    finish(house, instance, "b")


def timed(duration: str | None, *, host: str = "a", extra: str = "b", interrupting: bool = False) -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.user(host), d.user(extra), d.end())
    if duration is not None:
        d.boundary("late", host, timer("duration", duration), interrupting=interrupting)
        d.flow("late", d.user("remind"), d.end("end_late"))
    return d


def test_an_added_deadline_counts_from_the_start_of_the_waiting_step(house: Changing) -> None:
    instance = house.run(timed(None))
    begun = house.clock.now()
    house.clock.set(begun + timedelta(days=3))
    house.deploy(timed("P5D"))
    house.moved(instance)
    (found,) = house.timers(instance)
    assert (found.element_id, found.due_at) == ("late", begun + timedelta(days=5))
    house.clock.set(begun + timedelta(days=5))
    house.work()
    assert house.open_tasks(instance) == ["a", "remind"]
    house.complete(instance, "remind")
    finish(house, instance, "a", "b")


def test_an_added_deadline_that_has_passed_already_is_due_at_once(house: Changing) -> None:
    instance = house.run(timed(None))
    house.clock.set(house.clock.now() + timedelta(days=30))
    house.deploy(timed("P5D", interrupting=True))
    house.moved(instance)
    house.work()
    assert house.open_tasks(instance) == ["remind"]


def test_a_removed_deadline_goes_with_its_timer(house: Changing) -> None:
    instance = house.run(timed("P5D", interrupting=True))
    house.deploy(timed(None))
    house.moved(instance)
    assert house.timers(instance) == []
    house.clock.set(house.clock.now() + timedelta(days=30))
    assert house.work() == 0
    finish(house, instance, "a", "b")


def test_a_kept_deadline_keeps_its_due_date_also_on_a_renamed_step(house: Changing) -> None:
    instance = house.run(timed("P5D"))
    due = house.timers(instance)[0].due_at
    house.clock.set(house.clock.now() + timedelta(days=3))
    house.deploy(timed("P5D", host="renamed", extra="c"))
    house.moved(instance, {"a": "renamed", "b": "c"})
    assert [(each.element_id, each.due_at) for each in house.timers(instance)] == [("late", due)]
    finish(house, instance, "renamed", "c")


def test_a_changed_deadline_counts_anew_from_the_start_of_the_step(house: Changing) -> None:
    instance = house.run(timed("P5D"))
    begun = house.clock.now()
    house.clock.set(begun + timedelta(days=3))
    house.deploy(timed("P10D"))
    house.moved(instance)
    assert [each.due_at for each in house.timers(instance)] == [begun + timedelta(days=10)]


def test_a_reminder_that_was_sent_is_not_sent_again(house: Changing) -> None:
    instance = house.run(timed("P5D"))
    house.clock.set(house.clock.now() + timedelta(days=6))
    house.work()
    house.deploy(timed("P2D", extra="c"))
    house.moved(instance, {"b": "c"})
    assert house.timers(instance) == []
    assert house.open_tasks(instance) == ["a", "remind"]


def test_a_repeated_reminder_does_not_make_up_for_the_past(house: Changing) -> None:
    instance = house.run(line("a", "b"))
    begun = house.clock.now()
    house.clock.set(begun + timedelta(days=10, hours=1))
    d = Drawing()
    d.flow(d.start(), d.user("a"), d.user("b"), d.end())
    d.boundary("daily", "a", timer("cycle", "R/P1D"), interrupting=False)
    d.flow("daily", d.user("remind"), d.end("end_late"))
    house.deploy(d)
    house.moved(instance)
    assert house.work() == 0
    assert [each.due_at for each in house.timers(instance)] == [begun + timedelta(days=11)]


def guarded(*messages: str, work: str = "inside") -> Drawing:
    d = Drawing()
    with d.sub("sub"):
        d.flow(d.start("s"), d.user(work), d.user("inside2"), d.end("e"))
    d.flow(d.start(), "sub", d.end())
    for message in messages:
        d.boundary(f"on_{message}", "sub", d.message(message))
        d.flow(f"on_{message}", d.end(f"end_{message}"))
    return d


def test_message_edges_of_a_subprocess_come_and_go_while_it_runs(house: Changing) -> None:
    instance = house.run(guarded("cancel"), ref="k")
    house.deploy(guarded("withdraw"))
    house.moved(instance, {})
    house.send("cancel", "k")
    house.send("withdraw", "k")
    house.work()
    assert house.status(instance) == "completed"
    assert "on_withdraw" in house.events(instance)


def racing(*, message: str | None = "news", until: str = "P1D") -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.user("first"), d.gateway("eventBased", "race"))
    d.flow("race", d.catch("timeout", timer("duration", until)), d.end("end_timeout"))
    if message is not None:
        d.flow("race", d.catch(f"on_{message}", d.message(message)), d.user(f"after_{message}"), d.end())
    return d


def test_what_an_event_gateway_awaits_changes_with_the_version(house: Changing) -> None:
    instance = house.run(racing(message="news"), ref="k")
    house.complete(instance, "first")
    due = house.timers(instance)[0].due_at
    house.clock.set(house.clock.now() + timedelta(hours=2))
    house.deploy(racing(message="other"))
    house.moved(instance, {})
    assert [each.due_at for each in house.timers(instance)] == [due]
    house.send("news", "k")
    house.send("other", "k")
    house.work()
    finish(house, instance, "after_other")


def waiting_for(until: str) -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.user("first"), d.catch("pause", timer("duration", until)), d.user("b"), d.end())
    return d


def test_a_changed_pause_counts_from_when_it_began(house: Changing) -> None:
    instance = house.run(waiting_for("P10D"))
    house.clock.set(house.clock.now() + timedelta(days=1))
    house.complete(instance, "first")
    begun = house.clock.now()
    house.clock.set(begun + timedelta(days=1))
    house.deploy(waiting_for("P3D"))
    house.moved(instance)
    assert [each.due_at for each in house.timers(instance)] == [begun + timedelta(days=3)]
    house.clock.set(begun + timedelta(days=3))
    house.work()
    finish(house, instance, "b")


def around(kind: str, deadline: bool) -> Drawing:
    """A subprocess, a called process, a repetition or a message that is waited for, with a deadline or without."""
    d = Drawing("inner")
    d.flow(d.start("inner_start"), d.user("x"), d.end("inner_end"))
    d.process("p")
    if kind == "sub":
        with d.sub("held"):
            d.flow(d.start("s"), d.user("x2"), d.end("e"))
    elif kind == "call":
        d.call("held", "inner")
    elif kind == "many":
        d.user("held", inner=each("=[1, 2]", "item"))
    else:
        d.message("news")
        d.receive("held", "news")
    d.flow(d.start(), d.user("first"), "held", d.end())
    if deadline:
        d.boundary("late", "held", timer("duration", "P5D"))
        d.flow("late", d.user("remind"), d.end("end_late"))
    return d


@pytest.mark.parametrize("kind", ["sub", "call", "many", "receive"])
def test_a_deadline_added_around_what_runs_counts_from_its_beginning(house: Changing, kind: str) -> None:
    instance = house.run(around(kind, deadline=False), ref="k")
    house.clock.set(house.clock.now() + timedelta(days=1))
    house.complete(instance, "first")
    begun = house.clock.now()
    if kind == "many":
        house.clock.set(begun + timedelta(days=1))
        house.complete(instance, "held")
    house.clock.set(begun + timedelta(days=3))
    house.deploy(around(kind, deadline=True))
    earlier = house.moved(instance)
    assert [(each.element_id, each.due_at) for each in house.timers(instance)] == [("late", begun + timedelta(days=5))]
    house.undo(instance, earlier)
    assert house.timers(instance) == []
    house.moved(instance)
    house.clock.set(begun + timedelta(days=5))
    house.work()
    finish(house, instance, "remind")


def test_a_due_date_of_a_task_in_an_iteration_is_changed_for_all_that_wait(house: Changing) -> None:
    def drawn(due: str) -> Drawing:
        d = Drawing()
        schedule = f'<zeebe:taskSchedule dueDate="{due}"/>'
        many = d.user("many", extension=schedule, inner=each("=[1, 2]", "item"))
        d.flow(d.start(), many, d.end())
        return d

    instance = house.run(drawn("P5D"))
    begun = house.clock.now()
    house.clock.set(begun + timedelta(days=2))
    house.deploy(drawn("P9D"))
    house.moved(instance)
    assert [task.due_at for task in house.tasks(instance)] == [begun + timedelta(days=9)] * 2
    finish(house, instance, "many", "many")
