"""The pages on which the coordination enters answers of others and takes wrong ones back."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.webapp.conftest import TRIAGE, Browser, Enquired
from tests.webapp.test_journey import CHOICE
from workflows import worker
from workflows.actions import inbox
from workflows.core import links
from workflows.core.clock import SetClock
from workflows.core.links import Link
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport
from workflows.domain.referrals import Referral
from workflows.engine.tasks import Task

SignIn = Callable[[str], Browser]
PAGE = "/cases/1/referrals/1"
HOW: dict[str, object] = {"_channel": "phone", "_on": "2026-03-02"}
ACCEPT: dict[str, object] = {"answer": "accept", "contact_person": "Frau Kultur", **HOW}


@pytest.fixture
def asked(
    enquiry: Enquired, begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> Callable[[], None]:
    """One case referred to one office; gives the worker."""

    def work() -> None:
        worker.run_due(sessions, settings, clock, DemoTransport())

    for element, values in (("triage", {**TRIAGE, "ways": ["refer"]}), ("choose_offices", CHOICE)):
        work()
        with begin() as tx:
            task_id = tx.session.scalars(select(Task.id).where(Task.element_id == element)).one()
            typed = {**values, "offices": ["culture_office"]} if element == "choose_offices" else values
            inbox.complete(tx, task_id, typed)
    work()
    return work


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', page)
    assert found is not None
    return found[1]


def _status(begin: Begin) -> str:
    with begin() as tx:
        return tx.session.scalars(select(Referral)).one().status


def test_an_answer_is_entered_confirmed_and_taken_back(
    signed_in: SignIn, asked: Callable[[], None], begin: Begin
) -> None:
    mine = signed_in("coordinator")
    assert f"{PAGE}/answer" in mine.get("/cases/1").text
    assert "Können Sie helfen?" in mine.get(f"{PAGE}/answer").text
    assert mine.post(f"{PAGE}/answer", ACCEPT).location == "/cases/1"
    assert _status(begin) == "accepted"
    story = mine.get("/cases/1").text
    assert "für Kulturamt (Telefon, 02.03.2026)" in story
    assert f"{PAGE}/take-back" in story
    asks_why = mine.get(f"{PAGE}/take-back").text
    assert "Stelle hat angenommen, 02.03.2026" in asks_why
    wrong = {"reason": "Verhört", "answer": _hidden(asks_why, "answer")}
    assert mine.post(f"{PAGE}/take-back", wrong).location == "/cases/1"
    assert _status(begin) == "sent"
    assert mine.post(f"{PAGE}/answer", ACCEPT).status_code == 302
    before = _hidden(mine.get(f"{PAGE}/take-back").text, "answer")
    assert mine.post(f"{PAGE}/answer", {**ACCEPT, "reported_outcome": "helped"}).status_code == 302
    late = mine.post(f"{PAGE}/take-back", {"reason": "Doch nicht gemeint", "answer": before})
    assert (late.status_code, _status(begin)) == (422, "reported")
    assert "Inzwischen kam eine andere Antwort." in late.text
    assert "Stelle hat das Ergebnis gemeldet" in late.text
    assert "Doch nicht gemeint" in late.text
    assert f"{PAGE}/confirmation" in mine.get("/cases/1").text
    said: dict[str, object] = {"answer": "yes", "referral": "1", "_channel": "visit", "_on": "2026-03-02"}
    assert mine.post("/cases/1/confirmation", said).location == "/cases/1"
    asked()
    assert _status(begin) == "closed"


def test_what_is_missing_is_said_and_what_was_typed_stays(signed_in: SignIn, asked: Callable[[], None]) -> None:
    mine = signed_in("coordinator")
    late = mine.post(f"{PAGE}/answer", {**ACCEPT, "_on": "2026-03-03"})
    assert late.status_code == 422
    assert "Bitte wählen Sie heute oder einen Tag davor." in late.text
    assert "Frau Kultur" in late.text
    empty = mine.post(f"{PAGE}/answer", {**ACCEPT, "contact_person": ""})
    assert empty.status_code == 422
    assert "Bitte füllen Sie dieses Feld aus." in empty.text
    assert mine.post(f"{PAGE}/take-back", {"reason": "Noch keine Antwort da"}).status_code == 409
    assert mine.post("/cases/1/confirmation", {"answer": "helped", **ACCEPT}).status_code in (409, 422)


def test_the_case_page_names_the_office_and_offers_only_own_tasks(signed_in: SignIn, asked: Callable[[], None]) -> None:
    page = signed_in("coordinator").get("/cases/1").text
    assert re.search(r'Verweisung gesendet</p>\s*<p class="timeline__detail" dir="auto">Kulturamt</p>', page)
    assert "Wartet auf: Kulturamt" in page
    assert "Aufgabe öffnen" not in page


@pytest.mark.parametrize(
    ("result", "title"),
    [
        ("withdrawn", "Diese Verweisung ist zurückgezogen"),
        ("expired", "Die Frist für diese Verweisung ist abgelaufen"),
        ("declined", "Diese Verweisung ist schon beantwortet"),
        ("confirmed", "Diese Verweisung ist abgeschlossen"),
    ],
)
def test_the_office_reads_how_its_referral_ended(
    browser: Browser, asked: Callable[[], None], begin: Begin, settings: Settings, result: str, title: str
) -> None:
    with begin() as tx:
        link = tx.session.scalars(select(Link).where(Link.purpose == "referral_answer")).one()
        page = links.url(link, settings).removeprefix(settings.public_url)
        referral = tx.session.scalars(select(Referral)).one()
        referral.status, referral.result, referral.closed_at = "closed", result, tx.now
    browser.post(f"{page}/open")
    assert title in browser.get(page).text


@pytest.mark.parametrize("role", ["office", "leadership", "reviewer", "admin", "process_owner"])
def test_for_everybody_else_these_pages_do_not_exist(
    signed_in: SignIn, asked: Callable[[], None], role: str, begin: Begin
) -> None:
    other = signed_in(role)
    for page in (f"{PAGE}/answer", f"{PAGE}/take-back", "/cases/1/confirmation"):
        assert other.get(page).status_code == 404
        assert other.post(page, {**ACCEPT, "reason": "Verhört"}).status_code == 404
    assert _status(begin) == "sent"


def test_pages_of_another_case_do_not_exist(signed_in: SignIn, asked: Callable[[], None]) -> None:
    mine = signed_in("coordinator")
    assert mine.get("/cases/2/referrals/1/answer").status_code == 404
    assert mine.post("/cases/2/referrals/1/take-back", {"reason": "Verhört"}).status_code == 404
    assert re.search(r'name="csrf_token"', mine.get(f"{PAGE}/answer").text)
    without = mine.client.post(f"{PAGE}/take-back", base_url="https://lotse.example", data={"reason": "Verhört"})
    assert without.status_code == 400
