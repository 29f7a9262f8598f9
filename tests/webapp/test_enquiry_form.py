"""The enquiry form asks what matters for the choice, says first what happens with the data, and mails no stranger."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.conftest import Begin
from tests.webapp.conftest import Browser, Enquired
from tests.webapp.test_public import count, fill_in
from webapp import i18n
from webapp.public import views
from workflows.core import audit
from workflows.core.clock import SetClock
from workflows.core.outbox import Mail
from workflows.core.tx import SYSTEM
from workflows.domain import organisations, pages
from workflows.domain.cases import Case

OWN = {
    "rooms": ("room_people", "room_when", "room_needs"),
    "training": ("training_people", "training_when"),
    "education_work": ("education_for",),
    "funding": ("funding_need", "funding_start", "funding_begun"),
    "cooperation": ("partner_wanted", "partner_offer"),
    "barrier": ("barrier_where", "barrier_wish"),
    "advice": ("kind",),
    "other": ("kind",),
}


def names(page: str) -> list[str]:
    return re.findall(r'<(?:input|select|textarea)[^>]* name="([a-z_]+)"', page)


@pytest.mark.usefixtures("house")
def test_the_eight_choices_come_first_and_each_asks_only_its_own_questions(browser: Browser, clock: SetClock) -> None:
    asked = [name for name in names(browser.get("/anfrage").text) if name not in {"csrf_token", "website", "_ticket"}]
    assert asked[:8] == ["choice"] * 8
    own = {name for questions in OWN.values() for name in questions}
    for choice, questions in OWN.items():
        answer = browser.post("/anfrage", fill_in(browser, clock, choice=choice, _action="refresh"))
        assert own & set(names(answer.text)) == set(questions), choice
        assert 'name="text"' in answer.text


@pytest.mark.usefixtures("house")
def test_a_third_person_is_asked_about_only_if_there_is_one_and_never_by_name(
    browser: Browser, clock: SetClock, begin: Begin
) -> None:
    assert "third_language" not in browser.post("/anfrage", fill_in(browser, clock, _action="refresh")).text
    sent = fill_in(browser, clock, on_behalf="true", third_language="uk", third_knows="yes")
    page = browser.post("/anfrage", {**sent, "_action": "refresh"}).text
    assert {name for name in names(page) if name.startswith("third_")} == {"third_language", "third_knows"}
    assert browser.post("/anfrage", sent).status_code == 302
    with begin() as tx:
        case = tx.session.scalars(select(Case)).one()
    assert (case.on_behalf, case.details["third_language"], case.details["third_knows"]) == (True, "uk", "yes")


@pytest.mark.usefixtures("house")
def test_language_channel_and_call_times_are_kept(
    browser: Browser, clock: SetClock, begin: Begin, signed_in: Callable[[str], Browser]
) -> None:
    assert "call_times" not in browser.post("/anfrage", fill_in(browser, clock, _action="refresh")).text
    changes = {"reach_by": "phone", "contact_phone": "0611 123456", "call_times": ["morning", "evening"]}
    sent = fill_in(browser, clock, **changes, reply_language="ar", room_people="80")
    sent.pop("contact_email")
    assert browser.post("/anfrage", sent).status_code == 302
    with begin() as tx:
        case = tx.session.scalars(select(Case)).one()
    assert (case.language, case.details["call_times"]) == ("ar", ["morning", "evening"])
    page = signed_in("coordinator").get(f"/cases/{case.id}").text
    for words in ("vormittags, am frühen Abend", "Für wie viele Menschen soll der Raum sein?", "80"):
        assert words in page


@pytest.mark.usefixtures("house")
def test_the_privacy_notice_stands_before_the_first_question_and_its_version_stays_with_the_case(
    browser: Browser, clock: SetClock, begin: Begin
) -> None:
    page = browser.get("/anfrage?lang=ar").text
    assert page.index("المادة 13") < page.index('name="choice"')
    assert '<div class="prose" lang="ar" dir="rtl">' in page
    with begin(SYSTEM) as tx:
        tx.session.delete(tx.session.get_one(pages.Page, ("privacy", "ar")))
    page = browser.get("/anfrage").text  # never silently: the law's text is there in German, and it is said why
    assert '<div class="prose" lang="de" dir="ltr">' in page
    assert "هذا النص غير متوفر بلغتكم بعد" in page
    with begin(SYSTEM) as tx:
        pages.edit(tx, "privacy", "ar", "عنوان", "نص جديد")
    browser.post("/anfrage", fill_in(browser, clock))
    with begin() as tx:
        notice = tx.session.scalars(select(Case)).one().details["privacy_notice"]
        written = tx.session.get_one(pages.Page, ("privacy", "ar")).updated_at
    assert isinstance(notice, dict)
    assert (notice["language"], notice["written_at"]) == ("ar", written)
    assert len(notice["sha256"]) == 64


@pytest.mark.usefixtures("house")
def test_strangers_cannot_be_mailed_through_the_form(browser: Browser, clock: SetClock, begin: Begin) -> None:
    for number in range(5):
        assert (
            browser.post("/anfrage", fill_in(browser, clock, text=f"Meine Frage Nummer {number}.")).status_code == 302
        ), number
    other = Browser(browser.client.application.test_client())
    answer = other.post(
        "/anfrage",
        fill_in(other, clock, contact_email="AMAL@verein.example", text="Noch eine Frage von mir."),
        environ_overrides={"REMOTE_ADDR": "10.0.0.9"},
    )
    assert answer.status_code == 429
    assert "Noch eine Frage von mir." in answer.text  # nothing typed is lost
    assert count(begin) == 5
    clock.advance(timedelta(hours=1))
    assert other.post("/anfrage", fill_in(other, clock)).status_code == 302


@pytest.mark.usefixtures("house")
def test_many_machines_with_an_enquiry_each_are_slowed_together_and_nothing_typed_is_lost(
    app: Flask, house: None, clock: SetClock, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "ENQUIRIES_TOGETHER", 2)

    def send(number: int) -> TestResponse:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        machine = Browser(client)
        return machine.post("/anfrage", fill_in(machine, clock, contact_email=f"{number}@verein.example"))

    assert [send(number).status_code for number in range(2)] == [302, 302]
    refused = send(3)
    assert refused.status_code == 429
    assert "3@verein.example" in refused.text
    with begin() as tx:
        told = [entry.object for entry in audit.entries(tx.session, "system") if entry.event == "limit.reached"]
    assert told == ["limit:enquiry"]


@pytest.mark.usefixtures("house")
def test_the_receipt_says_where_it_is_and_repeats_nothing(browser: Browser, clock: SetClock, begin: Begin) -> None:
    browser.post(
        "/anfrage", fill_in(browser, clock, contact_name="Buy at spam.example", text="Kaufen Sie jetzt billig!")
    )
    receipt = browser.get("/anfrage/beleg").text
    with begin() as tx:
        case = tx.session.scalars(select(Case)).one()
        mails = tx.session.scalars(select(Mail)).all()
    assert case.reference in receipt
    for text in (receipt, *(mail.subject + mail.text for mail in mails)):
        assert "spam.example" not in text
        assert "billig" not in text


@pytest.mark.usefixtures("house")
def test_who_types_an_associations_name_sees_nothing_of_its_entry(
    browser: Browser, clock: SetClock, begin: Begin
) -> None:
    with begin(SYSTEM) as tx:
        known = organisations.remember(tx, "Verein Brücke")
        assert known is not None
    unknown = Browser(browser.client.application.test_client())
    shown = []
    for visitor, name in ((browser, "Verein Brücke"), (unknown, "Verein Ungesehen")):
        sent = fill_in(visitor, clock, organisation_name=name, contact_email=f"{len(shown)}@verein.example")
        fields = visitor.post("/anfrage/felder", {**sent, "_check": "1"}).text
        assert visitor.post("/anfrage", sent).status_code == 302
        receipt = visitor.get("/anfrage/beleg").text
        status = visitor.get(re.findall(r'href="(/s/[^"]+)"', receipt)[0]).text
        shown.append([_blank(each, name, f"{len(shown)}@verein.example") for each in (fields, receipt, status)])
    assert shown[0] == shown[1]


def _blank(page: str, *own: str) -> str:
    for word in own:
        page = page.replace(word, "…")
    return re.sub(r'2026-\d{4}|/s/[~\w-]+|name="csrf_token" value="[^"]+"|\d\d:\d\d(:\d\d)?', "…", page)


def test_a_tampered_form_says_so_and_keeps_what_was_typed(
    browser: Browser, clock: SetClock, begin: Begin, house: None
) -> None:
    changes = {
        "text": "x" * 5001,
        "choice": "admin",
        "topics": ["rooms", "<script>"],
        "room_people": "viele",
        "reply_language": "xx",
        "contact_name": "A" * 201,
    }
    answer = browser.post("/anfrage", fill_in(browser, clock, **changes))
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') >= 5
    assert "x" * 5001 in answer.text
    assert "<script>" not in answer.text.replace("<script type=", "")
    answer = browser.post("/anfrage", fill_in(browser, clock, status="closed", case="1", reference="2026-9999"))
    assert answer.status_code == 302  # what is no field of the form is not even read
    with begin() as tx:
        assert tx.session.scalars(select(Case)).one().status == "new"


def test_consent_and_enquiry_are_taken_back_apart(browser: Browser, enquiry: Enquired, begin: Begin) -> None:
    page = browser.opened(f"/s/{enquiry.token}")
    assert f"{page}/consent" in browser.get(page).text
    assert browser.get(f"{page}/consent").status_code == 200
    for _ in range(2):  # twice is once
        assert browser.post(f"{page}/consent").location == page
    shown = browser.get(page).text
    assert "Ihre Anfrage bleibt bestehen" in shown
    assert f"{page}/consent" not in shown
    assert f"{page}/withdraw" in shown
    with begin() as tx:
        case = tx.session.get_one(Case, enquiry.case_id)
        assert (case.consent_share, case.status) == (False, "new")


@pytest.mark.usefixtures("house")
def test_a_further_language_needs_no_change_of_these_pages(
    browser: Browser, clock: SetClock, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(i18n.NAMES, "fr", "Français")  # type: ignore[arg-type]
    page = browser.get("/anfrage?lang=fr").text
    assert '<html lang="fr" dir="ltr"' in page
    assert "Français" in page
    assert browser.post("/anfrage", fill_in(browser, clock, reply_language="it")).status_code == 302
    with begin() as tx:
        assert tx.session.scalars(select(Case)).one().language == "it"
    status = re.findall(r'href="(/s/[^"]+)"', browser.get("/anfrage/beleg").text)[0]
    other = Browser(browser.client.application.test_client())
    for path in (status, f"{status}/message", f"{status}/consent", f"{status}/withdraw"):
        assert '<html lang="it" dir="ltr"' in other.get(path).text, path
