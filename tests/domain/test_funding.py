"""Funding applications: states, money that adds up, and a pot that can never be promised twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests.conftest import Begin
from workflows.core import audit
from workflows.core.errors import Conflict, LotseError, NotFound
from workflows.core.tx import Tx
from workflows.domain import funding, programmes, ranking
from workflows.domain.cases import Case
from workflows.domain.cost_plan import Plan
from workflows.domain.funding import Application
from workflows.domain.programmes import Programme, ProgrammeYear

LINES = [{"position": "Miete", "amount": Decimal("800.50")}, {"position": "Honorar", "amount": Decimal("1499.50")}]
PLAN = Plan(LINES, own_share=Decimal(300), other_income=Decimal(0), requested=Decimal(2000))


def _submitted(tx: Tx, case: Case, key: str = "wir_micro", plan: Plan = PLAN) -> Application:
    application = funding.open_new(tx, case.id)
    funding.choose(tx, application.id, key, "Chor", date(2026, 6, 1))
    funding.plan(tx, application.id, plan, None)
    return funding.submit(tx, application.id, date(2026, 3, 1), "Kommission")


def test_an_award_is_drawn_proven_and_the_rest_comes_back_into_the_pot(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        programmes.set_pot(tx, "wir_micro", tx.now.year, Decimal(5000))
        application = _submitted(tx, case)
        assert application.year == tx.now.year
        funding.award(tx, application.id, Decimal(2000), "Guter Plan")
        found = funding.pot(tx.session, application)
        assert found is not None
        assert found.remaining == Decimal(3000)
        funding.draw(tx, application.id, Decimal("1500.10"))
        with pytest.raises(LotseError, match="draw_too_high"):
            funding.draw(tx, application.id, Decimal(500))
        funding.prove(tx, application.id, Decimal("1200.05"))
        assert funding.to_repay(application) == Decimal("300.05")
        with pytest.raises(LotseError, match="repaid_too_much"):
            funding.repay(tx, application.id, Decimal("300.06"))
        funding.repay(tx, application.id, Decimal("300.05"))
        assert funding.close(tx, application.id).result == "proven"
        found = funding.pot(tx.session, application)
        assert found is not None
        assert found.remaining == Decimal(5000) - Decimal("1200.05")
    with seeded() as tx:
        told = {entry.event for entry in audit.entries(tx.session, case.stream)}
        assert {"application.awarded", "application.drawn", "application.proven", "application.repaid"} <= told


def test_what_is_not_demanded_any_more_needs_a_reason_and_stays_out_of_the_pot(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        programmes.set_pot(tx, "wir_micro", tx.now.year, Decimal(5000))
        application = _submitted(tx, case)
        funding.award(tx, application.id, Decimal(2000), "")
        funding.draw(tx, application.id, Decimal(2000))
        with pytest.raises(Conflict, match="application_state"):
            funding.waive(tx, application.id, "Erlassen")
        funding.prove(tx, application.id, Decimal(1500))
        with pytest.raises(LotseError, match="reason_text_missing"):
            funding.waive(tx, application.id, " ")
        funding.waive(tx, application.id, "Die Kommission verzichtet")
        assert funding.close(tx, application.id).result == "proven"
        found = funding.pot(tx.session, application)
        assert found is not None
        assert found.remaining == Decimal(3000)
    with seeded() as tx:
        told = [entry for entry in audit.entries(tx.session, case.stream) if entry.event == "application.waived"]
        assert [entry.details["amount"] for entry in told if entry.details] == ["500.00"]


def test_a_pot_gives_no_more_than_it_has(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        programmes.set_pot(tx, "wir_micro", tx.now.year, Decimal(3000))
        first, second = _submitted(tx, case), _submitted(tx, case)
        funding.award(tx, first.id, Decimal(2000), "")
        with pytest.raises(LotseError, match="pot_exhausted"):
            funding.award(tx, second.id, Decimal("1000.01"), "")
        assert second.status == "submitted"
        funding.award(tx, second.id, Decimal(1000), "")
        funding.award(tx, second.id, Decimal(1000), "")
        with pytest.raises(Conflict, match="pot_promised"):
            programmes.set_pot(tx, "wir_micro", tx.now.year, Decimal(2999))
        funding.withdraw(tx, second.id)
        found = funding.pot(tx.session, first)
        assert found is not None
        assert (found.total, found.remaining) == (Decimal(3000), Decimal(1000))


def test_many_awards_at_the_same_moment_never_overspend_a_pot(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        programmes.set_pot(tx, "wir_micro", tx.now.year, Decimal(7000))
        ids = [_submitted(tx, case).id for _ in range(8)]

    def award(application_id: int) -> str:
        try:
            with seeded() as tx:
                return funding.award(tx, application_id, Decimal(2000), "").status
        except LotseError as error:
            return error.code

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(award, ids))
    assert sorted(outcomes) == ["awarded"] * 3 + ["pot_exhausted"] * 5
    with seeded() as tx:
        promised = tx.session.scalar(select(func.sum(Application.awarded)))
        left = tx.session.scalar(select(ProgrammeYear.remaining).join(Programme).where(Programme.key == "wir_micro"))
        assert (promised, left) == (Decimal(6000), Decimal(1000))


def test_the_database_itself_refuses_a_negative_pot(seeded: Begin) -> None:
    with seeded() as tx:
        found = programmes.set_pot(tx, "wir_micro", 2030, Decimal(1))
        found.remaining = Decimal("-0.01")
        with pytest.raises(IntegrityError):
            tx.session.flush()
        tx.session.rollback()


@pytest.mark.parametrize(
    ("plan", "ceiling", "code"),
    [
        (Plan(LINES, Decimal(0), Decimal(0), Decimal(2000)), None, "plan_unbalanced"),
        (Plan([], Decimal(0), Decimal(0), Decimal(0)), None, "plan_unbalanced"),
        (PLAN, Decimal("1999.99"), "plan_over_ceiling"),
        (Plan(LINES, Decimal(100), Decimal(0), Decimal(2200)), None, "plan_without_share"),
    ],
)
def test_a_plan_must_add_up_stay_below_the_ceiling_and_leave_an_own_share(
    seeded: Begin, case: Case, plan: Plan, ceiling: Decimal | None, code: str
) -> None:
    with seeded() as tx:
        application = funding.open_new(tx, case.id)
        funding.choose(tx, application.id, "dsee_micro", "Chor", None)
        with pytest.raises(LotseError, match=code):
            funding.plan(tx, application.id, plan, ceiling, share_max=Decimal(90))


def test_a_change_of_the_plan_keeps_its_sum(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        application = _submitted(tx, case, "council_project")
        funding.award(tx, application.id, Decimal(2000), "")
        for wrong in (Decimal(2301), Decimal("2299.99")):
            with pytest.raises(LotseError, match="plan_unbalanced"):
                funding.change(tx, application.id, [{"position": "Miete", "amount": wrong}])
        funding.change(tx, application.id, [{"position": "Miete", "amount": Decimal(2300)}])
        assert application.plan is not None
        assert application.plan["lines"] == [{"position": "Miete", "amount": Decimal(2300)}]


def test_a_smaller_award_lets_the_plan_shrink_to_what_it_pays_for(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        application = _submitted(tx, case, "council_project")
        funding.award(tx, application.id, Decimal(1500), "")
        funding.change(tx, application.id, [{"position": "Miete", "amount": Decimal(1800)}])
        with pytest.raises(LotseError, match="plan_unbalanced"):
            funding.change(tx, application.id, [{"position": "Miete", "amount": Decimal(2300)}])


def test_nothing_moves_from_the_wrong_state(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        application = funding.open_new(tx, case.id)
        with pytest.raises(NotFound):
            funding.choose(tx, application.id, "nowhere", "", None)
        with pytest.raises(Conflict, match="application_state"):
            funding.submit(tx, application.id, date(2026, 3, 1), "")
        funding.withdraw(tx, application.id)
        with pytest.raises(Conflict, match="application_state"):
            funding.choose(tx, application.id, "wir_mo", "", None)
        assert funding.close(tx, application.id).result == "withdrawn"
        rejected = _submitted(tx, case)
        with pytest.raises(LotseError, match="reason_text_missing"):
            funding.reject(tx, rejected.id, " ")
        funding.reject(tx, rejected.id, "Die Kosten sind nicht nachvollziehbar")
        assert funding.withdraw(tx, rejected.id).status == "rejected"


def test_the_jury_sees_every_rated_application_for_the_same_pot_best_first(seeded: Begin, case: Case) -> None:
    with seeded() as tx:
        weak, strong, other = _submitted(tx, case), _submitted(tx, case), _submitted(tx, case, "council_project")
        for application, points in ((weak, 7), (strong, 18), (other, 20)):
            funding.rate(tx, application.id, points)
        tx.session.flush()
        assert [each.application.id for each in ranking.ranked(ranking.rivals(tx.session, weak), None)] == [
            strong.id,
            weak.id,
        ]


@pytest.mark.parametrize(
    ("rule", "today", "starts_on", "deadline", "year"),
    [
        ({}, date(2026, 3, 2), None, None, 2026),
        ({"month": 3, "day": 31}, date(2026, 3, 31), None, date(2026, 3, 31), 2026),
        ({"month": 3, "day": 31}, date(2026, 4, 1), None, date(2027, 3, 31), 2027),
        ({"month": 12, "day": 31, "for_next_year": True}, date(2026, 3, 2), None, date(2026, 12, 31), 2027),
        ({"weeks_before_start": 4}, date(2026, 3, 2), date(2026, 5, 4), date(2026, 4, 6), 2026),
        ({"weeks_before_start": 4}, date(2026, 3, 2), None, None, 2026),
    ],
)
def test_the_next_deadline_follows_the_programmes_rule(
    rule: dict[str, object], today: date, starts_on: date | None, deadline: date | None, year: int
) -> None:
    assert programmes.next_deadline(rule, today, starts_on) == deadline
    assert programmes.project_year(rule, deadline, today) == year
