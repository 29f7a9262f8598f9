"""A form sent when the session was over or another one had begun: nothing typed is lost, nothing is sent by itself."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.conftest import Begin
from tests.webapp.conftest import ADDRESS, PASSWORD, Browser, Enquired
from tests.webapp.test_messages import drawn as drawn_message
from tests.webapp.test_register_pages import VALUES
from webapp import sent_again
from workflows.core.clock import SetClock
from workflows.domain.organisations import Organisation

ME = "coordinator@lotse.example"
OURS = {"Origin": ADDRESS}


def waiting(page: TestResponse) -> str:
    """What the sign-in page keeps."""
    found = re.search(r'name="sent" value="([^"]+)"', page.text)
    assert found
    return found[1]


def drawn(page: TestResponse) -> tuple[str, dict[str, list[str]]]:
    """Where the page's button sends, and what."""
    form = re.search(r'<form method="post" action="([^"]+)">(?:(?!</form>).)*Jetzt senden', page.text, re.DOTALL)
    assert form
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[0]):
        fields.setdefault(unescape(name), []).append(unescape(value))
    return unescape(form[1]), fields


def count(begin: Begin) -> int:
    with begin() as tx:
        return tx.session.scalar(select(func.count()).select_from(Organisation)) or 0


@pytest.fixture
def idle(signed_in: Callable[[str], Browser], clock: SetClock) -> Browser:
    """A browser whose session ended while something was typed."""
    mine = signed_in("coordinator")
    assert mine.get("/register/new").status_code == 200
    clock.advance(timedelta(minutes=31))
    return mine


def test_what_was_typed_is_sent_after_signing_in_again(idle: Browser, begin: Begin) -> None:
    before = count(begin)
    kept = idle.post("/register/new?from=list", VALUES)
    assert kept.status_code == 401
    assert "ist nicht verloren" in kept.text
    wrong = idle.post("/login", {"email": ME, "password": "falsch", "sent": waiting(kept)})
    assert wrong.status_code == 422
    again = idle.post("/login", {"email": ME, "password": PASSWORD, "sent": waiting(wrong)})
    assert again.status_code == 200
    assert "Brücke der Kulturen e.V." in again.text
    assert count(begin) == before  # nothing is sent by itself
    address, fields = drawn(again)
    assert address == "/register/new?from=list"
    assert {**fields, "csrf_token": []} == {
        **{name: value if isinstance(value, list) else [value] for name, value in VALUES.items()},
        "csrf_token": [],
    }
    assert idle.post(address, fields).status_code == 302
    assert count(begin) == before + 1


def test_who_signs_in_by_a_link_goes_on_in_the_open_page(idle: Browser, app: Flask) -> None:
    kept = waiting(idle.post("/register/new", VALUES))
    too_soon = idle.post("/login/again", {"sent": kept})
    assert too_soon.status_code == 422
    assert waiting(too_soon) == kept
    idle.sign_in(ME)  # in another window of this browser
    assert drawn(idle.post("/login/again", {"sent": kept}))[0] == "/register/new"


def test_who_signs_in_again_in_another_window_goes_on_with_what_stands_open(idle: Browser, begin: Begin) -> None:
    """Forms, and what scripts keep by themselves, still count: no page need be loaded anew."""
    before, token = count(begin), idle.token()
    idle.sign_in(ME)
    assert idle.post("/register/new", {**VALUES, "csrf_token": token}).status_code == 302
    idle.post("/logout")
    idle.sign_in(ME)
    changed = {**VALUES, "name": "Haus der Sprachen", "csrf_token": token}
    assert idle.post("/register/new", changed).status_code == 302
    assert count(begin) == before + 2


def test_a_form_sent_after_signing_out_waits_too(signed_in: Callable[[str], Browser], begin: Begin) -> None:
    mine = signed_in("coordinator")
    before, token = count(begin), mine.token()
    mine.post("/logout")
    kept = mine.post("/register/new", {**VALUES, "csrf_token": token}, headers=OURS)
    assert kept.status_code == 401
    again = mine.post("/login", {"email": ME, "password": PASSWORD, "sent": waiting(kept)})
    assert mine.post(*drawn(again)).status_code == 302
    assert count(begin) == before + 1


def test_what_waits_is_for_its_owner_alone(idle: Browser, app: Flask, begin: Begin) -> None:
    before = count(begin)
    kept = waiting(idle.post("/register/new", VALUES))
    other = idle.post("/login", {"email": "leadership@lotse.example", "password": PASSWORD, "sent": kept})
    assert other.location == "/inbox"
    page = idle.get("/inbox").text
    assert "gehört zu einem anderen Konto" in page
    assert "Brücke" not in page
    assert count(begin) == before


