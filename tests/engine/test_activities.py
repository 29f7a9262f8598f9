"""Tasks, subprocesses, called processes and multi-instance activities with their variables in scopes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.engine.drawing import Drawing, each, mapping, timer
from tests.engine.house import NOTHING_OPEN, House
from workflows.engine.run import Engine

DMN = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
<decision id="way" name="way"><decisionTable hitPolicy="UNIQUE"><input>
<inputExpression typeRef="string"><text>topic</text></inputExpression></input><output name="way" typeRef="string"/>
<rule><inputEntry><text>"rooms"</text></inputEntry><outputEntry><text>"refer"</text></outputEntry></rule>
<rule><inputEntry><text>not("rooms")</text></inputEntry><outputEntry><text>"answer"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_script_and_decision_write_their_results(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.script("double", "=n * 2", "twice"), d.rule("choose", "way", "proposal"), d.end())
    house.deploy(d, {"way.dmn": DMN})
    instance = house.start(n=Decimal("0.1"), topic="rooms")
    assert house.variables(instance) == {
        "n": Decimal("0.1"),
        "topic": "rooms",
        "twice": Decimal("0.2"),
        "proposal": "refer",
    }
    assert house.events(instance, "decision.evaluated") == ["choose"]


def test_what_a_decision_could_not_compare_stands_in_the_timeline(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.rule("choose", "way", "proposal"), d.end())
    house.deploy(d, {"way.dmn": DMN})
    instance = house.start(topic=Decimal(5))
    assert house.variables(instance)["proposal"] is None
    assert house.events(instance, "expression.warned") == ["choose"]
    assert house.events(house.start(topic="rooms"), "expression.warned") == []


def test_a_manual_task_is_ticked_off_without_a_form(house: House) -> None:
    d = Drawing()
    d.node(
        "laneSet",
        "lanes",
        '<bpmn:lane id="coordination" name="Koordinierung"><bpmn:flowNodeRef>file</bpmn:flowNodeRef></bpmn:lane>',
    )
    d.flow(d.start(), d.node("manualTask", "file"), d.end())
    instance = house.run(d)
    assert [(task.group_key, task.form_id) for task in house.tasks(instance)] == [("group:coordination", None)]
    house.complete(instance, "file")
    assert house.status(instance) == "completed"


def test_a_user_task_knows_its_group_person_dates_and_priority(house: House) -> None:
    d = Drawing()
    schedule = (
        '<zeebe:formDefinition formId="answer"/><zeebe:taskSchedule dueDate="=deadline" '
        'followUpDate="=deadline - duration(&quot;P1D&quot;)"/>'
        '<zeebe:priorityDefinition priority="80"/>'
    )
    d.flow(d.start(), d.user("answer", "=office", schedule), d.end())
    instance = house.run(d, deadline=date(2026, 3, 20), office="office:17")
    task = house.tasks(instance)[0]
    assert task.due_at == datetime(2026, 3, 20, 22, 59, 59, tzinfo=UTC)
    assert (task.follow_up_on, task.priority) == (date(2026, 3, 19), 80)
    assert (task.group_key, task.assignee_id, task.form_id) == ("office:17", None, "answer")


def test_an_unknown_group_is_an_incident(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("answer", "=office"), d.end())
    house.engine = Engine(group_exists=lambda tx, key: key == "office:17")
    instance = house.run(d, office="office:99")
    assert [incident.code for incident in house.incidents(instance)] == ["unknown_group"]


@pytest.mark.parametrize("known", [7, 8])
@pytest.mark.parametrize("group", ["", ' candidateGroups="group:team"'])
def test_nobody_is_given_a_task_who_cannot_do_it(house: House, known: int, group: str) -> None:
    """It would belong to nobody: its group has it, and without one it is an incident."""
    house.engine = Engine(can_work=lambda tx, user_id: user_id == known)
    d = Drawing()
    d.flow(d.start(), d.node("userTask", "ask", "", f'<zeebe:assignmentDefinition assignee="=7"{group}/>'), d.end())
    instance = house.run(d)
    stuck = [incident.code for incident in house.incidents(instance)]
    given = [(task.assignee_id, task.group_key) for task in house.tasks(instance)]
    if known == 7:
        assert (stuck, given) == ([], [(7, "group:team" if group else None)])
    else:
        assert (stuck, given) == ([], [(None, "group:team")]) if group else (["assignee_not_a_person"], [])


NO_NUMBERS = ("²", "9" * 5_000, Decimal("1E+6000"), Decimal(-1), "jemand")


@pytest.mark.parametrize("value", NO_NUMBERS)
def test_what_is_no_person_and_no_priority_is_an_incident(house: House, value: object) -> None:
    given = {
        "assignee_not_a_person": '<zeebe:assignmentDefinition assignee="=given"/>',
        "priority_out_of_range": '<zeebe:assignmentDefinition candidateGroups="group:team"/>'
        '<zeebe:priorityDefinition priority="=given"/>',
    }
    for code, extension in given.items():
        d = Drawing()
        d.flow(d.start(), d.node("userTask", "ask", "", extension), d.end())
        instance = house.run(d, given=value)
        assert [incident.code for incident in house.incidents(instance)] == [code]


def test_inputs_are_seen_inside_only_and_outputs_choose_what_comes_out(house: House) -> None:
    d = Drawing()
    d.flow(
        d.start(),
        d.user("ask", extension=mapping({"limit": "=amount / 2"}, {"result.grant": "=granted", "limit_was": "=limit"})),
    )
    d.flow("ask", d.end())
    instance = house.run(d, amount=10, result={"old": "stays"})
    house.complete(instance, "ask", granted=3, remark="private")
    assert house.variables(instance) == {
        "amount": 10,
        "result": {"old": "stays", "grant": 3},
        "limit_was": Decimal(5),
    }


def test_branches_do_not_overwrite_each_other_at_a_join(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.gateway("parallel", "fork"), d.user("one"), d.gateway("parallel", "join"), d.end())
    d.flow("fork", d.user("two"), "join")
    instance = house.run(d, first="old", second="old")
    house.complete(instance, "one", first="new")
    house.complete(instance, "two", second="new")
    assert house.variables(instance) == {"first": "new", "second": "new"}


def test_a_called_process_sees_outwards_and_keeps_its_own_variables(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.call("check", "inner", mapping({"n": "=amount"}, {"verdict": "=good"})), d.end())
    d.process("inner")
    d.flow(d.start("inner_start"), d.script("judge", "=n > 5", "good"), d.user("look"), d.end("inner_end"))
    house.deploy(_first(d))
    instance = house.start(amount=7)
    house.complete(instance, "look", note="inside")
    assert house.variables(instance) == {"amount": 7, "verdict": True}
    assert house.instance(instance).variables.keys() == {""}


def _first(d: Drawing) -> Drawing:
    d.xml()
    d.key = "p"
    return d


@pytest.mark.parametrize("sequential", [True, False])
def test_every_item_has_a_run_with_its_own_variables_and_results_keep_the_order(house: House, sequential: bool) -> None:
    d = Drawing()
    loop = each("=offices", "office", sequential=sequential, gather=("answers", "=office + answer"))
    d.flow(d.start(), d.user("ask", "=office", inner=loop), d.end())
    instance = house.run(d, offices=["a", "b", "c"])
    assert len(house.open_tasks(instance)) == (1 if sequential else 3)
    for _ in range(3):
        task = [one for one in house.tasks(instance) if one.status == "open"][-1]
        house.complete_task(task.id, answer=f"!{task.group_key}")
    assert house.status(instance) == "completed"
    assert house.variables(instance) == {"offices": ["a", "b", "c"], "answers": ["a!a", "b!b", "c!c"]}


def test_a_subprocess_per_item_with_timer_and_message_inside(house: House) -> None:
    d = Drawing()
    d.message("reply", "=office")
    with d.sub("each_office", inner=each("=offices", "office", gather=("answers", "=answer"))):
        d.flow(d.start("begin"), d.receive("await", "reply"), d.user("note"), d.end("inner"))
        d.boundary("late", "await", timer("duration", "P1D"))
        d.flow("late", d.script("none", '="none"', "answer"), d.end("expired"))
    d.flow(d.start(), "each_office", d.end())
    instance = house.run(d, offices=["a", "b"])
    house.send("reply", "b", answer="yes")
    house.work()
    house.complete(instance, "note", seen=True)
    house.clock.set(datetime(2026, 3, 4, tzinfo=UTC))
    assert house.work() == 1
    assert house.status(instance) == "completed"
    assert house.variables(instance) == {"offices": ["a", "b"], "answers": ["none", "yes"]}


def test_an_empty_collection_is_passed(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("ask", inner=each("=offices", "office", gather=("answers", "=answer"))), d.end())
    instance = house.run(d, offices=[])
    assert (house.status(instance), house.variables(instance)["answers"]) == ("completed", [])


def test_a_completion_condition_withdraws_the_other_runs(house: House) -> None:
    d = Drawing()
    loop = each("=offices", "office", gather=("answers", "=answer")).replace(
        "</bpmn:multiInstance",
        "<bpmn:completionCondition>=numberOfCompletedInstances &gt;= 2</bpmn:completionCondition></bpmn:multiInstance",
    )
    d.flow(d.start(), d.user("ask", inner=loop), d.end())
    instance = house.run(d, offices=["a", "b", "c"])
    for _ in range(2):
        house.complete(instance, "ask", answer="yes")
    assert house.status(instance) == "completed"
    assert house.variables(instance)["answers"] == ["yes", "yes", None]
    assert house.open_rows(instance) == NOTHING_OPEN


def test_a_boundary_on_a_multi_instance_task_withdraws_all_runs(house: House) -> None:
    d = Drawing()
    d.flow(d.start(), d.user("ask", inner=each("=offices", "office")), d.end())
    d.boundary("late", "ask", timer("duration", "P1D"))
    d.flow("late", d.end("expired"))
    instance = house.run(d, offices=["a", "b", "c"])
    assert len(house.timers(instance)) == 1
    house.complete(instance, "ask")
    house.clock.set(datetime(2026, 4, 1, tzinfo=UTC))
    house.work()
    assert house.events(instance)[-1] == "expired"
    assert house.open_rows(instance) == NOTHING_OPEN


def test_a_completion_condition_sees_the_variables_around_it(house: House) -> None:
    d = Drawing()
    condition = "<bpmn:completionCondition>=numberOfCompletedInstances = wanted</bpmn:completionCondition>"
    loop = each("=offices", "office", sequential=True).replace(
        "</bpmn:multiInstance", f"{condition}</bpmn:multiInstance"
    )
    d.flow(d.start(), d.user("ask", inner=loop), d.end())
    instance = house.run(d, offices=["a", "b", "c"], wanted=2)
    house.complete(instance, "ask")
    assert house.open_tasks(instance) == ["ask"]
    house.complete(instance, "ask")
    assert house.status(instance) == "completed"
