"""The contact log: kept in one short form, found again, back on its day."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import Begin
from tests.webapp.conftest import Browser, Enquired
from workflows.actions import cases as files
from workflows.actions import contacts
from workflows.core import audit
from workflows.core.clock import SetClock
from workflows.core.tx import Actor
from workflows.domain import organisations
from workflows.domain.cases import Case

SignIn = Callable[[str], Browser]
CALL: dict[str, object] = {
    "kind": "phone",
    "held_on": "2026-03-02",
    "who": "Vorstand, Frau Beispiel",
    "text": "Braucht den Raum <b>erst</b> im Mai.",
    "office_task": "exchange_city",
    "follow_up_on": "2026-03-05",
}


def test_a_contact_is_kept_from_the_case_and_stands_in_the_log(signed_in: SignIn, enquiry: Enquired) -> None:
    mine = signed_in("coordinator")
    case = f"/cases/{enquiry.case_id}"
    assert f"/contacts/new?case={enquiry.case_id}" in mine.get(case).text
    assert enquiry.reference in mine.get(f"/contacts/new?case={enquiry.case_id}").text
    assert mine.post("/contacts/new", {**CALL, "case": enquiry.case_id}).location == case
    log = mine.get("/contacts?office_task=exchange_city&kind=phone&since=2026-03-01&until=2026-03-02").text
    for text in ("Vorstand, Frau Beispiel", "&lt;b&gt;erst&lt;/b&gt;", enquiry.reference, "Verein Brücke"):
        assert text in log
    for other in ("office_task=reach", "kind=visit", "since=2026-03-03", "until=2026-03-01", "organisation=7"):
        assert "Vorstand, Frau Beispiel" not in mine.get(f"/contacts?{other}").text


def test_one_click_from_any_page_a_contact_is_kept_with_its_association_and_one_is_back(
    signed_in: SignIn, enquiry: Enquired, begin: Begin
) -> None:
    with begin() as tx:
        number = organisations.add(tx, "Brücke der Kulturen e.V.").id
    mine = signed_in("coordinator")
    for room in (
        "/inbox?scope=all",
        "/cases",
        "/register",
        "/offices",
        "/reports/referrals",
        f"/cases/{enquiry.case_id}",
    ):
        link = re.search(r'nav__do"><a href="([^"]+)"', mine.get(room).text)
        assert link
        assert parse_qs(urlsplit(unescape(link[1])).query) == {"next": [room]}
    assert "/contacts/new" not in signed_in("office").get("/office").text
    form = mine.get("/contacts/new?next=/register").text
    assert '<option value="Brücke der Kulturen e.V.">' in form
    typed = {**CALL, "next": "/register", "organisation_name": "Bruecke der Kulturen"}
    assert mine.post("/contacts/new", typed).location == "/register"
    assert "Vorstand, Frau Beispiel" in mine.get(f"/contacts?organisation={number}").text
    unknown = mine.post("/contacts/new", {**typed, "organisation_name": "Nirgends e.V."})
    assert unknown.status_code == 422
    assert "Nirgends e.V." in unknown.text
    assert "steht nicht im Register" in unknown.text


def test_the_case_shows_what_was_last_said_with_its_association_elsewhere(
    signed_in: SignIn, enquiry: Enquired, begin: Begin
) -> None:
    with begin() as tx:
        number = organisations.add(tx, "Verein Brücke").id
        tx.session.get_one(Case, enquiry.case_id).organisation_id = number
    mine, case = signed_in("coordinator"), f"/cases/{enquiry.case_id}"
    assert "Zuletzt gesprochen" not in mine.get(case).text
    for day in range(1, 6):
        mine.post("/contacts/new", {**CALL, "who": f"Gespräch {day}", "held_on": "2026-03-01", "organisation": number})
    mine.post("/contacts/new", {**CALL, "who": "Aus dem Vorgang", "case": enquiry.case_id})
    mine.post("/contacts/new", {**CALL, "who": "Ganz woanders"})
    page = mine.get(case).text
    assert [f"Gespräch {day}" in page for day in range(1, 6)] == [False, False, True, True, True]
    assert page.count("Aus dem Vorgang") == 1, "told in the timeline alone"
    assert "Ganz woanders" not in page
    assert f"/contacts?organisation={number}" in page


def test_a_follow_up_comes_back_on_its_day_until_it_is_done(
    signed_in: SignIn, enquiry: Enquired, clock: SetClock
) -> None:
    mine = signed_in("coordinator")
    mine.post("/contacts/new", CALL)
    assert "Heute wieder dran" not in mine.get("/contacts").text
    clock.set(clock.now() + timedelta(days=3))
    mine = signed_in("coordinator")
    assert "Heute wieder dran" in mine.get("/contacts").text
    assert "Ein Kontakt ist heute wieder dran." in mine.get("/inbox").text
    for _ in range(2):
        assert mine.post("/contacts/1/followed-up").location == "/contacts"
    page = mine.get("/contacts").text
    assert "Heute wieder dran" not in page
    assert "Wiedervorlage erledigt" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "telepathy"),
        ("held_on", "2026-03-03"),
        ("held_on", "gestern"),
        ("who", " "),
        ("text", "x" * 10_001),
        ("office_task", "gossip"),
        ("follow_up_on", "2026-03-01"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(
    signed_in: SignIn, house: None, field: str, value: str
) -> None:
    mine = signed_in("coordinator")
    refused = mine.post("/contacts/new", {**CALL, field: value})
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    if field != "text":
        assert "Raum &lt;b&gt;erst&lt;/b&gt; im Mai." in refused.text
    assert "Vorstand, Frau Beispiel" not in mine.get("/contacts").text


def test_foreign_addresses_and_missing_cases_are_refused(signed_in: SignIn, enquiry: Enquired) -> None:
    mine = signed_in("coordinator")
    assert mine.get("/contacts/new?case=4711").status_code == 404
    assert mine.post("/contacts/new", {**CALL, "organisation": "4711"}).status_code == 404
    assert mine.post("/contacts/4711/followed-up").status_code == 404
    assert mine.post("/contacts/new", {**CALL, "next": "https://elsewhere.example/"}).location == "/contacts"
    assert mine.post("/contacts/new", {**CALL, "next": "/tasks/1"}).location == "/tasks/1"


def test_the_audit_tells_that_somebody_spoke_but_not_what(begin: Begin, enquiry: Enquired) -> None:
    typed = {name: str(value) for name, value in CALL.items()}
    with begin(Actor("Koordination", user_id=1, roles=frozenset({"coordinator"}))) as tx:
        contacts.log(tx, typed, case_id=enquiry.case_id)
    with begin() as tx:
        entry = audit.entries(tx.session, f"case:{enquiry.case_id}", events=["contact.logged"])[0]
    assert entry.details is not None
    assert set(entry.details) == {"kind", "on", "office_task", "follow_up_on"}


def test_a_shared_note_is_for_who_asked_an_internal_one_is_not(
    signed_in: SignIn, enquiry: Enquired, begin: Begin
) -> None:
    mine = signed_in("coordinator")
    mine.post(f"/cases/{enquiry.case_id}/notes", {"text": "Nur für uns"})
    mine.post(f"/cases/{enquiry.case_id}/notes", {"text": "Der Raum ist frei.", "audience": "shared"})
    page = mine.get(f"/cases/{enquiry.case_id}").text
    assert page.count(">Nur intern<") == 1
    assert page.count("Sichtbar für: wer angefragt hat") == 1
    with begin(Actor("link", case_id=enquiry.case_id)) as tx:
        assert [note.text for note in files.shared_notes(tx, enquiry.case_id)] == ["Der Raum ist frei."]
    with begin(Actor("link", case_id=enquiry.case_id + 1)) as tx:
        assert files.shared_notes(tx, enquiry.case_id) == []


def test_a_note_that_is_refused_stands_in_its_form_again(signed_in: SignIn, enquiry: Enquired, begin: Begin) -> None:
    sent = {"text": "Das Ende fehlt. " + "x" * 10_000, "audience": "shared"}
    refused = signed_in("coordinator").post(f"/cases/{enquiry.case_id}/notes", sent)
    assert refused.status_code == 422
    assert "höchstens 10000 Zeichen" in refused.text.partition('id="text-error"')[2]
    assert f"{sent['text']}</textarea>" in refused.text
    assert '<option value="shared" selected>' in refused.text
    with begin() as tx:
        assert files.notes(tx, enquiry.case_id) == []
