"""Timers, messages, errors and escalations: what is waited for and what is thrown."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.engine.drawing import TERMINATE, Drawing, mapping, timer
from tests.engine.house import NOTHING_OPEN, House, operator
from workflows.core.tx import Tx
from workflows.engine import messages
from workflows.engine.catalogue import BpmnError, Call
from workflows.engine.events import Event
from workflows.engine.run import Engine


def test_a_timer_is_stored_with_its_moment_and_goes_on_when_it_has_come(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.catch("wait", timer("duration", "P1M")), d.end())
    instance = house.run(d)
    assert [each.due_at for each in house.timers(instance)] == [datetime(2026, 4, 2, 8, 0, tzinfo=UTC)]
    assert house.work() == 0
    house.clock.advance(timedelta(days=31))
    assert house.work() == 1
    assert house.status(instance) == "completed"
    assert house.open_rows(instance) == NOTHING_OPEN


def test_the_log_says_how_long_a_task_took(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("answer"), d.end())
    instance = house.run(d)
    house.clock.advance(timedelta(days=2, hours=3))
    house.complete(instance, "answer")
    with house.begin() as tx:
        done = select(Event).where(Event.instance_id == instance, Event.kind == "task.completed")
        assert tx.session.scalars(done).one().details == {"lasted": timedelta(days=2, hours=3)}


def test_a_date_is_due_at_the_end_of_its_day_in_berlin(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.catch("wait", timer("date", "=deadline")), d.end())
    instance = house.run(d, deadline=date(2026, 7, 1))
    assert house.timers(instance)[0].due_at == datetime(2026, 7, 1, 21, 59, 59, tzinfo=UTC)


def deadline_drawing(*, interrupting: bool, when: str = timer("duration", "P3D")) -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.user("answer"), d.end())
    d.boundary("late", "answer", when, interrupting=interrupting)
    d.flow("late", d.user("remind"), d.end("reminded"))
    return d


def test_an_interrupting_timer_ends_the_task(house: House) -> None:
    instance = house.run(deadline_drawing(interrupting=True))
    house.clock.advance(timedelta(days=4))
    assert house.work() == 1
    assert house.open_tasks(instance) == ["remind"]
    assert [task.status for task in house.tasks(instance, "answer")] == ["cancelled"]
    house.complete(instance, "remind")
    assert house.status(instance) == "completed"


def test_a_timer_that_does_not_interrupt_leaves_the_task_open_and_fires_once(house: House) -> None:
    instance = house.run(deadline_drawing(interrupting=False))
    house.clock.advance(timedelta(days=10))
    assert house.work() == 1
    assert house.open_tasks(instance) == ["answer", "remind"]
    house.complete(instance, "remind")
    assert house.status(instance) == "running"
    house.complete(instance, "answer")
    assert house.status(instance) == "completed"


def test_a_timer_goes_with_its_task(house: House) -> None:
    instance = house.run(deadline_drawing(interrupting=True))
    house.complete(instance, "answer")
    assert house.open_rows(instance) == NOTHING_OPEN
    house.clock.advance(timedelta(days=10))
    assert house.work() == 0


def test_a_cycle_repeats_as_often_as_it_says(house: House) -> None:
    instance = house.run(deadline_drawing(interrupting=False, when=timer("cycle", "R3/P1D")))
    for fired in (1, 2, 3):
        house.clock.advance(timedelta(days=1))
        assert house.work() == 1
        assert house.open_tasks(instance).count("remind") == fired
    house.clock.advance(timedelta(days=5))
    assert house.work() == 0


def receive_drawing() -> Drawing:
    d = Drawing()
    d.message("reply")
    d.flow(d.start(), d.receive("await", "reply"), d.end())
    return d


def test_a_message_reaches_the_instance_with_its_key_and_no_other(house: House) -> None:
    house.deploy(receive_drawing())
    first, second = house.start(ref="A"), house.start(ref="B")
    house.send("reply", "B", answer=Decimal(5))
    assert house.work() == 1
    assert (house.status(first), house.status(second)) == ("running", "completed")
    assert house.variables(second) == {"ref": "B", "answer": Decimal(5)}
    assert house.open_rows(second)["messages"] == 0


def test_a_message_waits_for_its_receiver(house: House) -> None:
    house.send("reply", "A", answer="early")
    assert house.work() == 0
    instance = house.run(receive_drawing(), ref="A")
    assert house.work() == 1
    assert house.variables(instance)["answer"] == "early"


def test_an_expired_message_is_not_delivered(house: House) -> None:
    house.send("reply", "A")
    house.clock.advance(timedelta(days=91))
    instance = house.run(receive_drawing(), ref="A")
    assert house.work() == 0
    assert house.status(instance) == "running"


def test_a_message_sent_twice_under_one_key_arrives_once(house: House) -> None:
    for _ in range(2):
        house.send("reply", "A", unique="referral:5/1")
    house.deploy(receive_drawing())
    instances = [house.start(ref="A"), house.start(ref="A")]
    assert house.work() == 1
    assert sorted(house.status(each) for each in instances) == ["completed", "running"]


def test_three_messages_at_once_are_received_one_after_the_other(house: House) -> None:
    d = Drawing()
    d.message("closed")
    d.flow(d.start(), d.script("begin", "=0", "count"), d.gateway("exclusive", "again"))
    d.flow("again", d.receive("await", "closed", mapping(outputs={"last": "=office"})))
    d.flow("await", d.script("add", "=count + 1", "count"), d.gateway("exclusive", "all", default="more"))
    d.flow("all", d.end(), when="=count = 3")
    d.flow("all", "again", name="more")
    instance = house.run(d, ref="A")
    for office in ("one", "two", "three"):
        house.send("closed", "A", office=office)
    assert house.work() == 3
    assert house.status(instance) == "completed"
    assert house.variables(instance) == {"ref": "A", "count": Decimal(3), "last": "three"}


def test_a_message_goes_to_whoever_has_waited_longest(house: House) -> None:
    d = Drawing()
    d.message("news", '="all"')
    d.flow(d.start(), d.receive("hear", "news"), d.end())
    house.deploy(d)
    first, second = house.start(), house.start()
    for done in ([first], [first, second]):
        house.send("news", "all")
        house.work()
        assert [each for each in (first, second) if house.status(each) == "completed"] == done


def test_a_message_boundary_withdraws_everything_inside_its_subprocess(house: House) -> None:
    d = Drawing()
    withdrawn = d.message("withdrawn")
    with d.sub("work"):
        d.flow(d.start("begin"), d.gateway("parallel", "fork"), d.user("left"), d.end("done_left"))
        d.flow("fork", d.user("right"), d.end("done_right"))
        d.boundary("late", "right", timer("duration", "P1D"))
        d.flow("late", d.end("too_late"))
    d.flow(d.start(), "work", d.end())
    d.boundary("withdraw", "work", withdrawn)
    d.flow("withdraw", d.end("gone"))
    instance = house.run(d, ref="A")
    house.complete(instance, "left", typed="kept")
    house.send("withdrawn", "A")
    assert house.work() == 1
    assert house.status(instance) == "completed"
    assert house.events(instance)[-1] == "gone"
    assert house.open_rows(instance) == NOTHING_OPEN
    assert house.variables(instance)["typed"] == "kept"


def test_a_message_boundary_that_does_not_interrupt_may_fire_again(house: House) -> None:
    d = Drawing()
    asked = d.message("question")
    d.flow(d.start(), d.user("answer"), d.end())
    d.boundary("ask", "answer", asked, interrupting=False, extension=mapping(outputs={"text": "=text"}))
    d.flow("ask", d.user("reply"), d.end("replied"))
    instance = house.run(d, ref="A")
    house.send("question", "A", text="first", other="not mapped")
    house.send("question", "A", text="second")
    assert house.work() == 2
    assert house.open_tasks(instance) == ["answer", "reply", "reply"]
    assert house.variables(instance) == {"ref": "A", "text": "second"}


def test_an_event_gateway_takes_the_first_event_and_forgets_the_others(house: House) -> None:
    d = Drawing()
    d.message("reply")
    d.flow(d.start(), d.gateway("eventBased", "either"), d.receive("answered", "reply"), d.end())
    d.flow("either", d.catch("late", timer("duration", "P1D")), d.end("expired"))
    house.deploy(d)
    one, two = house.start(ref="A"), house.start(ref="B")
    assert house.open_rows(one) == NOTHING_OPEN | {"timers": 1, "subscriptions": 1}
    house.send("reply", "A")
    house.work()
    assert (house.status(one), house.events(one)[-1]) == ("completed", "end")
    assert house.open_rows(one) == NOTHING_OPEN
    house.clock.advance(timedelta(days=2))
    assert house.work() == 1
    assert house.events(two) == ["start", "late", "either", "expired"]


def failing(tx: Tx, call: Call) -> None:
    raise BpmnError("full", {"places": 0})


def test_an_operators_bpmn_error_goes_to_its_boundary_with_its_payload(house: House) -> None:
    d = Drawing()
    full = d.error("full")
    d.flow(d.start(), d.service("book", "book"), d.end())
    d.boundary("no_room", "book", full, extension=mapping(outputs={"left": "=places"}))
    d.flow("no_room", d.user("elsewhere"), d.end("moved"))
    house.engine = Engine(operator("book", failing))
    instance = house.run(d)
    assert house.open_tasks(instance) == ["elsewhere"]
    assert house.variables(instance) == {"left": Decimal(0)}


def test_an_error_end_is_caught_around_the_subprocess_by_code_before_catch_all(house: House) -> None:
    d = Drawing()
    refused = d.error("refused")
    with d.sub("work"):
        d.flow(d.start("begin"), d.gateway("parallel", "fork"), d.end("failed", refused))
        d.flow("fork", d.user("other"), d.end("never"))
    d.flow(d.start(), "work", d.end())
    d.boundary("any", "work", "<bpmn:errorEventDefinition/>")
    d.boundary("exact", "work", refused)
    d.flow("any", d.end("any_end"))
    d.flow("exact", d.end("exact_end"))
    instance = house.run(d)
    assert house.status(instance) == "completed"
    assert house.events(instance)[-1] == "exact_end"
    assert "other" not in house.open_tasks(instance)


def test_an_error_with_a_value_that_cannot_be_stored_is_an_incident_and_nothing_moves(house: House) -> None:
    def fail(_tx: Tx, _call: Call) -> None:
        raise BpmnError("refused", {"amount": 1.5})

    house.engine = Engine(operator("fails", fail))
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "fork"))
    d.flow("fork", d.service("ask", "fails"), d.end())
    d.flow("fork", d.user("beside"), d.end("other"))
    d.boundary("refused", "ask", d.error("refused"))
    d.flow("refused", d.end("caught"))
    instance = house.run(d)
    assert [(each.code, each.element_id) for each in house.incidents(instance)] == [("value_not_storable", "ask")]
    assert house.open_tasks(instance) == ["beside"]


def test_a_number_as_correlation_key_is_its_value(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.catch("wait", d.message("paid", key="=amount")), d.end())
    house.deploy(d)
    instances = [house.start(amount=Decimal(written)) for written in ("5.0", "1E+1")]
    house.send("paid", "5")
    house.send("paid", "10")
    house.work()
    assert {house.status(each) for each in instances} == {"completed"}


def test_an_error_nobody_catches_is_an_incident(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.end("failed", d.error("lost")))
    instance = house.run(d)
    assert [(each.code, each.element_id) for each in house.incidents(instance)] == [("error_not_caught", "failed")]


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_is_caught_around_the_subprocess(house: House, interrupting: bool) -> None:
    d = Drawing()
    late = d.escalation("late")
    with d.sub("work"):
        d.flow(d.start("begin"), d.throw("warn", late), d.user("go_on"), d.end("inner_end"))
    d.flow(d.start(), "work", d.end())
    d.boundary("warned", "work", late, interrupting=interrupting)
    d.flow("warned", d.user("look"), d.end("looked"))
    instance = house.run(d)
    assert house.open_tasks(instance) == (["look"] if interrupting else ["go_on", "look"])


def test_an_escalation_nobody_catches_is_no_failure(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.throw("warn", d.escalation("late")), d.end("escalated", d.escalation("later")))
    assert house.status(house.run(d)) == "completed"


def test_a_terminate_end_ends_everything_around_it_but_not_outside(house: House) -> None:
    d = Drawing()
    with d.sub("work"):
        d.flow(d.start("begin"), d.gateway("parallel", "fork"), d.user("stop"), d.end("stopped", TERMINATE))
        d.flow("fork", d.user("other"), d.end("never"))
    d.flow(d.start(), "work", d.user("after"), d.end())
    instance = house.run(d)
    house.complete(instance, "stop")
    assert house.open_tasks(instance) == ["after"]
    assert [task.status for task in house.tasks(instance, "other")] == ["cancelled"]


def test_one_instance_sends_to_another_through_the_table_only(house: House) -> None:
    sender = Drawing("sender")
    sender.message("reply")
    sender.flow(sender.start(), sender.node("sendTask", "tell", "", mapping({"answer": "=word"}), messageRef="m_reply"))
    sender.flow("tell", sender.throw("again", sender._shared and '<bpmn:messageEventDefinition messageRef="m_reply"/>'))
    sender.flow("again", sender.end())
    house.deploy(receive_drawing())
    receiver = house.start(ref="A")
    assert house.status(house.run(sender, ref="A", word="hello")) == "completed"
    assert house.status(receiver) == "running"
    assert house.work() == 1
    assert house.variables(receiver)["answer"] == "hello"


def test_a_started_instance_comes_from_a_message_row(house: House) -> None:
    house.deploy(receive_drawing())
    for _ in range(2):
        with house.begin() as tx:
            messages.start(tx, "p", {"ref": "A"}, "referral:5", "case:1/referral:5")
    assert house.work() == 1
    assert house.instance(1).subject == "referral:5"
