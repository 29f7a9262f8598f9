"""The register in the browser: taking in, changing, people, networks, proposals."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.conftest import Begin
from tests.webapp.conftest import Browser
from workflows.core.clock import SetClock
from workflows.domain import organisation_people, organisations

VALUES = {
    "name": "Brücke der Kulturen e.V.",
    "kind": "association",
    "language": "ar",
    "city": "Wiesbaden",
    "topics": ["culture", "youth"],
    "members": "to_49",
    "district": "westend",
    "_source": "self",
    "_as_of": "2026-03-01",
}


@pytest.fixture
def coordinator(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("coordinator")


@pytest.fixture
def address(coordinator: Browser) -> str:
    answer = coordinator.post("/register/new", VALUES)
    assert answer.status_code == 302
    return str(answer.headers["Location"])


def test_an_entry_is_taken_in_found_and_shown_with_date_and_source(coordinator: Browser, address: str) -> None:
    card = coordinator.get(address).text
    for words in ("Brücke der Kulturen e.V.", "20 bis 49", "Kultur, Jugendarbeit", "Selbstauskunft, Stand 01.03.2026"):
        assert words in card
    for query in ("q=bruecke", "q=Kulturen+Brucke", "topic=youth", "district=westend", "q=kulturen&topic=culture"):
        assert "Brücke der Kulturen" in coordinator.get(f"/register?{query}").text, query
    for query in ("q=sportfreunde", "topic=sport", "language=ar", "state=stale"):
        assert "Brücke der Kulturen" not in coordinator.get(f"/register?{query}").text, query


def test_what_looks_like_a_known_one_is_shown_before_it_is_taken_in_twice(coordinator: Browser, address: str) -> None:
    again = {**VALUES, "name": "Bruecke der Kulturen"}
    warned = coordinator.post("/register/new", again)
    assert warned.status_code == 200
    assert "Gibt es diese Organisation schon?" in warned.text
    assert 'value="Bruecke der Kulturen"' in warned.text
    assert coordinator.post("/register/new", {**again, "_anyway": "1"}).status_code == 302


def test_bad_input_keeps_what_was_typed(coordinator: Browser, address: str) -> None:
    for wrong in (
        {"_as_of": "2031-01-01"},
        {"_as_of": "gestern"},
        {"_source": "hexerei"},
        {"members": "37"},
        {"name": ""},
    ):
        answer = coordinator.post(f"{address}/edit", {**VALUES, "city": "Mainz-Kastel", **wrong})
        assert answer.status_code == 422, wrong
        assert "Mainz-Kastel" in answer.text
    assert "Mainz-Kastel" not in coordinator.get(address).text


def test_people_come_and_go(coordinator: Browser, address: str) -> None:
    person = {"name": "Erste Vorsitzende", "role": "chair", "email": "vorsitz@bruecke.example", "language": "ar"}
    for _time in range(2):  # a double click, or sent again after going back
        assert coordinator.post(f"{address}/contacts/new", person).status_code == 302
    card = coordinator.get(address).text
    assert len(set(re.findall(rf"{re.escape(address)}/contacts/\d+", card))) == 1
    assert "Erste Vorsitzende" in card
    assert "Zuerst fragen" in card
    contact = re.search(rf"{re.escape(address)}/contacts/\d+", card)
    assert contact
    assert coordinator.post(contact[0], {**person, "email": "kein Zeichen"}).status_code == 422
    assert coordinator.post(f"{contact[0]}/leave").status_code == 302
    assert "Erste Vorsitzende" not in coordinator.get(address).text
    assert coordinator.get(contact[0]).status_code == 404


def test_networks_and_who_looks_after_it(coordinator: Browser, address: str, begin: Begin) -> None:
    assert coordinator.post(f"{address}/relations", {"kind": "umbrella", "other": "Dachverband Süd"}).status_code == 302
    card = coordinator.get(address).text
    assert "Dachverband Süd" in card
    advisor = re.search(r'<option value="(\d+)">Person leadership', card)
    assert advisor
    assert coordinator.post(f"{address}/advisors", {"advisor": advisor[1], "deputy": ""}).status_code == 302
    assert "Person leadership" in coordinator.get(address).text
    assert coordinator.post(f"{address}/advisors", {"advisor": "4711"}).status_code == 422


def test_a_proposal_waits_for_the_coordinators_word(coordinator: Browser, address: str, begin: Begin) -> None:
    number = int(address.rpartition("/")[2])
    with begin() as tx:
        organisation_people.propose(tx, number, None, {"members": "to_99"}, "Wir sind mehr geworden.")
    for place in ("/inbox", "/register"):
        assert "Ein Eintrag im Register wartet auf Ihre Entscheidung" in coordinator.get(place).text
    assert "Brücke der Kulturen" in coordinator.get("/register?state=proposed").text
    card = coordinator.get(address).text
    assert "Wir sind mehr geworden." in card
    assert "50 bis 99" in card
    read = what_is_read(card)
    assert coordinator.post(f"{address}/proposal", {**read, "answer": "accept"}).status_code == 302
    with begin() as tx:
        known = organisations.values(tx.session, [number])[number]
        assert (known["members"].value, known["members"].source) == ("to_99", "self")
    assert coordinator.post(f"{address}/proposal", {**read, "answer": "reject"}).status_code == 409
    assert "wartet auf Ihre Entscheidung" not in coordinator.get("/inbox").text


def test_nobody_accepts_a_proposal_that_came_after_the_one_they_read(
    coordinator: Browser, address: str, begin: Begin, clock: SetClock
) -> None:
    number = int(address.rpartition("/")[2])
    with begin() as tx:
        organisation_people.propose(tx, number, None, {"members": "to_99"}, "")
    read = what_is_read(coordinator.get(address).text)
    clock.advance(timedelta(minutes=1))
    with begin() as tx:
        organisation_people.propose(tx, number, None, {"name": "Feindliche Übernahme"}, "")
    refused = coordinator.post(f"{address}/proposal", {**read, "answer": "accept"})
    assert refused.status_code == 409
    assert "etwas anderes vorgeschlagen" in refused.text
    with begin() as tx:
        assert tx.session.get_one(organisations.Organisation, number).name != "Feindliche Übernahme"
        assert organisation_people.waiting(tx.session, number) is not None
    read = what_is_read(coordinator.get(address).text)
    assert coordinator.post(f"{address}/proposal", {**read, "answer": "reject"}).status_code == 302


def what_is_read(card: str) -> dict[str, str]:
    """Which proposal, and which version of it, the form on the card decides on."""
    return dict(re.findall(r'name="(proposal|as_of)" value="([^"]+)"', card))


def test_others_do_not_know_the_register(signed_in: Callable[[str], Browser], address: str) -> None:
    for role in ("office", "process_owner", "reviewer", "admin"):
        assert signed_in(role).get(address).status_code == 404
        assert signed_in(role).post(f"{address}/edit", VALUES).status_code == 404
