"""What a new version asks for otherwise reaches the waiting task; what somebody has set by hand stays both ways."""

from datetime import date, timedelta

import pytest

from tests.engine.drawing import Drawing
from tests.engine.migration.changing import Changing
from workflows.core.tx import Actor
from workflows.engine import tasks
from workflows.engine.dialect.model import Assignment
from workflows.engine.migration import changes_text
from workflows.engine.migration.waiting_tasks import COLUMNS, WORDS

SOMEBODY = Actor("Erika", user_id=7)


def drawing(*, priority: str = "", follow_up: str = "", assignee: str = "", group: str = "group:team") -> Drawing:
    asked = f'<zeebe:priorityDefinition priority="{priority}"/>' if priority else ""
    asked += f'<zeebe:taskSchedule followUpDate="{follow_up}"/>' if follow_up else ""
    whom = {"candidateGroups": group, "assignee": assignee}
    given = " ".join(f'{name}="{value}"' for name, value in whom.items() if value)
    d = Drawing()
    d.flow(d.start(), d.user("a", None, f"<zeebe:assignmentDefinition {given}/>{asked}"), d.end())
    return d


def test_urgency_and_follow_up_of_the_new_version_reach_the_waiting_task_and_go_back(house: Changing) -> None:
    instance = house.run(drawing())
    began = house.tasks(instance)[0].created_at.date()
    house.clock.set(house.clock.now() + timedelta(days=2))
    house.deploy(drawing(priority="80", follow_up="P5D"))
    assert house.judge(instance).changes == ("follow_up", "priority")
    earlier = house.moved(instance)
    (after,) = house.tasks(instance)
    assert (after.priority, after.follow_up_on) == (80, began + timedelta(days=5))
    house.undo(instance, earlier)
    (back,) = house.tasks(instance)
    assert (back.priority, back.follow_up_on) == (50, None)


def test_what_the_new_version_does_not_ask_for_any_more_goes(house: Changing) -> None:
    instance = house.run(drawing(priority="80", follow_up="P5D"))
    house.deploy(drawing())
    house.moved(instance)
    (after,) = house.tasks(instance)
    assert (after.priority, after.follow_up_on) == (50, None)


@pytest.mark.parametrize("is_before", [True, False], ids=["before the move", "after the move"])
def test_what_somebody_set_by_hand_stays_when_it_moves_and_when_it_goes_back(house: Changing, is_before: bool) -> None:
    instance = house.run(drawing(priority="20", follow_up="P3D"))
    on = date(2031, 1, 2)

    def by_hand() -> None:
        task = house.tasks(instance)[0].id
        with house.begin(SOMEBODY) as tx:
            tasks.prioritise(tx, task, 90)
            tasks.postpone(tx, task, on)

    if is_before:
        by_hand()
    house.deploy(drawing(priority="80", follow_up="P5D"))
    earlier = house.moved(instance)
    if not is_before:
        assert house.tasks(instance)[0].priority == 80
        by_hand()
    assert (house.tasks(instance)[0].priority, house.tasks(instance)[0].follow_up_on) == (90, on)
    house.undo(instance, earlier)
    assert (house.tasks(instance)[0].priority, house.tasks(instance)[0].follow_up_on) == (90, on)


def test_the_urgency_of_one_run_of_a_repetition_says_nothing_about_the_others(house: Changing) -> None:
    def repeated(priority: str) -> Drawing:
        d = Drawing()
        inner = (
            "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
            '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="one"/>'
            "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
        )
        asked = f'<zeebe:priorityDefinition priority="{priority}"/>'
        d.flow(d.start(), d.user("a", "group:team", asked, inner), d.end())
        return d

    instance = house.run(repeated("20"))
    with house.begin(SOMEBODY) as tx:
        tasks.prioritise(tx, house.tasks(instance)[0].id, 90)
    house.deploy(repeated("80"))
    house.moved(instance)
    assert sorted(task.priority for task in house.tasks(instance)) == [80, 90]


def test_another_person_of_the_new_version_gets_it_unless_somebody_took_it(house: Changing) -> None:
    taken, free = house.run(drawing()), house.start()
    with house.begin(SOMEBODY) as tx:
        tasks.claim(tx, house.tasks(taken)[0].id, 7)
    house.deploy(drawing(assignee="9"))
    for instance in (taken, free):
        assert house.judge(instance).changes == ("assignee",)
        house.moved(instance)
    assert [house.tasks(each)[0].assignee_id for each in (taken, free)] == [7, 9]


def test_a_task_given_back_to_a_group_that_goes_does_not_belong_to_nobody(house: Changing) -> None:
    instance = house.run(drawing())
    task = house.tasks(instance)[0].id
    with house.begin(SOMEBODY) as tx:
        tasks.claim(tx, task, 7)
        tasks.release(tx, task, held_by=7)
    house.deploy(drawing(assignee="9", group=""))
    house.moved(instance)
    (after,) = house.tasks(instance)
    assert (after.group_key, after.assignee_id) == (None, 9)


def test_the_sentence_names_what_changes_in_both_languages() -> None:
    assert changes_text(()) == ""
    assert set(WORDS) == set(COLUMNS) <= set(Assignment.__dataclass_fields__) | {"group"}
    told = changes_text(("due", "priority"))
    assert told == (
        "Die wartende Aufgabe richtet sich nach der neuen Fassung: Frist, Dringlichkeit. "
        "Was jemand von Hand gesetzt hat, bleibt."
    )
    assert changes_text(("due",), "en") == "The waiting task follows the new version: due date."
