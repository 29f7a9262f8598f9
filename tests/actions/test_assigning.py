"""Who does a task, and when: handing over, putting off, priorities, one by one and many at once."""

from datetime import date
from functools import partial

import pytest
from sqlalchemy import select

from tests.actions.conftest import House
from workflows.actions import assigning, filters, inbox, task_context, task_list
from workflows.actions.task_list import Filter
from workflows.core import audit
from workflows.core.errors import Conflict, Invalid, NotFound
from workflows.core.tx import Tx
from workflows.domain import people
from workflows.domain.people import User
from workflows.engine.events import Event
from workflows.engine.tasks import Task

TRIAGE = {
    "decision": "help",
    "summary": "Raum gesucht",
    "urgency": "normal",
    "support_level": "inform",
    "ways": ["answer", "own_offer"],
    "triage_note": "",
}


def _only(tx: Tx) -> Task:
    return tx.session.scalars(select(Task).where(Task.status == "open")).one()


def _id(house: House, who: str) -> int:
    return house.actors[who].user_id or 0


def test_a_task_is_handed_to_a_colleague_and_the_trail_says_to_whom(house: House) -> None:
    house.submit()
    with house.at("coordinator") as tx:
        task = assigning.hand_over(tx, _only(tx).id, _id(house, "deputy"))
        assert task.assignee_id == _id(house, "deputy")
    with house.at("deputy") as tx:
        assert [each.id for each in task_list.list_tasks(tx, Filter(scope="mine")).items] == [task.id]
        entry = next(each for each in audit.entries(tx.session, "case:1") if each.event == "task.handed_over")
        assert (entry.details or {})["to"] == "deputy"
        assert "task.assigned" in set(tx.session.scalars(select(Event.kind)))


def test_only_who_may_do_it_can_be_given_a_task(house: House) -> None:
    house.submit()
    with house.at() as tx:
        gone = people.create(tx, "weg@stadt.example", "weg", roles=["coordinator"], groups=["group:coordination"])
        people.set_active(tx, gone.id, is_active=False)
    with house.at("coordinator") as tx:
        names = [user.name for user in assigning.colleagues_for(tx, _only(tx).id)]
        assert names == ["coordinator", "deputy", "leadership"]
        for nobody in (_id(house, "office"), gone.id, 4711):
            with pytest.raises(Invalid) as invalid:
                assigning.hand_over(tx, _only(tx).id, nobody)
            assert list(invalid.value.problems) == ["user_id"]
    house.refer("culture_office")
    with house.at() as tx:
        mate = people.create(tx, "mit@kultur.example", "mate", roles=["office"], groups=house.actors["office"].groups)
    with house.at("office") as tx:
        asked = task_list.list_tasks(tx, Filter()).items[0]
        assert {user.name for user in assigning.colleagues_for(tx, asked.id)} == {"office", "mate"}
        assert assigning.hand_over(tx, asked.id, mate.id).assignee_id == mate.id
    with house.at("other office") as tx, pytest.raises(NotFound):
        assigning.hand_over(tx, asked.id, mate.id)


def test_a_task_taken_meanwhile_is_not_given_away(house: House) -> None:
    house.submit()
    house.refer("culture_office")
    with house.at() as tx:
        mate = people.create(tx, "mit@kultur.example", "mate", roles=["office"], groups=house.actors["office"].groups)
        house.actors["mate"] = people.actor(tx.session, tx.session.get_one(User, mate.id))
    with house.at("mate") as tx:
        task = assigning.claim(tx, task_list.list_tasks(tx, Filter()).items[0].id)
    with house.at("office") as tx, pytest.raises(Conflict) as conflict:
        assigning.hand_over(tx, task.id, _id(house, "office"))
    assert (conflict.value.code, conflict.value.facts["by"]) == ("task_claimed", "mate")


