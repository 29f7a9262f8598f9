"""The main job over HTTP: an association asks, an office helps from its mail, the association confirms with one tap."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.core.test_files import PDF
from tests.webapp.conftest import ADDRESS, TRIAGE, Browser, Enquired, dump
from tests.webapp.test_uploads import numbers, stored, upload
from webapp import doors
from webapp.portal.views import OPENED, STAYS_OPEN
from workflows import worker
from workflows.actions import attachments
from workflows.actions.attachments import Upload
from workflows.core import audit, links
from workflows.core.clock import SetClock
from workflows.core.links import Link
from workflows.core.settings import Settings, SmtpSettings
from workflows.core.smtp import DemoTransport
from workflows.domain import confirmations
from workflows.domain.cases import Case
from workflows.domain.referrals import Referral

SignIn = Callable[[str], Browser]

CHOICE = {
    "offices": "culture_office",
    "reason": "Raum für einen Elternabend",
    "share": ["topics", "text", "contact_email"],
    "legal_basis": "consent",
    "deadline_days": "10",
}


class Town:
    """The people of the journey and what they do."""

    def __init__(self, coordinator: Browser, visitor: Browser, work: Callable[[], int], begin: Begin) -> None:
        self.coordinator, self.visitor, self.work, self.begin = coordinator, visitor, work, begin

    def complete(self, name: str, values: dict[str, object]) -> None:
        """The coordinator finds a task by its name in the inbox and completes it."""
        self.work()
        inbox = self.coordinator.get("/inbox")
        found = re.search(rf'href="(/tasks/\d+)"[^>]*>{name}<', inbox.text)
        assert found, re.findall(r'href="/tasks/\d+"[^>]*>', inbox.text)
        assert self.coordinator.get(found[1]).status_code == 200
        answer = self.coordinator.post(f"{found[1]}/complete", values)
        assert answer.status_code == 302, re.findall(r"kern-error.*?</p>", answer.text, re.DOTALL)
        self.work()

    def office_link(self, settings: Settings) -> str:
        """The address in the office's mail."""
        with self.begin() as tx:
            link = tx.session.scalars(select(Link).where(Link.purpose == "referral_answer")).one()
            return links.url(link, settings).removeprefix(settings.public_url)

    def opened(self, link: str) -> str:
        """The office opens its link by hand; from then on no address shows the token."""
        clean = str(self.visitor.post(f"{link}/open").location)
        assert re.fullmatch(r"/r/~[0-9a-f]{16}", clean)
        assert link.removeprefix("/r/") not in self.visitor.get(link).text
        return clean

    def answer(self, link: str, values: dict[str, object]) -> str:
        """The office answers what it is asked."""
        page = self.visitor.get(link)
        found = re.search(rf'action="({link}/tasks/\d+)"', page.text)
        assert found, page.text
        assert self.visitor.post(found[1], values).location == f"{link}/thanks"
        assert self.visitor.get(f"{link}/thanks").status_code == 200
        self.work()
        return found[1]


@pytest.fixture
def town(
    signed_in: SignIn,
    browser: Browser,
    begin: Begin,
    sessions: sessionmaker[Session],
    settings: Settings,
    clock: SetClock,
) -> Town:
    """Everybody is at their place."""

    def work() -> int:
        return worker.run_due(sessions, settings, clock, DemoTransport())

    return Town(signed_in("coordinator"), browser, work, begin)


def test_from_the_enquiry_to_the_confirmed_outcome(
    town: Town, enquiry: Enquired, settings: Settings, begin: Begin, clock: SetClock
) -> None:
    town.complete("Anfrage sichten", TRIAGE)
    town.complete("Stellen auswählen", CHOICE)
    link = town.office_link(settings)

    door = town.visitor.get(link)
    assert door.status_code == 200
    for personal in (enquiry.reference, "Elternabend", "amal@verein.example", "Kulturamt"):
        assert personal not in door.text
    with begin() as tx:
        assert tx.session.scalars(select(Referral)).one().status == "sent"
    link = town.opened(link)
    with begin() as tx:
        assert tx.session.scalars(select(Referral)).one().status == "seen"
    page = town.visitor.get(link).text
    assert "amal@verein.example" in page
    assert "Amal Beispiel" not in page  # was not shared

    accepted = town.answer(link, {"answer": "accept", "contact_person": "Frau Kultur"})
    assert town.visitor.post(accepted, {"answer": "accept"}).status_code in (302, 409)  # counts once
    town.answer(link, {"reported_outcome": "helped", "outcome_text": "Raum gefunden"})

    assert "Kulturamt" in town.visitor.get(f"/s/{enquiry.token}").text
    status = f"/s/{doors.mark(enquiry.token)}"
    with begin() as tx:
        referral = tx.session.scalars(select(Referral)).one().id
    assert town.visitor.post(f"{status}/confirm", {"answer": "yes", "referral": referral}).location == status
    assert town.visitor.post(f"{status}/confirm", {"answer": "yes", "referral": referral}).status_code == 302
    for answer, words in (("no", "Nein, noch nicht"), ("yes", "Ja, es hat geholfen")):
        assert "Vertippt?" in town.visitor.get(status).text
        assert town.visitor.post(f"{status}/confirm", {"answer": answer, "referral": referral}).location == status
        assert f"Geändert. Jetzt gilt: „{words}“." in town.visitor.get(status).text
    town.work()
    with begin() as tx:
        referral_row = tx.session.scalars(select(Referral)).one()
        assert (referral_row.status, referral_row.confirmed) == ("closed", "yes")
        assert audit.verify(tx.session, settings.audit_key) == []
    over = town.visitor.get(link)
    assert "abgeschlossen" in over.text
    assert "amal@verein.example" not in over.text  # what was shared is out of sight
    story = town.coordinator.get(f"/cases/{enquiry.case_id}")
    assert story.status_code == 200
    for line in ("Stelle hat angenommen", "Ergebnis von den Anfragenden bestätigt"):
        assert line in story.text
    clock.advance(confirmations.WITHIN)
    assert "Vertippt?" not in town.visitor.get(status).text
    other = town.visitor.post(f"{status}/confirm", {"answer": "no", "referral": referral})
    assert (other.status_code, "Fehler 409" in other.text) == (409, False)
    assert "Ihre Antwort war: „Ja, es hat geholfen“." in other.text


