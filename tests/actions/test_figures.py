"""The figures of referrals: counted as defined, small counts hidden, each number leading to its cases."""

from datetime import UTC, date, datetime, timedelta
from time import perf_counter

import pytest
from sqlalchemy import insert, select, true

from tests.conftest import Begin
from tests.domain.conftest import ENQUIRY
from tests.prepared import first_contents
from workflows.actions import figures
from workflows.actions.figures import Asked
from workflows.core.errors import NotAllowed
from workflows.core.tx import Actor, Tx
from workflows.domain import cases, offices
from workflows.domain import figures as domain_figures
from workflows.domain.cases import Case
from workflows.domain.figures import Scope
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral

COORDINATOR = Actor("K", user_id=1, roles=frozenset({"coordinator"}))
SENT = datetime(2026, 1, 12, 9, tzinfo=UTC)  # a Monday

STATES = {
    "accepted": {"status": "accepted", "answered_at": SENT + timedelta(days=2)},
    "declined": {
        "status": "closed",
        "result": "declined",
        "answered_at": SENT + timedelta(days=4),
        "decline_reason": "no_capacity",
    },
    "expired": {"status": "closed", "result": "expired"},
    "helped": {
        "status": "closed",
        "result": "confirmed",
        "answered_at": SENT + timedelta(days=2),
        "reported_at": SENT + timedelta(days=7),
        "outcome": "helped",
        "confirmed": "yes",
    },
    "not_helped": {
        "status": "closed",
        "result": "confirmed",
        "answered_at": SENT + timedelta(days=2),
        "reported_at": SENT + timedelta(days=9),
        "outcome": "not_helped",
        "confirmed": "no_answer",
    },
}


def add(tx: Tx, state: str, office: str, number: int = 1, **changes: object) -> None:
    """Referrals in a state, of a case about rooms and culture in German."""
    found = offices.find(tx.session, office)
    assert found is not None
    case_id = changes.pop("case_id", None) or tx.session.scalar(select(Case.id).order_by(Case.id).limit(1))
    row = {
        "case_id": case_id,
        "office_id": found.id,
        "reason": "",
        "extract": {},
        "legal_basis": "consent",
        "deadline_on": SENT.date(),
        "created_at": SENT,
        "sent_at": SENT,
        **STATES[state],
        **changes,
    }
    tx.session.execute(insert(Referral), [row] * number)


def all_behind(tx: Tx, count: str, reason: str = "") -> list[int]:
    """The numbers of the referrals behind a count, all pages of them."""
    found: list[int] = []
    page = figures.behind(tx, Asked(), count, reason)
    while page.next is not None:
        found += [each.referral.id for each in page.items]
        page = figures.behind(tx, Asked(), count, reason, page.next)
    return found + [each.referral.id for each in page.items]


@pytest.fixture
def referred(begin: Begin) -> Begin:
    """Twenty referrals of one office, six of another, one of a third."""
    with begin() as tx:
        first_contents(tx, with_bundles=False)
        cases.open_new(tx, ENQUIRY, channel="form", language="ar", details={}, dedupe_key=None)
        for state, number in (("helped", 9), ("not_helped", 3), ("declined", 6), ("expired", 2)):
            add(tx, state, "culture_office", number)
        add(tx, "accepted", "caritas", 6)
        add(tx, "declined", "ib", decline_reason="language")
    return begin


def test_a_need_passed_on_is_no_placement(referred: Begin) -> None:
    def total() -> figures.Line:
        with referred(COORDINATOR) as tx:
            return figures.report(tx, Asked(office="culture_office")).total

    before = total()
    with referred() as tx:
        add(tx, "expired", "culture_office", 7, kind="need", result="considered")
    assert total() == before


def test_each_figure_is_what_its_definition_says(referred: Begin) -> None:
    with referred(COORDINATOR) as tx:
        line = figures.report(tx, Asked(office="culture_office")).total
    assert line.sent == 20
    assert (line.shares["acceptance"].part, line.shares["acceptance"].whole) == (12, 18)
    assert line.shares["acceptance"].percent == 67
    assert (line.shares["placement"].part, line.shares["placement"].whole) == (9, 20)
    assert line.answer_days == 2  # twelve after 2 working days, six after 4
    assert line.outcome_days == 5  # nine after 5, three after 7


def test_small_counts_are_hidden_also_behind_shares(referred: Begin) -> None:
    with referred(COORDINATOR) as tx:
        line = figures.report(tx, Asked(office="culture_office")).total
        alone = figures.report(tx, Asked(office="ib")).total
    expiry = line.shares["expiry"]  # 2 of 20
    assert (expiry.percent, expiry.bound, expiry.part) == (25, "below", None)
    confirmed = line.shares["confirmation"]  # 9 of 12: the other 3 would show
    assert (confirmed.percent, confirmed.bound, confirmed.part) == (58, "above", None)
    assert alone.sent is None
    assert {share.percent for share in alone.shares.values()} == {None}
    assert (alone.answer_days, alone.outcome_days) == (None, None)


def test_a_hidden_group_cannot_be_reckoned_from_the_total(referred: Begin) -> None:
    with referred(COORDINATOR) as tx:
        report = figures.report(tx, Asked(by="office"))
    assert report.total.sent == 27
    assert {line.key: line.sent for line in report.lines} == {"culture_office": 20, "caritas": None, "ib": None}


