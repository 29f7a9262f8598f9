"""The secret key is changed while people work: nobody is signed out, no open form and no waiting mail is lost."""

from dataclasses import replace

import pytest
from flask import Flask

from tests.conftest import Begin, Database
from tests.webapp.conftest import ADDRESS, Browser
from webapp.app import create_app
from webapp.forms import ticket
from workflows.core import links
from workflows.core.clock import SetClock
from workflows.core.settings import Settings

NEW = b"another-secret-key-of-the-tests!"


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Keys are not the database's business."""
    return sqlite_database


@pytest.fixture
def rotated(settings: Settings) -> Settings:
    """The same house with a new key; the old one is still known."""
    return replace(settings, public_url=ADDRESS, secret_key=NEW, old_secret_keys=(settings.secret_key,))


def moved(browser: Browser, settings: Settings, clock: SetClock) -> Browser:
    """The browser with its cookies, at a house started anew."""
    other = Browser(create_app(settings, clock).test_client())
    for cookie in browser.client._cookies.values():
        other.client.set_cookie(cookie.key, cookie.value, domain="lotse.example", secure=True)
    return other


def test_sessions_and_open_forms_outlive_a_change_of_the_key(
    app: Flask, house: None, clock: SetClock, rotated: Settings
) -> None:
    before = Browser(app.test_client())
    before.sign_in("coordinator@lotse.example")
    drawn = before.token()
    after = moved(before, rotated, clock)
    assert after.get("/inbox").status_code == 200
    assert after.post("/account/sessions/end-others", {"csrf_token": drawn}).status_code == 302
    # Without the old key nothing of this is believed.
    forgotten = moved(before, replace(rotated, old_secret_keys=()), clock)
    assert forgotten.get("/inbox").status_code == 302


def test_waiting_mails_and_tickets_outlive_a_change_of_the_key(
    begin: Begin, settings: Settings, rotated: Settings
) -> None:
    with begin() as tx:
        link = links.issue(tx, "case_status", "case:1", "case:1")
        token, field = links.token(link, settings), ticket.field(tx, ticket.fresh(tx))
        drawn = field.partition('value="')[2].partition('"')[0]
        tx.settings = rotated
        assert links.token(link, rotated) == token
        assert links.issue(tx, "case_status", "case:1", "case:1") is link
        assert ticket.read(tx, drawn) is not None
        tx.settings = replace(rotated, old_secret_keys=())
        assert ticket.read(tx, drawn) is None
        assert links.token(link, tx.settings) != token
