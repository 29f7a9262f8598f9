"""Links by mail to sign in and to set a password: short-lived, once, for nobody else, and no hint about accounts."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from benchmarks.statements import counted
from tests.conftest import Begin
from tests.webapp.conftest import ADDRESS, PASSWORD, Browser
from webapp.auth import links as auth_links
from webapp.extensions import db
from workflows import worker
from workflows.core import audit, links
from workflows.core.clock import SetClock
from workflows.core.links import Link
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.domain import people
from workflows.domain.sign_in_requests import SignInRequest

ME, NOBODY = "office@lotse.example", "niemand@lotse.example"
NEW = "ein ganz anderer Satz 7"

Asked = Callable[[str, str], str]


@pytest.fixture
def mailed(
    house: None, app: Flask, begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> Asked:
    """Asks for a link as a stranger and gives what stands in the mail: ``mailed("/login/mail", ME)``."""

    def ask(path: str, email: str) -> str:
        assert Browser(app.test_client()).post(path, {"email": email}).location == "/login"
        worker.run_due(sessions, settings, clock)
        with begin() as tx:
            link = tx.session.scalars(select(Link).order_by(Link.id.desc())).first()
            return links.url(link, settings).removeprefix(settings.public_url) if link else ""

    return ask


def test_a_link_signs_in_without_a_password(browser: Browser, mailed: Asked) -> None:
    path = mailed("/login/mail", ME)
    assert browser.get(path).location == "/login/link"  # the token leaves the address bar
    page = browser.get("/login/link")
    assert ME in page.text
    assert path.rpartition("/")[2] not in page.text
    assert browser.post("/login/link").location == "/office"
    assert browser.get("/inbox").status_code == 200


def test_scanners_change_nothing_and_the_person_still_comes_in(app: Flask, browser: Browser, mailed: Asked) -> None:
    path = mailed("/login/mail", ME)
    for _ in range(50):
        scanner = Browser(app.test_client())
        scanner.get(path, follow_redirects=True)
        scanner.client.head(path, base_url="https://lotse.example")
    browser.get(path)
    assert browser.post("/login/link").status_code == 302


def test_a_link_serves_once(app: Flask, browser: Browser, mailed: Asked) -> None:
    path = mailed("/login/mail", ME)
    other = Browser(app.test_client())
    for visitor in (browser, other):
        visitor.get(path)
    assert browser.post("/login/link").status_code == 302
    assert other.post("/login/link").status_code == 404
    assert "gilt nicht mehr" in other.get("/login/link").text
    assert other.get("/inbox").status_code == 302


def test_a_link_ends_after_ten_minutes_and_with_the_next(
    app: Flask, browser: Browser, mailed: Asked, clock: SetClock
) -> None:
    first, second = mailed("/login/mail", ME), mailed("/login/mail", ME)
    browser.get(first)
    assert browser.get("/login/link").status_code == 404
    clock.advance(timedelta(minutes=10))
    browser.get(second)
    assert browser.post("/login/link").status_code == 404


def test_a_link_is_bound_to_its_purpose(browser: Browser, mailed: Asked) -> None:
    token = mailed("/login/mail", ME).rpartition("/")[2]
    browser.get(f"/password/{token}")
    assert browser.get("/password/new").status_code == 404
    assert browser.post("/password/new", {"password": NEW, "again": NEW}).status_code == 404


def test_nobody_learns_who_has_an_account(app: Flask, house: None, begin: Begin, mailed: Asked) -> None:
    """The same page after the same statements: what differs is done later, elsewhere."""
    with app.app_context():
        engine = db.engine
    seen = []
    for email in (ME, NOBODY):
        visitor = Browser(app.test_client())
        csrf = visitor.token()
        with counted(engine) as count:
            answer = visitor.client.post(
                "/password/forgotten", base_url="https://lotse.example", data={"csrf_token": csrf, "email": email}
            )
        seen.append((answer.status_code, answer.location, [*count.statements, *count.sign_in], count.commits))
    assert seen[0] == seen[1]
    assert mailed("/password/forgotten", NOBODY)  # the link is the one for the account asked for before
    with begin() as tx:
        assert tx.session.scalars(select(Mail.to_address)).all() == [ME]
        assert tx.session.scalars(select(SignInRequest)).all() == []


def test_nobody_is_flooded_with_mails(app: Flask, house: None, clock: SetClock) -> None:
    visitor = Browser(app.test_client())
    answers = [visitor.post("/login/mail", {"email": ME}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    strangers = [visitor.post("/login/mail", {"email": f"{n}@x.example"}).status_code for n in range(20)]
    assert strangers[-1] == 429  # the address asking is counted, too
    clock.advance(timedelta(minutes=16))
    assert visitor.post("/login/mail", {"email": ME}).status_code == 302


def test_a_new_password_ends_all_sessions_all_links_and_all_tokens(
    app: Flask, browser: Browser, signed_in: Callable[[str], Browser], mailed: Asked
) -> None:
    elsewhere = signed_in("office")
    made = elsewhere.post("/account/tokens", {"name": "Skript", "scope": "read", "days": "30"}).text
    key = {"Authorization": f"Bearer {re.findall(r'lotse_[-_0-9A-Za-z]{43}', made)[0]}"}
    program = app.test_client()
    assert program.get("/api/v1/tasks", base_url=ADDRESS, headers=key).status_code == 200
    assert "gelten weiter" in elsewhere.get("/account/password").text
    path = mailed("/password/forgotten", ME)
    browser.get(path)
    page = browser.get("/password/new").text
    assert ME in page
    assert "Zu diesem Konto gehören Zugriffsschlüssel" in page
    assert browser.post("/password/new", {"password": NEW, "again": NEW}).location == "/login"
    assert "Auch Ihre Zugriffsschlüssel für Programme sind gesperrt." in browser.get("/login").text
    assert program.get("/api/v1/tasks", base_url=ADDRESS, headers=key).status_code == 401
    assert elsewhere.get("/inbox").status_code == 302
    assert browser.sign_in(ME, PASSWORD).status_code == 422
    assert browser.sign_in(ME, NEW).status_code == 302
    browser.get(path)
    assert browser.get("/password/new").status_code == 404


@pytest.mark.parametrize(
    ("password", "again", "told"),
    [
        (NEW, NEW + "!", "nicht gleich"),
        ("zu kurz", "zu kurz", "mindestens 12"),
        ("passwordpassword", "passwordpassword", "leicht erraten"),
    ],
)
def test_a_refused_password_leaves_the_link(
    browser: Browser, mailed: Asked, password: str, again: str, told: str
) -> None:
    browser.get(mailed("/password/forgotten", ME))
    refused = browser.post("/password/new", {"password": password, "again": again})
    assert refused.status_code == 422
    assert told in refused.text
    assert browser.post("/password/new", {"password": NEW, "again": NEW}).location == "/login"


def test_a_disabled_account_gets_no_mail_and_its_links_end(browser: Browser, mailed: Asked, begin: Begin) -> None:
    path = mailed("/login/mail", ME)
    with begin() as tx:
        user = people.find_by_email(tx.session, ME)
        assert user is not None
        people.set_active(tx, user.id, is_active=False)
    browser.get(path)
    assert browser.post("/login/link").status_code == 404
    mailed("/login/mail", ME)
    with begin() as tx:
        assert len(tx.session.scalars(select(Mail)).all()) == 1


def test_the_mail_speaks_the_users_language_and_carries_no_name(mailed: Asked, begin: Begin) -> None:
    with begin() as tx:
        user = people.find_by_email(tx.session, ME)
        assert user is not None
        user.language = "en"
    mailed("/login/mail", ME)
    with begin() as tx:
        mail = tx.session.scalars(select(Mail)).one()
        assert mail.subject == "Your link to sign in to Lotse"
        assert "Person office" not in mail.text
        assert re.search(r"valid for 10 minutes", mail.text)


def test_many_machines_with_a_wish_each_are_slowed_together_and_the_audit_says_so_once(
    app: Flask, house: None, clock: SetClock, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth_links, "WISHES_TOGETHER", 3)

    def wish(number: int, email: str) -> tuple[int, str]:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        answer = Browser(client).post("/password/forgotten" if number % 2 else "/login/mail", {"email": email})
        return answer.status_code, answer.text

    assert [wish(number, f"{number}@x.example")[0] for number in range(3)] == [302] * 3
    refused = [wish(4, ME), wish(5, NOBODY), wish(6, ME)]
    assert {status for status, _page in refused} == {429}
    assert all("Das liegt nicht an Ihnen." in page for _status, page in refused)
    with begin() as tx:
        assert [entry.object for entry in audit.entries(tx.session, "system") if entry.event == "limit.reached"] == [
            "limit:sign_in_link"
        ]
    clock.advance(timedelta(minutes=61))
    assert wish(7, ME)[0] == 302
