"""The list of offices is kept by those who may, and checked before it is used."""

import pytest

from tests.actions.conftest import House
from workflows.actions import offices
from workflows.core.errors import Invalid, NotFound


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
