"""The shortest whole way: start, a person, a gateway, an operator, the end."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.engine.drawing import Drawing, mapping
from tests.engine.house import NOTHING_OPEN, House, operator
from workflows.core.errors import Conflict
from workflows.core.tx import Actor, Tx
from workflows.engine.catalogue import Call
from workflows.engine.run import Engine

ANNA = Actor("Anna Adam", user_id=7)


def drawing() -> Drawing:
    d = Drawing()
    d.start()
    d.user("ask")
    d.gateway("exclusive", "accepted", default="no")
    d.service("book", "office.book", mapping({"amount": "=amount * 2", "note": "from the office"}))
    d.end()
    d.end("declined")
    d.flow("start", "ask", "accepted")
    d.flow("accepted", "book", when='=answer = "yes"')
    d.flow("accepted", "declined", name="no")
    d.flow("book", "end")
    return d


def book(tx: Tx, call: Call) -> Mapping[str, Any]:
    return {"booked": call.inputs["amount"], "place": call.subject + call.inputs["note"]}


@pytest.fixture
def booking(house: House) -> House:
    house.engine = Engine(operator("office.book", book, "amount"))
    return house


def test_an_instance_goes_from_start_over_person_gateway_and_operator_to_its_end(booking: House) -> None:
    instance = booking.run(drawing(), amount=Decimal("2500.50"))
    assert booking.open_tasks(instance) == ["ask"]
    booking.complete(instance, "ask", ANNA, answer="yes")
    assert booking.status(instance) == "completed"
    assert booking.variables(instance) == {
        "amount": Decimal("2500.50"),
        "answer": "yes",
        "booked": Decimal("5001.00"),
        "place": "case:1from the office",
    }
    assert booking.events(instance) == ["start", "ask", "accepted", "book", "end"]
    assert booking.open_rows(instance) == NOTHING_OPEN


def test_the_default_flow_is_taken_when_no_condition_holds(booking: House) -> None:
    instance = booking.run(drawing(), amount=1)
    booking.complete(instance, "ask", answer="no")
    assert booking.events(instance)[-1] == "declined"


def test_the_second_to_complete_a_task_reads_who_was_first(booking: House) -> None:
    instance = booking.run(drawing(), amount=1)
    task = booking.tasks(instance)[0]
    booking.complete_task(task.id, ANNA, answer="no")
    with pytest.raises(Conflict) as conflict:
        booking.complete_task(task.id, answer="yes")
    assert conflict.value.code == "task_done"
    assert conflict.value.facts["by"] == "Anna Adam"
    assert conflict.value.facts["at"] == booking.clock.now()


def test_a_closed_task_keeps_who_did_it_and_what_was_typed(booking: House) -> None:
    instance = booking.run(drawing(), amount=1)
    booking.complete(instance, "ask", ANNA, answer="no")
    task = booking.tasks(instance)[0]
    assert (task.status, task.done_by, task.done_by_id, task.values) == ("done", "Anna Adam", 7, {"answer": "no"})
    assert (task.name, task.group_key, task.subject) == ("Schritt ask", "group:team", "case:1")
