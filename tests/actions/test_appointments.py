"""An office proposes an appointment, the association answers with one tap; or the coordination arranges it."""

import pytest

from tests.actions.conftest import House
from workflows.actions import appointments, enquiries
from workflows.core.errors import Conflict, Invalid, NotFound
from workflows.domain.referrals import Referral

ACCEPTED = {
    "answer": "accept",
    "contact_person": "Frau Kultur",
    "appointment_at": "2027-03-09T17:30",
    "appointment_place": "Raum 2",
}


def _proposed(house: House) -> str:
    _, token = house.submit()
    house.refer("culture_office")
    house.do("office", "answer_referral", ACCEPTED)
    return token


def test_the_status_page_asks_and_one_tap_answers(house: House) -> None:
    token = _proposed(house)
    with house.at("public") as tx:
        (ask,) = enquiries.status(tx, token, "de").asks
        assert (ask.kind, ask.office_name, ask.place) == ("appointment", "Kulturamt", "Raum 2")
    for _ in range(2):
        with house.at("public") as tx:
            appointments.answer(tx, token, 1, "yes")
    with house.at("public") as tx:
        assert enquiries.status(tx, token, "de").asks == [], "asked once, while the answer is under way"
        with pytest.raises(Conflict):
            appointments.answer(tx, token, 1, "no")
    house.work()
    with house.at() as tx:
        assert tx.session.get_one(Referral, 1).status == "in_contact"


def test_a_no_may_say_when_it_would_be_better_and_the_office_reads_it(house: House) -> None:
    token = _proposed(house)
    with house.at("public") as tx, pytest.raises(Invalid):
        appointments.answer(tx, token, 1, "vielleicht")
    with house.at("public") as tx:
        appointments.answer(tx, token, 1, "no", "lieber am Abend")
    house.work()
    house.do(
        "office", "report_outcome", {"news": "appointment", "proposed_at": "2027-03-10T18:00", "proposed_place": "R 3"}
    )
    with house.at("public") as tx:
        (ask,) = enquiries.status(tx, token, "de").asks
        assert ask.place == "R 3"


def test_nobody_answers_for_others(house: House) -> None:
    _proposed(house)
    _, other = house.submit()
    with house.at("public") as tx, pytest.raises(NotFound):
        appointments.answer(tx, other, 1, "yes")
