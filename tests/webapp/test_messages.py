"""An association adds a message or a file: it comes to the inbox, and the answer stands on the status page."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.webapp.conftest import Browser, Enquired
from tests.webapp.test_uploads import numbers, stored, upload
from webapp import visitors
from webapp.public import own_case
from workflows.actions import clockwork
from workflows.core.clock import SetClock
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport
from workflows.core.tx import SYSTEM
from workflows.domain import cases
from workflows.engine.tasks import Task


@pytest.fixture
def work(sessions: sessionmaker[Session], settings: Settings, clock: SetClock) -> Callable[[], None]:
    """The worker, until nothing is due."""
    return lambda: clockwork.run_due(sessions, settings, clock, DemoTransport())


def drawn(browser: Browser, page: str) -> dict[str, object]:
    found = re.search(r'name="_ticket" value="([^"]+)"', browser.get(f"{page}/message").text)
    assert found
    return {"_ticket": found[1], "_action": "send"}


def reading(begin: Begin) -> list[Task]:
    with begin() as tx:
        return list(tx.session.scalars(select(Task).where(Task.element_id == "read_message").order_by(Task.id)))


def test_a_message_comes_to_the_inbox_and_the_answer_to_the_status_page(
    browser: Browser,
    enquiry: Enquired,
    begin: Begin,
    signed_in: Callable[[str], Browser],
    work: Callable[[], None],
) -> None:
    page = f"/s/{enquiry.token}"
    sent = {**drawn(browser, page), "message": "Der Raum darf auch klein sein.", "message_files": upload("Plan.pdf")}
    assert browser.post(f"{page}/message", sent).location == page
    shown = browser.get(page).text
    assert "Der Raum darf auch klein sein." in shown
    assert "Plan.pdf" in shown
    work()
    coordinator = signed_in("coordinator")
    assert "Neue Nachricht lesen" in coordinator.get("/inbox").text
    (task,) = reading(begin)
    assert task.subject == f"case:{enquiry.case_id}"
    form = coordinator.get(f"/tasks/{task.id}").text
    assert "Der Raum darf auch klein sein." in form
    assert "Neue Dateien: 1" in form
    assert "Neue Nachricht von wem angefragt hat" in coordinator.get(f"/cases/{enquiry.case_id}").text
    answer = {"reply": "Dann passt der Bürgersaal.", "reply_files": upload("Bürgersaal.pdf")}
    assert coordinator.post(f"/tasks/{task.id}/complete", answer).status_code == 302
    shown = browser.get(page).text
    assert "Dann passt der Bürgersaal." in shown
    assert "Bürgersaal.pdf" in shown
    with begin() as tx:
        notice = tx.session.scalars(select(Mail).where(Mail.subject.contains("Neue Nachricht"))).one()
    assert "Bürgersaal" not in notice.text


def test_sent_twice_or_after_going_back_it_counts_once(
    browser: Browser, enquiry: Enquired, begin: Begin, work: Callable[[], None]
) -> None:
    page = f"/s/{enquiry.token}"
    sent = {**drawn(browser, page), "message": "Einmal genügt."}
    for _ in range(3):
        assert browser.post(f"{page}/message", sent).location == page
    work()
    assert len(reading(begin)) == 1
    assert browser.get(page).text.count("Einmal genügt.") == 1


def test_a_mistake_loses_neither_text_nor_file(browser: Browser, enquiry: Enquired, begin: Begin) -> None:
    page = f"/s/{enquiry.token}"
    sent = drawn(browser, page)
    assert browser.post(f"{page}/message", sent).status_code == 422  # empty
    answer = browser.post(f"{page}/message", {**sent, "message": "x" * 5001, "message_files": upload()})
    assert answer.status_code == 422
    assert "x" * 5001 in answer.text
    kept = numbers(answer, "message_files")
    assert len(kept) == 1
    fields = browser.post(f"{page}/message/fields", {**sent, "message_files": [*kept, "4711"]})
    assert numbers(fields, "message_files") == kept
    assert browser.post(f"{page}/message", {**sent, "message_files": kept}).status_code == 302
    assert stored(begin) == [("Satzung.pdf", f"case:{enquiry.case_id}", True)]


def test_a_closed_case_comes_back_too_and_a_wrong_link_reaches_nothing(
    browser: Browser, enquiry: Enquired, begin: Begin, work: Callable[[], None]
) -> None:
    page = f"/s/{enquiry.token}"
    work()
    with begin(SYSTEM) as tx:
        cases.close(tx, enquiry.case_id, "helped")
    assert browser.post(f"{page}/message", {**drawn(browser, page), "message": "Noch etwas."}).status_code == 302
    work()
    assert [task.status for task in reading(begin)] == ["open"]
    for path in ("/s/falsch/message", "/s/falsch/consent", "/s/falsch/files/x"):
        assert browser.get(path).status_code == 404
    for path in ("/s/falsch/message", "/s/falsch/message/fields", "/s/falsch/consent"):
        assert browser.post(path, {"message": "x", "message_files": upload()}).status_code == 404


def test_one_link_fills_no_disk_from_however_many_addresses(
    browser: Browser, enquiry: Enquired, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"/s/{enquiry.token}/message/fields"
    monkeypatch.setattr(own_case, "UPLOADS_PER_CASE", 3)

    def send(address: str) -> str:
        sent = {**drawn(browser, f"/s/{enquiry.token}"), "message": "x"}
        assert browser.post(page, sent, environ_base={"REMOTE_ADDR": address}).status_code == 200  # without files
        sent["message_files"] = upload()
        return browser.post(page, sent, environ_base={"REMOTE_ADDR": address}).text

    for number in range(3):
        assert "Satzung.pdf" in send(f"192.0.2.{number}")
    assert "Bitte wählen Sie sie noch einmal aus" in send("192.0.2.9")
    assert len(stored(begin)) == 3


def test_one_address_fills_no_disk_through_a_link(
    browser: Browser, enquiry: Enquired, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "UPLOADS_PER_HOUR", 2)
    for _ in range(3):
        sent = {**drawn(browser, f"/s/{enquiry.token}"), "message_files": upload()}
        browser.post(f"/s/{enquiry.token}/message/fields", sent)
    assert len(stored(begin)) == 2


def test_nobody_floods_the_inbox_through_one_link(browser: Browser, enquiry: Enquired) -> None:
    page = f"/s/{enquiry.token}"
    for number in range(20):
        sent = {**drawn(browser, page), "message": f"Nachricht {number}"}
        assert browser.post(f"{page}/message", sent).status_code == 302
    answer = browser.post(f"{page}/message", {**drawn(browser, page), "message": "eine zu viel"})
    assert answer.status_code == 429
    assert "eine zu viel" in answer.text
