"""Who is biased (Befangenheit) or had a hand in the application neither rates nor decides; the diagram says so."""

import pytest
from sqlalchemy import select

from tests.actions import applying
from tests.actions.conftest import House
from workflows.actions import assigning, inbox
from workflows.core.errors import Conflict
from workflows.core.tx import Actor
from workflows.domain import people
from workflows.domain.funding import Application
from workflows.engine.tasks import Task

OTHERS = [{"member": "Kulturamt", "is_biased": False}, {"member": "Jobcenter", "is_biased": False}]


def _open(house: House, element_id: str) -> int:
    with house.at() as tx:
        return tx.session.scalars(select(Task.id).where(Task.element_id == element_id, Task.status == "open")).one()


def _refused(house: House, who: str, element_id: str) -> str:
    """The code with which both taking and doing the task are refused; nothing of it stays."""
    task = _open(house, element_id)
    with house.at(who) as tx, pytest.raises(Conflict) as taking:
        assigning.claim(tx, task)
    with house.at(who) as tx, pytest.raises(Conflict) as doing:
        inbox.complete(tx, task, applying.typed(element_id))
    assert taking.value.code == doing.value.code
    with house.at(who) as tx:
        opened = inbox.open_form(tx, task)
        assert not opened.can_work
        assert opened.barred is not None
    assert _open(house, element_id) == task
    return str(doing.value.code)


def _meet(house: House, members: list[dict[str, object]]) -> None:
    house.do("jury", "declare_bias", {"jury_members": members, "meets_on": "2026-05-04"})


@pytest.fixture
def members(house: House) -> list[Actor]:
    """An application before three members of the jury."""
    found = applying.jury(house, "jury", "neighbour", "absent")
    applying.advise(house)
    applying.walk(house, "declare_bias")
    return found


def test_who_declared_bias_or_is_not_there_can_neither_rate_nor_decide(house: House, members: list[Actor]) -> None:
    fair, biased, _absent = (applying.key(member) for member in members)
    _meet(
        house,
        [
            {"account": fair, "is_biased": False},
            {"account": biased, "is_biased": True, "bias_reason": "Im Vorstand"},
            *OTHERS,
        ],
    )
    for element_id in ("rate_application", "decide_award"):
        assert _refused(house, "neighbour", element_id) == "not_admitted"
        assert _refused(house, "absent", element_id) == "not_admitted"
        house.do("jury", element_id, applying.typed(element_id))


def test_biased_and_doubled_members_do_not_make_a_quorum(house: House, members: list[Actor]) -> None:
    fair, biased, _absent = (applying.key(member) for member in members)
    twice = [{"account": fair, "is_biased": False}, {"account": fair, "is_biased": False}]
    both_ways = [{"account": biased, "is_biased": False}, {"account": biased, "is_biased": True, "bias_reason": "Ja"}]
    _meet(house, [*twice, *both_ways, OTHERS[0]])
    assert _open(house, "declare_bias")
    _meet(house, [*OTHERS, {"member": "Ausländerbeirat", "is_biased": False}])  # nobody among them could rate it here
    assert _open(house, "declare_bias")
    _meet(house, [*twice, *both_ways, *OTHERS])
    assert _refused(house, "neighbour", "rate_application") == "not_admitted"
    house.do("jury", "rate_application", applying.typed("rate_application"))


@pytest.mark.parametrize("written", ["answer_questions", "plan_costs", "review_draft"])
def test_who_wrote_or_reviewed_the_application_can_neither_rate_nor_decide(house: House, written: str) -> None:
    both = ["group:coordination", "group:jury"]
    with house.at() as tx:
        user = people.create(tx, "b@jury.example", "both", roles=["coordinator", "leadership"], groups=both)
        house.actors["both"] = people.actor(tx.session, user)
    (member,) = applying.jury(house, "jury")
    applying.advise(house)
    applying.walk(house, "declare_bias", by={written: "both"})
    present = [{"account": applying.key(each), "is_biased": False} for each in (member, house.actors["both"])]
    _meet(house, [*present, *OTHERS])
    for element_id in ("rate_application", "decide_award"):
        assert _refused(house, "both", element_id) == "four_eyes"
        house.do("jury", element_id, applying.typed(element_id))
    assert _refused(house, "jury", "sign_decision") == "four_eyes"
    house.do("leadership", "sign_decision", {"approval": "sign"})
    with house.at() as tx:
        assert tx.session.scalars(select(Application.status)).one() == "awarded"
