"""A deputy works what is the absent person's, and every trace of it says for whom."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.actions.conftest import House
from workflows import policy
from workflows.actions import assigning, cases, deputies, inbox
from workflows.core import audit
from workflows.core.errors import Invalid, NotFound
from workflows.core.tx import Actor
from workflows.domain import people
from workflows.domain.people import Deputyship, User
from workflows.domain.referrals import Referral
from workflows.engine.tasks import Task

TRIAGE = {"decision": "decline"}


def _as_of_today(house: House, who: str) -> Actor:
    with house.at() as tx:
        return people.actor(tx.session, tx.session.get_one(User, house.actors[who].user_id), tx.now)


def _appoint(house: House, absent: str, deputy: str) -> None:
    with house.at(absent) as tx:
        today = people.day(tx.now)
        deputies.appoint(tx, house.actors[deputy].user_id, today, today + timedelta(days=6))
    house.actors[deputy] = _as_of_today(house, deputy)


def _only_task(house: House) -> int:
    with house.at() as tx:
        return tx.session.scalars(select(Task.id).where(Task.status == "open")).one()


def test_the_deputy_works_what_the_absent_person_has(house: House) -> None:
    case, _ = house.submit()
    with house.at("deputy") as tx:
        assigning.claim(tx, _only_task(house))
    _appoint(house, "deputy", "leadership")
    with house.at("leadership") as tx:
        opened = inbox.open_form(tx, _only_task(house))
        assert (opened.can_work, opened.is_mine) == (True, True)
        inbox.complete(tx, _only_task(house), TRIAGE)
    with house.at("coordinator") as tx:
        told = [(entry.event, entry.acts_for) for entry in audit.entries(tx.session, case.stream)]
        assert ("task.completed", "deputy") in told
        assert ("case.in_progress", "deputy") in told  # what followed from it was done for the same person
        assert ("task.claimed", "") in told
        story = {happening.event: happening.acts_for for happening in cases.read(tx, case.id).story}
        assert story["task.completed"] == "deputy"


def test_taking_over_leaves_the_task_with_the_absent_person(house: House) -> None:
    house.submit()
    with house.at("deputy") as tx:
        assigning.claim(tx, _only_task(house))
    _appoint(house, "deputy", "coordinator")
    with house.at("coordinator") as tx:
        assert assigning.claim(tx, _only_task(house)).assignee_id == house.actors["deputy"].user_id


def test_a_group_only_the_absent_person_is_in_is_worked_for_that_person(house: House) -> None:
    case, _ = house.submit()
    _appoint(house, "coordinator", "leadership")
    with house.at("leadership") as tx:
        inbox.complete(tx, _only_task(house), TRIAGE)
        done = tx.session.scalars(select(Task).where(Task.status == "done")).one()
        assert done.done_by == "leadership"
    with house.at() as tx:
        (entry,) = audit.entries(tx.session, case.stream, events=["task.completed"])
        assert (entry.label, entry.acts_for) == ("leadership", "coordinator")


@pytest.mark.parametrize("claimed", [False, True])
def test_an_offices_deputy_reaches_nothing_of_another_office_the_absent_person_sits_in(
    house: House, claimed: bool
) -> None:
    with house.at() as tx:
        (home,) = house.actors["office"].groups
        colleague = people.create(tx, "colleague@stadt.example", "colleague", roles=["office"], groups=[home])
        people.join(tx, house.actors["office"].user_id or 0, *house.actors["other office"].groups)
        house.actors["colleague"] = people.actor(tx.session, colleague)
    house.actors["office"] = _as_of_today(house, "office")
    house.submit()
    house.refer("sport_funding")
    if claimed:
        with house.at("office") as tx:
            assigning.claim(tx, _only_task(house))
    _appoint(house, "office", "colleague")
    assert house.actors["colleague"].stands_in_for == {house.actors["office"].user_id}
    with house.at("office") as tx:
        assert inbox.open_form(tx, _only_task(house)).can_work
    with house.at("colleague") as tx:
        with pytest.raises(NotFound):
            inbox.open_form(tx, _only_task(house))
        with pytest.raises(NotFound):
            policy.get(tx, policy.REFERRAL_READ, Referral, 1)


def test_ones_own_work_is_nobody_elses(house: House) -> None:
    case, _ = house.submit()
    _appoint(house, "deputy", "coordinator")  # both are in the coordination
    with house.at("coordinator") as tx:
        inbox.complete(tx, _only_task(house), TRIAGE)
    with house.at() as tx:
        (entry,) = audit.entries(tx.session, case.stream, events=["task.completed"])
        assert entry.acts_for == ""


def test_who_is_no_deputy_cannot_touch_it(house: House) -> None:
    house.submit()
    with house.at("leadership") as tx, pytest.raises(NotFound):
        inbox.complete(tx, _only_task(house), TRIAGE)


def test_everybody_names_their_own_deputy_only(house: House) -> None:
    today = people.day(house.clock.now())
    with house.at("deputy") as tx, pytest.raises(NotFound):
        deputies.appoint(tx, house.actors["deputy"].user_id, today, today, house.actors["coordinator"].user_id)
    with house.at("office") as tx, pytest.raises(Invalid):
        deputies.appoint(tx, house.actors["coordinator"].user_id, today, today)
    with house.at("coordinator") as tx, pytest.raises(Invalid) as refused:
        deputies.appoint(tx, None, today, None)
    assert set(refused.value.problems) == {"deputy", "until_on"}


def test_the_deputy_itself_cannot_end_it_the_absent_person_and_the_admin_can(house: House) -> None:
    with house.at() as tx:
        admin = people.create(tx, "admin@stadt.example", "admin", roles=["admin"])
        house.actors["admin"] = people.actor(tx.session, admin)
    for ends in ("deputy", "admin"):
        _appoint(house, "deputy", "coordinator")
        with house.at() as tx:
            number = tx.session.scalars(select(Deputyship.id)).one()
        with house.at("coordinator") as tx, pytest.raises(NotFound):
            deputies.end(tx, number)
        with house.at(ends) as tx:
            deputies.end(tx, number)
