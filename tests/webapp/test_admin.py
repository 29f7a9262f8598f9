"""Accounts, groups and deputies in the hands of who looks after them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.webapp.conftest import Browser
from workflows import worker
from workflows.core import links
from workflows.core.audit.log import AuditEntry
from workflows.core.clock import SetClock
from workflows.core.links import Link
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.domain import access_tokens, people

SignedIn = Callable[[str], Browser]
NEW = {
    **{"name": "Mira Muster", "email": "mira@stadt.example", "language": "de"},
    **{"roles": "coordinator", "groups": "group:coordination"},
}
WORD = "ein ganz anderer Satz 7"


def _id(begin: Begin, email: str) -> int:
    with begin() as tx:
        user = people.find_by_email(tx.session, email)
        assert user is not None
        return user.id


def _link(begin: Begin, settings: Settings) -> str:
    with begin() as tx:
        link = tx.session.scalars(select(Link).order_by(Link.id.desc())).first()
        assert link is not None
        return links.url(link, settings).removeprefix(settings.public_url)


def test_somebody_is_invited_sets_a_password_and_works(
    signed_in: SignedIn, browser: Browser, begin: Begin, settings: Settings, clock: SetClock
) -> None:
    admin = signed_in("admin")
    assert admin.post("/admin/users/new", NEW).location == "/admin/users"
    page = admin.get("/admin/users").text
    assert "noch ohne Passwort" in page
    clock.advance(timedelta(days=2))
    browser.get(_link(begin, settings))
    assert browser.post("/password/new", {"password": WORD, "again": WORD}).location == "/login"
    assert browser.sign_in(NEW["email"], WORD).location == "/inbox"


def test_an_invitation_ends_after_three_days_and_is_sent_again(
    signed_in: SignedIn, app: Flask, begin: Begin, settings: Settings, clock: SetClock
) -> None:
    signed_in("admin").post("/admin/users/new", NEW)
    first = _link(begin, settings)
    clock.advance(timedelta(days=3))
    late = Browser(app.test_client())
    late.get(first)
    assert late.get("/password/new").status_code == 404
    assert signed_in("admin").post(f"/admin/users/{_id(begin, NEW['email'])}/invite").status_code == 302
    late.get(_link(begin, settings))
    assert late.get("/password/new").status_code == 200


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"email": "kein@@zeichen"}, "E-Mail-Adresse an"),
        ({"email": "a@b.example\r\nBcc: alle@x.example"}, "E-Mail-Adresse an"),
        ({"name": " "}, "füllen Sie"),
        ({"name": "x" * 201}, "höchstens 200"),
        ({"roles": ""}, "Rolle gibt es nicht"),
        ({"roles": "king"}, "Rolle gibt es nicht"),
        ({"language": "xx"}, "Möglichkeiten"),
        ({"roles": "jury"}, "die Kommission oder Jury, in der die Person entscheidet"),  # in the coordination's group
        ({"roles": "office"}, "die Stelle, für die die Person arbeitet"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    signed_in: SignedIn, begin: Begin, wrong: dict[str, str], told: str
) -> None:
    refused = signed_in("admin").post("/admin/users/new", {**NEW, **wrong})
    assert refused.status_code == 422
    assert told in refused.text
    with begin() as tx:
        assert people.find_by_email(tx.session, NEW["email"]) is None
        assert tx.session.scalars(select(Mail)).all() == []


def test_who_is_to_work_tasks_belongs_to_a_group(signed_in: SignedIn, begin: Begin) -> None:
    alone = {name: value for name, value in NEW.items() if name != "groups"}
    refused = signed_in("admin").post("/admin/users/new", alone)
    assert refused.status_code == 422
    assert "Ohne sie bekommt die Person keine Aufgaben." in refused.text
    path = f"/admin/users/{_id(begin, 'reviewer@lotse.example')}"
    kept = {"name": "Revision", "language": "de", "roles": "reviewer"}
    assert signed_in("admin").post(path, {**kept, "roles": "jury"}).status_code == 422
    assert signed_in("admin").post(path, kept).status_code == 302


def test_an_address_is_taken_once(signed_in: SignedIn) -> None:
    refused = signed_in("admin").post("/admin/users/new", {**NEW, "email": "Coordinator@lotse.example"})
    assert refused.status_code == 409
    assert "gehört schon" in refused.text
    assert NEW["name"] in refused.text


def test_roles_and_groups_change_at_once(signed_in: SignedIn, begin: Begin) -> None:
    theirs = signed_in("reviewer")
    path = f"/admin/users/{_id(begin, 'reviewer@lotse.example')}"
    sent = {"name": "Neuer Name", "language": "en", "roles": "coordinator", "groups": "group:coordination"}
    assert signed_in("admin").post(path, sent).status_code == 302
    assert theirs.get("/audit").status_code == 404
    assert theirs.get("/inbox").status_code == 200
    with begin() as tx:
        (entry,) = tx.session.scalars(select(AuditEntry).where(AuditEntry.event == "user.access_set"))
        assert entry.object == path.removeprefix("/admin/").replace("users/", "user:")


def test_a_disabled_account_is_out_at_once_and_comes_back(signed_in: SignedIn, begin: Begin) -> None:
    theirs = signed_in("coordinator")
    number = _id(begin, "coordinator@lotse.example")
    path = f"/admin/users/{number}"
    admin = signed_in("admin")
    with begin() as tx:
        headers = {"Authorization": f"Bearer {access_tokens.create(tx, number, 'Skript')[1]}"}
    assert theirs.get("/api/v1/tasks", headers=headers).status_code == 200
    assert admin.post(f"{path}/disable").status_code == 302
    assert theirs.get("/inbox").status_code == 302
    assert theirs.get("/api/v1/tasks", headers=headers).status_code == 401
    assert theirs.sign_in("coordinator@lotse.example").status_code == 422
    admin.post(f"{path}/enable")
    assert theirs.get("/inbox").status_code == 302  # the old session stays ended
    assert theirs.get("/api/v1/tasks", headers=headers).status_code == 401  # and so do tokens
    assert theirs.sign_in("coordinator@lotse.example").status_code == 302


def test_nobody_shuts_oneself_out(signed_in: SignedIn, begin: Begin) -> None:
    admin = signed_in("admin")
    path = f"/admin/users/{_id(begin, 'admin@lotse.example')}"
    assert admin.post(f"{path}/disable").status_code == 409
    sent = {"name": "Person admin", "language": "de", "roles": "reviewer"}
    assert admin.post(path, sent).status_code == 409
    assert admin.get("/admin/users").status_code == 200


def test_groups_are_made_and_renamed(signed_in: SignedIn, begin: Begin) -> None:
    admin = signed_in("admin")
    assert admin.post("/admin/groups", {"key": "board", "name": "Beirat"}).status_code == 302
    assert admin.post("/admin/groups", {"key": "board", "name": "Beirat"}).status_code == 409
    assert admin.post("/admin/groups", {"key": "Beirat!", "name": "Beirat"}).status_code == 422
    assert admin.post("/admin/groups/rename", {"key": "group:board", "name": "Ausländerbeirat"}).status_code == 302
    assert "Ausländerbeirat" in admin.get("/admin/users/new").text
    assert admin.post("/admin/groups/rename", {"key": "group:nirgends", "name": "x"}).status_code == 404


def test_the_admin_names_a_deputy_for_somebody_who_cannot(signed_in: SignedIn, begin: Begin) -> None:
    admin = signed_in("admin")
    page = f"/admin/users/{_id(begin, 'coordinator@lotse.example')}/deputies"
    deputy = re.search(r'<option value="(\d+)"[^>]*>Person leadership<', admin.get(page).text)
    assert deputy
    sent = {"deputy": deputy[1], "from_on": "2026-03-02", "until_on": "2026-03-06"}
    assert admin.post(page, sent).location == "/admin/deputies"
    listed = admin.get("/admin/deputies").text
    assert "Person leadership vertritt Person coordinator" in listed
    number = re.search(r"/admin/deputies/(\d+)/end", listed)
    assert number
    assert admin.post(f"/admin/deputies/{number[1]}/end").status_code == 302
    assert "Zurzeit wird niemand vertreten" in admin.get("/admin/deputies").text


def test_accounts_are_found_by_name_and_address(signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    assert "reviewer@lotse.example" in admin.get("/admin/users?q=person+review").text
    assert "reviewer@lotse.example" not in admin.get("/admin/users?q=koordination").text
    assert "Kein Konto gefunden" in admin.get("/admin/users?q=%25").text


def test_an_invitation_goes_out_by_mail_without_anything_else(
    signed_in: SignedIn, begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> None:
    signed_in("admin").post("/admin/users/new", NEW)
    worker.run_due(sessions, settings, clock)
    with begin() as tx:
        mail = tx.session.scalars(select(Mail)).one()
        assert (mail.to_address, mail.subject) == (NEW["email"], "Ihr Zugang zu Lotse")
        assert "[[link]]" in mail.text
