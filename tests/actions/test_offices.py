"""The list of offices is kept by those who may, and checked before it is used."""

from datetime import timedelta

import pytest

from tests.actions.conftest import House
from workflows.actions import offices
from workflows.core.errors import Invalid, NotAllowed, NotFound
from workflows.domain import referrals
from workflows.domain.referrals import Terms
from workflows.domain.reliability import Reliability


def test_a_coordinator_sets_an_address_and_the_entry_counts_as_checked(house: House) -> None:
    with house.at("coordinator") as tx:
        office = offices.find(tx, "caritas")
        edited = offices.edit(tx, office.id, {"email": "Hilfe@CARITAS.example", "topics": ["residence"]})
        assert (edited.email, edited.topics, edited.checked_on) == (
            "Hilfe@caritas.example",
            ["residence"],
            tx.now.date(),
        )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "kein Zeichen"}, "email"),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email"),
        ({"topics": ["zauberei"]}, "topics"),
        ({"name": " "}, "name"),
        ({"key": "neu"}, "key"),
    ],
)
def test_what_an_office_cannot_be_is_refused_field_by_field(
    house: House, values: dict[str, object], field: str
) -> None:
    with house.at("coordinator") as tx, pytest.raises(Invalid) as invalid:
        offices.edit(tx, offices.find(tx, "caritas").id, values)
    assert list(invalid.value.problems) == [field]


def test_an_office_does_not_see_the_list(house: House) -> None:
    with house.at("office") as tx:
        assert offices.listed(tx) == []
        with pytest.raises(NotFound):
            offices.find(tx, "caritas")


def test_an_office_is_taken_in_with_all_that_is_known_about_it(house: House) -> None:
    values = {
        **offices.NEW,
        "name": "Rechtsberatung Süd & Ost",
        "topics": ["residence"],
        "capacity": "limited",
        "contacts": [{"person": "Empfang", "role": "Termine", "person_phone": "0611 1234567", "person_email": ""}],
        "interpreting": "nach Anmeldung",
        "source": "Gespräch",
    }
    with house.at("coordinator") as tx:
        first, second = offices.add(tx, values), offices.add(tx, values)
        assert (first.key, second.key) == ("rechtsberatung_sued_ost", "rechtsberatung_sued_ost_2")
        assert (first.capacity, first.interpreting, first.email) == ("limited", "nach Anmeldung", "")
        assert first.contacts[0]["person_phone"] == "0611 1234567"
        assert first.checked_on == tx.now.date()
    with house.at("leadership") as tx, pytest.raises(NotAllowed):
        offices.add(tx, values)


def test_offices_are_found_by_word_topic_language_and_capacity(house: House) -> None:
    with house.at("coordinator") as tx:
        caritas = offices.edit(tx, offices.find(tx, "caritas").id, {"languages": ["de", "ti"], "capacity": "full"})
        offices.edit(tx, offices.find(tx, "diakonie").id, {"is_active": False})

        def found(**wanted: str) -> set[str]:
            return {office.key for office in offices.listed(tx, offices.Filter(**wanted))}

        assert found(words="gruenflaechen") == {"green_spaces_office"} == found(words="Grünflächen")
        assert found(language="ti") == {"caritas"} == found(capacity="full")
        assert {"caritas", "bamf"} <= found(topic="residence")
        assert "diakonie" not in found(topic="residence")
        assert found(capacity="retired") == {"diakonie"}
        assert caritas.is_active


def test_reliability_is_measured_and_only_shown_from_five_referrals_on(house: House) -> None:
    case, _ = house.submit()

    def asked(answer: str, days: int) -> None:
        with house.at() as tx:
            office = offices.find(tx, "caritas")
            terms = Terms("Hilfe", ["text"], "consent")
            referral = referrals.send(tx, referrals.offer(tx, case.id, office.id, terms).id)
        house.clock.set(house.clock.now() + timedelta(days=days))
        with house.at() as tx:
            if answer == "accept":
                referrals.accept(tx, referral.id)
            elif answer == "decline":
                referrals.decline(tx, referral.id, "no_capacity", "")
            elif answer == "expire":
                referrals.expire(tx, referral.id)

    for answer, days in (("accept", 1), ("accept", 1), ("decline", 0), ("expire", 0), ("", 0)):
        asked(answer, days)
    with house.at("coordinator") as tx:
        office = offices.find(tx, "caritas")
        assert offices.read(tx, office.id)[1] is None, "four are no habit, and one is still waiting"
    asked("accept", 5)  # from Wednesday over a weekend to Monday: three working days
    with house.at("coordinator") as tx:
        measured = offices.figures(tx, offices.listed(tx))
        assert measured == {office.id: Reliability(asked=5, accepted=3, answer_days=1.0)}
        assert measured[office.id].accept_rate == 60
    house.clock.set(house.clock.now() + timedelta(days=366))
    with house.at("coordinator") as tx:
        assert offices.figures(tx, offices.listed(tx)) == {}, "what is a year old says nothing about today"
