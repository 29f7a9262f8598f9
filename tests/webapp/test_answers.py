"""Pages of one tap: an invitation by its link, an appointment on the status page; looking changes nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, render_template_string
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.webapp.conftest import ENQUIRY, Browser, Enquired, dump
from webapp.forms.view import FormView
from workflows.actions import enquiries
from workflows.actions.case_status import Ask
from workflows.core import links
from workflows.core.settings import Settings
from workflows.core.tx import PUBLIC
from workflows.domain import appointments, invitations, offices, referrals
from workflows.domain.cases import Case, CaseNote
from workflows.domain.referrals import Terms
from workflows.engine.messages import Subscription
from workflows.forms import Field


@pytest.fixture
def token(begin: Begin, enquiry: Enquired, settings: Settings) -> str:
    """The link of an association somebody waits for an answer from."""
    with begin() as tx:
        words = {"who": "Eine Schule", "why": "Sie machen Musik", "gets": "Einen Auftritt"}
        invited = invitations.send(tx, enquiry.case_id, "Chor Sonne", "chor@mo.example", "ar", words)
        case = tx.session.get_one(Case, enquiry.case_id)
        waiting = Subscription(
            instance_id=case.instance_id, token="1" * 32, element_id="mo_answered", name="mo_answered"
        )
        waiting.correlation_key = invited.key
        tx.session.add(waiting)
        return links.token(links.issue(tx, "invitation", invited.key, invited.email), settings)


def test_the_invitation_speaks_its_language_and_looking_changes_nothing(
    browser: Browser, token: str, sessions: sessionmaker[Session]
) -> None:
    before = dump(sessions)
    page = browser.get(f"/m/{token}")
    assert page.status_code == 200
    assert 'dir="rtl"' in page.text
    assert "Sie machen Musik" in page.text
    assert dump(sessions) == before
    assert "Would you like to join in?" in browser.get(f"/m/{token}?lang=en").text


def test_a_no_is_one_tap_and_another_answer_afterwards_is_refused(browser: Browser, token: str) -> None:
    answered = browser.post(f"/m/{token}", {"reply": "decline"})
    assert answered.status_code == 302
    page = browser.get(f"/m/{token}?lang=de")
    assert "Sie machen diesmal nicht mit" in page.text
    assert "Eine Schule" not in page.text
    assert browser.post(f"/m/{token}", {"reply": "decline"}).status_code == 302
    assert browser.post(f"/m/{token}", {"reply": "join"}).status_code == 409


def test_a_note_that_is_too_long_stands_in_its_form_again(browser: Browser, token: str) -> None:
    page = browser.opened(f"/m/{token}")
    lines = "Wir freuen uns.\r\n" * 70
    refused = browser.post(page, {"reply": "join", "note": lines})
    assert refused.status_code == 422
    assert lines.count("Wir") == refused.text.count("Wir freuen uns.")
    assert 'id="note-error"' in refused.text
    assert browser.post(page, {"reply": "join", "note": "x\r\n" * 500}).location == page, (
        "as many as the browser lets in"
    )


def test_odd_answers_are_refused(browser: Browser, token: str, enquiry: Enquired) -> None:
    assert browser.post(f"/m/{token}", {"reply": "vielleicht"}).status_code == 422
    assert browser.post(f"/m/{token}", {"reply": "join", "note": "x" * 1001}).status_code == 422
    assert browser.post("/m/falsch", {"reply": "join"}).status_code == 404
    path = f"/s/{enquiry.token}/referrals/4711/appointment"
    assert browser.post(path, {"suits": "yes"}).status_code == 404


@pytest.fixture
def appointed(begin: Begin, house: None, settings: Settings) -> str:
    """The address of a question on a Ukrainian status page: does the appointment suit?"""
    with begin(PUBLIC) as tx:
        case, link = enquiries.submit(tx, ENQUIRY, "uk", "appointed")
        address = f"/s/{links.token(link, settings)}"
    with begin() as tx:
        office = offices.find(tx.session, "culture_office")
        assert office is not None
        asked = referrals.offer(tx, case.id, office.id, Terms(reason="Raum", share=["topics"], legal_basis="consent"))
        referrals.send(tx, asked.id)
        referrals.accept(tx, asked.id)
        appointments.propose(tx, asked.id, tx.now + timedelta(days=3), "Raum 2")
        instance = tx.session.get_one(Case, case.id).instance_id
        waiting = Subscription(instance_id=instance, token="2" * 32, element_id="x", name="appointment_answered")
        waiting.correlation_key = asked.key
        tx.session.add(waiting)
    return f"{address}/referrals/{asked.id}/appointment"


def test_the_thanks_and_the_errors_of_an_answer_speak_the_language_of_the_enquiry(
    browser: Browser, appointed: str
) -> None:
    unknown = browser.post(appointed.replace("/1/", "/99/"), {"suits": "yes"})
    assert (unknown.status_code, "Fehler" in unknown.text) == (404, False)
    assert 'lang="uk"' in unknown.text
    address = browser.opened(appointed.partition("/referrals")[0])
    answer = {"suits": "no", "note": "Lieber abends"}
    assert browser.post(f"{address}/referrals/1/appointment", answer).location == address
    page = browser.get(address).text
    assert "Дякуємо" in page
    assert "wir sagen es" not in page


def test_a_note_that_is_too_long_stands_beside_its_appointment_again(browser: Browser, appointed: str) -> None:
    note = "Lieber abends. " * 21
    refused = browser.post(appointed, {"suits": "no", "note": note})
    assert refused.status_code == 422
    assert f'value="{note}"' in refused.text
    assert 'id="note-error"' in refused.text
    assert browser.post(appointed, {"suits": "no", "note": "abends"}).status_code == 302


def test_the_own_second_tap_is_told_what_was_answered_and_how_to_change_it(browser: Browser, appointed: str) -> None:
    assert browser.post(appointed, {"suits": "no"}).status_code == 302
    again = browser.post(f"{appointed}?lang=de", {"suits": "yes"})
    assert again.status_code == 409
    assert "Fehler 409" not in again.text
    assert "Ihre Antwort war: „Nein, er passt nicht“." in again.text
    assert '/message"' in again.text


def test_a_note_beside_a_no_is_kept_for_the_case(browser: Browser, token: str, begin: Begin) -> None:
    browser.post(f"/m/{token}", {"reply": "decline", "note": "Fragen Sie im Mai noch einmal."})
    with begin() as tx:
        assert [note.text for note in tx.session.scalars(select(CaseNote))] == ["Fragen Sie im Mai noch einmal."]
    page = browser.post(f"/m/{token}", {"reply": "join"})
    assert 'dir="rtl"' in page.text, "in the language of the invitation"
    page = browser.post(f"/m/{token}?lang=de", {"reply": "join"}).text
    assert "Sie haben schon geantwortet" in page
    assert "Sie machen diesmal nicht mit" in page
    assert "Fehler" not in page


def test_a_given_moment_is_read_as_people_write_it(app: Flask) -> None:
    moment = datetime(2026, 12, 4, 16, 30, tzinfo=UTC)
    given = Field("at", "datetime", key="at", subtype="datetime", is_read_only=True, value=moment)
    with app.test_request_context("/?lang=de"):
        assert FormView.given(given) == "04.12.2026 17:30"


def test_a_proposed_appointment_is_asked_on_the_status_page_before_anything_else(app: Flask) -> None:
    ask = Ask("appointment", 7, "Diakonie", "", datetime(2026, 12, 4, 16, 30, tzinfo=UTC), "Raum 2")
    source = '{% import "macros/status.html" as parts with context %}{{ parts.in_words("waiting", [ask]) }}'
    with app.test_request_context("/?lang=de"):
        page = render_template_string(source + '{{ parts.question(ask, "abc") }}', ask=ask)
    assert "Wir haben eine Frage an Sie." in page
    assert "Sie müssen nichts tun" not in page
    assert "04.12.2026 17:30" in page
    assert 'action="/s/abc/referrals/7/appointment"' in page


def test_the_coordination_reads_how_a_need_was_considered(
    begin: Begin, enquiry: Enquired, signed_in: Callable[[str], Browser]
) -> None:
    with begin() as tx:
        office = offices.find(tx.session, "city_council")
        assert office is not None
        terms = Terms(reason="Kurse fehlen", share=["topics"], legal_basis="public_task", kind="need")
        asked = referrals.offer(tx, enquiry.case_id, office.id, terms)
        referrals.send(tx, asked.id)
        referrals.consider(tx, asked.id, "later", "Wir prüfen es im Haushalt.")
    page = signed_in("coordinator").get(f"/cases/{enquiry.case_id}").text
    assert "Wir nehmen es auf, aber erst später" in page
    assert "Wir prüfen es im Haushalt." in page
    assert "Was daraus wird: later" not in page
