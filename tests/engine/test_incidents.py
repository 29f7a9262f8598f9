"""What fails stays on its element, undone and retryable, while everything else goes on."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.engine.drawing import Drawing, each, mapping, timer
from tests.engine.house import House, operator
from workflows.core.errors import Conflict
from workflows.core.tx import Tx
from workflows.engine import messages, runtime
from workflows.engine.catalogue import Call, Operator
from workflows.engine.incidents import Incident
from workflows.engine.messages import Message
from workflows.engine.run import Engine


class Mailbox:
    """An operator that writes a row and then fails until it is repaired."""

    def __init__(self) -> None:
        self.broken = True

    def post(self, tx: Tx, call: Call) -> Mapping[str, Any]:
        messages.send(tx, "mail", call.token, {})
        if self.broken:
            raise ValueError("no route")
        return {"posted": True}


def beside_a_user_task() -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "fork"), d.service("post", "post"), d.gateway("parallel", "join"))
    d.flow("fork", d.user("meanwhile"), "join")
    d.flow("join", d.end())
    return d


def rows(house: House) -> int:
    with house.begin() as tx:
        return tx.session.scalar(select(func.count(Message.id))) or 0


def test_a_failing_operator_leaves_nothing_behind_and_stops_nobody_else(house: House) -> None:
    mailbox = Mailbox()
    house.engine = Engine(operator("post", mailbox.post))
    instance = house.run(beside_a_user_task())
    assert house.open_tasks(instance) == ["meanwhile"]
    (incident,) = house.incidents(instance)
    assert (incident.element_id, incident.code) == ("post", "operator_failed")
    assert incident.facts == {"operator": "post", "error": "ValueError", "message": "no route"}
    assert rows(house) == 0
    house.complete(instance, "meanwhile")
    assert house.status(instance) == "running"
    mailbox.broken = False
    house.retry(instance)
    assert house.status(instance) == "completed"
    assert rows(house) == 1
    assert house.incidents(instance) == []
    assert house.events(instance, "incident.resolved") == ["post"]


class Speechless(Exception):
    """Fails again when it is asked what is wrong."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("error", "message"), [(Speechless(), ""), (ValueError("half a \ud83d"), "half a ?"), (ValueError("\x00"), "\x00")]
)
def test_whatever_an_operator_fails_with_becomes_an_incident(house: House, error: Exception, message: str) -> None:
    def post(_tx: Tx, _call: Call) -> Mapping[str, Any]:
        raise error

    house.engine = Engine(operator("post", post))
    instance = house.run(beside_a_user_task())
    (incident,) = house.incidents(instance)
    assert (incident.code, incident.facts["message"]) == ("operator_failed", message)
    assert house.open_tasks(instance) == ["meanwhile"]


def test_a_retry_that_fails_again_is_a_new_incident(house: House) -> None:
    house.engine = Engine(operator("post", Mailbox().post))
    instance = house.run(beside_a_user_task())
    first = house.incidents(instance)[0].id
    house.retry(instance)
    (second,) = house.incidents(instance)
    assert second.id != first
    with pytest.raises(Conflict, match="incident_resolved"), house.begin() as tx:
        runtime.retry(tx, house.engine, first)


@pytest.mark.parametrize("is_mended", [True, False])
def test_two_who_try_one_step_again_at_once_leave_one_incident_or_none(house: House, is_mended: bool) -> None:
    """Both have read the incident; the worker is quicker and fails again, which makes another one of it."""
    mailbox = Mailbox()
    house.engine = Engine(operator("post", mailbox.post))
    instance = house.run(beside_a_user_task())
    first = house.incidents(instance)[0].id
    with house.begin() as tx:
        seen = tx.session.get_one(Incident, first)
        house.retry(instance)
        mailbox.broken = not is_mended
        with pytest.raises(Conflict, match="incident_resolved"):
            runtime.retry(tx, house.engine, seen.id)
        tx.session.rollback()
    (second,) = house.incidents(instance)
    mailbox.broken = False
    with house.begin() as tx:
        runtime.retry(tx, house.engine, second.id)
    assert house.incidents(instance) == []
    assert rows(house) == 1


def test_results_that_cannot_be_taken_undo_the_operator_too(house: House) -> None:
    mailbox = Mailbox()
    mailbox.broken = False
    house.engine = Engine(operator("post", mailbox.post))
    d = Drawing()
    d.flow(d.start(), d.service("post", "post", mapping(outputs={"x": "=posted ("})), d.end())
    instance = house.run(d)
    assert [each.code for each in house.incidents(instance)] == ["expression_syntax"]
    assert rows(house) == 0


def test_a_value_that_is_no_value_of_the_language_is_refused(house: House) -> None:
    house.engine = Engine(operator("float", lambda tx, call: {"money": 0.1}))
    d = Drawing()
    d.flow(d.start(), d.service("calculate", "float"), d.end())
    instance = house.run(d)
    assert [(each.code, each.facts["variable"]) for each in house.incidents(instance)] == [
        ("value_not_storable", "money")
    ]


@pytest.mark.parametrize(
    ("operators", "inputs", "code"),
    [
        ({}, {}, "unknown_operator"),
        (operator("post", lambda tx, call: {}, "to"), {}, "input_missing"),
        (operator("post", lambda tx, call: {}, "to"), {"to": "=nobody"}, "expression_warning"),
        (operator("post", lambda tx, call: {}, "to"), {"to": "=null"}, "expression_null"),
    ],
)
def test_a_call_that_cannot_be_made_is_an_incident(
    house: House, operators: dict[str, Operator], inputs: dict[str, str], code: str
) -> None:
    house.engine = Engine(operators)
    d = Drawing()
    d.flow(d.start(), d.service("post", "post", mapping(inputs)), d.end())
    instance = house.run(d)
    assert [each.code for each in house.incidents(instance)] == [code]


def test_a_timer_without_a_moment_is_an_incident_and_can_be_repaired(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("answer"), d.end())
    d.boundary("late", "answer", timer("date", "=deadline"))
    d.flow("late", d.end("expired"))
    instance = house.run(d)
    assert [each.element_id for each in house.incidents(instance)] == ["late"]
    house.complete(instance, "answer")
    assert house.status(instance) == "completed"
    assert house.incidents(instance) == []


def test_a_collection_that_is_no_list_is_an_incident(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("ask", inner=each("=offices", "office")), d.end())
    instance = house.run(d, offices="all")
    assert [each.code for each in house.incidents(instance)] == ["collection_not_a_list"]


def test_terminating_closes_everything_with_its_reason(house: House) -> None:
    house.engine = Engine(operator("post", Mailbox().post))
    instance = house.run(beside_a_user_task())
    with house.begin() as tx:
        runtime.terminate(tx, house.engine, instance, "entered twice")
    assert house.status(instance) == "terminated"
    assert house.open_tasks(instance) == []
    assert house.incidents(instance) == []
    with pytest.raises(Conflict, match="task_done"):
        house.complete_task(house.tasks(instance)[0].id)
