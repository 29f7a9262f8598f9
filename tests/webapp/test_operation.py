"""What the house says about itself: mails that got stuck, a silent worker, a database that is gone."""

import re
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.actions.test_retries import DIAGRAM
from tests.conftest import Begin, Database
from tests.webapp.conftest import ADDRESS, Browser, Enquired
from webapp.app import create_app
from webapp.cli import incidents
from workflows.actions import incidents as incidents_
from workflows.actions import mails, operation
from workflows.core import house_facts, outbox, presence
from workflows.core.audit.log import AuditEntry
from workflows.core.clock import SetClock
from workflows.core.errors import Conflict
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.core.tx import Tx
from workflows.domain import pages
from workflows.domain.people import Group
from workflows.engine import definitions, messages, runtime
from workflows.engine.bundle import Bundle
from workflows.engine.definitions import Version
from workflows.engine.incidents import Incident
from workflows.engine.messages import Message
from workflows.operators import ENGINE, catalogue

NO_WORKER = "arbeitet nichts im Hintergrund"
FAILED = "konnte nicht zugestellt werden"
GIVEN_UP = "automatischer Schritt ist gescheitert"
NO_VERSION = "Von diesem Ablauf gilt keine Fassung mehr"
UNFINISHED = "sagen der Öffentlichkeit noch nicht alles"


def health(browser: Browser) -> tuple[int, str]:
    answer = browser.get("/healthz")
    return answer.status_code, answer.json["status"]


def test_a_silent_worker_is_noticed_after_five_minutes(
    signed_in: Callable[[str], Browser], browser: Browser, begin: Begin, clock: SetClock
) -> None:
    mine = signed_in("coordinator")
    assert health(browser) == (200, "degraded")
    assert NO_WORKER in mine.get("/inbox").text
    with begin() as tx:
        presence.show(tx, "one")
    assert health(browser) == (200, "ok")
    assert NO_WORKER not in mine.get("/inbox").text
    clock.advance(timedelta(minutes=5))
    assert health(browser) == (200, "degraded")
    assert NO_WORKER in mine.get("/inbox").text
    assert NO_WORKER not in signed_in("office").get("/inbox").text
    with begin() as tx:
        presence.show(tx, "one")
    clock.advance(timedelta(hours=-1))  # put back: what it said then says nothing of now
    assert health(browser) == (200, "degraded")
    assert NO_WORKER in mine.get("/inbox").text


def test_without_a_database_the_house_is_down(settings: Settings, clock: SetClock) -> None:
    gone = "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=2"
    app = create_app(replace(settings, database_url=gone, public_url=ADDRESS), clock)
    assert health(Browser(app.test_client())) == (503, "down")


def test_a_database_that_only_reads_for_a_while_is_told_like_one_that_is_away(
    database: Database, settings: Settings, clock: SetClock
) -> None:
    """A server that another one takes over from, or a disk that is full: nothing was done, later it will be."""
    reading = (
        f"{database.url}&options=-c%20default_transaction_read_only%3Don"
        if database.engine.dialect.name == "postgresql"
        else f"sqlite:///file:{database.url.removeprefix('sqlite:///')}?mode=ro&uri=true"
    )
    client = create_app(replace(settings, database_url=reading, public_url=ADDRESS), clock).test_client()
    assert health(Browser(client)) == (200, "degraded")
    page = client.get("/login", base_url=ADDRESS).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    form = {"csrf_token": token[1], "email": "a@stadt.example", "password": "ein langes Passwort"}
    refused = client.post("/login", data=form, base_url=ADDRESS)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    assert "Gerade nicht erreichbar" in refused.text


@pytest.fixture
def failed(enquiry: Enquired, begin: Begin) -> int:
    """The receipt of an enquiry, given up by the worker."""
    with begin() as tx:
        presence.show(tx, "one")
        mail = tx.session.scalars(select(Mail)).one()
        told = {"status": "failed", "attempts": 9, "last_error": "550 unbekannt"}
        tx.session.execute(update(Mail).values(told))
        return mail.id


