"""The inbox: who finds what, in which order; one task is taken, drafted and completed by one person."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.actions.conftest import ENQUIRY, House
from workflows.actions import assigning, inbox, subjects, task_list
from workflows.actions.task_list import Filter
from workflows.core import audit
from workflows.core.errors import Conflict, Invalid, NotFound
from workflows.core.tx import Tx
from workflows.engine.tasks import Task

TRIAGE = {
    "decision": "help",
    "summary": "Raum gesucht",
    "urgency": "normal",
    "support_level": "inform",
    "ways": ["answer"],
    "triage_note": "",
}


def _only_task(tx: Tx) -> Task:
    return tx.session.scalars(select(Task).where(Task.status == "open")).one()


def _references(tx: Tx, wanted: Filter) -> list[str]:
    page = task_list.list_tasks(tx, wanted)
    about = subjects.of_tasks(tx, page.items)
    return [about[task.id].reference for task in page.items]


def test_tasks_come_page_by_page_due_first_and_each_once(house: House) -> None:
    for _ in range(7):
        house.submit()
    with house.at() as tx:
        ids = list(tx.session.scalars(select(Task.id).order_by(Task.id)))
        due = house.clock.now()
        for number, task_id in enumerate(ids):
            moment = None if number in {0, 3} else due + timedelta(days=(number * 5) % 3)
            tx.session.execute(update(Task).where(Task.id == task_id).values(due_at=moment))
    with house.at("coordinator") as tx:
        seen: list[Task] = []
        cursor: str | None = ""
        while cursor is not None:
            page = task_list.list_tasks(tx, Filter(scope="group", limit=2, cursor=cursor))
            seen, cursor = seen + page.items, page.next
        assert [task.id for task in seen if task.due_at is None] == [ids[0], ids[3]]
        dated = [(task.due_at, task.id) for task in seen if task.due_at is not None]
        assert dated == sorted(dated, key=lambda pair: (str(pair[0]), pair[1]))
        assert sorted(task.id for task in seen) == ids
        assert task_list.count(tx, Filter(scope="group")) == 7


def test_a_foreign_cursor_is_a_problem_of_its_field(house: House) -> None:
    for cursor in ("x", "????", "YWJj", "MjAyNi0wMS0wMXwx"):
        with house.at("coordinator") as tx, pytest.raises(Invalid) as invalid:
            task_list.list_tasks(tx, Filter(cursor=cursor))
        assert list(invalid.value.problems) == ["cursor"]


def test_search_finds_by_reference_and_organisation_with_folded_letters(house: House) -> None:
    house.submit()
    house.submit({**ENQUIRY, "organisation_name": "Sportclub Éclair", "contact_email": "e@verein.example"})
    with house.at("coordinator") as tx:
        assert _references(tx, Filter(words="BRUCKE")) == ["2026-0001"]
        assert _references(tx, Filter(words="eclair sport")) == ["2026-0002"]
        assert _references(tx, Filter(words="2026 0002")) == ["2026-0002"]
        assert _references(tx, Filter(words="nirgends")) == []


def test_an_office_finds_its_own_tasks_and_cannot_probe_what_it_was_not_told(house: House) -> None:
    house.submit()
    house.refer("culture_office")
    with house.at("office") as tx:
        page = task_list.list_tasks(tx, Filter())
        assert [task.element_id for task in page.items] == ["answer_referral"]
        about = subjects.of_tasks(tx, page.items)[page.items[0].id]
        assert (about.subject_name, about.case_id) == ("Frau Beispiel", None)
        assert _references(tx, Filter(words="Beispiel")) == ["2026-0001"]
        assert _references(tx, Filter(words="Brücke")) == []
    with house.at("other office") as tx:
        assert task_list.list_tasks(tx, Filter()).items == []


def test_leadership_sees_the_task_but_does_not_work_on_it(house: House) -> None:
    house.submit()
    with house.at("leadership") as tx:
        task = _only_task(tx)
        opened = inbox.open_form(tx, task.id)
        assert (opened.can_work, opened.can_claim) == (False, False)
        with pytest.raises(NotFound):
            inbox.complete(tx, task.id, TRIAGE)


def test_a_claimed_task_belongs_to_one_and_can_be_given_back(house: House) -> None:
    house.submit()
    with house.at("coordinator") as tx:
        task_id = _only_task(tx).id
        assigning.claim(tx, task_id)
    with house.at("deputy") as tx, pytest.raises(Conflict) as conflict:
        assigning.claim(tx, task_id)
    assert (conflict.value.code, conflict.value.facts["by"]) == ("task_claimed", "coordinator")
    with house.at("coordinator") as tx:
        assert [task.id for task in task_list.list_tasks(tx, Filter(scope="mine")).items] == [task_id]
        assert inbox.open_form(tx, task_id).can_release
        assigning.release(tx, task_id)
    with house.at("deputy") as tx:
        assert inbox.open_form(tx, task_id).can_claim
        told = [entry.event for entry in audit.entries(tx.session, "case:1")]
    assert {"task.claimed", "task.released"} <= set(told)


def test_what_was_typed_is_there_again(house: House) -> None:
    house.submit()
    with house.at("coordinator") as tx:
        task_id = _only_task(tx).id
        saved = inbox.save_draft(tx, task_id, {"summary": "halb fer", "unknown": "x"})
        assert saved.draft == {"summary": "halb fer"}
    with house.at("deputy") as tx:
        opened = inbox.open_form(tx, task_id)
        assert next(field.value for field in opened.fields if field.key == "summary") == "halb fer"
        with pytest.raises(Conflict) as conflict:
            inbox.save_draft(tx, task_id, {"summary": "anders"}, revision=0)
    assert conflict.value.facts["by"] == "coordinator"


def test_a_wrong_form_moves_nothing_and_names_each_field(house: House) -> None:
    house.submit()
    with house.at("coordinator") as tx, pytest.raises(Invalid) as invalid:
        inbox.complete(tx, _only_task(tx).id, {**TRIAGE, "urgency": "sofort", "summary": "", "foreign": "1"})
    assert set(invalid.value.problems) == {"urgency", "summary", "foreign"}
    with house.at() as tx:
        assert _only_task(tx).element_id == "triage"


def test_of_two_at_the_same_moment_one_wins_and_the_other_reads_who(house: House) -> None:
    for _ in range(3):
        house.submit()
    with house.at() as tx:
        ids = list(tx.session.scalars(select(Task.id).where(Task.status == "open")))
    for task_id in ids:
        results = _at_once(house, task_id, {"coordinator": TRIAGE, "deputy": TRIAGE})
        winner = next(who for who, result in results.items() if result is None)
        (late,) = [result for result in results.values() if result is not None]
        assert isinstance(late, Conflict)
        assert (late.code, late.facts["by"]) == ("task_done", winner)
    house.work()
    with house.at() as tx:
        followers = [task.element_id for task in tx.session.scalars(select(Task).where(Task.status == "open"))]
    assert followers == ["write_answer"] * 3


def test_a_form_opened_while_its_task_is_being_done_still_shows_what_was_typed(house: House) -> None:
    house.submit()
    with house.at("deputy") as slow:
        task = _only_task(slow)  # read as open …
        with house.at("coordinator") as quick:
            inbox.complete(quick, task.id, TRIAGE)
        opened = inbox.open_form(slow, task.id, {"summary": "Mühsam getippt"})  # … and over by now
    assert opened.values == {"summary": "Mühsam getippt"}
    assert opened.task.status == "done"


def _at_once(house: House, task_id: int, values: Mapping[str, Mapping[str, Any]]) -> dict[str, Exception | None]:
    barrier = threading.Barrier(len(values))
    results: dict[str, Exception | None] = {}

    def one(who: str) -> None:
        barrier.wait()
        try:
            with house.at(who) as tx:
                inbox.complete(tx, task_id, values[who])
            results[who] = None
        except Conflict as conflict:
            results[who] = conflict

    threads = [threading.Thread(target=one, args=(who,)) for who in values]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
