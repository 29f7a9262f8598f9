"""A case that would lack a value in the new version stays in its own: it must not get stuck where the value is read."""

from tests.engine.drawing import Drawing, mapping
from tests.engine.migration.changing import Changing
from tests.engine.migration.test_rows_of_the_facts import finish


def drawn(*, sets: str = "", reads: str = "", at: str = "a", known: str = "") -> Drawing:
    """a, b, and a gateway; ``at`` sets a value, which the gateway reads."""
    d = Drawing()
    steps = [
        d.user(key, extension=mapping(outputs={sets: '="normal"'} if sets and key == at else {known or "told": "=1"}))
        for key in ("a", "b")
    ]
    d.flow(d.start(), *steps)
    d.gateway("exclusive", "which", default="flow_else")
    d.flow("b", "which")
    d.flow("which", d.end("yes"), when=f'={reads} = "normal"' if reads else "=1 = 2")
    d.flow("which", d.end("no"), name="flow_else")
    return d


def test_a_value_set_behind_the_case_and_read_ahead_of_it_is_missed(house: Changing) -> None:
    instance = house.run(drawn())
    house.complete(instance, "a")
    house.deploy(drawn(sets="pace", reads="pace"))
    verdict = house.judge(instance)
    assert [(each.code, each.element, each.name) for each in verdict.reasons] == [("value_missing", "which", "pace")]
    house.refused(instance)
    finish(house, instance, "b")


def test_a_value_set_by_the_step_it_stands_on_or_ahead_of_it_is_not_missed(house: Changing) -> None:
    waiting = house.run(drawn())
    further = house.run(drawn())
    house.complete(further, "a")
    house.deploy(drawn(sets="pace", reads="pace"))
    house.moved(waiting)
    house.deploy(drawn(sets="pace", reads="pace", at="b"))
    house.moved(further)
    finish(house, further, "b")


def test_what_the_old_version_speaks_of_may_be_there(house: Changing) -> None:
    instance = house.run(drawn(known="pace"))
    house.complete(instance, "a")
    house.deploy(drawn(sets="pace", reads="pace"))
    house.moved(instance)


def test_what_a_step_only_hands_to_itself_is_no_value_for_what_follows(house: Changing) -> None:
    instance = house.run(drawn())
    house.complete(instance, "a")
    changed = Drawing()
    changed.flow(
        changed.start(),
        changed.user("a", extension=mapping(outputs={"pace": '="normal"'})),
        changed.user("b", extension=mapping(inputs={"pace": '="slow"'}, outputs={"told": "=1"})),
    )
    changed.gateway("exclusive", "which", default="flow_else")
    changed.flow("b", "which")
    changed.flow("which", changed.end("yes"), when='=pace = "normal"')
    changed.flow("which", changed.end("no"), name="flow_else")
    house.deploy(changed)
    assert house.refused(instance) == {("value_missing", "which")}
