"""A tap in error is set right with another: the last word counts, in the case, in the figures, and in what follows."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.actions.conftest import House
from workflows.actions import confirming, enquiries, inbox, invariants
from workflows.core import audit
from workflows.core.errors import Conflict
from workflows.core.outbox import Mail
from workflows.domain import confirmations
from workflows.domain.cases import Case
from workflows.domain.figures import COUNTS
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral
from workflows.engine.tasks import Task

TRIAGE = {"decision": "help", "summary": "Raum", "urgency": "normal", "support_level": "inform"}


def _answered(house: House) -> tuple[Case, str]:
    case, token = house.submit()
    house.do("coordinator", "triage", {**TRIAGE, "ways": ["answer"], "triage_note": ""})
    house.do("coordinator", "write_answer", {"answer": "Der Saal ist frei."})
    return case, token


def _reported(house: House) -> tuple[Case, str]:
    case, token = house.submit()
    house.refer("culture_office")
    house.do("office", "answer_referral", {"answer": "accept", "contact_person": "Frau Kultur"})
    house.do("office", "report_outcome", {"reported_outcome": "helped", "outcome_text": ""})
    return case, token


def _tap(house: House, token: str, answer: str, referral: int | None = None, *, work: bool = True) -> bool:
    with house.at("public") as tx:
        corrected = confirming.confirm(tx, token, answer, referral)
    if work:
        house.work()
    return corrected


def _state(house: House, case: Case) -> tuple[str, str | None, set[str]]:
    with house.at() as tx:
        assert invariants.check(tx) == []
        found = tx.session.get_one(Case, case.id)
        tasks = set(tx.session.scalars(select(Task.element_id).where(Task.status == "open")))
        return found.status, found.outcome, tasks


def _offered(house: House, token: str) -> list[str]:
    with house.at("public") as tx:
        return [each.answer for each in enquiries.status(tx, token).correctable]


def _history(house: House, case: Case) -> list[Any]:
    with house.at() as tx:
        entries = audit.entries(tx.session, case.stream, events=(*confirmations.OF_CASE, *confirmations.OF_REFERRAL))
        return [(entry.details or {}).get("answer") for entry in reversed(entries)]


def test_a_slip_is_corrected_before_anything_has_followed(house: House) -> None:
    case, token = _answered(house)
    assert _offered(house, token) == []
    assert not _tap(house, token, "not_helped", work=False)
    assert _offered(house, token) == ["not_helped"]
    assert _tap(house, token, "helped")
    assert _state(house, case) == ("closed", "helped", set())
    assert _history(house, case) == ["not_helped", "helped"]


def test_no_becomes_yes_while_the_case_waits_to_be_read_again(house: House) -> None:
    case, token = _answered(house)
    _tap(house, token, "not_helped")
    assert _state(house, case) == ("in_progress", None, {"triage"})
    assert _tap(house, token, "partly", work=False), "counts at once: nobody goes on from the no meanwhile"
    assert _state(house, case) == ("closed", "partly", set())
    assert _tap(house, token, "helped")
    assert _state(house, case) == ("closed", "helped", set())
    assert _history(house, case) == ["not_helped", "partly", "helped"]


def test_yes_becomes_no_and_the_closed_case_is_taken_up_again(house: House) -> None:
    case, token = _answered(house)
    _tap(house, token, "helped")
    assert _tap(house, token, "not_helped")
    assert _state(house, case) == ("in_progress", None, {"triage"})
    with house.at() as tx:
        told = tx.session.scalars(select(Mail.subject).order_by(Mail.id.desc()).limit(1)).one()
    assert told.startswith("نواصل الاهتمام بطلبكم")
    assert _tap(house, token, "helped")
    assert _state(house, case) == ("closed", "helped", set())


def test_once_others_have_gone_on_or_days_have_passed_the_answer_stays(house: House) -> None:
    case, token = _answered(house)
    _tap(house, token, "not_helped")
    house.do("coordinator", "triage", {**TRIAGE, "ways": ["answer"], "triage_note": ""})
    assert _offered(house, token) == []
    with pytest.raises(Conflict, match="already_confirmed"):
        _tap(house, token, "helped")
    house.do("coordinator", "write_answer", {"answer": "Auch der kleine Saal ist frei."})
    _tap(house, token, "helped")
    house.clock.advance(confirmations.WITHIN - timedelta(seconds=1))
    assert _offered(house, token) == ["helped"]
    house.clock.advance(timedelta(seconds=1))
    assert _offered(house, token) == []
    with pytest.raises(Conflict, match="already_confirmed"):
        _tap(house, token, "not_helped")
    assert _state(house, case) == ("closed", "helped", set())


def test_the_word_to_an_offices_help_is_corrected_both_ways_and_the_figures_count_the_last(house: House) -> None:
    case, token = _reported(house)

    def confirmed() -> int:
        with house.at() as tx:
            return len(tx.session.scalars(select(Referral.id).where(COUNTS["confirmed"])).all())

    _tap(house, token, "no", 1)
    assert (_state(house, case)[2], confirmed()) == ({"reroute"}, 0)
    assert _tap(house, token, "yes", 1, work=False)
    assert (_state(house, case), confirmed()) == (("closed", "helped", set()), 1)
    assert _tap(house, token, "no", 1)
    assert (_state(house, case), confirmed()) == (("in_progress", None, {"triage"}), 0)
    assert _history(house, case) == ["no", "yes", "no"]
    assert _offered(house, token) == [], "a case that was opened again is set right by its own answer"


def test_a_yes_taken_back_while_others_are_asked_has_the_coordination_look_for_another_office(house: House) -> None:
    case, token = house.submit()
    house.refer("culture_office", "sport_funding")
    with house.at() as tx:
        first = tx.session.scalars(select(Referral).order_by(Referral.id)).first()
        assert first is not None
        number, group = first.id, tx.session.get_one(Office, first.office_id).group
    answer = {"answer": "accept", "contact_person": "Frau Kultur"}
    for element_id, values in (
        ("answer_referral", answer),
        ("report_outcome", {"reported_outcome": "helped", "outcome_text": ""}),
    ):
        with house.at() as tx:
            asked = select(Task.id).where(Task.element_id == element_id, Task.status == "open")
            inbox.complete(tx, tx.session.scalars(asked.where(Task.group_key == group)).one(), values)
        house.work()
    _tap(house, token, "yes", number)
    assert _state(house, case) == ("waiting", None, {"answer_referral"})
    assert _tap(house, token, "no", number, work=False)
    assert _state(house, case)[2] == {"answer_referral", "reroute"}
    assert _history(house, case) == ["yes", "no"]
    with house.at() as tx:
        task = tx.session.scalars(select(Task.id).where(Task.element_id == "reroute", Task.status == "open")).one()
    with house.at("coordinator") as tx:
        told = inbox.open_form(tx, task).variables
        assert (told["closed_office"], told["closed_confirmed"], told["open_referrals"]) == ("Kulturamt", "no", 1)
    assert _tap(house, token, "yes", number, work=False), "and a yes after all takes the task away again"
    assert _state(house, case) == ("waiting", None, {"answer_referral"})
    assert _tap(house, token, "no", number)
    house.do(
        "coordinator",
        "reroute",
        {
            "next_step": "refer",
            "offices": ["other"],
            "more_offices": ["volunteer_centre"],
            "reason": "Auch Räume",
            "deadline_days": 5,
        },
    )
    with house.at() as tx:
        assert len(tx.session.scalars(select(Referral.id).where(Referral.case_id == case.id)).all()) == 3
    with house.at("public") as tx:
        status = enquiries.status(tx, token, "de")
    assert status.case.status == "waiting"
    assert [(each.office_name, each.status) for each in status.shared][0] == ("Kulturamt", "closed")
