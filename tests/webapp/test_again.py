"""Going back after sending and sending again counts once: a form drawn anew has a new key, the browser knows better."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.conftest import Begin
from tests.webapp.conftest import Browser, Enquired
from tests.webapp.test_contacts import CALL
from tests.webapp.test_intake import TYPED
from tests.webapp.test_messages import drawn
from tests.webapp.test_public import count, fill_in
from tests.webapp.test_uploads import upload
from workflows.core.clock import SetClock
from workflows.core.outbox import Mail
from workflows.domain.cases import CaseNote
from workflows.domain.contacts import Contact

ONCE, KEPT_ONCE = "Es ist nur einmal bei uns angekommen", "Es steht nur einmal da"


@pytest.mark.usefixtures("house")
def test_an_enquiry_sent_again_after_going_back_is_one_case_with_one_mail(
    browser: Browser, clock: SetClock, begin: Begin
) -> None:
    for forgotten in ({}, {"topics": "rooms", "consent_share": ""}):  # what a browser does not bring back
        assert browser.post("/anfrage", fill_in(browser, clock, **forgotten)).location == "/anfrage/beleg"
    receipt = browser.get("/anfrage/beleg").text
    assert count(begin) == 1
    assert "2026-0001" in receipt
    assert ONCE in receipt
    with begin() as tx:
        assert tx.session.scalar(select(func.count()).select_from(Mail).where(Mail.subject.contains("2026-0001"))) == 1


@pytest.mark.usefixtures("house")
def test_other_words_another_browser_files_or_half_an_hour_make_another_case(
    browser: Browser, clock: SetClock, begin: Begin
) -> None:
    browser.post("/anfrage", fill_in(browser, clock))
    browser.post("/anfrage", fill_in(browser, clock, text="Etwas ganz anderes, noch einmal."))
    assert ONCE not in browser.get("/anfrage/beleg").text
    browser.post("/anfrage", fill_in(browser, clock, attachments=upload()))
    clock.advance(timedelta(minutes=31))
    browser.post("/anfrage", fill_in(browser, clock))
    stranger = Browser(browser.client.application.test_client())
    stranger.post("/anfrage", fill_in(stranger, clock))
    assert count(begin) == 5


def test_a_message_sent_again_after_going_back_stands_there_once(browser: Browser, enquiry: Enquired) -> None:
    page = browser.opened(f"/s/{enquiry.token}")
    for _time in range(2):
        assert browser.post(f"{page}/message", {**drawn(browser, page), "message": "Anbei."}).location == page
    shown = browser.get(page).text
    assert shown.count("Anbei.") == 1
    assert ONCE in shown
    browser.post(f"{page}/message", {**drawn(browser, page), "message": "Anbei.", "message_files": upload("Plan.pdf")})
    assert "Plan.pdf" in browser.get(page).text, "no file is ever taken for a repetition"


def test_notes_contacts_and_intake_sent_again_after_going_back_are_kept_once(
    signed_in: Callable[[str], Browser], enquiry: Enquired, begin: Begin
) -> None:
    mine, case = signed_in("coordinator"), f"/cases/{enquiry.case_id}"
    told = []
    for number in range(2):
        mine.post(f"{case}/notes", {"text": "Niemand erreicht.", "unique_key": f"n{number}"})
        told.append(KEPT_ONCE in mine.get(case).text)
        mine.post("/contacts/new", {**CALL, "unique_key": f"c{number}"})
        told.append(KEPT_ONCE in mine.get("/contacts").text)
        ticket = re.search(r'name="_ticket" value="([^"]+)"', mine.get("/cases/new").text)
        assert ticket
        sent = {
            **TYPED,
            "_ticket": ticket[1],
            "contact_name": "Frau B",
            "reach_by": "mail",
            "contact_email": "b@b.example",
        }
        told.append(mine.post("/cases/new", sent).location)
    assert told[:2] + told[3:5] == [False, False, True, True]
    assert told[2] == told[5]
    with begin() as tx:
        for kept in (CaseNote, Contact):
            assert tx.session.scalar(select(func.count()).select_from(kept)) == 1
