"""People hear of their tasks as they chose: each at once, or one mail a day; once and never twice, without names."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.actions.conftest import ENQUIRY, House
from workflows.actions import notices, rounds
from workflows.actions.rounds import Rounds
from workflows.core.outbox import Mail
from workflows.domain import people
from workflows.domain.people import User
from workflows.engine.tasks import Task


def told(house: House, who: str, about: str) -> list[Mail]:
    """The mails a person got about ``task`` or ``user``: notices and daily mails."""
    with house.at() as tx:
        address = f"{who.replace(' ', '-')}@stadt.example"
        query = select(Mail).where(Mail.to_address == address, Mail.about.startswith(f"{about}:"))
        return list(tx.session.scalars(query.order_by(Mail.id)))


def choose(house: House, who: str, *, is_immediate: bool) -> None:
    with house.at(who) as tx:
        notices.choose(tx, is_immediate=is_immediate)


def look(house: House) -> None:
    rounds.go(house.sessions, house.settings, house.clock, Rounds())


def test_offices_hear_at_once_and_staff_once_a_day_unless_they_choose(house: House) -> None:
    with house.at("office") as tx:
        assert notices.choice(tx).is_immediate
    with house.at("coordinator") as tx:
        assert not notices.choice(tx).is_immediate


def test_a_new_task_is_mailed_at_once_to_who_wants_it_once(house: House) -> None:
    choose(house, "coordinator", is_immediate=True)
    case, _ = house.submit()
    house.work()
    (mail,) = told(house, "coordinator", "task")
    assert told(house, "deputy", "task") == []
    assert mail.subject == f"Neue Aufgabe: {case.reference} · Anfrage sichten · 05.03.2026"
    assert "https://lotse.example/tasks/" in mail.text
    assert mail.status == "sent"
    for typed in (ENQUIRY["organisation_name"], ENQUIRY["contact_name"], ENQUIRY["text"], ENQUIRY["contact_email"]):
        assert typed not in mail.text + mail.subject


def test_an_office_is_led_to_its_own_page_in_its_own_language(house: House) -> None:
    with house.at() as tx:
        user = people.find_by_email(tx.session, "office@stadt.example")
        assert user is not None
        user.language = "en"
    house.submit()
    house.refer("culture_office")
    (mail,) = told(house, "office", "task")
    assert mail.subject.startswith("New task: ")
    assert "https://lotse.example/office/referrals/1" in mail.text
    assert told(house, "other office", "task") == []


def test_a_mailbox_the_process_itself_wrote_to_gets_no_second_mail(house: House) -> None:
    with house.at() as tx:
        user = people.find_by_email(tx.session, "office@stadt.example")
        assert user is not None
        user.email = "culture-office@anlaufstelle.example"
    house.submit()
    house.refer("culture_office")
    with house.at() as tx:
        subjects = list(tx.session.scalars(select(Mail.about).where(Mail.to_address == user.email)))
    assert subjects == ["referral:1"]


def test_who_begins_to_want_it_is_not_flooded_with_what_was_there(house: House) -> None:
    house.submit()
    house.clock.advance(timedelta(minutes=1))
    choose(house, "coordinator", is_immediate=True)
    house.work()
    assert told(house, "coordinator", "task") == []


def test_many_workers_tell_a_task_once(house: House) -> None:
    choose(house, "coordinator", is_immediate=True)
    house.submit()
    with house.at() as tx:
        task_id = tx.session.scalars(select(Task.id)).one()
        tx.session.get_one(Task, task_id).told_at = None
        tx.session.execute(Mail.__table__.delete())
    barrier = threading.Barrier(4)

    def tell() -> None:
        barrier.wait()
        with house.at() as tx:
            notices.tell(tx, task_id)

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told(house, "coordinator", "task")) == 1


def test_one_mail_a_day_at_seven_with_what_is_new_and_due(house: House) -> None:
    case, _ = house.submit()  # Monday, 10:00 in Berlin
    house.clock.set(datetime(2026, 3, 3, 5, 59, tzinfo=UTC))
    look(house)
    assert told(house, "coordinator", "user") == []  # 6:59
    house.clock.set(datetime(2026, 3, 3, 6, 0, tzinfo=UTC))
    for _ in range(3):
        look(house)
        house.clock.advance(timedelta(hours=1))
    (mail,) = told(house, "coordinator", "user")
    assert mail.subject == "Ihre Aufgaben heute: 1 neu, 0 bald fällig"
    assert f"{case.reference} · Anfrage sichten · 05.03.2026" in mail.text
    assert "https://lotse.example/inbox" in mail.text
    assert ENQUIRY["organisation_name"] not in mail.text
    house.clock.set(datetime(2026, 3, 4, 6, 0, tzinfo=UTC))
    look(house)
    assert told(house, "coordinator", "user")[1].subject == "Ihre Aufgaben heute: 0 neu, 1 bald fällig"


def test_no_daily_mail_without_news_on_days_off_or_for_who_hears_at_once(house: House) -> None:
    look(house)
    assert told(house, "coordinator", "user") == []  # nothing to tell
    choose(house, "deputy", is_immediate=True)
    house.submit()
    house.clock.set(datetime(2026, 3, 7, 9, 0, tzinfo=UTC))  # Saturday
    look(house)
    assert told(house, "coordinator", "user") == []
    house.clock.set(datetime(2026, 3, 9, 9, 0, tzinfo=UTC))  # Monday
    look(house)
    assert len(told(house, "coordinator", "user")) == 1
    assert told(house, "deputy", "user") == []


def test_monday_tells_what_came_since_friday(house: House) -> None:
    for day in (6, 7, 8):  # Friday's mail, then the days without one
        house.clock.set(datetime(2026, 3, day, 9, 0, tzinfo=UTC))
        look(house)
        if day == 7:
            house.submit()
    assert told(house, "coordinator", "user") == []
    house.clock.set(datetime(2026, 3, 9, 9, 0, tzinfo=UTC))
    look(house)
    (mail,) = told(house, "coordinator", "user")
    assert mail.subject.startswith("Ihre Aufgaben heute: 1 neu")


def test_many_workers_send_the_daily_mail_once(house: House) -> None:
    house.submit()
    barrier = threading.Barrier(4)

    def once() -> None:
        barrier.wait()
        look(house)

    threads = [threading.Thread(target=once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told(house, "coordinator", "user")) == 1


def test_an_unusable_address_stops_nobody_elses_mail(house: House) -> None:
    with house.at() as tx:
        tx.session.scalars(select(User).where(User.email == "deputy@stadt.example")).one().email = "unbrauchbar"
    house.submit()
    look(house)
    assert len(told(house, "coordinator", "user")) == 1


@pytest.mark.parametrize("kept", [True, False])
def test_choosing_the_same_again_keeps_since_when(house: House, kept: bool) -> None:
    choose(house, "coordinator", is_immediate=True)
    begun = house.clock.now()
    house.clock.advance(timedelta(hours=1))
    choose(house, "coordinator", is_immediate=kept)
    with house.at() as tx:
        user = people.find_by_email(tx.session, "coordinator@stadt.example")
        assert user is not None
        assert user.immediate_since == (begun if kept else None)
