"""A trial of a process that has no scenarios begins as the process does, and becomes its first one."""

from dataclasses import replace

import pytest
from sqlalchemy import delete

from tests.actions.test_workshop import Owners, owners
from tests.conftest import Begin
from tests.engine.diagrams import diagram, flows, form, node, user_task
from workflows.actions import recording, trials, workshop
from workflows.actions.scenarios import Scenario
from workflows.core.errors import Invalid, NotFound
from workflows.domain import groups
from workflows.engine.bundle import Bundle
from workflows.engine.drafts import DraftFile

__all__ = ["owners"]

MESSAGE = '<bpmn:message id="asked" name="asked"/>'
STARTS = {
    "none": (node("startEvent", "begin"), ""),
    "message": (node("startEvent", "begin", '<bpmn:messageEventDefinition messageRef="asked"/>'), MESSAGE),
}


def take_in(begin: Begin, owners: Owners, start: str, group: str = "coordination") -> int:
    """The draft of a process of another tool: one task, done by whoever gets it when there is much to pay."""
    event, shared = STARTS[start]
    fork = node("exclusiveGateway", "is_much", default="is_much_done")
    much = (
        '<bpmn:sequenceFlow id="is_much_ask" sourceRef="is_much" targetRef="ask">'
        '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=amount &gt; 100</bpmn:conditionExpression>'
        "</bpmn:sequenceFlow>"
    )
    task = user_task("ask", group=f"=&quot;group:{group}&quot;")
    inside = event + fork + task + node("endEvent", "done") + flows("begin>is_much", "ask>done", "is_much>done") + much
    files = {"answer.form": form(), "sample.bpmn": diagram(inside, shared=shared)}
    with begin(owners[0]) as tx:
        return workshop.take_in(tx, Bundle("sample", files).frozen())[0].id


@pytest.mark.parametrize("start", STARTS)
def test_a_process_without_scenarios_is_tried_from_its_own_start_and_kept(
    begin: Begin, owners: Owners, start: str
) -> None:
    draft_id = take_in(begin, owners, start)
    with begin(owners[0]) as tx:
        assert (trials.stories(tx, draft_id), trials.play_all(tx, draft_id)) == ({}, [])
        trial = recording.begin(tx, draft_id, "", "Viel Geld", "amount: 250")
    with begin(owners[0]) as tx:
        seen = trials.look_at(tx, draft_id, trial)
        assert [(each.element_id, each.by) for each in seen.waiting] == [("ask", "coordination")]
        assert seen.performance.deviations == []
        recording.record(tx, draft_id, trial, {"complete": "ask", "by": "coordination", "values": {"answer": "ja"}})
    with begin(owners[0]) as tx:
        assert recording.keep(tx, draft_id, trial, "viel_geld") == "viel_geld"
    with begin(owners[0]) as tx:
        (played,) = trials.play_all(tx, draft_id)
        assert played.is_as_told
        assert {"ask", "is_much_ask"} <= played.walked["sample"]


def test_a_group_the_house_made_itself_does_its_task_in_a_trial(begin: Begin, owners: Owners) -> None:
    with begin() as tx:
        groups.add(tx, "group:finance", "Finanzen")
    draft_id = take_in(begin, owners, "none", "finance")
    with begin(owners[0]) as tx:
        trial = recording.begin(tx, draft_id, "", "Viel Geld", "amount: 250")
    with begin(owners[0]) as tx:
        recording.record(tx, draft_id, trial, {"complete": "ask", "by": "finance", "values": {"answer": "ja"}})
    with begin(owners[0]) as tx:
        assert trials.look_at(tx, draft_id, trial).waiting == []


@pytest.mark.parametrize("process", ["enquiry", "referral", "funding", "message"])
def test_what_the_house_begins_is_tried_without_its_scenarios_too(begin: Begin, owners: Owners, process: str) -> None:
    with begin(owners[0]) as tx:
        draft_id = workshop.begin(tx, process).id
        tx.session.execute(delete(DraftFile).where(DraftFile.path.startswith("scenarios/")))
    with begin(owners[0]) as tx:
        trial = recording.begin(tx, draft_id, "", "Von vorn")
    with begin(owners[0]) as tx:
        seen = trials.look_at(tx, draft_id, trial)
        assert (seen.performance.deviations, len(seen.waiting)) == ([], 1)


@pytest.mark.parametrize("typed", ["a: [", "- 1", "5", "a: &b 1\nc: *b", "1: 2", "when: !!python/name:os.system"])
def test_what_cannot_be_known_at_the_beginning_is_said_at_its_field(begin: Begin, owners: Owners, typed: str) -> None:
    draft_id = take_in(begin, owners, "none")
    with begin(owners[0]) as tx, pytest.raises(Invalid) as refused:
        recording.begin(tx, draft_id, "", "Seltsam", typed)
    assert set(refused.value.problems) == {"values"}


def test_a_process_with_several_starts_is_tried_from_each(begin: Begin, owners: Owners) -> None:
    came = node("startEvent", "came", '<bpmn:messageEventDefinition messageRef="asked"/>')
    daily = "<bpmn:timerEventDefinition><bpmn:timeCycle>R/P1D</bpmn:timeCycle></bpmn:timerEventDefinition>"
    inside = node("startEvent", "begin") + came + node("startEvent", "each_day", daily) + node("endEvent", "done")
    inside += user_task("ask") + user_task("read_it") + user_task("look")
    inside += flows("begin>ask", "came>read_it", "each_day>look", "ask>done", "read_it>done", "look>done")
    files = {"answer.form": form(), "sample.bpmn": diagram(inside, shared=MESSAGE)}
    with begin(owners[0]) as tx:
        draft_id = workshop.take_in(tx, Bundle("sample", files).frozen())[0].id
        assert set(trials.starts(tx, draft_id)) == {"begin", "came", "each_day"}
    for start, task in (("begin", "ask"), ("came", "read_it"), ("each_day", "look")):
        with begin(owners[0]) as tx:
            trial = recording.begin(tx, draft_id, "", "Probe", "amount: 5", start)
        with begin(owners[0]) as tx:
            seen = trials.look_at(tx, draft_id, trial)
            assert ([each.element_id for each in seen.waiting], seen.performance.deviations) == ([task], [])
    with begin(owners[0]) as tx:
        with pytest.raises(NotFound):
            recording.begin(tx, draft_id, "", "Probe", "", "done")
        gone = trials.stories(tx, draft_id)[trial]
        assert isinstance(gone, Scenario)
        (played,) = trials.play_stories(tx, workshop.bundle(tx, draft_id), [replace(gone, at="nowhere")])
        assert [each.code for each in played.deviations] == ["start_unknown"]
