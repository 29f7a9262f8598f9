"""A move keeps what belongs to people and to the past, and can be taken back exactly while nothing has gone on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.engine.drawing import Drawing, mapping, timer
from tests.engine.house import NOTHING_OPEN
from tests.engine.house import operator as operators
from tests.engine.migration.changing import Changing
from workflows.core.errors import Conflict
from workflows.core.tx import Actor
from workflows.engine import runtime, tasks
from workflows.engine.events import Event
from workflows.engine.migration import reason_text
from workflows.engine.migration.reasons import WORDS, Reason
from workflows.engine.run import Engine

SOMEBODY = Actor("Erika", user_id=7)


def schedule(due: str) -> str:
    return f'<zeebe:taskSchedule dueDate="{due}"/>'


def drawing(
    *, group: str = "group:team", due: str = "P10D", name: str = "a", deadline: bool = False, form: str = "f"
) -> Drawing:
    d = Drawing()
    d.flow(d.start(), d.user(name, group, schedule(due) + f'<zeebe:formDefinition formId="{form}"/>'), d.user("b"))
    d.flow("b", d.end())
    if deadline:
        d.boundary("late", name, timer("duration", "P5D"))
        d.flow("late", d.end("end_late"))
    return d


def claimed(house: Changing) -> int:
    """A case whose task somebody has claimed and begun to fill in, two days ago."""
    instance = house.run(drawing())
    task = house.tasks(instance)[0]
    with house.begin(SOMEBODY) as tx:
        tasks.claim(tx, task.id, 7)
        tasks.save_draft(tx, task.id, {"answer": "halb"}, expected=0)
    house.clock.set(house.clock.now() + timedelta(days=2))
    return instance


def test_the_waiting_task_keeps_row_claim_draft_start_and_due_date(house: Changing) -> None:
    instance = claimed(house)
    before, revision = house.tasks(instance)[0], house.instance(instance).revision
    house.deploy(drawing(name="renamed", deadline=True, form="other"))
    house.moved(instance)
    (after,) = house.tasks(instance)
    kept = ("id", "token", "assignee_id", "claimed_at", "draft", "draft_at", "draft_by", "revision", "created_at")
    assert [getattr(after, each) for each in kept] == [getattr(before, each) for each in kept]
    assert (after.due_at, after.group_key, after.status) == (before.due_at, before.group_key, "open")
    assert (after.element_id, after.name, after.form_id) == ("renamed", "Schritt renamed", "other")
    assert house.instance(instance).revision == revision + 1


def test_a_new_due_date_and_group_reach_the_waiting_task_and_count_from_its_start(house: Changing) -> None:
    instance = claimed(house)
    house.deploy(drawing(group="group:other", due="P20D"))
    house.moved(instance)
    (after,) = house.tasks(instance)
    assert (after.group_key, after.due_at) == ("group:other", after.created_at + timedelta(days=20))
    assert after.assignee_id == 7


def test_a_due_date_that_cannot_be_computed_leaves_the_old_one(house: Changing) -> None:
    instance = claimed(house)
    before = house.tasks(instance)[0].due_at
    house.deploy(drawing(due="=unknown"))
    house.moved(instance)
    assert house.tasks(instance)[0].due_at == before
    assert house.events(instance, "expression.warned") == ["a"]


def test_a_move_is_told_in_the_timeline(house: Changing) -> None:
    instance = claimed(house)
    house.deploy(drawing(due="P20D"))
    house.moved(instance)
    with house.begin() as tx:
        event = tx.session.scalars(select(Event).where(Event.instance_id == instance).order_by(Event.id)).all()[-1]
    assert (event.kind, event.details) == ("instance.migrated", {"from": 1, "to": 2})


def test_a_move_is_taken_back_exactly(house: Changing) -> None:
    instance = claimed(house)
    before, task = house.stored(instance), house.tasks(instance)[0]
    house.deploy(drawing(group="group:other", due="P20D", name="renamed", deadline=True))
    earlier = house.moved(instance)
    assert len(house.timers(instance)) == 1
    house.undo(instance, earlier)
    assert house.stored(instance) == before
    (after,) = house.tasks(instance)
    names = [column.name for column in task.__table__.columns]
    assert [getattr(after, each) for each in names] == [getattr(task, each) for each in names]
    assert house.timers(instance) == []
    house.complete(instance, "a")
    house.complete(instance, "b")
    assert (house.status(instance), house.open_rows(instance)) == ("completed", NOTHING_OPEN)


def test_removed_timers_and_messages_come_back_with_their_due_dates(house: Changing) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("a"), d.end())
    for edge, inner in (("late", timer("duration", "P5D")), ("asked", d.message("news"))):
        d.boundary(edge, "a", inner)
        d.flow(edge, d.end(f"end_{edge}"))
    instance = house.run(d, ref="k")
    due = house.timers(instance)[0].due_at
    plain = Drawing()
    plain.flow(plain.start(), plain.user("a"), plain.user("b"), plain.end())
    house.deploy(plain)
    earlier = house.moved(instance)
    assert house.open_rows(instance) == {"tasks": 1, "timers": 0, "subscriptions": 0, "messages": 0}
    house.undo(instance, earlier)
    assert [each.due_at for each in house.timers(instance)] == [due]
    house.send("news", "k")
    house.work()
    assert house.status(instance) == "completed"
    assert "asked" in house.events(instance)


def test_a_case_that_has_gone_on_is_not_taken_back(house: Changing) -> None:
    instance = claimed(house)
    house.deploy(drawing(due="P20D"))
    earlier = house.moved(instance)
    house.complete(instance, "a")
    with pytest.raises(Conflict, match="instance_moved_on"):
        house.undo(instance, earlier)
    assert house.number(instance) == 2


def test_what_people_do_after_a_move_outlives_taking_it_back(house: Changing) -> None:
    instance = claimed(house)
    house.deploy(drawing(due="P20D"))
    earlier = house.moved(instance)
    task = house.tasks(instance)[0]
    with house.begin(SOMEBODY) as tx:
        tasks.save_draft(tx, task.id, {"answer": "mehr"}, expected=1)
    house.undo(instance, earlier)
    assert house.tasks(instance)[0].draft == {"answer": "mehr"}


def test_an_ended_case_cannot_be_moved(house: Changing) -> None:
    instance = house.run(drawing())
    with house.begin() as tx:
        runtime.terminate(tx, house.engine, instance, "")
    house.deploy(drawing(due="P20D"))
    with pytest.raises(Conflict, match="instance_ended"):
        house.move(instance)


def test_an_incident_moves_along_and_is_mended_by_the_new_version(house: Changing) -> None:
    """A step that failed is tried again as the new version draws it."""

    def drawn(name: str) -> Drawing:
        d = Drawing()
        d.flow(
            d.start(), d.service(name, "work", mapping({"given": "=missing" if name == "broken" else "=1"})), d.end()
        )
        return d

    house.engine = Engine(operators("work", lambda tx, call: None, "given"))
    instance = house.run(drawn("broken"))
    assert [each.element_id for each in house.incidents(instance)] == ["broken"]
    house.deploy(drawn("mended"))
    house.moved(instance, {"broken": "mended"})
    assert [each.element_id for each in house.incidents(instance)] == ["mended"]
    house.retry(instance)
    assert house.status(instance) == "completed"


def test_new_inputs_of_a_waiting_step_are_handed_in(house: Changing) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("a"), d.end())
    instance = house.run(d, x=5)
    other = Drawing()
    other.flow(other.start(), other.user("a", extension=mapping({"shown": "=x + 1"})), other.end())
    house.deploy(other)
    house.moved(instance)
    with house.begin() as tx:
        task = tx.session.get_one(tasks.Task, house.tasks(instance)[0].id)
        assert runtime.variables(tx, house.engine, task)["shown"] == 6


def test_texts_alone_are_a_reason_to_move(house: Changing) -> None:
    house.deploy(drawing(), {"texts/mail.de.txt": b"Alt"})
    instance = house.start()
    house.deploy(drawing(), {"texts/mail.de.txt": b"Neu"})
    assert house.judge(instance).outcome == "move"


def test_every_reason_has_words_in_both_languages() -> None:
    for code in WORDS:
        reason = Reason(code, "a", "Prüfen")
        assert "{" not in reason_text(reason) + reason_text(reason, "en")
        assert reason_text(reason) != reason_text(reason, "en")
        assert code == "state_unreadable" or "Prüfen" in reason_text(reason)
