"""An office hands a referral on: in its own house at once, elsewhere only after the coordination agreed."""

from typing import Any

import pytest
from sqlalchemy import select

from tests.actions.conftest import House
from workflows.actions import referrals
from workflows.core import links
from workflows.core.errors import Conflict, Invalid, NotFound
from workflows.core.links import Link
from workflows.core.outbox import Mail
from workflows.domain import offices
from workflows.domain.referrals import Referral

COLLEAGUE = "kollegin@anlaufstelle.example"
ELSEWHERE = "kurse@anderes-haus.example"
ACCEPT = {"answer": "accept", "contact_person": "Herr Muster"}


def _tokens(house: House) -> list[str]:
    with house.at() as tx:
        rows = tx.session.scalars(select(Link).where(Link.target == "referral:1").order_by(Link.id))
        return [links.token(row, house.settings) for row in rows]


def _answer(house: House, token: str, values: dict[str, Any]) -> int:
    with house.at("public") as tx:
        task_id = referrals.page(tx, token).tasks[0].task.id
    with house.at("public") as tx:
        referrals.answer(tx, token, task_id, values)
    house.work()
    return task_id


def _handed_on(house: House, to: str) -> tuple[str, int]:
    house.submit()
    house.refer("culture_office")
    (token,) = _tokens(house)
    return token, _answer(house, token, {"answer": "hand_on", "colleague_email": to})


def _referral(house: House) -> Referral:
    with house.at() as tx:
        return tx.session.get_one(Referral, 1)


def _mailed(house: House) -> list[str]:
    with house.at() as tx:
        return list(tx.session.scalars(select(Mail.to_address).where(Mail.about == "referral:1").order_by(Mail.id)))


def test_in_the_same_house_it_goes_on_at_once_and_only_the_new_link_answers(house: House) -> None:
    old, task_id = _handed_on(house, COLLEAGUE.upper())
    assert _mailed(house)[-1].lower() == COLLEAGUE
    _, new = _tokens(house)
    with house.at("public") as tx:
        page = referrals.page(tx, old)
        assert (page.is_former, page.is_closed, page.extract, page.tasks, page.thread) == (True, True, [], [], [])
        asked = referrals.page(tx, new).tasks[0].task.id
    with house.at("public") as tx:
        again = {"answer": "hand_on", "colleague_email": COLLEAGUE.upper()}
        assert referrals.answer(tx, old, task_id, again).status == "done"  # a second tap on handing on
    with house.at("public") as tx, pytest.raises(Conflict, match="handed_on"):
        referrals.answer(tx, old, task_id, ACCEPT)
    with house.at("public") as tx, pytest.raises(Conflict, match="handed_on"):
        referrals.answer(tx, old, asked, ACCEPT)
    with house.at("public") as tx, pytest.raises(NotFound):
        referrals.answer(tx, old, 1, ACCEPT)
    _answer(house, new, ACCEPT)
    assert (_referral(house).status, _referral(house).handed_on_to.lower()) == ("accepted", COLLEAGUE)


def test_nobody_hands_on_to_the_address_that_is_asked(house: House) -> None:
    house.submit()
    house.refer("culture_office")
    (token,) = _tokens(house)
    given = " Culture-Office@anlaufstelle.example "
    with house.at("public") as tx:
        task_id = referrals.page(tx, token).tasks[0].task.id
        with pytest.raises(Invalid) as refused:
            referrals.answer(tx, token, task_id, {"answer": "hand_on", "colleague_email": given})
    assert [problem.code for problem in refused.value.problems["colleague_email"]] == ["own_address"]
    assert _referral(house).status == "sent"


def test_another_house_gets_it_once_the_coordination_agreed(house: House) -> None:
    old, _ = _handed_on(house, ELSEWHERE)
    assert ELSEWHERE not in _mailed(house)
    assert _tokens(house) == [old]
    house.do("coordinator", "check_hand_on", {"hand_on_check": "approve"})
    assert _mailed(house)[-1] == ELSEWHERE
    assert _referral(house).status == "handed_on"
    _answer(house, _tokens(house)[1], ACCEPT)


def test_refused_it_stays_with_the_office_which_reads_why(house: House) -> None:
    old, _ = _handed_on(house, ELSEWHERE)
    house.do("coordinator", "check_hand_on", {"hand_on_check": "refuse", "hand_on_note": "Ohne Einwilligung nicht."})
    assert set(_mailed(house)) == {"culture-office@anlaufstelle.example"}
    with house.at("public") as tx:
        page = referrals.page(tx, old)
    assert "Ohne Einwilligung nicht." in repr(page.tasks[0].fields)
    assert [message.text for message in page.thread] == ["Ohne Einwilligung nicht."]
    _answer(house, old, ACCEPT)


def test_a_wrong_hand_on_taken_back_gives_the_office_its_link_again(house: House) -> None:
    old, _ = _handed_on(house, COLLEAGUE)
    with house.at("coordinator") as tx:
        answer = referrals.last_answer(tx, tx.session.get_one(Referral, 1))
        assert answer is not None
        referrals.take_back(tx, 1, "Falsche Kollegin", answer=answer.seq)
    assert (_referral(house).status, _referral(house).handed_on_to) == ("sent", "")
    with house.at("public") as tx:
        assert referrals.page(tx, _tokens(house)[1]).is_former
    _answer(house, old, ACCEPT)


def test_addresses_anybody_can_have_are_nobodys_house(house: House) -> None:
    with house.at() as tx:
        (office,) = offices.by_keys(tx.session, ["culture_office"])
        office.email = "stelle@web.de"
    _handed_on(house, "jemand@web.de")
    assert "jemand@web.de" not in _mailed(house)