def test_another_answer_from_a_stale_tab_is_told_what_was_answered_and_how_to_change_it(
    town: Town, enquiry: Enquired, settings: Settings
) -> None:
    town.complete("Anfrage sichten", TRIAGE)
    town.complete("Stellen auswählen", CHOICE)
    link = town.opened(town.office_link(settings))
    accept = {"answer": "accept", "contact_person": "Frau Kultur"}
    task = town.answer(link, accept)
    thanks = town.visitor.get(f"{link}/thanks").text
    assert "was daraus geworden ist" in thanks
    assert "nichts weiter tun" not in thanks
    assert town.visitor.post(task, accept).location == f"{link}/thanks", "the same again is thanked for"
    other = town.visitor.post(task, {"answer": "decline", "decline_reason": "no_capacity"})
    assert other.status_code == 409
    assert "Angenommen" in other.text
    assert "Ja, wir melden uns bei der Organisation" in other.text
    assert "Möchten Sie etwas ändern? Dann rufen Sie uns bitte an" in other.text
    assert town.visitor.post(task, {**accept, "contact_person": "Herr Anders"}).status_code == 409


def test_a_hundred_scanners_change_nothing_and_then_the_person_succeeds(
    town: Town, enquiry: Enquired, settings: Settings, sessions: sessionmaker[Session], clock: SetClock
) -> None:
    """Mail scanners follow every link, from a browser of their own or with none (decision 12)."""
    town.complete("Anfrage sichten", TRIAGE)
    town.complete("Stellen auswählen", CHOICE)
    link = town.office_link(settings)
    before = dump(sessions)
    for number in range(100):
        scanner = Browser(town.visitor.client.application.test_client())
        path = (link, f"{link}?lang=en", f"{link}/thanks", f"{link}/open")[number % 4]
        scanner.get(path)
        scanner.client.head(path, base_url=ADDRESS)
    assert dump(sessions) == before
    link = town.opened(link)
    town.answer(link, {"answer": "accept", "contact_person": "Frau Kultur"})
    with town.begin() as tx:
        assert tx.session.scalars(select(Referral)).one().status == "accepted"
    assert f'action="{link}/open"' not in town.visitor.get(link).text
    clock.advance(STAYS_OPEN + timedelta(seconds=1))
    assert f'action="{link}/open"' in town.visitor.get(link).text, "a browser left alone shows nothing any more"
    with town.visitor.client.session_transaction(base_url=ADDRESS) as cookie:
        cookie[OPENED] = {**cookie[OPENED], "4711": 1}
    town.visitor.post(f"{link}/open")
    with town.visitor.client.session_transaction(base_url=ADDRESS) as cookie:
        assert "4711" not in cookie[OPENED], "what is over makes the cookie no larger"


def test_the_case_page_draws_where_each_process_stands(town: Town, enquiry: Enquired) -> None:
    town.work()
    page = town.coordinator.get(f"/cases/{enquiry.case_id}").text
    xml, marks = re.findall(rf"/cases/{enquiry.case_id}/diagrams/\d+\.(?:bpmn|json)", page)[:2]
    drawn = town.coordinator.get(xml)
    assert b"bpmn:definitions" in drawn.data
    assert drawn.headers["Content-Disposition"].startswith("attachment")
    assert town.coordinator.get(marks.replace(".bpmn", ".json")).json["current"] == ["triage"]


def test_an_enquiry_that_waits_for_an_office_is_not_called_over(town: Town, enquiry: Enquired) -> None:
    town.complete("Anfrage sichten", TRIAGE)
    town.complete("Stellen auswählen", CHOICE)
    page = town.coordinator.get(f"/cases/{enquiry.case_id}").text
    assert "Dieser Ablauf ist zu Ende" not in page
    addresses = re.findall(rf"/cases/{enquiry.case_id}/diagrams/\d+\.json", page)
    places = [town.coordinator.get(address).json["current"] for address in addresses]
    assert len(places) == 2  # the enquiry and its referral
    assert all(places), places


