"""The public form and the status page: no account, no puzzles, nothing typed lost, nothing done by a GET."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from tests.conftest import Begin
from tests.webapp.conftest import ENQUIRY, Browser, Enquired
from workflows.core.clock import SetClock
from workflows.core.tx import SYSTEM
from workflows.domain import cases
from workflows.domain.cases import Case
from workflows.domain.pages import Page


def fill_in(browser: Browser, clock: SetClock, **changes: object) -> dict[str, object]:
    """What a browser sends for the drawn form, after a person's time."""
    page = browser.get("/anfrage")
    ticket = re.search(r'name="_ticket" value="([^"]+)"', page.text)
    assert ticket
    clock.advance(timedelta(seconds=30))
    return {**ENQUIRY, "consent_share": "true", "_ticket": ticket[1], "_action": "send", "website": "", **changes}


def count(begin: Begin) -> int:
    with begin() as tx:
        return tx.session.scalar(select(func.count()).select_from(Case)) or 0


def status_link(receipt: TestResponse) -> str:
    found = re.search(r'href="(/s/[^"]+)"', receipt.text)
    assert found
    return found[1]


@pytest.mark.usefixtures("house")
def test_an_enquiry_becomes_a_case_with_a_receipt(browser: Browser, clock: SetClock, begin: Begin) -> None:
    answer = browser.post("/anfrage", fill_in(browser, clock))
    assert (answer.status_code, answer.location) == (302, "/anfrage/beleg")
    receipt = browser.get("/anfrage/beleg")
    assert "2026-0001" in receipt.text
    status = browser.get(status_link(receipt))
    assert status.status_code == 200
    assert "2026-0001" in status.text


@pytest.mark.usefixtures("house")
def test_sent_twice_is_one_case(browser: Browser, clock: SetClock, begin: Begin) -> None:
    data = fill_in(browser, clock)
    for _ in range(3):
        assert browser.post("/anfrage", data).location == "/anfrage/beleg"
    assert count(begin) == 1


@pytest.mark.usefixtures("house")
def test_mistakes_lose_nothing(browser: Browser, clock: SetClock, begin: Begin) -> None:
    answer = browser.post("/anfrage", fill_in(browser, clock, contact_email="keine Adresse"))
    assert answer.status_code == 422
    assert 'value="keine Adresse"' in answer.text
    assert "Elternabend" in answer.text
    assert "Bitte prüfen Sie Ihre Angaben" in answer.text
    # One piece: label and message as two parts of the link stood in two columns on a narrow screen.
    assert re.search(r'<li><a [^>]*href="#[^"]+"><span><bdi>[^<]+</bdi>: [^<]+</span></a></li>', answer.text)
    assert count(begin) == 0


@pytest.mark.usefixtures("house")
def test_weiter_without_javascript_shows_what_belongs_to_the_answer(browser: Browser, clock: SetClock) -> None:
    answer = browser.post("/anfrage", fill_in(browser, clock, reach_by="phone", _action="refresh"))
    assert answer.status_code == 200
    assert 'name="contact_phone"' in answer.text
    assert 'name="contact_email"' not in answer.text


@pytest.mark.usefixtures("house")
def test_machines_are_turned_away_and_people_keep_their_words(browser: Browser, clock: SetClock, begin: Begin) -> None:
    week_old = fill_in(browser, clock)["_ticket"]
    clock.advance(timedelta(days=7))
    traps = [{"_ticket": week_old}, {"website": "http://spam.example"}, {"_ticket": "gefälscht"}, {"_ticket": ""}]
    for trap in traps:
        answer = browser.post("/anfrage", fill_in(browser, clock, **trap))
        assert answer.status_code == 422
        assert "Elternabend" in answer.text
    data = fill_in(browser, clock)
    clock.advance(timedelta(seconds=-29))
    assert browser.post("/anfrage", data).status_code == 422
    assert count(begin) == 0


@pytest.mark.usefixtures("house")
def test_arabic_is_right_to_left_and_remembered(browser: Browser, clock: SetClock, begin: Begin) -> None:
    assert 'lang="ar" dir="rtl"' in browser.get("/anfrage?lang=ar").text
    assert 'lang="ar" dir="rtl"' in browser.get("/").text
    browser.post("/anfrage", fill_in(browser, clock))
    with begin() as tx:
        assert tx.session.scalars(select(Case)).one().language == "ar"


@pytest.mark.usefixtures("house")
def test_the_first_page_leads_to_the_own_entry_and_the_directory(browser: Browser) -> None:
    page = browser.get("/").text
    for address in ("/meine-organisation", "/verzeichnis"):
        assert f'href="{address}"' in page
        assert browser.get(address).status_code == 200


@pytest.mark.usefixtures("house")
def test_a_link_opens_in_the_language_of_the_enquiry(browser: Browser, clock: SetClock) -> None:
    other = Browser(browser.client.application.test_client())
    other.get("/?lang=ar")
    other.post("/anfrage", fill_in(other, clock))
    link = status_link(other.get("/anfrage/beleg"))
    assert 'lang="ar" dir="rtl"' in browser.get(link).text
    assert 'lang="en"' in browser.get(f"{link}?lang=en").text