def test_a_dead_letter_is_seen_and_sent_again_by_hand(
    failed: int, signed_in: Callable[[str], Browser], begin: Begin, enquiry: Enquired
) -> None:
    mine = signed_in("coordinator")
    assert FAILED in mine.get("/inbox").text
    page = mine.get("/mails?status=failed").text
    assert "550 unbekannt" in page
    assert f"/cases/{enquiry.case_id}" in page
    assert mine.post(f"/mails/{failed}/retry").location == "/mails"
    assert FAILED not in mine.get("/inbox").text
    assert "550 unbekannt" not in mine.get("/mails").text
    with begin() as tx:
        mail = tx.session.get_one(Mail, failed)
        assert (mail.status, mail.attempts, mail.next_at) == ("waiting", 0, tx.now)
        entry = tx.session.scalars(select(AuditEntry).where(AuditEntry.event == "mail.retried")).one()
        assert (entry.stream, entry.object) == (f"case:{enquiry.case_id}", f"mail:{failed}")
    assert mine.post(f"/mails/{failed}/retry").status_code == 409


def test_only_who_works_on_cases_sends_again(failed: int, signed_in: Callable[[str], Browser]) -> None:
    for role in ("office", "reviewer", "process_owner", "admin"):
        assert signed_in(role).post(f"/mails/{failed}/retry").status_code == 404
    assert signed_in("coordinator").post("/mails/4711/retry").status_code == 404


def test_a_retried_mail_gets_all_its_tries_again(failed: int, begin: Begin, app: Flask) -> None:
    with begin() as tx:
        mails.retry(tx, failed)
    with begin() as tx, pytest.raises(Conflict):
        mails.retry(tx, failed)
    with begin() as tx:
        mail = outbox._claim(tx)
        assert mail is not None
        assert (mail.id, mail.attempts) == (failed, 1)


def test_mails_waiting_for_a_mail_server_are_told(
    enquiry: Enquired, signed_in: Callable[[str], Browser], database: Database
) -> None:
    mine = signed_in("coordinator")
    page = mine.get("/inbox").text
    assert "E-Mails warten, weil keine Zugangsdaten" in page
    assert '<section class="banner banner--danger"' in page  # red, on every page of the inside
    assert "banner--danger" in mine.get("/cases").text
    assert "amal@verein.example" in mine.get("/mails?status=waiting").text


def test_pages_without_the_facts_of_the_house_show_no_brackets_and_tell_those_inside(
    signed_in: Callable[[str], Browser], browser: Browser, begin: Begin, settings: Settings, clock: SetClock
) -> None:
    for page in ("/pages/imprint", "/pages/privacy", "/pages/accessibility", "/anfrage"):
        shown = browser.get(page).text
        assert "[[" not in shown
        assert "(wird noch ergänzt)" in shown
    assert UNFINISHED in signed_in("coordinator").get("/inbox").text
    admin = signed_in("admin")
    assert UNFINISHED in admin.get("/admin/users").text
    assert "LOTSE_PRIVACY_OFFICER" in admin.get("/pages/imprint/edit").text

    told = dict.fromkeys(house_facts.INVENTED, "Stadt am Fluss")
    complete = replace(settings, public_url=ADDRESS, house=house_facts.read(told))
    notice = Browser(create_app(complete, clock).test_client()).get("/anfrage").text
    assert "Stadt am Fluss, Amt für Zuwanderung und Integration" in notice
    assert '<span class="kern-kopfzeile__label"><bdi>Stadt am Fluss</bdi>' in notice  # whose page it is, above all
    assert "wird noch ergänzt" not in notice
    with begin() as tx:
        known = replace(tx, settings=complete)
        assert operation.look(tx).unfinished_pages == 3
        assert operation.look(known).unfinished_pages == 0
        pages.edit(tx, "accessibility", "de", "Barrieren", "Diese Seiten sind [[weitgehend]] vereinbar.")
        assert operation.look(known).unfinished_pages == 0  # a word that pages delivered once had in brackets
    assert "sind weitgehend vereinbar" in browser.get("/pages/accessibility").text
    with begin() as tx:
        known = replace(tx, settings=complete)
        pages.edit(tx, "imprint", "de", "Impressum", "Wir sind [[noch niemand]].")
        assert operation.look(known).unfinished_pages == 1
        assert pages.unfinished(tx.session, known.settings.house) == {"imprint": ["noch niemand"]}


@pytest.fixture
def orphan(enquiry: Enquired, begin: Begin) -> int:
    """A case that wanted to begin a process of which no version is in force any more; the worker has given it up."""
    with begin() as tx:
        presence.show(tx, "one")
        messages.start(tx, "message", {}, subject="")
        mine = Message.process_key == "message"
        given_up = {"attempts": messages.MOST_ATTEMPTS, "error": "process_unknown"}
        tx.session.execute(update(Message).where(mine).values(given_up))
        tx.session.execute(update(Version).where(Version.process_key == "message").values(status="retired"))
        return tx.session.scalars(select(Message.id).where(mine)).one()