def test_notes_stay_inside(town: Town, enquiry: Enquired) -> None:
    town.coordinator.post(f"/cases/{enquiry.case_id}/notes", {"text": "Rückruf <b>morgen</b>"})
    assert "Rückruf &lt;b&gt;morgen&lt;/b&gt;" in town.coordinator.get(f"/cases/{enquiry.case_id}").text
    assert "Rückruf" not in town.visitor.get(f"/s/{enquiry.token}").text
    assert town.coordinator.post(f"/cases/{enquiry.case_id}/notes", {"text": " "}).status_code == 422


def test_cases_are_found_by_words_and_status(town: Town, enquiry: Enquired) -> None:
    assert enquiry.reference in town.coordinator.get("/cases?q=bruecke").text
    assert enquiry.reference not in town.coordinator.get("/cases?q=unauffindbar").text
    assert enquiry.reference in town.coordinator.get("/cases?status=new").text
    assert enquiry.reference not in town.coordinator.get("/cases?status=closed").text


def test_what_came_by_telephone_is_recorded(town: Town, begin: Begin, house: None) -> None:
    assert town.coordinator.get("/cases/new").status_code == 200
    values = {
        "choice": "advice",
        "text": "Rief an und fragte nach einem Deutschkurs.",
        "reach_by": "phone",
        "contact_phone": "0611 123456",
        "contact_name": "A. Beispiel",
        "_channel": "phone",
        "_language": "ar",
    }
    answer = town.coordinator.post("/cases/new", values)
    assert answer.status_code == 302, re.findall(r"kern-error.*?</p>", answer.text, re.DOTALL)
    with begin() as tx:
        case = tx.session.scalars(select(Case)).one()
        assert (case.channel, case.language, case.contact_phone) == ("phone", "ar", "0611 123456")


def test_demo_mails_show_links_and_exist_only_in_a_demonstration(
    town: Town, enquiry: Enquired, settings: Settings, clock: SetClock
) -> None:
    town.work()
    assert town.visitor.get("/demo/mails").status_code == 404
    app = town.visitor.client.application
    app.extensions["lotse"] = replace(app.extensions["lotse"], settings=replace(settings, demo=True))
    assert "/demo/mails/1" in town.visitor.get("/demo/mails").text
    assert f"/s/{enquiry.token}" in town.visitor.get("/demo/mails/1").text
    for elsewhere in ({"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}):
        for path in ("/demo/mails", "/demo/mails/1"):
            assert town.visitor.get(path, environ_overrides=elsewhere).status_code == 404
    sending = SmtpSettings("127.0.0.1", 2525, None, None, "none")
    app.extensions["lotse"] = replace(app.extensions["lotse"], settings=replace(settings, demo=True, smtp=sending))
    assert town.visitor.get("/demo/mails").status_code == 404
    assert "E-Mails werden wirklich verschickt" in town.visitor.get("/").text


def test_the_reviewer_reads_and_proves_the_trail(signed_in: SignIn, enquiry: Enquired) -> None:
    reviewer = signed_in("reviewer")
    assert "Vorgang angelegt" in reviewer.get(f"/audit?stream=case:{enquiry.case_id}").text
    assert reviewer.post("/audit").status_code == 200


def test_an_office_sends_a_paper_with_its_outcome_and_only_the_coordination_sees_it(
    town: Town, enquiry: Enquired, settings: Settings, begin: Begin, clock: SetClock
) -> None:
    town.complete("Anfrage sichten", TRIAGE)
    town.complete("Stellen auswählen", CHOICE)
    link = town.office_link(settings)
    link = town.opened(link)
    town.answer(link, {"answer": "accept", "contact_person": "Frau Kultur"})
    found = re.search(rf'action="({link}/tasks/\d+)"', town.visitor.get(link).text)
    assert found
    answer = town.visitor.post(found[1], {"outcome_files": upload("Zusage.pdf")})  # how it ended is missing
    assert answer.status_code == 422
    kept = numbers(answer, "outcome_files")
    assert len(kept) == 1
    with begin() as tx:
        inner = attachments.attach(tx, enquiry.case_id, Upload("Intern.pdf", io.BytesIO(PDF + b"1")), False).id
    for number in ("4711", str(inner)):
        foreign = town.visitor.post(found[1], {"reported_outcome": "helped", "outcome_files": [*kept, number]})
        assert foreign.status_code == 422
        assert "Intern.pdf" not in foreign.text, "a file of the same case that is none of the form's"
    assert numbers(town.visitor.post(f"{found[1]}/fields", {"outcome_files": kept}), "outcome_files") == kept
    town.answer(link, {"reported_outcome": "helped", "outcome_files": kept})
    stream = f"case:{enquiry.case_id}"
    assert stored(begin) == [("Zusage.pdf", stream, False), ("Intern.pdf", stream, False)]
    assert "Zusage.pdf" in town.coordinator.get(f"/cases/{enquiry.case_id}").text
    assert "Zusage.pdf" not in town.visitor.get(f"/s/{enquiry.token}").text
