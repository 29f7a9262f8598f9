"""The register: what is known with date and source, and finding an association however its name is written."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from tests.conftest import Begin
from workflows.core import audit, search, similarity
from workflows.core.db import table_of
from workflows.core.errors import Conflict
from workflows.core.search import SearchWord
from workflows.domain import organisation_people, organisations
from workflows.domain.organisations import Organisation, Origin


def origin(begin: Begin, source: str = "talk", days_ago: int = 0) -> Origin:
    with begin() as tx:
        return Origin(source, organisations.today(tx) - timedelta(days=days_ago))


def test_every_value_has_its_own_date_and_source(begin: Begin) -> None:
    old, new = origin(begin, "website", 30), origin(begin, "self")
    with begin() as tx:
        one = organisations.add(
            tx, "Brücke e.V.", old, {"name": "Brücke e.V.", "members": "to_49", "topics": ["culture"]}
        )
        assert organisations.change(tx, one.id, {"members": "to_99", "topics": ["culture"], "aims": ""}, new) == [
            "members"
        ]
        known = organisations.values(tx.session, [one.id])[one.id]
        assert {name: (row.value, row.source, row.as_of) for name, row in known.items()} == {
            "members": ("to_99", "self", new.as_of),
            "topics": (["culture"], "website", old.as_of),
        }
        assert organisations.change(tx, one.id, {"members": None}, new) == ["members"]
        assert "members" not in organisations.values(tx.session, [one.id])[one.id]


def test_the_history_tells_which_fields_changed_and_never_what_they_said(begin: Begin) -> None:
    with begin() as tx:
        one = organisations.add(tx, "Brücke")
        organisations.change(tx, one.id, {"self_description": "ein Geheimnis"}, Origin("self", organisations.today(tx)))
    with begin() as tx:
        newest = audit.entries(tx.session, one.key)[0]
        assert newest.event == "organisation.edited"
        assert newest.details is not None
        assert newest.details["fields"] == ["self_description"]
        assert "Geheimnis" not in str(newest.details)
        assert not list(tx.session.scalars(search.matching("organisation", "Geheimnis"))), "origin and belief stay out"


@pytest.mark.parametrize(
    ("known", "typed"),
    [
        ("Brücke e.V.", "BRUECKE"),
        ("Brücke e.V.", "Verein Brücke"),
        ("Brücke e.V.", "Bruecke eV"),
        ("Kulturverein Müller-Straße", "Kulturverein Mueller Strasse"),
        ("Tscherkessischer Kulturverein", "Tscherkesischer Kulturverein"),
        ("Al-Andalus", "al andalus e. V."),
        ("جسر", "جِسر"),
        ("Sofia Bulgarischer Verein", "Sophia bulgarischer Verein"),
    ],
)
def test_names_are_found_however_they_are_written(begin: Begin, known: str, typed: str) -> None:
    with begin() as tx:
        one = organisations.add(tx, known)
        for other in ("Sportfreunde am Park", "Garten der Sprachen", "Frauencafé"):
            organisations.add(tx, other)
        assert [match.organisation.id for match in organisations.matches(tx.session, typed)] == [one.id]


def test_a_name_being_typed_suggests_and_two_letters_do_not(begin: Begin) -> None:
    with begin() as tx:
        one = organisations.add(tx, "Theatergruppe Zwischentöne")
        assert [match.organisation.id for match in organisations.matches(tx.session, "Zwischentö")] == [one.id]
        assert organisations.matches(tx.session, "Th") == []
        assert organisations.matches(tx.session, "") == []
        assert organisations.matches(tx.session, "Schachklub") == []


def test_the_same_address_is_a_reason_of_its_own(begin: Begin) -> None:
    with begin() as tx:
        values = {"street": "Große Straße 17 a", "postal_code": "65183"}
        one = organisations.add(tx, "Brücke", Origin("talk", organisations.today(tx)), values)
        found = organisations.matches(tx.session, "Ganz anderer Name", "GROSSE STR. 17a", "65183")
        assert [(match.organisation.id, match.reasons) for match in found] == [(one.id, ("same_address",))]
        assert organisations.matches(tx.session, "Ganz anderer Name", "Große Straße 18", "65183") == []


def test_finding_reads_a_few_rows_however_long_the_register_is(begin: Begin) -> None:
    with begin() as tx:
        now = tx.now
        rows = [
            {"name": f"Kulturverein {number} Stadt", "folded_name": f"kulturverein {number} stadt", "created_at": now}
            | {
                "kind": "association",
                "street": "",
                "postal_code": "",
                "city": "",
                "folded_address": "",
                "language": "de",
            }
            for number in range(1, 2001)
        ]
        tx.session.execute(insert(table_of(Organisation)), rows)
        grams = [
            {"kind": "organisation~", "word": gram, "row_id": number}
            for number in range(1, 2001)
            for gram in similarity.grams(f"kulturverein {number} stadt")
        ]
        tx.session.execute(insert(table_of(SearchWord)), grams)
    with begin() as tx:
        wanted = organisations.add(tx, "Kulturverein Brücke Stadt")
        found = organisations.matches(tx.session, "Kulturverein Bruecke Stadt")
        assert found[0].organisation.id == wanted.id
        assert len(found) <= 5
        assert len(similarity.candidates(tx.session, "organisation", "kulturverein")) == similarity.MOST_CANDIDATES


def test_an_entry_grows_stale_after_a_year_and_a_confirmation_helps(begin: Begin) -> None:
    with begin() as tx:
        one = organisations.add(tx, "Brücke")
        assert not one.is_stale(tx.now + timedelta(days=364))
        assert one.is_stale(tx.now + timedelta(days=365))
        one.created_at = tx.now - timedelta(days=400)
        assert one.is_stale(tx.now)
        organisations.confirm(tx, one.id, "self")
        assert not one.is_stale(tx.now)


def test_there_is_one_registered_contact_and_it_can_change(begin: Begin) -> None:
    with begin() as tx:
        one = organisations.add(tx, "Brücke")
        first = organisation_people.add(tx, one.id, {"name": "A", "role": "chair", "email": "A@verein.example"})
        second = organisation_people.add(tx, one.id, {"name": "B", "role": "board", "email": "b@verein.example"})
        assert (first.is_first, second.is_first) == (True, False)
        organisation_people.edit(
            tx, second.id, {"name": "B", "role": "chair", "email": "b@verein.example", "is_first": True}
        )
        assert [person.id for person in organisation_people.contacts(tx.session, one.id)] == [second.id, first.id]
        assert [person.id for person in organisation_people.with_address(tx.session, "a@VEREIN.example ")] == [first.id]
        organisation_people.leave(tx, first.id)
        assert organisation_people.with_address(tx.session, "a@verein.example") == []
        with pytest.raises(Conflict):
            organisation_people.leave(tx, first.id)


def test_umbrella_organisations_and_networks_are_relations(begin: Begin) -> None:
    with begin() as tx:
        one, network = organisations.add(tx, "Brücke"), organisations.add(tx, "Netzwerk")
        organisation_people.relate(tx, one.id, network.id, "network", "self", organisations.today(tx))
        assert [other.id for _, other in organisation_people.relations(tx.session, one.id)] == [network.id]
        assert [other.id for _, other in organisation_people.members(tx.session, network.id)] == [one.id]
        with pytest.raises(Conflict):
            organisation_people.relate(tx, one.id, one.id, "partner", "self", organisations.today(tx))
        organisation_people.part(tx, one.id, network.id)
        assert organisation_people.relations(tx.session, one.id) == []


def test_a_long_name_in_another_script_fits_its_column_and_is_found(begin: Begin) -> None:
    name, street = "ኢትዮጵያ " * 28, "የኢትዮጵያ " * 24 + "7"
    told = origin(begin)
    with begin() as tx:
        one = organisations.add(tx, name, told, {"street": street, "postal_code": "60311"})
        assert (len(one.folded_name), len(one.folded_address)) == (200, 200)
        assert organisations.find_by_name(tx.session, name) is one
        (match,) = organisations.matches(tx.session, name, street, "60311")
        assert match.reasons == ("same_name", "same_address")
