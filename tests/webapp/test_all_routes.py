"""The security list over all routes, taken from the URL map: what is added later is asked the same."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

import webapp
from tests.webapp.conftest import ADDRESS, Browser
from tests.webapp.matrix import COLUMNS, MATRIX
from tests.webapp.world import World, furnished
from webapp.app import create_app
from webapp.auth import views
from webapp.extensions import Surroundings, db
from webapp.security import CACHEABLE
from workflows.core.outbox import Mail

EVIL = "https://evil.example"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000",
}


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everybody and everything of the matrix."""
    world = furnished(sqlite_template, tmp_path_factory.mktemp("world"))
    yield world
    world.close()


def lines(method: str) -> Iterator[tuple[str, str]]:
    """Every line of the matrix for that method somebody may come in by, with one of them: the one with most rights."""
    for line, welcome in MATRIX.items():
        if line.startswith(f"{method} ") and welcome:
            yield line, next(who for who in (*COLUMNS[1:], "public") if who in welcome)


def paths(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every rule with an address of nothing that is there."""
    for rule in app.url_map.iter_rules():
        yield rule, re.sub(r"<[^>]+>", "4711", rule.rule)


def posts(app: Flask) -> Iterator[tuple[Rule, str]]:
    return ((rule, path) for rule, path in paths(app) if "POST" in (rule.methods or ()))


def lacking(answer: TestResponse) -> list[str]:
    """The security headers that are not as they should be."""
    found = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    policy = answer.headers.get("Content-Security-Policy", "")
    wanted = (
        "default-src 'none'",
        "script-src 'self';",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    found += [part for part in wanted if part not in policy]
    found += [word for word in ("unsafe-eval", "http:", "*") if word in policy]
    found += [name for name, _value in answer.headers if name.startswith("Access-Control-")]
    return found


def test_headers_on_every_answer(world: World) -> None:
    """Number 5 to 7 and 20: on 200, 302, 401, 404, 405 alike; nothing personal is kept; nothing for other origins."""
    wrong = []
    places = world.app.url_map.bind("lotse.example", url_scheme="https")
    for line in (line for line in MATRIX if line.startswith("GET ")):
        endpoint, _values = places.match(line.partition(" ")[2].format(**world.examples))
        for who in ("public", "coordinator"):
            answer = world.ask(who, line)
            wrong += [(line, who, answer.status_code, found) for found in lacking(answer)]
            may_be_kept = endpoint in CACHEABLE and answer.status_code < 400
            if not may_be_kept and answer.headers["Cache-Control"] != "no-store":
                wrong.append((line, who, answer.status_code, "Cache-Control"))
            answer.close()
    client = world.app.test_client()
    for _rule, path in paths(world.app):
        answer = client.delete(path, base_url=ADDRESS)
        assert answer.status_code in {400, 405}, path
        wrong += [("DELETE", path, answer.status_code, found) for found in lacking(answer)]
    assert wrong == []


def test_a_bug_anywhere_shows_no_trace_and_keeps_the_headers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Number 6 and 37: 500 says nothing of the inside."""

    def broken(**_arguments: object) -> str:
        raise ZeroDivisionError("geheim")

    app = world.app
    for endpoint in app.view_functions:
        monkeypatch.setitem(app.view_functions, endpoint, broken)
    for rule, path in paths(app):
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        visitor = world.visitors["public"]
        answer = app.test_client(use_cookies=False).open(
            path,
            method=method,
            base_url=ADDRESS,
            headers={"Cookie": visitor.cookie},
            data={"csrf_token": visitor.csrf} if method == "POST" else None,
        )
        assert answer.status_code == 500, path
        assert "geheim" not in answer.text
        assert "Traceback" not in answer.text
        assert lacking(answer) == [], path
        assert answer.headers["Cache-Control"] == "no-store"


def test_no_form_without_its_token(world: World) -> None:
    """Number 4: no token, and somebody else's; signed in and not."""
    before = world.version()
    for who in ("public", "coordinator"):
        for token in (None, world.visitors["leadership"].csrf):
            for rule, path in posts(world.app):
                if rule.rule.startswith("/api/"):
                    continue
                answer = world.app.test_client(use_cookies=False).post(
                    path,
                    base_url=ADDRESS,
                    headers={"Cookie": world.visitors[who].cookie},
                    data={"csrf_token": token} if token else {},
                )
                assert answer.status_code == 400, (who, path)
    assert world.version() == before


def test_no_post_from_another_site(world: World) -> None:
    """Number 4: whatever the token."""
    before = world.version()
    for line, who in lines("POST"):
        for origin in (EVIL, "https://lotse.example.evil.example"):
            assert world.ask(who, line, headers={"Origin": origin}).status_code == 400, (line, origin)
    assert world.version() == before


def test_nobody_is_sent_elsewhere(world: World) -> None:
    """Number 34: no answer leads to an address from the request."""
    names = ("next", "url", "redirect", "return_to", "target")
    for method in ("GET", "POST"):
        for line, who in lines(method):
            query, typed = dict.fromkeys(names, "//evil.example"), dict.fromkeys(names, EVIL)
            answer = world.ask(who, line, headers={"Referer": EVIL}, query=query, typed=typed)
            assert "evil" not in (answer.location or "").partition("?")[0], line
            answer.close()
        world.restore()


def test_foreign_hosts_are_answered_by_no_route(world: World) -> None:
    """Number 35."""
    client = world.app.test_client()
    for rule, path in paths(world.app):
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        for host in (EVIL, "https://lotse.example.evil.example"):
            answer = client.open(path, method=method, base_url=host)
            assert answer.status_code == 400, (path, host)
            assert "evil" not in answer.text


def test_addresses_come_from_the_settings(world: World) -> None:
    """Number 35: in pages and mails, also when the request came to another allowed name."""
    for method in ("GET", "POST"):
        for line, who in lines(method):
            answer = world.ask(who, line, base="https://localhost", headers={"X-Forwarded-Host": "evil.example"})
            assert answer.status_code < 500, line
            assert not re.search("//(localhost|evil)", (answer.location or "") + answer.get_data().decode("latin-1")), (
                line
            )
            answer.close()
    with world.begin() as tx:
        mails = tx.session.scalars(select(Mail.text)).all()
    assert len(mails) > 3
    assert not re.search("//(localhost|evil)", " ".join(mails))
    world.restore()


def test_no_trace_no_debugger_no_metrics(world: World) -> None:
    """Number 37."""
    client = world.app.test_client()
    assert not world.app.debug
    for _rule, path in paths(world.app):
        assert client.open(path, method="TRACE", base_url=ADDRESS).status_code in {400, 405}, path
    for path in ("/console", "/metrics", "/debug", "/server-status", "/.env", "/.git/config", "/static/../__init__.py"):
        assert client.get(path, base_url=ADDRESS).status_code == 404, path


def test_the_api_wants_json_and_not_too_much(world: World) -> None:
    """Number 20: strict content type, at most 1 MB, no cookies set."""
    headers = {"Authorization": f"Bearer {world.visitors['coordinator'].bearer}"}
    huge = json.dumps({"values": {"x": "x" * 1_100_000}})
    client = world.app.test_client()
    for rule, path in posts(world.app):
        if not rule.rule.startswith("/api/"):
            continue
        plain = client.post(path, base_url=ADDRESS, headers=headers, data="{}", content_type="text/plain")
        assert plain.status_code == 415, path
        assert "Set-Cookie" not in plain.headers
        if not path.endswith("/bundles"):
            large = client.post(path, base_url=ADDRESS, headers=headers, data=huge, content_type="application/json")
            assert large.status_code == 413, path


def test_every_limit_counts_lines_not_addresses() -> None:
    """Number 11: who has a line has many addresses; what a limit counts is asked of ``webapp.visitors`` only."""
    own = Path(webapp.__file__).parent
    asking = {
        path.relative_to(own).as_posix() for path in own.rglob("*.py") if "remote_addr" in path.read_text("utf-8")
    }
    assert asking == {"visitors.py", "demo/views.py"}


@pytest.mark.parametrize(
    ("proxies", "moving", "last"), [(0, True, 429), (1, True, 422), (1, False, 429)], ids=["none", "one", "behind"]
)
def test_the_address_of_a_visitor_comes_through_counted_proxies_only(
    world: World, monkeypatch: pytest.MonkeyPatch, proxies: int, moving: bool, last: int
) -> None:
    """Number 36: a made-up header does not dodge the throttle, unless our own proxy wrote it."""
    monkeypatch.setattr(views, "TRIES_PER_ADDRESS", 3)
    around: Surroundings = world.app.extensions["lotse"]
    app = create_app(replace(around.settings, proxies=proxies), around.clock)
    browser = Browser(app.test_client())
    browser.client.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    codes = []
    for number in range(4):
        # The last entry is what the proxy in front of us saw; all before may be made up by the visitor.
        forwarded = f"192.0.2.{number}, 10.0.0.{number if moving else 9}"
        typed = {"email": f"{number}@x.example", "password": "x"}
        codes.append(browser.post("/login", typed, headers={"X-Forwarded-For": forwarded}).status_code)
    assert codes == [422, 422, 422, last]
    with app.app_context():
        db.engine.dispose()
    world.restore()


CANARY = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*191}}${7*191}'; DROP TABLE case_file; --"
ASKED = ("q", "next", "scope", "sort", "cursor", "due", "priority", "process", "group", "from", "until", "by", "lang")


def ran(answer: TestResponse) -> bool:
    """Whether a browser, or a template, would have taken the canary for more than words."""
    return any(part in answer.text for part in ("<script>alert(1)", "<img src=x", "1337"))


def test_what_people_type_is_shown_and_never_run(sqlite_template: Path, tmp_path: Path) -> None:
    """Number 28 and 30: nasty words in every field, the names of people, groups, offices and steps too."""
    world = furnished(sqlite_template, tmp_path)
    planted = world.plant(CANARY)
    assert planted > 40
    seen = 0
    for line, who in lines("GET"):
        for query in ({}, dict.fromkeys(ASKED, CANARY)):
            answer = world.ask(who, line, query=query)
            assert answer.status_code < 500, (line, who)
            if answer.mimetype == "text/html":
                seen += "&lt;script&gt;alert(1)" in answer.text
                assert not ran(answer), (line, who)
            answer.close()
    assert seen > 20
    assert world.plant(CANARY) == planted  # every table is still there
    world.close()