def test_what_a_retired_process_left_lying_is_listed_in_words_and_tried_again(
    orphan: int, signed_in: Callable[[str], Browser], begin: Begin
) -> None:
    mine = signed_in("coordinator")
    assert GIVEN_UP in mine.get("/inbox").text
    page = mine.get("/given-up").text
    assert "Der Ablauf „Nachricht der MO“ sollte beginnen." in page
    assert NO_VERSION in page
    assert "process_unknown" not in page
    assert mine.post(f"/given-up/{orphan}/retry").status_code == 302
    assert "Nichts ist liegen geblieben" in mine.get("/given-up").text
    assert mine.post(f"/given-up/{orphan}/retry").status_code == 409
    with begin() as tx:
        assert tx.session.get_one(Message, orphan).attempts == 0
        retried = select(AuditEntry.event).where(AuditEntry.event == "message.retried")
        assert len(tx.session.scalars(retried).all()) == 1


def test_what_was_given_up_is_tried_again_together_and_what_is_over_does_no_harm(
    orphan: int, signed_in: Callable[[str], Browser], begin: Begin
) -> None:
    mine = signed_in("coordinator")
    assert "noch einmal versuchen</span>" not in mine.get("/given-up").text
    with begin() as tx:
        for _ in range(2):
            tx.session.add(Message(kind="start", variables={}, process_key="gone", created_at=tx.now, attempts=5))
    page = mine.get("/given-up").text
    assert "Alle 3 noch einmal versuchen" in page
    listed = re.findall(r'name="message" value="(\d+)"', page)
    assert str(orphan) in listed
    mine.post(f"/given-up/{orphan}/retry")
    told = mine.post("/given-up/retry", {"message": [*listed, "999999", "x"]}, follow_redirects=True).text
    assert "2 werden noch einmal versucht." in told
    assert "Nichts ist liegen geblieben" in told
    with begin() as tx:
        assert {
            each.attempts for each in tx.session.scalars(select(Message).where(Message.id.in_(map(int, listed))))
        } == {0}


def test_a_step_that_stands_still_is_told_with_its_reason_and_tried_again(
    enquiry: Enquired, signed_in: Callable[[str], Browser], begin: Begin
) -> None:
    with begin() as tx:
        presence.show(tx, "one")
        definitions.deploy(tx, Bundle("asking", {"asking.bpmn": DIAGRAM}), catalogue(tx))
    with begin() as tx:
        runtime.start(tx, ENGINE, "asking", {"team": "group:late"}, subject="")
    mine = signed_in("coordinator")
    assert GIVEN_UP not in mine.get("/inbox").text  # the worker tries it again in a minute
    with begin() as tx:
        first = tx.session.scalars(select(Incident.id)).one()
        assert not incidents_.retry_and_look(tx, first)
        again = tx.session.scalars(select(Incident.id).where(Incident.resolved_at.is_(None))).one()
    assert GIVEN_UP in mine.get("/inbox").text
    page = mine.get("/given-up").text
    assert "sollte der Schritt „Fragen“ getan werden." in page
    assert "group:late" in page
    assert "Es wird weiter versucht." in page
    path = f"/given-up/steps/{again}/retry"
    assert "Der Schritt ist wieder gescheitert." in mine.post(path, follow_redirects=True).text
    assert mine.post(path).status_code == 409
    with begin() as tx:
        tx.session.add(Group(key="group:late", name="Neue Gruppe"))
        again = tx.session.scalars(select(Incident.id).where(Incident.resolved_at.is_(None))).one()
    told = mine.post(f"/given-up/steps/{again}/retry", follow_redirects=True).text
    assert "Es geht weiter." in told
    assert "Nichts ist liegen geblieben" in told
    assert GIVEN_UP not in mine.get("/inbox").text


def test_the_command_names_dead_messages_and_mails(
    orphan: int,
    failed: int,
    begin: Begin,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    @contextmanager
    def inside(_settings: Settings) -> Iterator[Tx]:
        with begin() as tx:
            yield tx

    monkeypatch.setattr(incidents, "as_system", inside)
    monkeypatch.setattr(incidents, "settings_of", lambda _options: settings)
    assert incidents.run_incidents(Namespace()) == 1
    told = capsys.readouterr().out
    assert f"Nachricht {orphan}: Der Ablauf „Nachricht der MO“ sollte beginnen. {NO_VERSION}" in told
    assert f"E-Mail {failed} an amal@verein.example" in told
    assert "2 Störungen." in told
