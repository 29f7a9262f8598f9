"""An office on its pages, by account or from its mail: its own words and language, nothing once it is over."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.webapp.conftest import TRIAGE, Browser, Enquired
from tests.webapp.test_journey import CHOICE, Town
from workflows import worker
from workflows.actions import enquiries
from workflows.core.clock import SetClock
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport
from workflows.core.tx import PUBLIC
from workflows.domain import offices, people
from workflows.domain.offices import Office
from workflows.domain.people import User
from workflows.domain.referrals import Referral

SECRET = "Wir suchen einen Raum für unseren Elternabend."
ACCEPT = {"answer": "accept", "contact_person": "Frau Kultur"}


@pytest.fixture
def place(
    signed_in: Callable[[str], Browser],
    browser: Browser,
    begin: Begin,
    sessions: sessionmaker[Session],
    settings: Settings,
    clock: SetClock,
    enquiry: Enquired,
) -> Town:
    """The enquiry is referred to the culture office, whose account is ``office@lotse.example``."""
    with begin() as tx:
        office = offices.find(tx.session, "culture_office")
        user = tx.session.scalars(select(User).where(User.email == "office@lotse.example")).one()
        assert office is not None
        people.join(tx, user.id, office.group)

    def work() -> int:
        return worker.run_due(sessions, settings, clock, DemoTransport())

    town = Town(signed_in("coordinator"), browser, work, begin)
    town.complete("Anfrage sichten", TRIAGE)
    town.complete("Stellen auswählen", CHOICE)
    return town


def the_referral(begin: Begin) -> Referral:
    with begin() as tx:
        return tx.session.scalars(select(Referral)).one()


def test_it_answers_from_its_own_list(place: Town, signed_in: Callable[[str], Browser], begin: Begin) -> None:
    office = signed_in("office")
    assert office.get("/login").location == "/office"  # where an office begins
    listed = office.get("/office").text
    assert "Wir warten auf Ihre Antwort" in listed
    assert "Verein Brücke" not in listed  # was not passed on
    page = office.get("/office/referrals/1").text
    assert SECRET in page
    action = re.search(r'action="(/office/referrals/1/tasks/\d+)"', page)
    assert action
    wrong = office.post(action[1], {"answer": "accept"})
    assert wrong.status_code == 422
    assert "Bitte prüfen Sie Ihre Angaben" in wrong.text
    assert office.post(action[1], ACCEPT).location == "/office"
    assert office.post(action[1], ACCEPT).status_code == 302  # sent twice, counts once
    assert the_referral(begin).status == "accepted"
    place.work()
    assert "In Arbeit" in office.get("/office").text or "Ergebnis" in office.get("/office").text


def test_once_over_it_reads_why_and_no_data(
    place: Town, signed_in: Callable[[str], Browser], begin: Begin, enquiry: Enquired
) -> None:
    office = signed_in("office")
    task = re.search(r"/office/referrals/1/tasks/\d+", office.get("/office/referrals/1").text)
    assert task
    with begin(PUBLIC) as tx:
        enquiries.withdraw(tx, enquiry.token)
    place.work()
    pages = [office.get("/office").text, office.get("/office/referrals/1").text, office.post(task[0], ACCEPT).text]
    number = task[0].rpartition("/")[2]
    pages.append(office.get(f"/tasks/{number}").text)
    for page in pages:
        assert SECRET not in page
        assert "amal@verein.example" not in page
    assert "Diese Verweisung ist zurückgezogen" in pages[1]
    assert the_referral(begin).result == "withdrawn"


def test_another_office_finds_nothing(place: Town, signed_in: Callable[[str], Browser], begin: Begin) -> None:
    office = signed_in("office")
    task = re.search(r"/office/referrals/1/tasks/\d+", office.get("/office/referrals/1").text)
    assert task
    with begin() as tx:
        user = tx.session.scalars(select(User).where(User.email == "office@lotse.example")).one()
        other = offices.find(tx.session, "caritas")
        own = offices.find(tx.session, "culture_office")
        assert other is not None
        assert own is not None
        people.join(tx, user.id, other.group)
        tx.session.delete(tx.session.get_one(people.Membership, (user.id, own.group)))
    assert "Gerade ist nichts offen" in office.get("/office").text
    assert office.get("/office/referrals/1").status_code == 404
    assert office.post(task[0], ACCEPT).status_code == 404
    assert office.post(f"{task[0]}/fields", ACCEPT).status_code == 404
    assert the_referral(begin).status == "sent"


def test_its_mail_leads_to_pages_in_its_own_language_switchable(place: Town, begin: Begin, settings: Settings) -> None:
    link = place.office_link(settings)
    with begin() as tx:
        tx.session.scalars(select(Office).where(Office.key == "culture_office")).one().language = "en"
    place.visitor.get("/?lang=ar")  # what this browser once read as an association
    door = place.visitor.get(link, headers={"Accept-Language": "ar"})
    assert '<html lang="en"' in door.text
    assert re.findall(r'hreflang="(\w+)"', door.text) == ["de", "en"]
    link = place.opened(link)
    page = place.visitor.get(link).text
    action = re.search(rf'action="({link}/tasks/\d+)"', page)
    assert action
    refused = place.visitor.post(action[1], {"answer": "accept"})
    assert '<html lang="en"' in refused.text
    switch = re.search(r'<button type="submit" form="typed" formaction="([^"]+)"[^>]* lang="de"', refused.text)
    assert switch
    assert switch[1] == f"{action[1]}?lang=de"
    typed = {"answer": "ask", "question": "Wie viele Menschen?", "_action": "refresh"}
    drawn = place.visitor.post(switch[1], typed).text  # the form itself is sent, and nothing in it is lost
    assert '<html lang="de"' in drawn
    assert "Wie viele Menschen?" in drawn
    assert the_referral(begin).status != "accepted"
