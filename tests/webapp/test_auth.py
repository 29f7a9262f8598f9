"""Signing in and out: server-side sessions that end, throttled tries, no hints about who has an account."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.conftest import Begin
from tests.webapp.conftest import Browser
from webapp.auth import views
from workflows.core.audit.log import AuditEntry
from workflows.core.clock import SetClock
from workflows.core.throttle import Tries
from workflows.domain.people import ROLES, User

ME = "coordinator@lotse.example"
NOBODY = "niemand@lotse.example"


def test_the_right_password_opens_the_inbox(browser: Browser, house: None) -> None:
    answer = browser.sign_in(ME)
    assert (answer.status_code, answer.location) == (302, "/inbox")
    assert browser.get("/inbox").status_code == 200


def test_anonymous_is_sent_to_sign_in_and_back(browser: Browser, house: None) -> None:
    answer = browser.get("/cases?q=verein")
    assert answer.location == "/login?next=/cases?q%3Dverein"
    answer = browser.post("/login", {"email": ME, "password": "ein langes Passwort", "next": "/cases?q=verein"})
    assert answer.location == "/cases?q=verein"


def test_only_own_addresses_are_redirected_to(browser: Browser, house: None) -> None:
    for target in (
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "evil",
        "/\t/evil.example",
        "/\r\nX: y",
    ):
        other = Browser(browser.client.application.test_client())
        answer = other.post("/login", {"email": ME, "password": "ein langes Passwort", "next": target})
        assert answer.location == "/inbox", target


def test_unknown_account_and_wrong_password_are_told_the_same(browser: Browser, house: None) -> None:
    wrong = browser.sign_in(ME, "falsch")
    unknown = browser.sign_in(NOBODY, "falsch")
    assert wrong.status_code == unknown.status_code == 422
    token = re.compile(r'name="csrf_token" value="[^"]+"')
    assert token.sub("", wrong.text).replace(ME, "") == token.sub("", unknown.text).replace(NOBODY, "")


def test_ten_tries_then_a_pause(browser: Browser, house: None, clock: SetClock) -> None:
    for _ in range(10):
        assert browser.sign_in(ME, "falsch").status_code == 422
    refused = browser.sign_in(ME)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    clock.advance(timedelta(minutes=16))
    assert browser.sign_in(ME).status_code == 302


def test_who_signs_in_rightly_uses_up_no_tries(app: Flask, house: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "TRIES_PER_ADDRESS", 12)
    monkeypatch.setattr(views, "TRIES_OVERALL", 12)
    known = Browser(app.test_client())
    for _ in range(15):
        assert Browser(app.test_client()).sign_in(ME).status_code == 302
        assert known.sign_in(ME).status_code == 302
        known.post("/logout")
    stranger = Browser(app.test_client())
    assert [stranger.sign_in(ME, "falsch").status_code for _ in range(11)] == [422] * 10 + [429]


def test_one_line_has_many_addresses_of_ipv6_and_one_count(
    app: Flask, house: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TRIES_PER_ADDRESS", 1)
    codes = []
    for number, address in enumerate(
        ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1", "::ffff:192.0.2.7", "192.0.2.7")
    ):
        browser = Browser(app.test_client())
        browser.client.environ_base["REMOTE_ADDR"] = address
        codes.append(browser.sign_in(f"{number}@x.example", "falsch").status_code)
    assert codes == [422, 429, 422, 422, 429]


def test_many_machines_with_a_few_tries_each_are_slowed_together(
    app: Flask, house: None, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TRIES_OVERALL", 3)

    def sign_in(number: int) -> int:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        return Browser(client).sign_in(f"{number}@lotse.example", "falsch").status_code

    assert [sign_in(number) for number in range(4)] == [422, 422, 422, 429]
    clock.advance(timedelta(minutes=16))
    assert sign_in(5) == 422


def test_what_one_account_is_refused_does_not_count_against_all(
    browser: Browser, house: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TRIES_OVERALL", 11)
    assert [browser.sign_in(NOBODY, "falsch").status_code for _ in range(15)] == [422] * 10 + [429] * 5
    assert browser.sign_in(ME).status_code == 302


def test_sign_out_ends_the_session_on_the_server(app: Flask, signed_in: Callable[[str], Browser]) -> None:
    mine = signed_in("coordinator")
    stolen = Browser(app.test_client())
    for cookie in mine.client._cookies.values():
        stolen.client.set_cookie(cookie.key, cookie.value, domain="lotse.example", secure=True)
    assert stolen.get("/inbox").status_code == 200
    answer = mine.post("/logout")
    assert "storage" in answer.headers["Clear-Site-Data"]
    assert stolen.get("/inbox").status_code == 302


def test_sign_in_gives_a_new_session(browser: Browser, house: None) -> None:
    browser.get("/anfrage")
    before = browser.token()
    browser.sign_in(ME)
    assert browser.token() != before


def test_idle_for_half_an_hour_ends_the_session(signed_in: Callable[[str], Browser], clock: SetClock) -> None:
    mine = signed_in("coordinator")
    for _ in range(3):
        clock.advance(timedelta(minutes=25))
        assert mine.get("/inbox").status_code == 200
    clock.advance(timedelta(minutes=31))
    assert mine.get("/inbox").status_code == 302


def test_whoever_only_types_is_there(signed_in: Callable[[str], Browser], clock: SetClock) -> None:
    """What `unsaved.js` sends while somebody types into a form that is not kept by itself."""
    mine = signed_in("coordinator")
    for _ in range(2):
        clock.advance(timedelta(minutes=20))
        assert mine.get("/healthz").status_code == 200
    clock.advance(timedelta(minutes=20))
    assert mine.get("/inbox").status_code == 200


def test_polling_does_not_keep_a_session_alive(signed_in: Callable[[str], Browser], clock: SetClock) -> None:
    mine = signed_in("coordinator")
    clock.advance(timedelta(minutes=20))
    assert mine.get("/inbox/rows", headers={"X-Poll": "1"}).status_code == 200
    clock.advance(timedelta(minutes=11))
    assert mine.get("/inbox").status_code == 302


def test_ten_hours_end_the_busiest_session(signed_in: Callable[[str], Browser], clock: SetClock) -> None:
    mine = signed_in("coordinator")
    for _ in range(24):
        clock.advance(timedelta(minutes=25))
        mine.get("/inbox")
    assert mine.get("/inbox").status_code == 302


def test_a_disabled_account_is_out_at_once(signed_in: Callable[[str], Browser], begin: Begin) -> None:
    mine = signed_in("coordinator")
    with begin() as tx:
        tx.session.execute(update(User).where(User.email == ME).values(is_active=False))
    assert mine.get("/inbox").status_code == 302
    assert mine.sign_in(ME).status_code == 422


def test_everybody_begins_in_a_room_they_may_enter(signed_in: Callable[[str], Browser]) -> None:
    rooms = {role: signed_in(role).get("/login").location for role in ROLES}
    assert rooms["office"] == "/office"
    assert rooms["reviewer"] == "/audit"
    for role, room in rooms.items():
        assert signed_in(role).get(room).status_code == 200, role


def test_failed_sign_ins_count_and_are_recorded(browser: Browser, house: None, begin: Begin) -> None:
    for _ in range(3):
        browser.sign_in(ME, "falsch")
    browser.sign_in(NOBODY, "falsch")
    with begin() as tx:
        assert sorted(tx.session.scalars(select(Tries.count))) == [1, 3, 4, 4]  # two accounts, one address, all
        failed = select(AuditEntry.object).where(AuditEntry.event == "user.sign_in_failed")
        me = tx.session.scalars(select(User.id).where(User.email == ME)).one()
        assert sorted(tx.session.scalars(failed)) == sorted([f"user:{me}"] * 3 + ["user:unknown"])


def wrong_ones(app: Flask) -> None:
    """What a stranger who knows the address can do."""
    stranger = Browser(app.test_client())
    stranger.client.environ_base["REMOTE_ADDR"] = "192.0.2.66"
    assert {stranger.sign_in(ME, "falsch").status_code for _ in range(11)} == {422, 429}


def test_strangers_do_not_keep_out_who_has_signed_in_here_before(
    app: Flask, house: None, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "TRIES_PER_ADDRESS", 30)
    mine, second, new = (Browser(app.test_client()) for _ in range(3))
    for known in (mine, second):
        known.sign_in(ME)
        known.post("/logout")
    wrong_ones(app)
    for number in range(30):
        new.sign_in(f"{number}@lotse.example", "falsch")  # from the same line as mine
    assert new.sign_in(ME).status_code == 429
    assert mine.sign_in(ME).status_code == 302
    mine.post("/logout")
    for _ in range(10):
        assert mine.sign_in(ME, "falsch").status_code == 422
    assert mine.sign_in(ME).status_code == 429  # ten of its own, like everybody
    assert second.sign_in(ME).status_code == 429  # which all that know the account share
    clock.advance(timedelta(minutes=16))
    assert mine.sign_in(ME).status_code == 302


def test_a_browser_is_known_for_its_own_account_only(app: Flask, house: None) -> None:
    other, forger = Browser(app.test_client()), Browser(app.test_client())
    other.sign_in("leadership@lotse.example")
    other.post("/logout")
    mark = other.client.get_cookie("__Host-lotse-known", "lotse.example")
    assert mark is not None
    assert (mark.secure, mark.http_only, mark.path) == (True, True, "/")
    assert "leadership" not in mark.value
    forger.client.set_cookie("__Host-lotse-known", mark.value[:-3] + "AAA", domain="lotse.example", secure=True)
    wrong_ones(app)
    assert other.sign_in(ME).status_code == 429
    assert forger.sign_in(ME).status_code == 429


def test_strangers_do_not_use_up_the_links_of_who_has_signed_in_here_before(app: Flask, house: None) -> None:
    mine, stranger = Browser(app.test_client()), Browser(app.test_client())
    mine.sign_in(ME)
    mine.post("/logout")
    codes = [stranger.post("/password/forgotten", {"email": ME}).status_code for _ in range(4)]
    assert codes == [302, 302, 302, 429]
    assert mine.post("/password/forgotten", {"email": ME}).status_code == 302
