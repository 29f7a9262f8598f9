"""Processes that start by a moment or a message."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.engine.drawing import Drawing, timer
from tests.engine.house import House
from workflows.core.errors import LotseError
from workflows.engine import definitions
from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Catalogue
from workflows.engine.state import Instance


def deploy(house: House, drawing: Drawing) -> None:
    """Through the front door, with the check."""
    drawing.node("textAnnotation", "note")
    bundle = Bundle(drawing.key, {f"{drawing.key}.bpmn": drawing.xml()})
    with house.begin() as tx:
        definitions.deploy(tx, bundle, Catalogue(groups=frozenset({"group:team"})))


def started(house: House) -> int:
    with house.begin() as tx:
        return len(tx.session.scalars(select(Instance.id)).all())


def timed(expression: str, kind: str = "cycle") -> Drawing:
    d = Drawing()
    d.flow(d.start("daily", timer(kind, expression)), d.script("count", "=1", "x"), d.end())
    return d


def test_a_repeated_start_begins_an_instance_each_time(house: House) -> None:
    deploy(house, timed("R2/P1D"))
    for number in (1, 2):
        house.clock.advance(timedelta(days=1))
        assert house.work() == 1
        assert started(house) == number
    house.clock.advance(timedelta(days=9))
    assert house.work() == 0


def test_a_repeated_start_from_a_day_long_past_begins_with_the_next_turn(house: House) -> None:
    """The usual way to say "every Monday" once began an instance for every Monday since."""
    deploy(house, timed("R/2020-01-06T07:00:00/P7D"))
    assert house.work() == 0
    house.clock.advance(timedelta(days=7))
    assert house.work() == 1


def test_a_new_version_takes_the_timed_start_over(house: House) -> None:
    deploy(house, timed("R/P1D"))
    deploy(house, timed("R/P7D"))
    house.clock.advance(timedelta(days=2))
    assert house.work() == 0
    house.clock.advance(timedelta(days=5))
    assert house.work() == 1


def test_a_moment_that_cannot_be_computed_refuses_the_deployment(house: House) -> None:
    with pytest.raises(LotseError):
        deploy(house, timed("=unknown_date", "date"))


def test_a_message_nobody_waits_for_starts_the_process_it_names(house: House) -> None:
    d = Drawing()
    event = d.message("application", "=ref")
    d.flow(d.start("applied", event), d.receive("more", "application"), d.end())
    deploy(house, d)
    house.send("application", "A", ref="A", amount=1)
    assert house.work() == 1
    house.send("application", "A", amount=2)
    assert house.work() == 1
    assert started(house) == 1
    assert house.status(1) == "completed"
    assert house.variables(1) == {"ref": "A", "amount": 2}
