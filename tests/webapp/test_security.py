"""What holds for every page: headers, CSRF, origin, hosts, size."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from tests.webapp.conftest import ADDRESS, Browser
from tests.webapp.shared_app import quick_app
from webapp.extensions import db
from workflows.core.clock import SetClock
from workflows.core.settings import Settings

PAGES = ("/", "/anfrage", "/login", "/pages/imprint", "/inbox", "/s/unbekannt", "/r/unbekannt", "/nirgends", "/healthz")


@pytest.mark.parametrize("path", [*PAGES, "/api/v1/tasks", "/api/v1/openapi.json", "/api/v1/nirgends"])
def test_every_answer_carries_the_security_headers(browser: Browser, house: None, path: str) -> None:
    headers = browser.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert all(source in {"'self'", "'none'", "data:"} for kind in policy.split("; ") for source in kind.split()[1:])
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"]


def test_a_bug_shows_no_trace_and_keeps_the_headers(settings: Settings, clock: SetClock) -> None:
    def broken() -> str:
        raise ZeroDivisionError("geheim")

    app = quick_app(replace(settings, public_url=ADDRESS), clock)  # of its own: it gets a page more
    app.add_url_rule("/kaputt", view_func=broken)
    answer = Browser(app.test_client()).get("/kaputt")
    assert answer.status_code == 500
    assert "geheim" not in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_what_was_typed_is_not_logged_when_the_database_refuses_it(
    settings: Settings, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> str:
        db.session.execute(text("INSERT INTO work_group (name) VALUES (:name)"), {"name": "Amal Geheim"})
        return ""

    app = quick_app(replace(settings, public_url=ADDRESS), clock)
    app.add_url_rule("/kaputt", view_func=broken)
    assert Browser(app.test_client()).get("/kaputt").status_code == 500
    assert "IntegrityError" in caplog.text
    assert "INSERT INTO work_group" in caplog.text
    assert "Amal" not in caplog.text.partition("[SQL")[2]


def test_personal_pages_are_kept_by_nobody(browser: Browser, house: None) -> None:
    for path in ("/anfrage", "/login", "/inbox", "/s/unbekannt", "/r/unbekannt"):
        assert browser.get(path).headers["Cache-Control"] == "no-store", path


def test_cookies_are_bound_to_this_host_and_hidden_from_scripts(browser: Browser, house: None) -> None:
    cookie = browser.get("/login").headers["Set-Cookie"]
    assert cookie.startswith("__Host-lotse=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie


def test_without_csrf_token_nothing_is_posted(app: Flask, house: None) -> None:
    client = app.test_client()
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in rule.methods and not rule.rule.startswith("/api/")]
    assert len(posts) > 10
    for rule in posts:
        path = re.sub("<int:[a-z_]+>", "1", rule.rule).replace("<key>", "imprint")
        answer = client.post(path.replace("<token>", "x"), base_url=ADDRESS)
        assert answer.status_code == 400, rule.rule


def test_another_site_may_not_post(browser: Browser, house: None) -> None:
    answer = browser.post("/logout", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 400
    for broken in ("http://[", "null", "http://lotse.example", ADDRESS + ":444", "https://lotse.example@evil.example"):
        assert browser.post("/logout", headers={"Origin": broken}).status_code == 400, broken
    assert browser.post("/logout", headers={"Origin": ADDRESS}).status_code == 302


def test_foreign_hosts_are_not_answered(app: Flask) -> None:
    assert app.test_client().get("/", base_url="https://evil.example").status_code == 400
    assert app.test_client().get("/healthz", base_url="http://127.0.0.1:8000").status_code == 200


def test_impossible_ids_and_characters_are_no_bugs(browser: Browser, house: None) -> None:
    browser.sign_in("coordinator@lotse.example")
    for path in ("/tasks/99999999999999999999", "/cases/99999999999999999999", "/cases?q=%00", "/pages/%00"):
        assert browser.get(path).status_code in (200, 400, 404), path
