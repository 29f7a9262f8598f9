"""Funding in the pages: from the enquiry's way to the task, and the application in the case."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from tests.actions.applying import typed
from tests.conftest import Begin
from tests.webapp.conftest import TRIAGE, Enquired
from tests.webapp.test_on_behalf import HOW, SignIn
from workflows import worker
from workflows.actions import inbox
from workflows.core.clock import SetClock
from workflows.core.settings import Settings
from workflows.core.smtp import DemoTransport
from workflows.domain import people
from workflows.domain.cases import Case
from workflows.engine.tasks import Task


def test_an_enquiry_becomes_an_application_with_its_task_and_its_place_in_the_case(
    signed_in: SignIn, advised: Callable[[], None], begin: Begin
) -> None:
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


def test_a_biased_member_reads_why_the_task_is_not_theirs(
    signed_in: SignIn,
    enquiry: Enquired,
    begin: Begin,
    sessions: sessionmaker[Session],
    settings: Settings,
    clock: SetClock,
) -> None:
    with begin() as tx:
        biased = people.find_by_email(tx.session, "leadership@lotse.example")
        fair = people.create(tx, "fair@lotse.example", "Faires Mitglied", roles=["leadership"], groups=["group:jury"])
        assert biased is not None
        people.join(tx, biased.id, "group:jury")
        members = [
            {"account": f"user:{biased.id}", "is_biased": True, "bias_reason": "Im Vorstand"},
            {"account": f"user:{fair.id}", "is_biased": False},
            {"member": "Kulturamt", "is_biased": False},
            {"member": "Jobcenter", "is_biased": False},
        ]

    def do(element_id: str, values: Mapping[str, Any]) -> None:
        worker.run_due(sessions, settings, clock, DemoTransport())
        with begin() as tx:
            task = tx.session.scalars(select(Task.id).where(Task.element_id == element_id, Task.status == "open")).one()
            inbox.complete(tx, task, values)

    do("triage", {**TRIAGE, "ways": ["funding"]})
    for step in ("describe_project", "choose_programme", "answer_questions", "plan_costs", "review_draft"):
        do(step, typed(step))
    for step in ("gather_documents", "submit_here"):
        do(step, typed(step))
    do("declare_bias", {"jury_members": members, "meets_on": "2026-05-04"})
    with begin() as tx:
        task = tx.session.scalars(select(Task).where(Task.status == "open")).one()
        assert task.element_id == "rate_application"
        path = f"/tasks/{task.id}"
    theirs = signed_in("leadership")
    page = theirs.get(path).text
    assert "nicht befangen" in page
    assert f"{path}/claim" not in page
    for verb in ("claim", "complete"):
        answer = theirs.post(f"{path}/{verb}", {"points_need": "5"})
        assert answer.status_code == 409
        assert "nicht befangen" in answer.text
    with begin() as tx:
        assert tx.session.scalars(select(Task.element_id).where(Task.status == "open")).one() == "rate_application"


def test_the_coordination_enters_that_only_the_application_is_given_up(
    signed_in: SignIn, advised: Callable[[], None], begin: Begin
) -> None:
    mine = signed_in("coordinator")
    page = mine.get("/cases/1/withdrawal").text
    assert "nur die Förderberatung" in page
    for wrong in ("application:2", "application:x"):
        assert mine.post("/cases/1/withdrawal", {"what": wrong, **HOW}).status_code == 404
    assert mine.post("/cases/1/withdrawal", {"what": "application:1", **HOW}).location == "/cases/1"
    advised()
    case = mine.get("/cases/1").text
    assert "Rückzug des Förderantrags gewünscht" in case
    assert "(Telefon, 02.03.2026)" in case
    assert "nur die Förderberatung" not in mine.get("/cases/1/withdrawal").text
    with begin() as tx:
        assert tx.session.get_one(Case, 1).status == "in_progress"
