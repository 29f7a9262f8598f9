"""A jury decides with what it needs and nothing else: its tasks, the applications before it, the pot with its rank."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.actions import applying
from tests.actions.conftest import House
from workflows import policy
from workflows.actions import assigning, attachments, board, deputies, task_list
from workflows.actions.board import Pot
from workflows.actions.task_list import Filter
from workflows.core import files
from workflows.core.errors import Invalid, NotFound
from workflows.core.files import File
from workflows.core.outbox import Mail
from workflows.core.tx import Actor
from workflows.domain import funding, groups, people, programmes
from workflows.domain.cases import Case
from workflows.domain.funding import Application
from workflows.engine.tasks import Task

MEETING = [{"member": "Kulturamt", "is_biased": False}, {"member": "Jobcenter", "is_biased": False}]


def _member(house: House, name: str, group: str = "group:jury") -> Actor:
    with house.at() as tx:
        if not people.group_exists(tx.session, group):
            groups.add(tx, group, "Zweite Jury")
        user = people.create(tx, f"{name}@jury.example", name, roles=["jury"], groups=[group])
        house.actors[name] = people.actor(tx.session, user)
    return house.actors[name]


@pytest.fixture
def before(house: House) -> int:
    """An application that waits for its jury; ``member`` sits in it, ``other`` in another one."""
    member = _member(house, "member")
    _member(house, "other", "group:sport_jury")
    applying.advise(house)
    applying.walk(house, "declare_bias")
    house.do("member", "declare_bias", {"jury_members": [_present(member), *MEETING], "meets_on": "2026-05-04"})
    with house.at() as tx:
        return tx.session.scalars(select(Application.id)).one()


def _present(member: Actor) -> dict[str, object]:
    return {"account": applying.key(member), "is_biased": False}


def _pots(house: House, who: str) -> list[Pot]:
    with house.at(who) as tx:
        return board.read(tx)


def _titles(found: Sequence[Task]) -> list[str]:
    return [task.element_id for task in found]


def test_a_member_rates_and_decides_and_reads_the_application_but_no_case(house: House, before: int) -> None:
    with house.at("member") as tx:
        sheet = board.sheet(tx, before)
        assert sheet.process is not None
        assert _titles(sheet.candidate.tasks) == ["rate_application"]
        assert sheet.candidate.association == "Brücke e.V."
        case = sheet.candidate.application.case_id
        with pytest.raises(NotFound):
            policy.get(tx, policy.CASE_READ, Case, case)
    for element_id in ("rate_application", "decide_award"):
        house.do("member", element_id, applying.typed(element_id))
    house.do("leadership", "sign_decision", {"approval": "sign"})
    (pot,) = _pots(house, "member")
    assert pot.undecided == []
    assert [each.status for each in pot.decided] == ["awarded"]


def test_another_jury_and_an_office_learn_nothing_of_it(house: House, before: int) -> None:
    assert _pots(house, "other") == []
    for who in ("other", "office"):
        with house.at(who) as tx:
            assert task_list.list_tasks(tx, Filter()).items == []
            with pytest.raises(NotFound):
                board.sheet(tx, before)


def test_a_member_finds_its_tasks_by_reference_association_and_title_not_by_the_text_of_the_case(
    house: House, before: int
) -> None:
    def found(words: str) -> list[str]:
        with house.at("member") as tx:
            return _titles(task_list.list_tasks(tx, Filter(words=words)).items)

    with house.at() as tx:
        title = tx.session.get_one(Application, before).title
        text = tx.session.scalars(select(Case.text)).one()
    assert found("bruecke") == found(title) == found("2026-0001") == ["rate_application"]
    assert "Fest" in text
    assert found("Fest") == []


def test_of_the_files_of_a_case_a_member_reads_those_handed_in_with_the_application(house: House, before: int) -> None:
    with house.at() as tx:
        case = tx.session.scalars(select(Case)).one()
        files.store(tx, "notiz.txt", b"intern", case.stream)
        files.store(tx, "satzung.txt", b"Satzung", case.stream).subject = f"application:{before}"
    with house.at("member") as tx:
        assert [file.name for file in attachments.of_case(tx, case.id)] == ["satzung.txt"]
        assert [file.name for file in board.sheet(tx, before).files] == ["satzung.txt"]
        hidden = tx.session.scalars(select(File.key).where(File.name == "notiz.txt")).one()
        with pytest.raises(NotFound):
            attachments.find(tx, hidden)


def test_the_rank_says_how_far_the_money_reaches_and_who_is_not_rated_comes_last(house: House, before: int) -> None:
    asked = ((14, "300"), (19, "600"), (None, "50"), (16, "200"))
    with house.at() as tx:
        first = tx.session.get_one(Application, before)
        programme = tx.session.get_one(programmes.Programme, first.programme_id)
        assert first.year is not None
        programmes.set_pot(tx, programme.key, first.year, Decimal(850))
        case_id = first.case_id
        first.points, first.requested = asked[0][0], Decimal(asked[0][1])
        for points, requested in asked[1:]:
            rival = funding.open_new(tx, case_id)
            rival.programme_id, rival.year, rival.status = first.programme_id, first.year, "submitted"
            rival.points, rival.requested = points, Decimal(requested)
    (pot,) = _pots(house, "coordinator")
    found = [(each.place, each.application.points, each.is_above_cut) for each in pot.undecided]
    assert found == [(1, 19, True), (2, 16, True), (3, 14, False), (None, None, True)]
    assert (pot.left, pot.total, pot.asked) == (Decimal(850), Decimal(850), Decimal(1150))
    assert [each.application.id for each in _pots(house, "member")[0].undecided] == [before]  # not before this jury


def test_work_of_a_jury_stays_in_the_jury_or_goes_to_who_works_on_cases(house: House, before: int) -> None:
    second = _member(house, "second")
    with house.at("member") as tx:
        (task,) = task_list.list_tasks(tx, Filter()).items
        names = [user.name for user in assigning.colleagues_for(tx, task.id)]
        assert names == ["member"]  # the others were not there: the diagram admits nobody else
        today = people.day(tx.now)
        with pytest.raises(Invalid):
            deputies.appoint(tx, house.actors["other"].user_id, today, today)
        deputies.appoint(tx, second.user_id, today, today)
        assert [absence.deputy for absence in deputies.page(tx).own] == ["second"]


def test_a_member_is_mailed_a_new_task_at_once_without_a_name_in_it(house: House, before: int) -> None:
    house.clock.set(house.clock.now() + timedelta(minutes=1))
    house.do("member", "rate_application", applying.typed("rate_application"))
    house.work()
    with house.at() as tx:
        mail = tx.session.scalars(select(Mail).where(Mail.to_address == "member@jury.example")).all()[-1]
    assert "Über den Antrag entscheiden" in mail.text
    assert "Brücke" not in mail.text + mail.subject
