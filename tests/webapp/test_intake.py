"""Phone and paper intake: who may be meant, what is known filled in, what is open already."""

import re
from collections.abc import Callable

import pytest

from tests.conftest import Begin
from tests.webapp.conftest import ENQUIRY, Browser, Enquired
from workflows.domain import organisation_people, organisations
from workflows.domain.cases import Case
from workflows.domain.organisations import Origin

TYPED = {
    "_channel": "phone",
    "choice": "rooms",
    "text": "Sie suchen einen Raum für den Elternabend.",
    "organisation_name": "Bruecke der Kulturen",
}


@pytest.fixture
def coordinator(signed_in: Callable[[str], Browser]) -> Browser:
    return signed_in("coordinator")


@pytest.fixture
def bridge(begin: Begin, house: None) -> int:
    with begin() as tx:
        values = {"street": "Musterstraße 4", "postal_code": "65183", "language": "ar"}
        one = organisations.add(tx, "Brücke der Kulturen e.V.", Origin("self", organisations.today(tx)), values)
        chair = {"name": "Die Vorsitzende", "role": "chair", "email": "vorsitz@bruecke.example", "language": "ar"}
        organisation_people.add(tx, one.id, chair)
        return one.id


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ({"organisation_name": "bruecke der kult"}, "ähnlicher Name"),
        ({"organisation_name": "Verein Brücke der Kulturen"}, "gleicher Name"),
        ({"organisation_name": "anders", "_address": "Musterstr. 4, 65183 Wiesbaden"}, "gleiche Anschrift"),
        ({"contact_email": "VORSITZ@bruecke.example"}, "gleiche E-Mail-Adresse"),
    ],
)
def test_entries_are_suggested_while_typing(
    coordinator: Browser, bridge: int, typed: dict[str, object], reason: str
) -> None:
    fragment = coordinator.post("/cases/new/matches", typed)
    assert fragment.status_code == 200
    assert "Brücke der Kulturen e.V." in fragment.text
    assert reason in fragment.text
    assert "Brücke der Kulturen" not in coordinator.post("/cases/new/matches", {"organisation_name": "Schach"}).text


def test_the_fields_stand_in_the_order_people_talk(coordinator: Browser) -> None:
    """Who calls, how to call back (as they came), what it is about, the story, what belongs to it; consent last."""
    page = coordinator.get("/cases/new").text
    drawn = re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', page[page.index("data-fields") :])
    assert list(dict.fromkeys(drawn)) == [
        *("organisation_name", "contact_name", "reach_by", "contact_phone", "call_times"),
        *("choice", "text", "attachments", "kind", "topics", "on_behalf"),
        "consent_share",
    ]
    assert page.index('name="_channel"') < page.index("data-match-list") < page.index('name="organisation_name"')
    assert 'name="contact_email"' in coordinator.post("/cases/new/fields", {"reach_by": "mail"}).text


def test_without_javascript_a_button_searches_and_nothing_typed_is_lost(coordinator: Browser, bridge: int) -> None:
    page = coordinator.post("/cases/new", {**TYPED, "_action": "refresh"})
    assert "Brücke der Kulturen e.V." in page.text
    assert TYPED["text"] in page.text


def test_taking_an_entry_fills_in_what_is_known_and_the_case_belongs_to_it(
    coordinator: Browser, bridge: int, begin: Begin
) -> None:
    page = coordinator.post("/cases/new", {**TYPED, "_take": bridge}).text
    assert 'value="Brücke der Kulturen e.V."' in page
    assert 'value="vorsitz@bruecke.example"' in page
    assert TYPED["text"] in page
    assert f'name="_organisation" value="{bridge}"' in page
    ticket = re.search(r'name="_ticket" value="([^"]+)"', page)
    assert ticket
    sent = {
        **TYPED,
        "_organisation": bridge,
        "_ticket": ticket[1],
        "_language": "ar",
        "organisation_name": "Ganz anders geschrieben",
        "contact_name": "Die Vorsitzende",
        "reach_by": "mail",
        "contact_email": "vorsitz@bruecke.example",
    }
    answer = coordinator.post("/cases/new", sent)
    assert answer.status_code == 302
    again = coordinator.post("/cases/new", sent)
    assert again.headers["Location"] == answer.headers["Location"], "sent twice it is one case"
    with begin() as tx:
        case = tx.session.get_one(Case, int(answer.headers["Location"].rpartition("/")[2]))
        assert (case.organisation_id, case.language) == (bridge, "ar")
    assert case.reference in coordinator.post("/cases/new/matches", TYPED).text, "its open enquiry is shown"


def test_an_open_enquiry_under_the_same_name_is_shown_without_any_entry(
    coordinator: Browser, enquiry: Enquired
) -> None:
    typed = {"organisation_name": str(ENQUIRY["organisation_name"]).upper()}
    assert enquiry.reference in coordinator.post("/cases/new/matches", typed).text


def test_a_case_is_assigned_to_the_entry_it_may_belong_to(
    coordinator: Browser, enquiry: Enquired, begin: Begin
) -> None:
    with begin() as tx:
        one = organisations.add(tx, "Brücke Verein für alle").id
    page = coordinator.get(f"/cases/{enquiry.case_id}").text
    assert "Gehört der Vorgang zu einer dieser Organisationen?" in page
    assert coordinator.post(f"/cases/{enquiry.case_id}/organisation", {"organisation": one}).status_code == 302
    with begin() as tx:
        assert tx.session.get_one(Case, enquiry.case_id).organisation_id == one
    assert f"/register/{one}" in coordinator.get(f"/cases/{enquiry.case_id}").text
    assert coordinator.post(f"/cases/{enquiry.case_id}/organisation", {"organisation": "4711"}).status_code == 404


def test_an_office_learns_nothing_of_the_register(signed_in: Callable[[str], Browser], bridge: int) -> None:
    assert signed_in("office").post("/cases/new/matches", TYPED).status_code == 404