def test_a_task_given_to_somebody_else_meanwhile_is_not_taken_from_them(house: House) -> None:
    """Who gives back one's own task has seen it as one's own: an office may never take a colleague's."""
    house.submit()
    house.refer("culture_office")
    with house.at() as tx:
        people.create(tx, "mit@kultur.example", "mate", roles=["office"], groups=house.actors["office"].groups)
        mate = people.find_by_email(tx.session, "mit@kultur.example")
        assert mate is not None
    with house.at("office") as tx:
        task_id = assigning.claim(tx, task_list.list_tasks(tx, Filter()).items[0].id).id
    with house.at("office") as tx:
        seen = tx.session.get_one(Task, task_id)
        with house.at("office") as elsewhere:
            assigning.hand_over(elsewhere, task_id, mate.id)
        with pytest.raises(Conflict) as conflict:
            assigning.release(tx, seen.id)
        tx.session.rollback()
    assert (conflict.value.code, conflict.value.facts["by"]) == ("task_claimed", "mate")
    with house.at() as tx:
        assert tx.session.get_one(Task, task_id).assignee_id == mate.id


def test_a_day_for_coming_back_lies_ahead_but_not_too_far(house: House) -> None:
    house.submit()
    with house.at("coordinator") as tx:
        task_id = _only(tx).id
        for day in (date(2026, 3, 2), date(2020, 1, 1), date(2028, 6, 1)):
            with pytest.raises(Invalid):
                assigning.postpone(tx, task_id, day)
        assert assigning.postpone(tx, task_id, date(2026, 3, 9)).follow_up_on == date(2026, 3, 9)
        assert assigning.postpone(tx, task_id, None).follow_up_on is None
        assert assigning.prioritise(tx, task_id, 80).priority == 80
        with pytest.raises(Invalid):
            assigning.prioritise(tx, task_id, 101)
    with house.at() as tx:
        told = {entry.event for entry in audit.entries(tx.session, "case:1")}
    assert {"task.postponed", "task.prioritised"} <= told
    with house.at("leadership") as tx, pytest.raises(NotFound):
        assigning.postpone(tx, task_id, date(2026, 3, 9))


def test_of_many_at_once_what_is_over_stops_none_of_the_others(house: House) -> None:
    for _ in range(3):
        house.submit()
    with house.at("coordinator") as tx:
        ids = [task.id for task in task_list.list_tasks(tx, Filter()).items]
        inbox.complete(tx, ids[1], TRIAGE)
    with house.at("coordinator") as tx:
        give = partial(assigning.hand_over, user_id=_id(house, "deputy"))
        changed = assigning.several(tx, [*ids, 4711], give)
        assert changed.done == (ids[0], ids[2])
        assert {error.code for error in changed.refused} == {"task_done", "not_found"}
        with pytest.raises(Invalid):
            assigning.several(tx, ids, partial(assigning.postpone, on=date(2020, 1, 1)))


def test_the_next_task_of_the_case_is_offered_to_who_may_do_it(house: House) -> None:
    house.submit()
    with house.at("coordinator") as tx:
        first = _only(tx).id
        inbox.complete(tx, first, TRIAGE)
        following = task_context.next_of_case(tx, first)
        assert following is not None
        assert following.element_id in {"write_answer", "own_offer"}
        assigning.hand_over(tx, following.id, _id(house, "deputy"))
        other = task_context.next_of_case(tx, first)
        assert other is not None
        assert other.id != following.id
        assigning.postpone(tx, other.id, date(2026, 3, 9))
        assert task_context.next_of_case(tx, first) is None
    with house.at("leadership") as tx:
        assert task_context.next_of_case(tx, first) is None


def test_kept_filters_are_ones_own_and_a_name_is_kept_once(house: House) -> None:
    with house.at("coordinator") as tx:
        filters.keep(tx, "  Eilig  ", "due=overdue")
        row = filters.keep(tx, "Eilig", "priority=high")
        assert [(each.name, each.query) for each in filters.own(tx)] == [("Eilig", "priority=high")]
        for name in ("", "x" * 61):
            with pytest.raises(Invalid):
                filters.keep(tx, name, "")
        for number in range(11):
            filters.keep(tx, f"Nummer {number}", "")
        with pytest.raises(Conflict, match="too_many_filters"):
            filters.keep(tx, "noch einer", "")
    with house.at("deputy") as tx:
        assert filters.own(tx) == []
        with pytest.raises(NotFound):
            filters.forget(tx, row.id)
    with house.at("coordinator") as tx:
        filters.forget(tx, row.id)
        assert len(filters.own(tx)) == 11
