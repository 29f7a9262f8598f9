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
from workflows.engine.editing import steps as editing
from workflows.engine.editing import tree
from workflows.engine.editing.geometry import Box, Drawing, box, points
from workflows.operators import FUNCTIONS, OPERATORS
from workflows.operators.started import STARTED

BUNDLES = Path(__file__).parents[3] / "bpmn"
KEYS = ("referral", "enquiry", "funding", "message")
GROUPS = frozenset(f"group:{name}" for name in ("coordination", "leadership", "jury"))
CATALOGUE = Catalogue(OPERATORS, GROUPS, frozenset(), FUNCTIONS, STARTED)
TASK = {("assignmentDefinition", "candidateGroups"): "group:coordination"}


@cache
def diagram(key: str) -> bytes:
    return read(BUNDLES / key).files[f"{key}.bpmn"]


@cache
def errors(key: str, xml: bytes) -> set[tuple[str, str]]:
    """What the check refuses in a bundle with this diagram."""
    held = read(BUNDLES / key)
    found = check(Bundle(key, {**held.files, f"{key}.bpmn": xml}), CATALOGUE)
    return {(each.element, each.code) for each in found if each.severity == "error" and each.file.endswith(".bpmn")}


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


def overlapping(xml: bytes, identity: str) -> list[str]:
    """The steps a step is drawn across."""
    root, parsed = tree.opened(xml), parse(xml)
    drawing = Drawing.around(root, identity)
    assert drawing is not None
    mine = drawing.box(identity)
    others = (each for each in parsed.elements.values() if each.kind != "sub_process" and each.id != identity)
    return [each.id for each in others if each.id in drawing.shapes and mine.overlaps(drawing.box(each.id))]


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


@pytest.mark.parametrize("key", KEYS)
def test_a_step_can_be_put_on_every_way_and_is_drawn_there(key: str) -> None:
    xml = diagram(key)
    before = errors(key, xml)
    assert misdrawn(xml) == []
    across = 0
    drawn = parse(xml)
    flows = [each for each in drawn.flows.values() if drawn.elements[each.source].kind != "event_based_gateway"]
    for flow in flows:
        changed, made = editing.add(xml, flow.id, "userTask", "Noch einmal prüfen", TASK)
        parsed = parse(changed)
        assert parsed.flows[flow.id].target == made
        assert parsed.flows[parsed.elements[made].outgoing[0]].target == flow.target
        assert misdrawn(changed) == []
        across += bool(overlapping(changed, made))
    changed, _ = editing.add(xml, flows[0].id, "userTask", "Prüfen", TASK)
    assert errors(key, changed) == before
    assert across == 0


@pytest.mark.parametrize("key", KEYS)
def test_added_and_taken_out_again_the_process_is_the_same(key: str) -> None:
    xml = diagram(key)
    flow = next(iter(parse(xml).flows))
    changed, made = editing.add(xml, flow, "userTask", "Prüfen", TASK)
    back = editing.take_out(changed, made)
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
    for identity in ("which_answer", "answer_referral", "referral_started", "half_time"):
        with pytest.raises(Conflict, match="step_not_straight"):
            editing.take_out(xml, identity)
        with pytest.raises(Conflict, match="step_not_straight"):
            editing.move(xml, identity, up=True)
    with pytest.raises(NotFound):
        editing.take_out(xml, "nowhere")
    with pytest.raises(NotFound):
        editing.add(xml, "answer_referral", "userTask", "x", {})


def test_moving_down_and_up_again_changes_nothing() -> None:
    xml = diagram("referral")
    step = next(each for each in editing.steps(xml) if each.may_move_down)
    moved = editing.move(xml, step.id, up=False)
    assert [each.id for each in editing.steps(moved)] != [each.id for each in editing.steps(xml)]
    back = editing.move(moved, step.id, up=True)
    assert parse(back).flows.keys() == parse(xml).flows.keys()
    assert [each.id for each in editing.steps(back)] == [each.id for each in editing.steps(xml)]
    assert misdrawn(moved) == misdrawn(back) == []


@given(key=st.sampled_from(KEYS), data=st.data())
@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_any_changes_one_after_the_other_leave_a_diagram_that_runs(key: str, data: st.DataObject) -> None:
    xml = diagram(key)
    allowed = errors(key, xml)
    for number in range(data.draw(st.integers(1, 6), label="changes")):
        listed = editing.steps(xml)
        ways = [way.id for step in listed for way in step.ways if step.tag != "eventBasedGateway"]
        kinds = {
            "add": ways,
            "out": [step.id for step in listed if step.may_go and step.tag == "userTask" and "Schritt" in step.name],
            "up": [step.id for step in listed if step.may_move_up],
            "down": [step.id for step in listed if step.may_move_down],
        }
        kind = data.draw(st.sampled_from([each for each, places in kinds.items() if places]), label="kind")
        place = data.draw(st.sampled_from(kinds[kind]), label="place")
        if kind == "add":
            xml, _ = editing.add(xml, place, "userTask", f"Schritt {number}", TASK)
        elif kind == "out":
            xml = editing.take_out(xml, place)
        else:
            xml = editing.move(xml, place, up=kind == "up")
        assert misdrawn(xml) == []
    assert errors(key, xml) <= allowed
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
