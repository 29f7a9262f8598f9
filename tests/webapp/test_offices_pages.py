"""The pages of the partner offices: list, card, adding and changing."""

import re
from collections.abc import Callable

from tests.webapp.conftest import Browser

NEW = {
    "name": "Lernwerkstatt Nord",
    "topics": ["language"],
    "is_active": "true",
    "language": "de",
    "capacity": "limited",
    "languages": ["de", "fa"],
    "source": "Gespräch",
}


def test_an_office_is_added_found_opened_and_changed(signed_in: Callable[[str], Browser]) -> None:
    coordinator = signed_in("coordinator")
    answer = coordinator.post("/offices/new", NEW)
    assert answer.status_code == 302
    address = answer.headers["Location"]

    listed = coordinator.get("/offices?q=lernwerkstatt&language=fa").text
    assert "Lernwerkstatt Nord" in listed
    assert "Caritas" not in listed
    card = coordinator.get(address).text
    for words in (
        "Deutsch, Farsi und Dari",
        "Wenig Platz",
        "Gespräch",
        "Noch keine Adresse",
        "Noch zu wenige Verweisungen",
    ):
        assert words in card

    assert (
        coordinator.post(f"{address}/edit", {**NEW, "capacity": "full", "email": "hilfe@nord.example"}).status_code
        == 302
    )
    card = coordinator.get(address).text
    assert "Zurzeit voll" in card
    assert "hilfe@nord.example" in card


def test_bad_input_is_shown_with_what_was_typed_and_nothing_is_kept(signed_in: Callable[[str], Browser]) -> None:
    coordinator = signed_in("coordinator")
    answer = coordinator.post("/offices/new", {**NEW, "email": "kein Zeichen", "capacity": "riesig"})
    assert answer.status_code == 422
    assert "Bitte geben Sie eine E-Mail-Adresse an" in answer.text
    assert 'value="kein Zeichen"' in answer.text
    assert "Lernwerkstatt Nord" not in coordinator.get("/offices").text


def test_a_contact_person_more_is_a_row_more_without_javascript(signed_in: Callable[[str], Browser]) -> None:
    coordinator = signed_in("coordinator")
    drawn = coordinator.post("/offices/new", {**NEW, "_add": "contacts"})
    assert drawn.status_code == 200
    assert 'name="contacts[0].person"' in drawn.text
    assert 'value="Lernwerkstatt Nord"' in drawn.text


def test_leadership_reads_and_does_not_change(signed_in: Callable[[str], Browser]) -> None:
    leadership = signed_in("leadership")
    address = re.search(r"/offices/\d+", leadership.get("/offices").text)
    assert address
    assert leadership.get(address[0]).status_code == 200
    assert leadership.get(f"{address[0]}/edit").status_code == 404
    assert leadership.post(f"{address[0]}/edit", NEW).status_code == 404
