"""Funding in the pages: from the enquiry's way to the task, and the application in the case."""

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.conftest import Begin
from tests.webapp.conftest import Enquired
from tests.webapp.test_journey import TRIAGE
from tests.webapp.test_on_behalf import SignIn
from workflows import worker
from workflows.actions import inbox
from workflows.core.clock import SetClock
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport
from workflows.engine.tasks import Task


def test_an_enquiry_becomes_an_application_with_its_task_and_its_place_in_the_case(
    signed_in: SignIn,
    enquiry: Enquired,
    begin: Begin,
    sessions: sessionmaker[Session],
    settings: Settings,
    clock: SetClock,
) -> None:
    worker.run_due(sessions, settings, clock, DemoTransport())
    with begin() as tx:
        triage = tx.session.scalars(select(Task.id).where(Task.element_id == "triage")).one()
        inbox.complete(tx, triage, {**TRIAGE, "ways": ["funding"]})
    worker.run_due(sessions, settings, clock, DemoTransport())
    with begin() as tx:
        task = tx.session.scalars(select(Task).where(Task.status == "open")).one()
        assert (task.element_id, task.subject) == ("describe_project", "application:1")
        path = f"/tasks/{task.id}"
    mine = signed_in("coordinator")
    case = mine.get("/cases/1").text
    for words in ("Förderanträge", "Noch kein Programm gewählt", "Beratung", "Förderberatung begonnen", path):
        assert words in case
    page = mine.get(path)
    assert page.status_code == 200
    for words in ("Ihr Vorhaben", "Eingetragener Verein", "Wann soll es beginnen?", "2026-0001"):
        assert words in page.text
    assert "2026-0001" in mine.get("/inbox?q=2026-0001").text
    assert signed_in("admin").get("/cases/1").status_code == 404
