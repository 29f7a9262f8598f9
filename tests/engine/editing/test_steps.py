"""Steps added, moved and taken out: the diagram stays one that runs, and its drawing stays one that can be read."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from workflows.core.errors import Conflict, NotFound
from workflows.engine.bundle import Bundle, read
from workflows.engine.catalogue import Catalogue
from workflows.engine.checks import check
from workflows.engine.dialect import parse
from workflows.engine.editing import arranging, tree
from workflows.engine.editing import steps as editing
from workflows.engine.editing.geometry import Box, Drawing, box, points
from workflows.operators import FUNCTIONS, OPERATORS
from workflows.operators.started import STARTED

BUNDLES = Path(__file__).parents[3] / "bpmn"
KEYS = ("referral", "enquiry", "funding", "message")
GROUPS = frozenset(f"group:{name}" for name in ("coordination", "leadership", "jury"))
CATALOGUE = Catalogue(OPERATORS, GROUPS, {}, FUNCTIONS, STARTED)
FOLLOW = {("warning", code) for code in ("only_emptied", "automatic_loop", "translation_missing", "translation_unused")}
FOLLOW |= {(severity, code) for severity in ("error", "warning") for code in ("never_written", "written_later")}
"""What may follow: what a step wrote that is gone is still read, nobody waits on a way back, a new name is German, and
the translation of a name that is gone stays."""
TASK = {("assignmentDefinition", "candidateGroups"): "group:coordination"}


@cache
def diagram(key: str) -> bytes:
    return read(BUNDLES / key).files[f"{key}.bpmn"]


@cache
def findings(key: str, xml: bytes) -> set[tuple[str, str, str]]:
    """What the check says of a bundle with this diagram: how bad, where, what."""
    held = read(BUNDLES / key)
    found = check(Bundle(key, {**held.files, f"{key}.bpmn": xml}), CATALOGUE)
    return {(each.severity, each.element, each.code) for each in found}


def errors(key: str, xml: bytes) -> set[tuple[str, str, str]]:
    """What the check refuses in a bundle with this diagram."""
    return {each for each in findings(key, xml) if each[0] == "error"}


def misdrawn(xml: bytes) -> list[str]:
    """What is not drawn, or drawn where it does not belong."""
    root, parsed = tree.opened(xml), parse(xml)
    (plane,) = root.iter("{*}BPMNPlane")
    drawing = Drawing(plane)
    found = []
    for flow in parsed.flows.values():
        if flow.id not in drawing.edges:
            found.append(f"{flow.id} is not drawn")
            continue
        corners = points(drawing.edges[flow.id])
        for end, corner in ((flow.source, corners[0]), (flow.target, corners[-1])):
            if not touches(drawing.box(end), corner):
                found.append(f"{flow.id} misses {end}: {corner} {drawing.box(end)}")
    for element in parsed.elements.values():
        if element.id not in drawing.shapes:
            found.append(f"{element.id} is not drawn")
        elif element.attached_to and not drawing.box(element.attached_to).overlaps(drawing.box(element.id)):
            found.append(f"{element.id} left {element.attached_to}")
    return found


def touches(where: Box, corner: tuple[float, float]) -> bool:
    """Whether a line ends at the edge of a shape, give or take what tools round."""
    x, y = corner
    return where.x - 2 <= x <= where.right + 2 and where.y - 2 <= y <= where.bottom + 2


def overlapping(xml: bytes, *among: str) -> set[tuple[str, str]]:
    """The steps that are drawn across others; ``among`` are those asked about, all by default."""
    parsed = parse(xml)
    (plane,) = tree.opened(xml).iter("{*}BPMNPlane")
    drawing = Drawing(plane)
    steps = (each for each in parsed.elements.values() if each.kind != "sub_process" and each.attached_to is None)
    boxes = {each.id: drawing.box(each.id) for each in steps if each.id in drawing.shapes}
    return {
        (min(one, other), max(one, other))
        for one in among or boxes
        for other, there in boxes.items()
        if one != other and boxes[one].overlaps(there)
    }


def chain(key: str) -> list[editing.Step]:
    return editing.steps(diagram(key))


def test_the_list_tells_the_process_in_walking_order() -> None:
    names = [step.id for step in chain("referral")]
    assert names.index("referral_started") < names.index("send_referral") < names.index("referral_work")
    assert names.index("referral_work") < names.index("answer_referral") < names.index("close_referral")
    step = next(each for each in chain("referral") if each.id == "reply_question")
    assert (step.form, step.due, step.lane, step.depth) == ("reply_question", 2, "coordination", 1)
    assert len(names) == len(set(names)) == len(parse(diagram("referral")).elements)


def test_name_group_form_and_due_date_are_written_and_taken_away() -> None:
    wanted = {"name": "Neu gefragt", "group": "group:leadership", "form": "check_hand_on", "due": 7}
    xml = editing.change(diagram("referral"), "reply_question", wanted)
    element = parse(xml).elements["reply_question"]
    assert (element.name, element.form_id) == ("Neu gefragt", "check_hand_on")
    assert (element.assignment.candidate_groups, element.assignment.due) == (
        "group:leadership",
        "=working days(today(), 7)",
    )
    plain = parse(editing.change(xml, "reply_question", {"group": "", "form": "", "due": None})).elements[
        "reply_question"
    ]
    assert (plain.assignment.candidate_groups, plain.form_id, plain.assignment.due) == (None, None, None)


def test_a_due_date_by_formula_stays_unless_a_number_replaces_it() -> None:
    kept = editing.change(diagram("referral"), "answer_referral", {"due": None})
    assert parse(kept).elements["answer_referral"].assignment.due == "=deadline"
    replaced = editing.change(kept, "answer_referral", {"due": 3})
    assert parse(replaced).elements["answer_referral"].assignment.due == "=working days(today(), 3)"


WAYS = 20
"""About so many of each process, spread over it: all of them take a minute."""


@pytest.mark.parametrize("key", KEYS)
def test_a_step_can_be_put_on_any_way_and_is_drawn_there(key: str) -> None:
    xml = diagram(key)
    before = errors(key, xml)
    assert misdrawn(xml) == []
    drawn = parse(xml)
    flows = [each for each in drawn.flows.values() if drawn.elements[each.source].kind != "event_based_gateway"]
    for flow in flows[:: max(1, len(flows) // WAYS)]:
        changed, made = editing.add(xml, flow.id, "userTask", "Noch einmal prüfen", TASK)
        parsed = parse(changed)
        assert parsed.flows[flow.id].target == made
        assert parsed.flows[parsed.elements[made].outgoing[0]].target == flow.target
        assert misdrawn(changed) == []
        assert overlapping(changed, made) == set()
    changed, _ = editing.add(xml, flows[0].id, "userTask", "Prüfen", TASK)
    assert errors(key, changed) == before


@pytest.mark.parametrize("key", KEYS)
def test_added_and_taken_out_again_the_process_is_the_same(key: str) -> None:
    xml = diagram(key)
    flow = next(iter(parse(xml).flows))
    changed, made = editing.add(xml, flow, "userTask", "Prüfen", TASK)
    back = arranging.take_out(changed, made)
    assert parse(back).elements == parse(xml).elements
    assert parse(back).flows == parse(xml).flows
    assert misdrawn(back) == []


def test_ids_are_readable_and_never_twice() -> None:
    xml = diagram("message")
    flow = next(iter(parse(xml).flows))
    once, first = editing.add(xml, flow, "userTask", "Größe prüfen!", TASK)
    _, second = editing.add(once, flow, "userTask", "Größe prüfen!", TASK)
    assert (first, second) == ("groesse_pruefen", "groesse_pruefen_1")


def test_what_is_no_straight_sequence_is_refused() -> None:
    xml = diagram("referral")
    for identity in ("which_answer", "referral_started"):
        with pytest.raises(Conflict, match="step_not_straight"):
            arranging.take_out(xml, identity)
        with pytest.raises(Conflict, match="step_not_straight"):
            arranging.move(xml, identity, up=True)
    with pytest.raises(NotFound):
        arranging.take_out(xml, "nowhere")
    with pytest.raises(NotFound):
        editing.add(xml, "answer_referral", "userTask", "x", {})


def test_the_events_behind_an_event_based_gateway_stay() -> None:
    xml = diagram("message").replace(b"exclusiveGateway", b"eventBasedGateway")
    for gateway in (each for each in editing.steps(xml) if each.tag == "eventBasedGateway"):
        for step in editing.steps(xml):
            assert not (step.may_go or step.may_move_up) or step.id not in {way.target for way in gateway.ways}


def test_a_step_goes_with_its_boundary_events_and_what_only_they_lead_to() -> None:
    xml = diagram("funding")
    step = next(each for each in editing.steps(xml) if each.id == "describe_project")
    assert step.company == ["sketch_missing", "remind_sketch", "sketch_reminded"]
    before, changed = parse(xml), arranging.take_out(xml, "describe_project")
    after = parse(changed)
    assert set(before.elements) - set(after.elements) == {"describe_project", *step.company}
    (led_to,) = before.elements["describe_project"].incoming
    (led_on,) = before.elements["describe_project"].outgoing
    assert after.flows[led_to].target == before.flows[led_on].target
    assert not [name for name in (step.id, *step.company) if f'"{name}"'.encode() in changed]
    assert misdrawn(changed) == []


def test_a_step_that_several_ways_lead_to_goes_and_they_lead_on() -> None:
    xml = diagram("referral")
    step = next(each for each in editing.steps(xml) if each.may_go and len(parse(xml).elements[each.id].incoming) > 1)
    before, after = parse(xml), parse(arranging.take_out(xml, step.id))
    element = before.elements[step.id]
    staying = [flow for flow in element.incoming if before.flows[flow].source not in step.company]
    assert {after.flows[flow].target for flow in staying} == {before.flows[element.outgoing[0]].target}


def test_what_hangs_at_a_step_moves_along_and_what_follows_there_too() -> None:
    xml = diagram("funding")
    (way,) = parse(xml).elements["describe_project"].incoming
    xml, made = editing.add(xml, way, "userTask", "Erst einmal telefonieren", TASK)
    moved = arranging.move(xml, "describe_project", up=True)
    assert misdrawn(moved) == []
    assert overlapping(moved) == overlapping(xml)
    old, new = Drawing.around(tree.opened(xml), made), Drawing.around(tree.opened(moved), made)
    assert old is not None
    assert new is not None
    company = ("sketch_missing", "remind_sketch", "sketch_reminded")
    (by,) = {round(new.box(name).x - old.box(name).x) for name in ("describe_project", *company)}
    assert by == -(new.box(made).x - old.box(made).x) < 0


@pytest.mark.parametrize(("key", "step"), [("referral", "ask_appointment"), ("enquiry", "justify_decline")])
def test_a_step_that_is_moved_past_another_lane_stays_in_its_own(key: str, step: str) -> None:
    xml = diagram(key)
    moved = arranging.move(xml, step, up=False)
    assert {each.id: each.lane for each in editing.steps(moved)} == {each.id: each.lane for each in chain(key)}
    assert misdrawn(moved) == []
    assert errors(key, moved) == errors(key, xml)


def test_moving_down_and_up_again_changes_nothing() -> None:
    xml = diagram("referral")
    step = next(each for each in editing.steps(xml) if each.may_move_down)
    moved = arranging.move(xml, step.id, up=False)
    assert [each.id for each in editing.steps(moved)] != [each.id for each in editing.steps(xml)]
    back = arranging.move(moved, step.id, up=True)
    assert parse(back).flows.keys() == parse(xml).flows.keys()
    assert [each.id for each in editing.steps(back)] == [each.id for each in editing.steps(xml)]
    assert misdrawn(moved) == misdrawn(back) == []


@given(key=st.sampled_from(KEYS), data=st.data())
@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_any_changes_one_after_the_other_leave_a_diagram_that_runs(key: str, data: st.DataObject) -> None:
    xml = diagram(key)
    for number in range(data.draw(st.integers(1, 5), label="changes")):
        listed = editing.steps(xml)
        ways = [way.id for step in listed for way in step.ways if step.tag != "eventBasedGateway"]
        kinds = {
            "add": ways,
            "out": [step.id for step in listed if step.may_go],
            "up": [step.id for step in listed if step.may_move_up],
            "down": [step.id for step in listed if step.may_move_down],
        }
        kind = data.draw(st.sampled_from([each for each, places in kinds.items() if places]), label="kind")
        place = data.draw(st.sampled_from(kinds[kind]), label="place")
        if kind == "add":
            xml, _ = editing.add(xml, place, "userTask", f"Schritt {number}", TASK)
        elif kind == "out":
            xml = arranging.take_out(xml, place)
        else:
            xml = arranging.move(xml, place, up=kind == "up")
        assert misdrawn(xml) == []
        assert overlapping(xml) <= overlapping(diagram(key))
    new = findings(key, xml) - findings(key, diagram(key))
    assert {(severity, code) for severity, _, code in new} <= FOLLOW
    assert len(editing.steps(xml)) == len(parse(xml).elements)


def test_room_is_made_to_the_right_and_what_lies_around_gets_wider() -> None:
    xml = diagram("message")
    root = tree.opened(xml)
    flow = next(each for each in parse(xml).flows.values())
    pools = {key: box(shape) for key, shape in Drawing(next(root.iter("{*}BPMNPlane"))).shapes.items()}
    changed, made = editing.add(xml, flow.id, "userTask", "Lange Pause", TASK)
    after = Drawing.around(tree.opened(changed), made)
    assert after is not None
    target = after.box(flow.target)
    assert target.x >= pools[flow.target].x
    for key, where in pools.items():
        assert after.box(key).x >= where.x
        assert after.box(key).width >= where.width - 0.01