def test_withdrawing_asks_first(browser: Browser, enquiry: Enquired, begin: Begin) -> None:
    page = browser.opened(f"/s/{enquiry.token}")
    assert f"{page}/withdraw" in browser.get(page).text
    assert browser.get(f"{page}/withdraw").status_code == 200
    assert browser.post(f"{page}/withdraw").location == page
    assert f"{page}/withdraw" not in browser.get(page).text
    assert browser.post(f"{page}/withdraw").status_code == 302  # twice is once
    for path in ("withdraw", "consent"):
        assert "<h1" in (shown := browser.get(f"{page}/{path}").text)
        assert f"{page}/{path}" not in shown, "nothing is offered that cannot be done"


def test_nobody_is_asked_yet(browser: Browser, enquiry: Enquired) -> None:
    assert browser.post(f"/s/{enquiry.token}/confirm", {"answer": "helped"}).status_code == 409
    assert browser.post(f"/s/{enquiry.token}/confirm", {"answer": "alles"}).status_code == 422
    for referral in ("5", "0", "99999999999", "x"):
        answer = browser.post(f"/s/{enquiry.token}/confirm", {"answer": "yes", "referral": referral})
        assert answer.status_code in (404, 409, 422), referral


def test_pages_say_nothing_about_wrong_links(browser: Browser, enquiry: Enquired) -> None:
    for path in ("/s/falsch", f"/r/{enquiry.token}", f"/s/{enquiry.token}x", "/r/falsch"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert enquiry.reference not in answer.text


def test_own_pages_are_written_by_the_office_and_harmless(signed_in: object, browser: Browser) -> None:
    admin = signed_in("admin")  # type: ignore[operator]
    text = "## Angaben\n\nZeile <script>alert(1)</script>\n\n- eins\n- zwei"
    assert admin.post("/pages/imprint/edit", {"title": "Impressum neu", "text": text}).status_code == 302
    page = browser.get("/pages/imprint").text
    assert "Impressum neu" in page
    assert "<script>alert" not in page
    assert "<li>eins</li>" in page
    assert browser.get("/pages/unbekannt").status_code == 404
    for wrong in ({"title": "Ü" * 201, "text": "Mühsam getippt."}, {"title": "Ü", "text": " "}):
        again = admin.post("/pages/imprint/edit", wrong)
        assert again.status_code == 422
        assert str(wrong["title"]) in again.text
        assert str(wrong["text"]) in again.text
    assert "Impressum neu" in browser.get("/pages/imprint").text
    assert "/pages/privacy/edit" in admin.get("/pages/imprint/edit").text, "from one page to the others"


def test_a_page_is_written_in_each_language_beside_the_german_one(
    signed_in: object, browser: Browser, begin: Begin
) -> None:
    admin = signed_in("admin")  # type: ignore[operator]
    german = browser.get("/pages/imprint?lang=de").text
    with begin(SYSTEM) as tx:
        tx.session.execute(delete(Page).where(Page.language == "tr"))
    empty = admin.get("/pages/imprint/edit?of=tr").text
    assert "In dieser Sprache gibt es die Seite noch nicht." in empty
    assert "Deutscher Text zum Vergleichen" in empty
    assert 'lang="tr"' in empty
    sent = admin.post("/pages/imprint/edit?of=tr", {"title": "Künye", "text": "Türkçe metin."})
    assert "of=tr" in sent.headers["Location"]
    assert "Türkçe metin." in admin.get("/pages/imprint/edit?of=tr").text
    assert "Künye" in browser.get("/pages/imprint?lang=tr").text
    assert browser.get("/pages/imprint?lang=de").text == german, "the German text is as it was"
    refused = admin.post("/pages/imprint/edit?of=pl", {"title": "", "text": "Wpisany tekst."})
    assert (refused.status_code, "Wpisany tekst." in refused.text) == (422, True)
    assert "Wpisany" not in browser.get("/pages/imprint?lang=pl").text


def test_three_questions_after_closing_are_answered_with_a_tap_each(
    browser: Browser, enquiry: Enquired, begin: Begin
) -> None:
    status = browser.opened(f"/s/{enquiry.token}")
    assert "Drei kurze Fragen an Sie" not in browser.get(status).text
    with begin() as tx:
        cases.close(tx, enquiry.case_id, "helped")
    for question, answer in (("fast", "yes"), ("clear", "partly"), ("again", "no")):
        assert f'value="{question}"' in browser.get(status).text
        assert browser.post(f"{status}/survey", {"question": question, "answer": answer}).location == status
    assert "Drei kurze Fragen an Sie" not in browser.get(status).text
    assert browser.post(f"{status}/survey", {"question": "fast", "answer": "perhaps"}).status_code == 422