def test_groups_by_topic_language_and_quarter(referred: Begin) -> None:
    with referred() as tx:
        add(tx, "helped", "culture_office", 7, sent_at=datetime(2025, 12, 31, 22, 59, tzinfo=UTC))
        add(tx, "helped", "culture_office", 5, sent_at=datetime(2025, 12, 31, 23, 0, tzinfo=UTC))
    with referred(COORDINATOR) as tx:
        by = {name: figures.report(tx, Asked(by=name)) for name in ("topic", "language", "quarter")}
    assert [(line.key, line.sent) for line in by["topic"].lines] == [("rooms", 39), ("culture", 39)]
    assert [(line.key, line.sent) for line in by["language"].lines] == [("ar", 39)]
    assert [(line.key, line.sent) for line in by["quarter"].lines] == [("2025-4", 7), ("2026-1", 32)]  # Berlin's year


def test_filters_narrow_and_what_is_unknown_is_left_out(referred: Begin) -> None:
    with referred(COORDINATOR) as tx:
        assert figures.report(tx, Asked(topic="rooms")).total.sent == 27
        assert figures.report(tx, Asked(topic="sport")).total.sent == 0
        assert figures.report(tx, Asked(language="de")).total.sent == 0
        odd = figures.report(tx, Asked(first="1999-9", last="'; --", office="nobody", topic="x", language="y", by="z"))
    assert odd.total.sent == 27
    assert (odd.asked.office, odd.asked.by, odd.asked.last) == ("", "", "2026-1")


def test_decline_reasons_are_counted(referred: Begin) -> None:
    with referred(COORDINATOR) as tx:
        reasons = figures.report(tx, Asked()).reasons
    assert reasons == [("no_capacity", "Keine Kapazität", 6), ("language", "Sprache", None)]


def test_each_number_leads_to_exactly_its_cases_and_a_hidden_one_to_none(referred: Begin) -> None:
    with referred(COORDINATOR) as tx:
        whole = figures.report(tx, Asked())
        for part, _ in figures.SHARES.values():
            rows = all_behind(tx, part)
            (share,) = (share for name, share in whole.total.shares.items() if figures.SHARES[name][0] == part)
            assert bool(rows) == share.has_cases
            assert share.part in (None, len(rows))
        assert len(all_behind(tx, "")) == 27
        assert len(all_behind(tx, "declined", "no_capacity")) == 6
        assert all_behind(tx, "declined", "language") == []
        assert all_behind(tx, "expired") == []


def test_the_cases_behind_a_number_come_page_by_page_the_newest_first_each_once(
    referred: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "CASES_A_PAGE", 9)
    with referred(COORDINATOR) as tx:
        found = all_behind(tx, "")
        assert len(figures.behind(tx, Asked(), "").items) == 9
        assert figures.behind(tx, Asked(), "", after=found[-1]).items == []
    assert len(found) == 27
    assert found == sorted(set(found), reverse=True)


def test_days_are_those_of_berlin_in_winter_and_in_summer(referred: Begin) -> None:
    """Sent at half past midnight on a Monday in Berlin, still Sunday by UTC, answered on Tuesday: one working day."""
    winter, summer = datetime(2026, 1, 11, 23, 30, tzinfo=UTC), datetime(2026, 7, 5, 22, 30, tzinfo=UTC)
    with referred() as tx:
        for sent_at in (winter, summer):
            answered_at = sent_at + timedelta(hours=23, minutes=45)  # a quarter past midnight
            add(tx, "accepted", "ib", 5, sent_at=sent_at, answered_at=answered_at)
        # A winter's evening at half past eleven is still that day.
        add(tx, "accepted", "sport_funding", 5, sent_at=winter, answered_at=datetime(2026, 1, 12, 22, 30, tzinfo=UTC))
    year = Scope(date(2026, 1, 1), date(2026, 12, 31))
    with referred() as tx:
        by_office = domain_figures.measure(tx.session, year, true(), "office")
        days = {
            office.key: dict(by_office[str(office.id)].answer_days)
            for office in tx.session.scalars(select(Office).where(Office.key.in_(("ib", "sport_funding"))))
        }
    assert days == {"ib": {1: 10, 4: 1}, "sport_funding": {0: 5}}


def test_an_office_has_its_own_figures_and_no_others(referred: Begin) -> None:
    with referred() as tx:
        own = offices.find(tx.session, "caritas")
        assert own is not None
    office = Actor("C", user_id=2, roles=frozenset({"office"}), groups=frozenset({own.group}))
    with referred(office) as tx:
        assert figures.own(tx).sent == 6
        with pytest.raises(NotAllowed):
            figures.report(tx, Asked())
        with pytest.raises(NotAllowed):
            figures.behind(tx, Asked(), "")
    stranger = Actor("S", user_id=3, roles=frozenset({"office"}), groups=frozenset({"office:999"}))
    with referred(stranger) as tx:
        assert figures.own(tx).sent == 0


def test_a_hundred_thousand_referrals_are_counted_in_seconds(referred: Begin) -> None:
    """The bound is generous: it must not hang, the benchmark measures."""
    with referred() as tx:
        columns = [column for column in Referral.__table__.columns if column.name != "id"]
        for _ in range(12):
            tx.session.execute(insert(Referral).from_select([column.name for column in columns], select(*columns)))
    begun = perf_counter()
    with referred(COORDINATOR) as tx:
        report = figures.report(tx, Asked(by="topic"))
    assert report.total.sent == 27 * 2**12 > 100_000
    assert perf_counter() - begun < 30
