"""The coordination answers in the name of offices and associations, and takes wrong answers back."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.actions.conftest import House
from workflows.actions import confirming, enquiries, inbox, invariants, referrals
from workflows.core import audit
from workflows.core.errors import Conflict, Invalid, LotseError, NotFound
from workflows.core.outbox import Mail
from workflows.core.tx import Tx
from workflows.domain import cases as domain_cases
from workflows.domain import taking_back
from workflows.domain.cases import Case
from workflows.domain.referrals import Referral
from workflows.engine import messages
from workflows.engine.tasks import Task

TODAY = date(2026, 3, 2)
ACCEPT = {"answer": "accept", "contact_person": "Herr Muster"}
REPORT = {"reported_outcome": "helped", "outcome_text": ""}
DECLINE = {"answer": "decline", "decline_reason": "no_capacity", "decline_text": ""}


def _asked(house: House) -> Case:
    case, _ = house.submit()
    house.refer("culture_office")
    return case


def _phoned(house: House, values: Mapping[str, Any], on: date = TODAY) -> None:
    with house.at("coordinator") as tx:
        inbox.complete_on_behalf(tx, referrals.office_task(tx, 1).id, values, "phone", on)
    house.work()


def _take_back(house: House, reason: str = "Verwechselt", answer: int | None = None) -> None:
    with house.at("coordinator") as tx:
        referrals.take_back(tx, 1, reason, answer=answer or _last(tx))


def _last(tx: Tx) -> int | None:
    """What the page that takes an answer back names."""
    answer = referrals.last_answer(tx, tx.session.get_one(Referral, 1))
    return answer and answer.seq


def _referral(house: House) -> Referral:
    with house.at() as tx:
        return tx.session.get_one(Referral, 1)


def _open(house: House) -> set[str]:
    with house.at() as tx:
        return set(tx.session.scalars(select(Task.element_id).where(Task.status == "open")))


def _told(house: House, case: Case, event: str) -> dict[str, Any]:
    with house.at() as tx:
        (entry,) = [each for each in audit.entries(tx.session, case.stream) if each.event == event]
    return dict(entry.details or {})


def test_an_answer_by_phone_counts_and_the_audit_says_for_whom_how_and_when(house: House) -> None:
    case = _asked(house)
    house.clock.advance(timedelta(days=2))
    _phoned(house, ACCEPT, TODAY + timedelta(days=1))
    assert _referral(house).status == "accepted"
    told = _told(house, case, "task.completed_on_behalf")
    assert (told["on_behalf_of"], told["channel"], told["on"]) == ("Kulturamt", "phone", date(2026, 3, 3))
    with house.at() as tx:
        task = tx.session.scalars(select(Task).where(Task.element_id == "answer_referral")).one()
    assert task.done_by == "coordinator"


@pytest.mark.parametrize("who", ["office", "other office", "leadership", "public"])
def test_nobody_else_answers_or_corrects_for_others(house: House, who: str) -> None:
    case = _asked(house)
    with house.at() as tx:
        task_id = tx.session.scalars(select(Task.id).where(Task.element_id == "answer_referral")).one()
    with house.at(who) as tx, pytest.raises(NotFound):
        inbox.complete_on_behalf(tx, task_id, ACCEPT, "phone", TODAY)
    with house.at(who) as tx, pytest.raises(NotFound):
        referrals.take_back(tx, 1, "Verwechselt", answer=_last(tx))
    with house.at(who) as tx, pytest.raises(NotFound):
        confirming.confirm_on_behalf(tx, case.id, "helped", "phone", TODAY)


def test_tasks_of_the_house_itself_are_done_by_nobody_on_behalf(house: House) -> None:
    house.submit()
    with house.at() as tx:
        triage = tx.session.scalars(select(Task.id).where(Task.element_id == "triage")).one()
    with house.at("coordinator") as tx, pytest.raises(NotFound):
        inbox.complete_on_behalf(tx, triage, {}, "phone", TODAY)


@pytest.mark.parametrize(
    ("channel", "on", "field", "code"),
    [
        ("form", TODAY, "channel", "not_an_option"),
        ("phone", None, "on", "not_a_date"),
        ("phone", TODAY + timedelta(days=1), "on", "in_the_future"),
        ("paper", TODAY - timedelta(days=1), "on", "before_the_question"),
    ],
)
def test_channel_and_day_are_checked(house: House, channel: str, on: date | None, field: str, code: str) -> None:
    _asked(house)
    with house.at("coordinator") as tx, pytest.raises(Invalid) as invalid:
        inbox.complete_on_behalf(tx, referrals.office_task(tx, 1).id, ACCEPT, channel, on)
    assert [problem.code for problem in invalid.value.problems[field]] == [code]


def test_a_wrong_acceptance_is_taken_back_and_the_office_asked_anew(house: House) -> None:
    case = _asked(house)
    _phoned(house, ACCEPT)
    house.clock.advance(timedelta(days=9))
    _take_back(house, "Am Telefon verhört")
    referral = _referral(house)
    assert (referral.status, referral.answered_at, referral.deadline_on) == ("sent", None, date(2026, 3, 18))
    assert _open(house) == {"answer_referral"}
    assert _told(house, case, "referral.reopened")["reason"] == "Am Telefon verhört"
    with house.at() as tx:
        mail = tx.session.scalars(select(Mail).where(Mail.about == "referral:1").order_by(Mail.id.desc())).first()
    assert mail is not None
    assert "18.03.2026" in mail.subject
    with house.at("public") as tx:
        (asked,) = referrals.page(tx, house.office_token()).tasks
    assert "Am Telefon verhört" in repr(asked.fields)


def test_an_association_told_of_help_hears_of_the_correction_and_of_the_end(house: House) -> None:
    case, token = house.submit()
    house.refer("culture_office")
    _phoned(house, ACCEPT)
    _take_back(house)
    with house.at("public") as tx:
        page = enquiries.status(tx, token)
    assert [step.label for step in page.steps if step.state == "current"] == ["office_asked"]
    assert (page.shared[0].status, page.shared[0].retracted_at is not None) == ("sent", True)
    house.clock.advance(timedelta(days=20))
    house.work()
    with house.at() as tx:
        told = [mail.subject for mail in tx.session.scalars(select(Mail).where(Mail.to_address == case.contact_email))]
    arabic = ["ستتواصل معكم جهة", "تصحيح", "هذه الجهة لن تتمكن من المساعدة"]
    assert [subject.partition(":")[0] for subject in told[1:]] == arabic


def test_a_wrong_decline_is_taken_back_although_it_had_closed_the_referral(house: House) -> None:
    case = _asked(house)
    _phoned(house, DECLINE)
    assert (_referral(house).result, _open(house)) == ("declined", {"reroute"})
    _take_back(house)
    house.work()
    assert (_referral(house).status, _referral(house).result, _open(house)) == ("sent", None, {"answer_referral"})
    assert house.status_of(case) == "waiting"
    with house.at() as tx:
        assert invariants.check(tx) == []
    _phoned(house, ACCEPT)
    _phoned(house, REPORT)
    with house.at("coordinator") as tx:
        confirming.confirm_on_behalf(tx, case.id, "yes", "visit", TODAY, 1)
    house.work()
    assert house.status_of(case) == "closed"
    assert _told(house, case, "referral.confirmation_given")["channel"] == "visit"
    with house.at() as tx:
        assert invariants.check(tx) == []


def test_without_consent_a_decline_is_not_taken_back_and_nothing_goes_out_again(house: House) -> None:
    case = _asked(house)
    _phoned(house, DECLINE)
    with house.at() as tx:
        domain_cases.withdraw_consent(tx, case.id)
    with house.at("coordinator") as tx:
        referral, awaited = tx.session.get_one(Referral, 1), messages.awaited(tx, ["referral:1"])
        assert not referrals.can_take_back(tx, referral, awaited)
        with pytest.raises(Conflict, match="consent_missing"):
            referrals.take_back(tx, 1, "Verwechselt", answer=_last(tx))
    with house.at() as tx, pytest.raises(LotseError, match="consent_missing"):
        taking_back.take_back(tx, 1, "Verwechselt")
    with house.at("coordinator") as tx:
        tx.session.get_one(Referral, 1).legal_basis_note = "Am Telefon bestätigt"
        assert referrals.can_take_back(tx, tx.session.get_one(Referral, 1), awaited)


def test_a_decline_others_have_gone_on_from_stays(house: House) -> None:
    _asked(house)
    _phoned(house, DECLINE)
    house.do("coordinator", "reroute", {"next_step": "answer", "own_answer": "Wir helfen Ihnen selbst weiter."})
    with house.at("coordinator") as tx, pytest.raises(Conflict, match="referral_state"):
        referrals.take_back(tx, 1, "Verwechselt", answer=_last(tx))


def test_taking_back_sent_twice_counts_once_and_needs_a_reason(house: House) -> None:
    case = _asked(house)
    with house.at("coordinator") as tx, pytest.raises(Conflict, match="referral_state"):
        referrals.take_back(tx, 1, "Es gibt noch keine Antwort", answer=_last(tx))
    _phoned(house, ACCEPT)
    with house.at("coordinator") as tx, pytest.raises(Invalid):
        referrals.take_back(tx, 1, "  ", answer=_last(tx))
    with house.at("coordinator") as tx:
        answer = _last(tx)
    for _ in range(2):
        _take_back(house, answer=answer)
    assert _referral(house).status == "sent"
    assert _told(house, case, "referral.reopened")["reason"] == "Verwechselt"


def test_an_outcome_taken_back_twice_leaves_the_acceptance_before_it(house: House) -> None:
    _asked(house)
    _phoned(house, ACCEPT)
    _phoned(house, REPORT)
    with house.at("coordinator") as tx:
        answer = _last(tx)
    for _ in range(2):
        _take_back(house, answer=answer)
        assert (_referral(house).status, _open(house)) == ("accepted", {"report_outcome"})
    _take_back(house)
    assert (_referral(house).status, _open(house)) == ("sent", {"answer_referral"})


def test_an_answer_that_has_come_since_is_not_taken_back_in_place_of_the_one_that_was_read(house: House) -> None:
    _asked(house)
    _phoned(house, ACCEPT)
    with house.at("coordinator") as tx:
        accepted = _last(tx)
    _phoned(house, REPORT)
    with pytest.raises(Invalid) as invalid:
        _take_back(house, answer=accepted)
    assert [problem.code for problem in invalid.value.problems["answer"]] == ["another_answer"]
    assert _referral(house).status == "reported"


@pytest.mark.parametrize("answers", [[DECLINE], [ACCEPT]], ids=["declined", "accepted"])
def test_nobody_goes_on_from_an_answer_taken_back_though_no_worker_has_run(
    house: House, answers: list[dict[str, str]]
) -> None:
    _asked(house)
    for values in answers:
        _phoned(house, values)
    with house.at() as tx:
        (going_on,) = tx.session.scalars(select(Task.id).where(Task.status == "open"))
    _take_back(house)
    who, values = ("coordinator", {"next_step": "answer", "own_answer": "Wir helfen selbst."})
    if answers == [ACCEPT]:
        who, values = "office", REPORT
    with house.at(who) as tx, pytest.raises(Conflict, match="task_done"):
        inbox.complete(tx, going_on, values)
    house.work()
    assert (_referral(house).status, _open(house)) == ("sent", {"answer_referral"})


def test_who_reports_while_the_acceptance_is_taken_back_finds_the_question_gone(house: House) -> None:
    _asked(house)
    _phoned(house, ACCEPT)
    with house.at("office") as tx:
        task = tx.session.scalars(select(Task).where(Task.element_id == "report_outcome")).one()
        inbox.open_form(tx, task.id)  # has read the instance as it was
        _take_back(house)
        with pytest.raises(Conflict, match="task_done"):
            inbox.complete(tx, task.id, REPORT)
    assert (_referral(house).status, _open(house)) == ("sent", {"answer_referral"})


def test_a_reported_outcome_is_taken_back_until_it_is_confirmed(house: House) -> None:
    case = _asked(house)
    _phoned(house, ACCEPT)
    _phoned(house, {"reported_outcome": "not_reached", "outcome_text": ""})
    with house.at("coordinator") as tx:
        referrals.take_back(tx, 1, "Falsche Anfrage", answer=_last(tx))
    with house.at("coordinator") as tx, pytest.raises(Conflict, match="not_asked"):
        confirming.confirm_on_behalf(tx, case.id, "yes", "phone", TODAY, 1)
    assert (_referral(house).status, _referral(house).outcome, _open(house)) == ("accepted", None, {"report_outcome"})
    _phoned(house, REPORT)
    with house.at("coordinator") as tx:
        confirming.confirm_on_behalf(tx, case.id, "yes", "phone", TODAY, 1)
    with house.at("coordinator") as tx, pytest.raises(Conflict, match="referral_state"):
        referrals.take_back(tx, 1, "Doch nicht", answer=_last(tx))


def test_what_the_association_says_by_phone_closes_the_case(house: House) -> None:
    case, _ = house.submit()
    triage = {"decision": "help", "summary": "Raum gesucht", "urgency": "normal", "support_level": "inform"}
    house.do("coordinator", "triage", {**triage, "ways": [], "triage_note": ""})
    with house.at("coordinator") as tx:
        confirming.confirm_on_behalf(tx, case.id, "partly", "phone", TODAY)
    house.work()
    assert house.status_of(case) == "closed"
    assert _told(house, case, "case.confirmed")["on_behalf_of"] == "Brücke e.V."


def test_a_second_question_begins_without_the_reply_to_the_first(house: House) -> None:
    _asked(house)
    for question in ("Wie viele sind es?", "Und wann?"):
        _phoned(house, {"answer": "ask", "question": question})
        with house.at("coordinator") as tx:
            task = tx.session.scalars(select(Task.id).where(Task.element_id == "reply_question")).all()[-1]
            assert not inbox.open_form(tx, task).values.get("reply")
        house.do("coordinator", "reply_question", {"reply": f"Antwort auf: {question}", "reply_days": 5})
