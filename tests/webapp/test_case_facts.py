"""Correcting what a case says, linking cases that are one, entering what whoever asked said, printing it all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.conftest import Begin
from tests.webapp.conftest import ENQUIRY, Browser, Enquired
from tests.webapp.test_case_page import entries
from tests.webapp.test_contacts import CALL
from tests.webapp.test_on_behalf import ACCEPT, HOW, PAGE, asked
from workflows.actions import enquiries
from workflows.core import audit
from workflows.core.clock import SetClock
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.core.tx import PUBLIC
from workflows.domain.cases import Case
from workflows.domain.referrals import Referral
from workflows.engine.tasks import Task

__all__ = ["asked"]

SignIn = Callable[[str], Browser]
FACTS: dict[str, object] = {
    "organisation_name": "Verein Brücke",
    "contact_name": "Amal Beispiel",
    "contact_email": "neu@verein.example",
    "contact_phone": "",
    "language": "ar",
    "kind": "need",
    "topics": ["rooms", "family"],
    "urgency": "high",
    "office_task": "referral",
}


def _case(begin: Begin, case_id: int = 1) -> Case:
    with begin() as tx:
        return tx.session.get_one(Case, case_id)


@pytest.fixture
def second(begin: Begin, enquiry: Enquired) -> Case:
    """The same association asks again."""
    with begin(PUBLIC) as tx:
        return enquiries.submit(tx, ENQUIRY, "de", "second")[0]


def test_corrected_facts_count_at_once_and_the_story_says_what_changed(
    signed_in: SignIn, enquiry: Enquired, begin: Begin
) -> None:
    mine = signed_in("coordinator")
    assert "/cases/1/edit" in mine.get("/cases/1").text
    assert "amal@verein.example" in mine.get("/cases/1/edit").text
    assert mine.post("/cases/1/edit", FACTS).location == "/cases/1"
    case = _case(begin)
    assert (case.contact_email, case.urgency, case.topics) == ("neu@verein.example", "high", ["rooms", "family"])
    assert (case.language, case.office_task) == ("ar", "referral")
    changes = entries(mine.get("/cases/1?show=change").text)
    for line in (
        "E-Mail: geändert",
        "Dringlichkeit: nichts → Eilig",
        "Themen: Räume → Räume, Eltern- und Familienbildung",
        "Sprache: Deutsch → Arabisch",
    ):
        assert line in changes
    assert "amal@verein.example" not in changes
    trail = signed_in("reviewer").get("/audit?stream=case:1").text
    assert "E-Mail: geändert" in trail
    for personal in ("amal@verein.example", "neu@verein.example"):
        assert personal not in trail, "who reviews does not read cases"
    assert enquiry.reference in mine.get("/cases?q=neu@verein.example").text
    mine.post("/cases/1/edit", FACTS)
    with begin() as tx:
        assert len(audit.entries(tx.session, "case:1", events=["case.edited"])) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("contact_email", "keine Adresse"),
        ("contact_phone", "0" * 61),
        ("topics", ["gossip"]),
        ("urgency", "at once"),
        ("language", ""),
        ("kind", "x"),
    ],
)
def test_wrong_facts_are_refused_beside_their_field(
    signed_in: SignIn, enquiry: Enquired, begin: Begin, field: str, value: object
) -> None:
    refused = signed_in("coordinator").post("/cases/1/edit", {**FACTS, "contact_name": "Getippt", field: value})
    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert 'value="Getippt"' in refused.text
    assert _case(begin).contact_name == "Amal Beispiel"


def test_two_cases_that_are_one_are_linked_and_unlinked(
    signed_in: SignIn, enquiry: Enquired, second: Case, begin: Begin
) -> None:
    mine = signed_in("coordinator")
    assert f"Ähnlich sehen aus: {enquiry.reference}" in mine.get("/cases/2/edit").text
    assert mine.post("/cases/2/link", {"reference": "2026-4711"}).status_code == 422
    assert mine.post("/cases/2/link", {"reference": second.reference}).status_code == 409
    assert mine.post("/cases/2/link", {"reference": enquiry.reference}).location == "/cases/2"
    assert mine.post("/cases/1/link", {"reference": second.reference}).status_code == 409
    assert "Dieser Vorgang ist doppelt" in mine.get("/cases/2").text
    first = mine.get("/cases/1").text
    assert "Derselbe Vorgang wie:" in first
    assert "Als doppelt verknüpft" in entries(first)
    assert mine.post("/cases/2/unlink").location == "/cases/2"
    assert "Dieser Vorgang ist doppelt" not in mine.get("/cases/2").text


def test_a_withdrawal_by_telephone_stops_the_enquiry_and_tells_the_office(
    signed_in: SignIn, asked: Callable[[], None], begin: Begin
) -> None:
    mine = signed_in("coordinator")
    assert "/cases/1/withdrawal" in mine.get("/cases/1").text
    late = mine.post("/cases/1/withdrawal", {"what": "enquiry", **HOW, "_on": "2026-03-03"})
    assert late.status_code == 422
    for _ in range(2):
        sent = mine.post("/cases/1/withdrawal", {"what": "enquiry", "reason": "Raum gefunden", **HOW})
        assert sent.location == "/cases/1"
    asked()
    assert _case(begin).status == "withdrawn"
    with begin() as tx:
        assert tx.session.scalars(select(Referral.result)).one() == "withdrawn"
        assert "culture-office@anlaufstelle.example" in [mail.to_address for mail in tx.session.scalars(select(Mail))]
    story = entries(mine.get("/cases/1").text)
    assert "für Verein Brücke (Telefon, 02.03.2026)" in story
    assert "/cases/1/withdrawal" not in mine.get("/cases/1?show=mail").text.partition("<aside")[0] or (
        _case(begin).consent_share
    )


def test_only_the_consent_is_taken_back_and_the_enquiry_lives_on(
    signed_in: SignIn, asked: Callable[[], None], begin: Begin
) -> None:
    mine = signed_in("coordinator")
    assert mine.post("/cases/1/withdrawal", {"what": "consent", **HOW}).location == "/cases/1"
    asked()
    case = _case(begin)
    assert case.consent_share is False
    assert case.status != "withdrawn"
    assert "für Verein Brücke (Telefon, 02.03.2026)" in entries(mine.get("/cases/1").text)


def test_answers_after_closing_are_entered_for_who_gave_them(
    signed_in: SignIn, enquiry: Enquired, begin: Begin
) -> None:
    mine = signed_in("coordinator")
    assert mine.post("/cases/1/survey", {"fast": "yes", **HOW}).status_code == 409
    with begin() as tx:
        case = tx.session.get_one(Case, 1)
        case.status, case.outcome = "closed", "helped"
    assert "/cases/1/survey" in mine.get("/cases/1").text
    assert "Haben wir schnell genug geantwortet?" in mine.get("/cases/1/survey").text
    assert mine.post("/cases/1/survey", HOW).status_code == 422
    assert mine.post("/cases/1/survey", {"fast": "maybe", **HOW}).status_code == 422
    assert mine.post("/cases/1/survey", {"fast": "yes", "again": "partly", **HOW}).location == "/cases/1"
    assert _case(begin).survey == {"fast": "yes", "again": "partly"}
    assert _case(begin).open_survey == ["clear"]


def test_every_open_task_of_an_office_is_one_click_from_being_answered(
    signed_in: SignIn, asked: Callable[[], None], begin: Begin
) -> None:
    """Also two at a time: each has its own address, a foreign one none."""
    mine = signed_in("coordinator")
    mine.post(f"{PAGE}/answer", ACCEPT)
    asked()
    with begin() as tx:
        (task,) = tx.session.scalars(select(Task).where(Task.group_key.like("office:%"), Task.status == "open"))
        task_id = task.id
    assert f"{PAGE}/answer?task={task_id}" in mine.get("/cases/1").text
    assert f"{PAGE}/answer?task={task_id}" in mine.get(f"/tasks/{task_id}").text
    assert "Ergebnis melden" in mine.get(f"{PAGE}/answer?task={task_id}").text
    assert mine.get(f"{PAGE}/answer?task=1").status_code == 404
    report: dict[str, Any] = {"reported_outcome": "helped", **HOW}
    assert mine.post(f"{PAGE}/answer?task={task_id}", report).location == "/cases/1"


@pytest.mark.parametrize("role", ["leadership", "office", "reviewer", "admin", "process_owner"])
def test_who_does_not_coordinate_enters_nothing_for_others(
    signed_in: SignIn, asked: Callable[[], None], begin: Begin, role: str
) -> None:
    other = signed_in(role)
    for page in ("/cases/1/withdrawal", "/cases/1/survey"):
        assert other.get(page).status_code == 404
        assert other.post(page, {"what": "enquiry", "fast": "yes", **HOW}).status_code == 404
    if role != "leadership":
        assert other.get("/cases/1/edit").status_code == 404
        assert other.post("/cases/1/edit", FACTS).status_code == 404
    assert _case(begin).status == "waiting"


def test_the_print_view_holds_the_whole_case_without_forms(
    signed_in: SignIn, asked: Callable[[], None], clock: SetClock, settings: Settings
) -> None:
    mine = signed_in("coordinator")
    clock.set(clock.now() + timedelta(minutes=1))
    mine.post("/contacts/new", {**CALL, "case": "1"})
    page = mine.get("/cases/1/print").text.partition("<main")[2].partition("</main>")[0]
    for text in ("Vorstand, Frau Beispiel", "Kulturamt", "Ihre Anfrage ist da", "Anfrage sichten", "Elternabend"):
        assert text in page
    assert "<form" not in page
    assert "<details" not in page
