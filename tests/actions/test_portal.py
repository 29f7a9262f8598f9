"""The office with an account: its own referrals only, and what was passed on only while they live."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.actions.conftest import House
from workflows import policy
from workflows.actions import enquiries, portal, processes, referrals, task_list
from workflows.core.errors import Conflict, Invalid, NotAllowed, NotFound
from workflows.domain.referrals import Referral
from workflows.engine.state import Instance
from workflows.engine.tasks import Task

ACCEPT = {"answer": "accept", "contact_person": "Herr Muster"}
DECLINE = {"answer": "decline", "decline_reason": "no_capacity"}


def _referral(house: House, office: str) -> int:
    with house.at(office) as tx:
        return tx.session.scalars(policy.allowed(tx, policy.REFERRAL_ANSWER, select(Referral)).limit(1)).one().id


def _task(house: House, referral_id: int) -> int:
    with house.at() as tx:
        asked = select(Task.id).where(Task.subject == f"referral:{referral_id}", Task.status == "open")
        return tx.session.scalars(asked).one()


def _reach(house: House, office: str, referral_id: int) -> list[bool]:
    """Extract, process and page: whether the office still gets at what was passed on."""
    with house.at(office) as tx:
        instance = tx.session.scalars(select(Instance).where(Instance.subject == f"referral:{referral_id}")).one()
        page = referrals.read(tx, referral_id)
        reached = [bool(portal.extract(tx, referral_id)), bool(page.extract)]
        try:
            reached.append(bool(processes.read(tx, instance.id)))
        except NotFound:
            reached.append(False)
    return reached


@pytest.fixture
def referred(house: House) -> House:
    """One enquiry, two offices asked."""
    house.submit()
    house.refer("culture_office", "sport_funding")
    return house


def test_it_sees_what_it_is_asked_and_nothing_of_others(referred: House) -> None:
    own, other = (_referral(referred, name) for name in ("office", "other office"))
    with referred.at("office") as tx:
        found = portal.overview(tx)
        assert [(entry.referral.id, entry.office_name) for entry in found.asked] == [(own, "Kulturamt")]
        assert found.asked[0].topics == ["Räume", "Kultur"]
        assert (found.running, found.past) == ([], [])
        with pytest.raises(NotFound):
            referrals.read(tx, other)
        with pytest.raises(NotFound):
            portal.form(tx, other, _task(referred, other))
        with pytest.raises(NotFound):
            portal.answer(tx, own, _task(referred, other), ACCEPT)
        with pytest.raises(NotFound):
            portal.answer(tx, other, _task(referred, own), ACCEPT)
        assert portal.extract(tx, other) == {}


def test_its_answer_counts_once_and_moves_the_referral_on(referred: House) -> None:
    own = _referral(referred, "office")
    task_id = _task(referred, own)
    with referred.at("office") as tx, pytest.raises(Invalid):
        portal.answer(tx, own, task_id, {})
    for _ in range(2):
        with referred.at("office") as tx:
            portal.answer(tx, own, task_id, ACCEPT)
    with referred.at() as tx:
        assert tx.session.get_one(Referral, own).status == "accepted"
    referred.work()
    with referred.at("office") as tx:
        (asked,) = portal.overview(tx).asked
        assert asked.task is not None
        assert asked.task.element_id == "report_outcome"


def test_who_comes_after_the_link_reads_that_it_is_answered(referred: House) -> None:
    own = _referral(referred, "office")
    task_id = _task(referred, own)
    with referred.at("public") as tx:
        referrals.answer(tx, referred.office_token(), task_id, DECLINE)
    with referred.at("office") as tx, pytest.raises(Conflict) as conflict:
        portal.answer(tx, own, task_id, ACCEPT)
    assert conflict.value.facts["by"] == "Kulturamt"


@pytest.mark.parametrize("ending", ["declined", "withdrawn", "consent", "expired"])
def test_with_its_end_what_was_passed_on_is_out_of_reach(house: House, ending: str) -> None:
    """Access ends with the referral, the enquiry or the consent: only that it is over, and why, stays."""
    _case, status = house.submit()
    house.refer("culture_office")
    own = _referral(house, "office")
    assert _reach(house, "office", own) == [True, True, True]
    if ending == "declined":
        with house.at("office") as tx:
            portal.answer(tx, own, _task(house, own), DECLINE)
    elif ending == "withdrawn":
        with house.at("public") as tx:
            enquiries.withdraw(tx, status)
    elif ending == "consent":
        with house.at("public") as tx:
            enquiries.withdraw_consent(tx, status)
    else:
        for _ in range(20):
            house.clock.advance(timedelta(days=1))
            house.work()
    house.work()
    assert _reach(house, "office", own) == [False, False, False]
    with house.at("office") as tx:
        found = portal.overview(tx)
        (past,) = found.past
        assert (found.asked, found.running, past.topics) == ([], [], [])
        assert past.referral.result == ("withdrawn" if ending == "consent" else ending)
        assert task_list.list_tasks(tx, task_list.Filter()).items == []


def test_nobody_else_has_an_office(referred: House) -> None:
    for who in ("coordinator", "public", "leadership"):
        with referred.at(who) as tx, pytest.raises(NotAllowed):
            portal.overview(tx)
