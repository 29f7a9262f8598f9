"""The calendar over years: which grant ends when, the next deadline of each programme, the gap warning."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.conftest import Begin
from tests.webapp.conftest import Enquired
from tests.webapp.test_on_behalf import SignIn
from workflows.domain import funding, programmes
from workflows.domain.cost_plan import Plan
from workflows.domain.funding import Application
from workflows.domain.programmes import Programme


def _applied(begin: Begin, case_id: int, key: str, starts_on: date, ends_on: date) -> int:
    """An application that stands before its decision."""
    costs = Plan([{"position": "Miete", "amount": Decimal(2000)}], Decimal(0), Decimal(0), Decimal(2000))
    with begin() as tx:
        application = funding.open_new(tx, case_id)
        funding.choose(tx, application.id, key, "Chor", starts_on, ends_on)
        funding.plan(tx, application.id, costs, None)
        funding.submit(tx, application.id, date(2026, 3, 2), "Kommission")
        return application.id


@pytest.fixture
def awarded(enquiry: Enquired, begin: Begin) -> int:
    """A grant that ends on 30 June 2026, with nothing after it."""
    number = _applied(begin, enquiry.case_id, "council_project", date(2025, 7, 1), date(2026, 6, 30))
    with begin() as tx:
        funding.award(tx, number, Decimal(1500), "Gut.", date(2026, 8, 31))
    return number


def test_whose_money_ends_is_warned_of_until_an_application_follows(
    signed_in: SignIn, enquiry: Enquired, awarded: int, begin: Begin
) -> None:
    mine = signed_in("coordinator")
    page = mine.get("/funding").text
    for words in ("Verein Brücke", "Ab 01.07.2026 ist nichts bewilligt", "Noch kein neuer Antrag", "1.500,00"):
        assert words in page
    assert "Nachweis bis 31.08.2026" in page
    following = _applied(begin, enquiry.case_id, "wir_mo", date(2026, 7, 15), date(2028, 6, 30))
    page = mine.get("/funding").text
    assert "Noch kein neuer Antrag" not in page
    assert "Ein Antrag läuft" in page
    with begin() as tx:
        funding.award(tx, following, Decimal(2000), "Gut.")
    page = mine.get("/funding").text
    assert "ist nichts bewilligt" not in page
    assert page.count(f'/cases/{enquiry.case_id}">WIR, Förderung von') == 3  # 2026, 2027 and 2028


def test_the_next_deadline_of_every_programme_stands_there_with_its_pot(
    signed_in: SignIn, begin: Begin, clock: object
) -> None:
    page = signed_in("leadership").get("/funding").text
    with begin() as tx:
        for programme in tx.session.scalars(select(Programme).where(Programme.is_active)):
            assert programme.name in page
            deadline = programmes.next_deadline(programme.deadline_rule, date(2026, 3, 2), None)
            assert deadline is None or f"{deadline:%d.%m.%Y}" in page


def test_withdrawn_rejected_and_old_grants_are_not_in_the_calendar(
    signed_in: SignIn, enquiry: Enquired, begin: Begin
) -> None:
    rejected = _applied(begin, enquiry.case_id, "sport", date(2026, 1, 1), date(2026, 4, 30))
    with begin() as tx:
        funding.reject(tx, rejected, "Zu wenig.")
    old = _applied(begin, enquiry.case_id, "council_project", date(2023, 1, 1), date(2023, 12, 31))
    with begin() as tx:
        funding.award(tx, old, Decimal(100), "Gut.")
        assert tx.session.get_one(Application, old).status == "awarded"
    page = signed_in("coordinator").get("/funding").text
    assert "Noch läuft keine Förderung" in page
    assert "ist nichts bewilligt" not in page


def test_the_calendar_is_for_those_who_may_read_applications(signed_in: SignIn, awarded: int) -> None:
    assert signed_in("leadership").get("/funding").status_code == 200
    for role in ("office", "process_owner", "reviewer", "admin"):
        assert signed_in(role).get("/funding").status_code == 404
