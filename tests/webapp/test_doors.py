"""Links from mails: once opened, no address shows the token, and only the browser that opened it goes on."""

import json
import re

from flask import Flask, session

from tests.webapp.conftest import ADDRESS, Browser, Enquired
from webapp import doors


def test_a_status_link_leads_to_a_clean_address(browser: Browser, enquiry: Enquired) -> None:
    clean = browser.opened(f"/s/{enquiry.token}?lang=en")
    assert re.fullmatch(r"/s/~[0-9a-f]{16}\?lang=en", clean)
    page = browser.client.get(clean, base_url=ADDRESS)
    assert page.status_code == 200
    assert enquiry.token not in page.text
    path = clean.partition("?")[0]
    assert enquiry.token not in browser.get(f"{path}/message").text
    withdrawn = browser.post(f"{path}/withdraw")
    assert withdrawn.location == path
    assert f"{path}/withdraw" in page.text
    assert f"{path}/withdraw" not in browser.get(path).text


def test_a_clean_address_opens_nothing_in_another_browser(app: Flask, browser: Browser, enquiry: Enquired) -> None:
    clean = browser.opened(f"/s/{enquiry.token}")
    stranger = Browser(app.test_client())
    answer = stranger.get(clean)
    assert answer.status_code == 404
    assert "Bitte öffnen Sie den Link noch einmal" in answer.text
    assert stranger.post(f"{clean}/withdraw").status_code == 404


def test_a_wrong_link_is_kept_by_nobody(browser: Browser, enquiry: Enquired) -> None:
    answer = browser.get("/s/" + "x" * 43)
    assert answer.status_code == 404
    assert "Set-Cookie" not in answer.headers or "doors" not in answer.headers["Set-Cookie"]


def test_a_browser_keeps_the_links_it_opened_last_and_its_cookie_stays_small(
    app: Flask,
) -> None:
    with app.test_request_context():
        for number in range(doors.MOST + 5):
            doors.keep(f"{number:043}")
        kept = session[doors.KEPT]
        assert list(kept.values()) == [f"{number:043}" for number in range(5, doors.MOST + 5)]
        assert len(json.dumps(dict(session))) < 1_500


def test_what_is_said_after_a_form_sent_from_the_mails_own_address_is_not_lost(app: Flask, enquiry: Enquired) -> None:
    browser = Browser(app.test_client())
    address = f"/s/{enquiry.token}"
    sent = browser.post(f"{address}/consent")  # from a page opened before this browser kept anything
    assert sent.location == address
    leads_on = browser.client.get(address, base_url=ADDRESS)
    assert leads_on.status_code == 302
    page = browser.client.get(leads_on.location, base_url=ADDRESS).text
    assert "Ihr Ja zur Weitergabe ist zurückgenommen." in page
    assert "zurückgenommen." not in browser.client.get(leads_on.location, base_url=ADDRESS).text