def test_strangers_make_nobody_send_a_form(
    app: Flask, signed_in: Callable[[str], Browser], browser: Browser, begin: Begin
) -> None:
    """Neither in a browser nobody was signed in with, nor where somebody has signed out."""
    evil = {"name": "Office Demo", "roles": "admin", "groups": "office:3"}
    assert browser.post("/admin/users/4", evil, headers=OURS).status_code == 302
    left = signed_in("admin")
    left.post("/logout")
    for token in (left.token(), "falsch"):
        answer = left.post("/admin/users/4", {**evil, "csrf_token": token}, headers=OURS)
        assert 'name="sent"' not in answer.text
    assert "office:3" not in left.sign_in("admin@lotse.example").text


def test_a_pause_after_many_tries_keeps_what_waits(idle: Browser) -> None:
    kept = waiting(idle.post("/register/new", VALUES))
    for _ in range(11):
        answer = idle.post("/login", {"email": "fremd@lotse.example", "password": "falsch", "sent": kept})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert waiting(answer) == kept


def test_a_form_that_does_not_say_where_it_comes_from_is_not_offered_again(
    signed_in: Callable[[str], Browser],
) -> None:
    answer = signed_in("coordinator").post("/register/new", {**VALUES, "csrf_token": "falsch"})
    assert answer.status_code == 400
    assert "Jetzt senden" not in answer.text


def test_what_we_have_not_signed_or_too_long_ago_is_not_sent(idle: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = waiting(idle.post("/register/new", VALUES))
    monkeypatch.setattr(sent_again, "LASTS", -1)
    for forged in ("", "x", kept[:-2] + "AA", '["/logout",[],false]', kept):
        assert idle.post("/login", {"email": ME, "password": PASSWORD, "sent": forged}).location == "/inbox"
        idle.post("/logout")


def test_passwords_do_not_wait_in_pages(idle: Browser) -> None:
    typed = {"old": PASSWORD, "password": "ein neues langes Passwort", "again": "ein neues langes Passwort"}
    refused = idle.post("/account/password", typed)
    assert (refused.status_code, "langes" in refused.text) == (302, False)
    wrong = idle.post("/login", {"email": ME, "password": PASSWORD, "csrf_token": "falsch"}, headers=OURS)
    assert (wrong.status_code, PASSWORD in wrong.text) == (400, False)


def test_scripts_and_buttons_without_text_go_the_old_way(idle: Browser) -> None:
    script = idle.post("/register/new", VALUES, headers={"Sec-Fetch-Mode": "cors"})
    assert script.location == "/login"
    button = idle.post("/tasks/1/claim", headers={"Referer": f"{ADDRESS}/inbox?scope=group"})
    assert button.location == "/login?next=/inbox?scope%3Dgroup"
    elsewhere = idle.post("/tasks/1/claim", headers={"Referer": "https://evil.example//x"})
    assert elsewhere.location == "/login"


def test_a_public_form_whose_cookie_is_gone_is_sent_again(browser: Browser, house: None) -> None:
    again = browser.post("/anfrage/felder", {"text": "Wir brauchen einen Raum.", "csrf_token": "falsch"}, headers=OURS)
    assert again.status_code == 400
    assert "Wir brauchen einen Raum." in again.text
    assert drawn(again)[0] == "/anfrage/felder"


def test_a_form_behind_a_link_the_browser_has_forgotten_is_sent_when_it_is_open_again(
    browser: Browser, enquiry: Enquired, begin: Begin
) -> None:
    page = browser.opened(f"/s/{enquiry.token}")
    form = drawn_message(browser, page)
    browser.client.delete_cookie("__Host-lotse", domain="lotse.example")
    forgotten = browser.post(f"{page}/message", {**form, "message": "antwort in kleinbuchstaben geschrieben"})
    assert forgotten.status_code == 404
    assert "kennt den Link nicht mehr" in forgotten.text
    assert "antwort in kleinbuchstaben geschrieben" in forgotten.text
    address, fields = drawn(forgotten)
    browser.opened(f"/s/{enquiry.token}")
    assert browser.post(address, {**fields, "csrf_token": browser.token()}).status_code == 302


def test_signing_in_keeps_the_links_this_browser_has_opened(browser: Browser, enquiry: Enquired) -> None:
    page = browser.opened(f"/s/{enquiry.token}")
    browser.sign_in(ME)
    assert browser.get(page).status_code == 200


def test_a_link_that_ended_gives_back_what_was_typed(browser: Browser, house: None) -> None:
    gone = browser.post("/s/falsch/message", {"message": "Sind Sie noch da?"})
    assert gone.status_code == 404
    assert "Der Link gilt nicht mehr" in gone.text
    assert "Sind Sie noch da?" in gone.text


def test_files_do_not_wait_and_the_page_says_so(idle: Browser) -> None:
    sent = {"text": "Hier die Satzung.", "files": (BytesIO(b"%PDF-1.4"), "satzung.pdf")}
    kept = idle.post("/cases/1/files", sent, content_type="multipart/form-data")
    again = idle.post("/login", {"email": ME, "password": PASSWORD, "sent": waiting(kept)})
    assert "Bitte fügen Sie sie danach noch einmal an" in again.text
    assert "Hier die Satzung." in again.text
