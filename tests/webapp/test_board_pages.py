"""A jury's pages: from the list with the pot to the application, its task and back; nothing else in the navigation."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.actions import applying
from tests.actions.conftest import House
from tests.conftest import Begin
from tests.webapp.test_on_behalf import SignIn
from workflows.core.clock import SetClock
from workflows.core.settings import Settings
from workflows.core.tx import PUBLIC, SYSTEM
from workflows.domain import people
from workflows.domain.people import User
from workflows.engine.tasks import Task


def _before_the_jury(house: House) -> None:
    with house.begin() as tx:
        for role in ("coordinator", "jury"):
            user = tx.session.scalars(select(User).where(User.email == f"{role}@lotse.example")).one()
            house.actors[role] = people.actor(tx.session, user)
    applying.advise(house)
    applying.walk(house, "rate_application")


def test_a_jury_sees_its_applications_the_pot_and_its_task_and_no_way_to_the_case(
    signed_in: SignIn, begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> None:
    mine = signed_in("jury")
    empty = mine.get("/jury").text
    assert "Gerade ist nichts zu entscheiden." in empty
    _before_the_jury(House(begin, sessions, settings, clock, {"system": SYSTEM, "public": PUBLIC}))
    with begin() as tx:
        task = tx.session.scalars(select(Task).where(Task.element_id == "rate_application")).one()
        task_url, sheet_url = f"/tasks/{task.id}", task.subject.replace("application:", "/jury/")
    pots = mine.get("/jury").text
    navigation = re.search(r'<nav class="nav-row".*?</nav>', pots, re.DOTALL)
    for words in ("Noch im Topf", "Brücke e.V.", "noch nicht bewertet", task_url, sheet_url):
        assert words in pots, words
    sheet = mine.get(sheet_url).text
    for words in ("Fragen zum Projekt beantworten", "Kosten planen", "Wer ist dabei?", task_url):
        assert words in sheet, words
    for amount in ("Miete, 500,00\xa0€", "Chorleitung, 2.200,00\xa0€", ">200,00\xa0€", ">2.500,00\xa0€"):
        assert amount in sheet, amount
    assert "Stelle 2, nein" not in sheet  # no bias to tell of
    for inside in ("Entwurf lesen und besprechen", "Ganzen Vorgang ansehen", "/cases/"):
        assert inside not in sheet, inside
    assert "Ganzen Vorgang ansehen" in signed_in("coordinator").get(sheet_url).text
    page = mine.get(task_url).text
    for words in ("Ganzen Antrag ansehen", sheet_url, "Brücke e.V.", ">200,00\xa0€", ">2.500,00\xa0€"):
        assert words in page, words
    assert "/cases/" not in page
    assert navigation is not None
    assert re.findall(r'href="(/[^"?]*)', navigation[0]) == ["/inbox", "/jury"]


def test_who_declared_bias_is_led_to_the_inbox_and_told_why_the_application_is_not_shown(
    signed_in: SignIn, begin: Begin, sessions: sessionmaker[Session], settings: Settings, clock: SetClock
) -> None:
    mine = signed_in("jury")
    house = House(begin, sessions, settings, clock, {"system": SYSTEM, "public": PUBLIC})
    with house.begin() as tx:
        for role in ("coordinator", "jury"):
            user = tx.session.scalars(select(User).where(User.email == f"{role}@lotse.example")).one()
            house.actors[role] = people.actor(tx.session, user)
    applying.advise(house)
    applying.walk(house, "declare_bias")
    with begin() as tx:
        task = tx.session.scalars(select(Task).where(Task.element_id == "declare_bias")).one()
        task_url, sheet_url = f"/tasks/{task.id}", task.subject.replace("application:", "/jury/")
    mine.post(f"{task_url}/claim")
    declared = mine.post(
        f"{task_url}/complete",
        {
            "meets_on": "2026-05-04",
            "jury_members[0].account": applying.key(house.actors["jury"]),
            "jury_members[0].is_biased": "true",
            "jury_members[0].bias_reason": "Im Vorstand",
        },
        follow_redirects=True,
    )
    assert declared.status_code == 200
    assert "Brücke" not in declared.text
    assert mine.get(task_url).status_code == 404
    sheet = mine.get(sheet_url)
    assert sheet.status_code == 404
    assert "gelten Sie als befangen" in sheet.text
    assert "Brücke" not in sheet.text
    assert "Brücke" not in mine.get("/jury").text
    assert "befangen" not in mine.get("/jury/999").text
