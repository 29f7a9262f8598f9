"""Random running cases between random pairs of versions: each completes in the new one, or is refused for a reason.

Never is one stuck or lost, and a move can be taken back and done again. The share that is refused is printed (``-s``)
and kept with the test's properties.
"""

from collections import Counter
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.engine.drawing import Drawing
from tests.engine.house import NOTHING_OPEN
from tests.engine.migration.changing import Changing
from tests.engine.test_chance import DIAGRAMS, NUMBERS, Block, blocks, draw
from workflows.engine import runtime
from workflows.engine.messages import Subscription
from workflows.engine.migration.reasons import WORDS

CHANGES = (
    "add",
    "add",
    "remove",
    "rename",
    "branch",
    "less",
    "deadline",
    "condition",
    "order",
    "kind",
    "turns",
    "waits",
    "repeat",
)
MOST_STEPS = 300
SHORT_LIST = set(WORDS) - {"state_unreadable"}


def changed(block: Block, kind: str, pick: Any) -> None:
    """Change the tree in place as a person would change the diagram; what does not fit changes nothing."""
    every = list(blocks(block))
    CHANGE[kind](every, pick)


def _some(every: list[Block], pick: Any, *kinds: str) -> Block | None:
    fitting = [each for each in every if not kinds or each.kind in kinds]
    return pick(fitting) if fitting else None


def _add(every: list[Block], pick: Any) -> None:
    found = _some(every, pick)
    assert found is not None
    before, new = deepcopy(found), Block("task")
    found.kind, found.chosen, found.is_timed, found.name = "seq", (), False, f"n{next(NUMBERS)}"
    found.parts = [new, before] if pick([True, False]) else [before, new]


def _remove(every: list[Block], pick: Any) -> None:
    found = _some([each for each in every if len(each.parts) > 1], pick, "seq")
    if found is not None:
        found.parts.remove(pick(found.parts))


def _rename(every: list[Block], pick: Any) -> None:
    found = _some(every, pick, "task", "each", "in_turn", "sub")
    if found is not None:
        found.name = f"n{next(NUMBERS)}"


def _branch(every: list[Block], pick: Any) -> None:
    found = _some(every, pick, "all", "some", "one")
    if found is not None:
        found.parts.append(Block("task"))


def _less(every: list[Block], pick: Any) -> None:
    found = _some([each for each in every if len(each.parts) > 2], pick, "all", "some", "one")
    if found is not None:
        found.parts.remove(pick(found.parts))


def _deadline(every: list[Block], pick: Any) -> None:
    found = _some(every, pick, "task")
    if found is not None:
        found.is_timed = not found.is_timed


def _condition(every: list[Block], pick: Any) -> None:
    found = _some(every, pick, "some", "one")
    if found is not None:
        found.chosen = pick([(0,), (1,), (0, 1)])


def _order(every: list[Block], pick: Any) -> None:
    found = _some(every, pick, "seq", "all")
    if found is not None:
        found.parts.reverse()


def _kind(every: list[Block], pick: Any) -> None:
    found = _some(every, pick, "all", "some", "one", "each", "in_turn")
    if found is not None:
        found.kind = pick(["each", "in_turn"] if found.kind in {"each", "in_turn"} else ["all", "some", "one"])


def _turns(every: list[Block], pick: Any) -> None:
    found = _some(every, pick, "loop")
    if found is not None:
        found.chosen = (pick([1, 2, 3]),)


def _waits(every: list[Block], pick: Any) -> None:
    found = _some(every, pick, "task", "await")
    if found is not None:
        found.kind = "await" if found.kind == "task" else "task"


def _repeat(every: list[Block], pick: Any) -> None:
    """A step is repeated one by one, all at once, or not at all any more."""
    found = _some(every, pick, "each", "in_turn")
    if found is not None:
        found.kind = pick([kind for kind in ("each", "in_turn", "task") if kind != found.kind])


CHANGE = {
    "add": _add,
    "remove": _remove,
    "rename": _rename,
    "branch": _branch,
    "less": _less,
    "deadline": _deadline,
    "condition": _condition,
    "order": _order,
    "kind": _kind,
    "turns": _turns,
    "waits": _waits,
    "repeat": _repeat,
}


def drawn(key: str, block: Block) -> Drawing:
    d = Drawing(key)
    d.flow(draw(d, block, d.start()), d.end())
    return d


def possible(house: Changing, instance: int) -> list[tuple[str, Any]]:
    """What may happen to the case next."""
    found: list[tuple[str, Any]] = [("complete", task.id) for task in house.tasks(instance) if task.status == "open"]
    found += [("fire", timer.id) for timer in house.timers(instance)]
    with house.begin() as tx:
        awaited = select(Subscription.name, Subscription.correlation_key).where(Subscription.instance_id == instance)
        found += [("send", tuple(row)) for row in tx.session.execute(awaited)]
    return found


def act(house: Changing, step: tuple[str, Any]) -> None:
    verb, what = step
    if verb == "complete":
        house.complete_task(what)
    elif verb == "fire":
        with house.begin() as tx:
            runtime.fire_timer(tx, house.engine, what)
    else:
        house.send(*what)
    house.work()


def finish(house: Changing, instance: int, pick: Any) -> None:
    for count in range(MOST_STEPS):
        if house.status(instance) != "running":
            break
        steps = possible(house, instance)
        assert steps, "the case is stuck"
        # After a while only tasks are done: a message that does not interrupt could be sent for ever.
        chosen = pick(steps) if count < 10 else steps[0]
        act(house, chosen)
    assert house.status(instance) == "completed"
    assert house.incidents(instance) == []
    assert house.open_rows(instance) == NOTHING_OPEN
    house.check(instance)


@pytest.mark.timeout(900)
def test_a_random_case_moves_and_completes_or_is_refused_for_a_reason_of_the_short_list(
    house: Changing, record_property: Any
) -> None:
    outcomes: Counter[str] = Counter()
    reasons: Counter[str] = Counter()

    @settings(
        max_examples=80,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
    )
    @given(block=DIAGRAMS, changes=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=3), data=st.data())
    def tell(block: Block, changes: list[str], data: Any) -> None:
        def pick(options: list[Any]) -> Any:
            return options[data.draw(st.integers(0, len(options) - 1))]

        key = f"chance{next(NUMBERS)}"
        house.deploy(drawn(key, block))
        instance = house.start(key)
        for _ in range(data.draw(st.integers(0, 5))):
            if steps := possible(house, instance):
                act(house, pick(steps))
        if house.status(instance) != "running":
            return
        other = deepcopy(block)
        for kind in changes:
            changed(other, kind, pick)
        house.deploy(drawn(key, other))
        before = [task.id for task in house.tasks(instance) if task.status == "open"]
        stored = house.stored(instance)
        verdict, earlier = house.move(instance)
        if earlier is not None and pick([True, False]):
            house.undo(instance, earlier)
            assert house.stored(instance) == stored
            assert house.move(instance)[0] == verdict
        outcomes[verdict.outcome] += 1
        reasons.update({reason.code for reason in verdict.reasons})
        event(verdict.outcome)
        assert {reason.code for reason in verdict.reasons} <= SHORT_LIST
        if "waits" not in changes:
            assert [task.id for task in house.tasks(instance) if task.status == "open"] == before
        finish(house, instance, pick)

    tell()
    share = outcomes["refused"] / max(1, sum(outcomes.values()))
    record_property("refused", f"{share:.0%}")
    print(f"\n{dict(outcomes)}, refused {share:.0%}: {dict(reasons)}")
    assert outcomes["move"] > 0
