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
from tests.webapp.conftest import ADDRESS, PASSWORD, Browser
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


def test_a_form_of_the_session_before_is_sent_again(signed_in: Callable[[str], Browser], begin: Begin) -> None:
    mine = signed_in("coordinator")
    before = count(begin)
    old = mine.token()
    mine.post("/logout")
    mine.sign_in(ME)
    again = mine.post("/register/new", {**VALUES, "csrf_token": old}, headers=OURS)
    assert (again.status_code, count(begin)) == (400, before)
    address, fields = drawn(again)
    assert mine.post(address, fields, headers=OURS).status_code == 302
    assert count(begin) == before + 1


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


def test_files_do_not_wait_and_the_page_says_so(idle: Browser) -> None:
    sent = {"text": "Hier die Satzung.", "files": (BytesIO(b"%PDF-1.4"), "satzung.pdf")}
    kept = idle.post("/cases/1/files", sent, content_type="multipart/form-data")
    again = idle.post("/login", {"email": ME, "password": PASSWORD, "sent": waiting(kept)})
    assert "Bitte fügen Sie sie danach noch einmal an" in again.text
    assert "Hier die Satzung." in again.text
