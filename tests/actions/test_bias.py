"""Who is biased (Befangenheit) or had a hand in the application neither rates nor decides; the diagram says so."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.actions import applying
from tests.actions.conftest import House
from workflows import policy
from workflows.actions import assigning, board, inbox, task_list
from workflows.actions.task_list import Filter
from workflows.core import files
from workflows.core.errors import Conflict, NotFound
from workflows.core.files import File
from workflows.core.outbox import Mail
from workflows.core.tx import Actor
from workflows.domain import funding, groups, people, programmes, recusals
from workflows.domain.funding import Application
from workflows.engine.catalogue import Call
from workflows.engine.definitions import load
from workflows.engine.state import Instance
from workflows.engine.tasks import Task
from workflows.operators.funding import rank

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


def _jurors(house: House, *names: str) -> list[Actor]:
    """Members who work on no cases."""
    with house.at() as tx:
        for name in names:
            user = people.create(tx, f"{name}@jury.example", name, roles=["jury"], groups=["group:jury"])
            house.actors[name] = people.actor(tx.session, user)
    return [house.actors[name] for name in names]


def _reached(house: House, who: str, application_id: int) -> list[str]:
    """By which ways somebody reaches the application, its papers, its process and its tasks."""
    with house.at(who) as tx:
        ways = {
            "application": policy.allowed(tx, policy.BOARD_READ, select(Application)),
            "paper": policy.allowed(tx, policy.FILE_READ, select(File)),
            "process": policy.allowed(tx, policy.INSTANCE_READ, select(Instance)),
            "task": policy.allowed(tx, policy.TASK_READ, select(Task)),
            "work": policy.allowed(tx, policy.TASK_WORK, select(Task)),
        }
        found = [way for way, query in ways.items() if tx.session.scalars(query).all()]
        if task_list.list_tasks(tx, Filter()).items:
            found.append("inbox")
        if any(pot.undecided or pot.decided for pot in board.read(tx)):
            found.append("board")
        return found


def test_who_is_biased_reaches_nothing_of_the_application_until_that_is_corrected(house: House) -> None:
    fair, biased = (applying.key(member) for member in _jurors(house, "jury", "neighbour"))
    applying.advise(house)
    applying.walk(house, "declare_bias")
    with house.at() as tx:
        application = tx.session.scalars(select(Application)).one()
        number = application.id
        files.store(tx, "satzung.txt", b"Satzung", application.stream).subject = application.key
    everything = ["application", "paper", "process", "task", "work", "inbox", "board"]
    assert _reached(house, "neighbour", number) == everything
    declared = {"account": biased, "is_biased": True, "bias_reason": "Im Vorstand"}
    _meet(house, [{"account": fair, "is_biased": False}, declared, OTHERS[0]])  # too few: they meet again
    assert _reached(house, "neighbour", number) == []
    assert _reached(house, "jury", number) == everything
    task = _open(house, "declare_bias")
    with house.at("neighbour") as tx:
        with pytest.raises(NotFound) as refused:
            board.sheet(tx, number)
        assert refused.value.code == "recused"
        with pytest.raises(NotFound):
            inbox.open_form(tx, task)
    with house.at("jury") as tx:
        names = [user.name for user in assigning.colleagues_for(tx, task)]
        assert "jury" in names
        assert "neighbour" not in names
    _meet(house, [{"account": fair, "is_biased": False}, *OTHERS])  # not there is not unbiased
    assert _reached(house, "neighbour", number) == []
    house.clock.set(house.clock.now() + timedelta(minutes=1))
    house.do("jury", "rate_application", applying.typed("rate_application"))
    house.work()
    with house.at() as tx:
        told = tx.session.scalars(
            select(Mail.to_address).where(Mail.text.contains("Über den Antrag entscheiden"))
        ).all()
        assert told == ["jury@jury.example"]
        recusals.keep(tx, number, [], [house.actors["neighbour"].user_id or 0])
    assert _reached(house, "neighbour", number) == everything


def test_a_leader_who_is_biased_does_not_sign_the_decision(house: House, members: list[Actor]) -> None:
    fair, biased, _absent = (applying.key(member) for member in members)
    declared = {"account": biased, "is_biased": True, "bias_reason": "Im Vorstand"}
    _meet(house, [{"account": fair, "is_biased": False}, declared, *OTHERS])
    for element_id in ("rate_application", "decide_award"):
        house.do("jury", element_id, applying.typed(element_id))
    assert _refused(house, "neighbour", "sign_decision") == "biased"
    house.do("leadership", "sign_decision", {"approval": "sign"})


def test_what_an_application_got_is_not_told_where_somebody_biased_about_it_rates_another(house: House) -> None:
    fair, biased = (applying.key(member) for member in _jurors(house, "jury", "neighbour"))
    declared = {"account": biased, "is_biased": True, "bias_reason": "Im Vorstand"}
    applying.advise(house)
    applying.walk(house, "declare_bias")
    _meet(house, [{"account": fair, "is_biased": False}, declared, *OTHERS])
    house.do("jury", "rate_application", {**applying.typed("rate_application"), "points_need": 5})
    with house.at() as tx:
        first = tx.session.scalars(select(Application)).one()
        rival = funding.open_new(tx, first.case_id)
        rival.programme_id, rival.year, rival.status = first.programme_id, first.year, "submitted"
        rival.requested = Decimal(10)
        process = tx.session.scalars(select(Instance).where(Instance.subject == first.key)).one()
        called = (process.id, rival.key, "funding", "rank_applications", "token", load(tx.session, process.version_id))
        places = {
            row["is_this"]: row["reference"] for row in rank(tx, Call({"points": Decimal(1)}, *called))["ranking"]
        }
        assert places == {False: "", True: "2026-0001"}
        (pot,) = board.read(tx)
        assert [each.place for each in pot.undecided] == [1, 2]
    with house.at("neighbour") as tx:
        assert board.read(tx) == []


def test_a_second_jury_is_offered_its_own_members_and_gets_the_tasks(house: House) -> None:
    (own,) = _jurors(house, "jury")
    with house.at() as tx:
        groups.add(tx, "group:sport_jury", "Sportkommission")
        user = people.create(tx, "s@jury.example", "sport", roles=["jury"], groups=["group:sport_jury"])
        house.actors["sport"] = people.actor(tx.session, user)
        programmes.edit(tx, "council_project", jury_group="group:sport_jury")
    applying.advise(house)
    applying.walk(house, "declare_bias")
    task = _open(house, "declare_bias")
    with house.at("jury") as tx, pytest.raises(NotFound):
        inbox.open_form(tx, task)
    with house.at("sport") as tx:
        opened = inbox.open_form(tx, task)
        assert [person["name"] for person in opened.variables["jury"]] == ["sport"]
    present = {"account": applying.key(house.actors["sport"]), "is_biased": False}
    house.do("sport", "declare_bias", {"jury_members": [present, *OTHERS], "meets_on": "2026-05-04"})
    for element_id in ("rate_application", "decide_award"):
        house.do("sport", element_id, applying.typed(element_id))
    assert own.user_id is not None
    with house.at("jury") as tx:
        assert board.read(tx) == []
