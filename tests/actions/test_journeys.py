"""An enquiry travels through the house by its real processes, from the form to the confirmed outcome."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.actions.conftest import House
from workflows.actions import confirming, enquiries, inbox, referrals
from workflows.core import audit
from workflows.core.errors import Conflict, NotFound
from workflows.core.outbox import Mail
from workflows.domain.cases import Case
from workflows.domain.referrals import Referral
from workflows.engine.tasks import Task

ACCEPT = {"answer": "accept", "contact_person": "Herr Muster, Zimmer 3"}


def _answer(house: House, token: str, values: Mapping[str, object]) -> None:
    with house.at("public") as tx:
        (asked,) = referrals.page(tx, token).tasks
    with house.at("public") as tx:
        referrals.answer(tx, token, asked.task.id, values)
    house.work()


def _nothing_left(house: House, token: str) -> None:
    """The link says that it is over, shows no data, and is gone some weeks later."""
    with house.at("public") as tx:
        page = referrals.page(tx, token)
    assert (page.is_closed, page.extract, page.tasks, page.thread) == (True, [], [], [])
    house.clock.advance(timedelta(days=31))
    with house.at("public") as tx, pytest.raises(NotFound):
        referrals.page(tx, token)


def _referral(house: House) -> Referral:
    with house.at() as tx:
        return tx.session.scalars(select(Referral).order_by(Referral.id.desc()).limit(1)).one()


def test_from_the_form_to_the_confirmed_outcome(house: House) -> None:
    case, status = house.submit()
    house.refer("culture_office")
    assert house.status_of(case) == "waiting"
    token = house.office_token()
    with house.at("public") as tx:
        referrals.open(tx, token)
    assert _referral(house).status == "seen"
    _answer(house, token, ACCEPT)
    _answer(house, token, {"reported_outcome": "helped", "outcome_text": "Saal vergeben"})
    with house.at("public") as tx:
        (ask,) = enquiries.status(tx, status).asks
        assert (ask.kind, ask.office_name) == ("referral", "Kulturamt")
        confirming.confirm(tx, status, "yes", ask.referral_id)
    house.work()
    referral = _referral(house)
    assert (referral.status, referral.result, referral.outcome, referral.confirmed) == (
        "closed",
        "confirmed",
        "helped",
        "yes",
    )
    assert house.status_of(case) == "closed"
    with house.at() as tx:
        assert tx.session.get_one(Case, case.id).outcome == "helped"
        assert audit.verify(tx.session, house.settings.audit_key) == []
        told = [entry.event for entry in audit.entries(tx.session, case.stream)]
    assert {"case.opened", "referral.sent", "referral.seen", "referral.accepted", "case.closed"} <= set(told)


def test_the_office_gets_the_extract_and_nothing_else(house: House) -> None:
    house.submit()
    house.refer("culture_office")
    with house.at("public") as tx:
        page = referrals.page(tx, house.office_token())
    assert [shown.key for shown in page.extract] == ["text", "topics", "contact_name"]
    drawn = repr([field for task in page.tasks for field in task.fields])
    assert "Wir suchen einen Raum" in drawn
    assert "bruecke@verein.example" not in drawn
    assert "bruecke@verein.example" not in repr(page.tasks[0].variables)


@pytest.mark.parametrize("share", [["text", "topics", "contact_name"], ["choice", "language", "contact_email", "text"]])
def test_what_is_shown_before_sending_is_exactly_what_the_office_gets(house: House, share: list[str]) -> None:
    called = {"name": "contact_name", "organisation": "organisation_name", "email": "contact_email"}
    house.submit()
    house.decide_to_refer()
    with house.at("coordinator") as tx:
        task = tx.session.scalars(select(Task).where(Task.element_id == "choose_offices")).one()
        drawn = inbox.open_form(tx, task.id, {"offices": ["other"], "share": share}).fields
    (part,) = (group for group in drawn if group.label == "So sieht es die Stelle")
    seen = {called.get(name, name): field.value for field in part.fields for name in [field.key.removeprefix("shown_")]}
    house.choose("culture_office", share=share)
    assert seen == _referral(house).extract
    assert set(seen) == set(share)


def test_a_link_sees_one_referral_and_a_wrong_one_nothing(house: House) -> None:
    house.submit()
    house.refer("culture_office", "sport_funding")
    token = house.office_token()
    with house.at() as tx:
        tasks = {task.subject: task.id for task in tx.session.scalars(select(Task).where(Task.status == "open"))}
    with house.at("public") as tx:
        own = referrals.page(tx, token)
        foreign = next(task for subject, task in tasks.items() if subject not in {own.referral.key})
        with pytest.raises(NotFound):
            referrals.answer(tx, token, foreign, ACCEPT)
    with house.at("public") as tx, pytest.raises(NotFound):
        referrals.door(tx, token[:-2] + "xx")


def test_looking_through_the_door_changes_nothing(house: House) -> None:
    house.submit()
    house.refer("culture_office")
    token = house.office_token()
    for _ in range(3):
        with house.at("public") as tx:
            referrals.door(tx, token)
            referrals.page(tx, token)
    assert _referral(house).status == "sent"


def test_an_answer_sent_twice_counts_once(house: House) -> None:
    house.submit()
    house.refer("culture_office")
    token = house.office_token()
    with house.at("public") as tx:
        task_id = referrals.page(tx, token).tasks[0].task.id
    for _ in range(2):
        with house.at("public") as tx:
            assert referrals.answer(tx, token, task_id, ACCEPT).status == "done"
    house.work()
    assert _referral(house).status == "accepted"


def test_a_decline_sent_twice_is_thanked_for_twice(house: House) -> None:
    house.submit()
    house.refer("culture_office")
    token = house.office_token()
    with house.at("public") as tx:
        task_id = referrals.page(tx, token).tasks[0].task.id
    for _ in range(2):
        with house.at("public") as tx:
            referrals.form(tx, token, task_id)
            assert referrals.answer(tx, token, task_id, {"answer": "decline", "decline_reason": "no_capacity"}).id
    assert _referral(house).result == "declined"


def test_an_office_with_an_account_and_its_link_answer_only_once(house: House) -> None:
    house.submit()
    house.refer("culture_office")
    token = house.office_token()
    with house.at("public") as tx:
        task_id = referrals.page(tx, token).tasks[0].task.id
    house.do("office", "answer_referral", ACCEPT)
    with house.at("public") as tx, pytest.raises(Conflict) as conflict:
        referrals.answer(tx, token, task_id, {"answer": "decline", "decline_reason": "no_capacity"})
    assert conflict.value.facts["by"] == "office"


def test_a_decline_comes_back_to_the_coordinator_and_goes_on_to_another_office(house: House) -> None:
    case, _ = house.submit()
    house.refer("culture_office")
    _answer(house, house.office_token(), {"answer": "decline", "decline_reason": "no_capacity", "decline_text": ""})
    assert _referral(house).result == "declined"
    with house.at("coordinator") as tx:
        open_now = [task.element_id for task in tx.session.scalars(select(Task).where(Task.status == "open"))]
    assert open_now == ["reroute"]
    _nothing_left(house, house.office_token())
    assert house.status_of(case) == "in_progress"


def test_silence_expires_and_comes_back_to_the_coordinator(house: House) -> None:
    house.submit()
    house.refer("culture_office")
    deadline = _referral(house).deadline_on
    for _ in range(15):
        house.clock.advance(timedelta(days=1))
        house.work()
    assert house.clock.now().date() > deadline
    assert _referral(house).result == "expired"
    with house.at() as tx:
        subjects = [mail.subject for mail in tx.session.scalars(select(Mail).where(Mail.about == "referral:1"))]
        open_now = {task.element_id for task in tx.session.scalars(select(Task).where(Task.status == "open"))}
    assert len(subjects) >= 2, "the offer and a reminder half-way"
    assert "reroute" in open_now
    _nothing_left(house, house.office_token())


def test_withdrawal_stops_the_referral_and_tells_the_office(house: House) -> None:
    case, status = house.submit()
    house.refer("culture_office")
    token = house.office_token()
    for _ in range(2):
        with house.at("public") as tx:
            enquiries.withdraw(tx, status)
    house.work()
    assert house.status_of(case) == "withdrawn"
    assert _referral(house).result == "withdrawn"
    with house.at() as tx:
        assert tx.session.scalars(select(Task).where(Task.status == "open")).all() == []
        last = tx.session.scalars(select(Mail).where(Mail.about == "referral:1").order_by(Mail.id.desc())).first()
        assert last is not None
        assert last.to_address == "culture-office@anlaufstelle.example"
    _nothing_left(house, token)
    with house.at("public") as tx:
        page = enquiries.status(tx, status)
    assert (page.can_withdraw, [shared.status_label for shared in page.shared]) == (False, ["مسحوب"])


def test_no_mail_carries_a_working_link_in_the_database(house: House) -> None:
    house.submit()
    house.refer("culture_office")
    token = house.office_token()
    with house.at() as tx:
        texts = [mail.text + mail.subject for mail in tx.session.scalars(select(Mail))]
    assert texts
    assert not any(token in text for text in texts)
