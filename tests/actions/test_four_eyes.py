"""Who justified a decline cannot approve it: the rule stands in the diagram, the inbox keeps it."""

import pytest
from sqlalchemy import select

from tests.actions.conftest import House
from workflows.actions import assigning, inbox
from workflows.core.errors import Conflict
from workflows.core.tx import Actor
from workflows.domain import people
from workflows.engine.tasks import Task

REASON = {
    "decline_reason": "Die Satzung nennt Ziele gegen die freiheitliche Ordnung.",
    "hearing": "Gespräch am 4. März mit dem Vorstand.",
    "decline_text": "Ihre Ziele passen nicht zu unserer Zusammenarbeit.",
}


@pytest.fixture
def both(house: House) -> Actor:
    """Somebody who works in the coordination and in the leadership."""
    with house.at() as tx:
        groups = ["group:coordination", "group:leadership"]
        user = people.create(tx, "beides@stadt.example", "beides", roles=["coordinator", "leadership"], groups=groups)
        house.actors["both"] = people.actor(tx.session, user)
    return house.actors["both"]


def _approval(house: House) -> int:
    with house.at() as tx:
        return tx.session.scalars(
            select(Task.id).where(Task.element_id == "approve_decline", Task.status == "open")
        ).one()


def _justify(house: House, who: str) -> None:
    house.do("coordinator", "triage", {"decision": "decline"})
    house.do(who, "justify_decline", REASON)


def test_the_same_person_can_neither_take_nor_do_it(house: House, both: Actor) -> None:
    case, _ = house.submit()
    _justify(house, "both")
    with house.at("both") as tx, pytest.raises(Conflict) as conflict:
        assigning.claim(tx, _approval(house))
    assert (conflict.value.code, conflict.value.facts["step"]) == ("four_eyes", "Ablehnung begründen")
    with house.at("both") as tx, pytest.raises(Conflict, match="four_eyes"):
        inbox.complete(tx, _approval(house), {"approval": "approve"})
    assert house.status_of(case) == "in_progress"
    house.do("leadership", "approve_decline", {"approval": "approve"})
    assert house.status_of(case) == "closed"


def test_only_the_last_justification_counts(house: House, both: Actor) -> None:
    case, _ = house.submit()
    _justify(house, "both")
    house.do("leadership", "approve_decline", {"approval": "return", "decline_comment": "Bitte noch einmal lesen."})
    _justify(house, "coordinator")
    house.do("both", "approve_decline", {"approval": "approve"})
    assert house.status_of(case) == "closed"
