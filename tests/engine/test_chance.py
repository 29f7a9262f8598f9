"""Random well-formed diagrams, completed in random order, straight and with save and load between all steps.

Both ways must agree with each other and with a reference that knows nothing of tokens.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.drawing import Drawing, each, timer
from tests.engine.house import NOTHING_OPEN, House
from tests.engine.ways import Step, Stored, Straight

NUMBERS = count()


@dataclass
class Block:
    """``task``, ``await`` (a message), ``script``, ``seq``, ``all`` (parallel), ``some`` (inclusive),
    ``one`` (exclusive), ``sub``, ``loop``, ``each`` and ``in_turn`` (multi-instance), ``race`` (event gateway),
    ``guarded``, ``timed``, ``reminded``, ``called`` (another process), ``turns`` (a subprocess for each of two, one by
    one), ``failed``.

    ``chosen`` are the indexes of the branches taken, or the number of turns; ``guarded`` and ``timed`` are subprocesses
    that a message or a timer ends, after which their second part is done; the task of ``reminded`` may be asked once
    without being interrupted, which does its part beside it. ``failed`` ends with an error, after which its second part
    is done. A task that ``is_timed`` has a deadline that is noted.
    """

    kind: str
    parts: list["Block"] = field(default_factory=list)
    chosen: tuple[int, ...] = ()
    is_timed: bool = False
    name: str = field(default_factory=lambda: f"n{next(NUMBERS)}")


def combined(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    parts = st.lists(inner, min_size=2, max_size=3)
    picked = st.sets(st.integers(0, 1), min_size=1).map(lambda found: tuple(sorted(found)))
    return st.one_of(
        parts.map(lambda found: Block("seq", found)),
        parts.map(lambda found: Block("all", found)),
        st.tuples(parts, picked).map(lambda found: Block("some", found[0], found[1])),
        st.tuples(parts, st.integers(0, 1)).map(lambda found: Block("one", found[0], (found[1],))),
        inner.map(lambda found: Block("sub", [found])),
        bounded(inner),
        st.lists(inner, min_size=2, max_size=2).map(lambda found: Block("race", found)),
        st.tuples(inner, st.integers(1, 3)).map(lambda found: Block("loop", [found[0]], (found[1],))),
    )


def bounded(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    """What has a boundary event."""
    two = st.lists(inner, min_size=2, max_size=2)
    return st.one_of(
        two.map(lambda found: Block("guarded", found)),
        two.map(lambda found: Block("timed", found)),
        inner.map(lambda found: Block("reminded", [found])),
    )


def forked(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    """What parts and meets again."""
    return st.tuples(st.sampled_from(["all", "some", "one"]), st.lists(inner, min_size=2, max_size=2)).map(
        lambda found: Block(found[0], found[1], (0,))
    )


LEAVES = st.sampled_from(["task", "task", "task", "script", "each", "in_turn"]).map(Block)
BLOCKS = st.recursive(LEAVES, combined, max_leaves=10)
FEW = st.recursive(LEAVES, combined, max_leaves=3)
RICH = st.tuples(forked(FEW), bounded(st.one_of(FEW, forked(FEW))), forked(FEW)).map(
    lambda found: Block("seq", list(found))
)
DIAGRAMS = st.one_of(BLOCKS, RICH, RICH)


def held(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    """What holds a process of its own: called, repeated one by one, ended by an error from inside."""
    return st.one_of(
        inner.map(lambda found: Block("called", [found])),
        inner.map(lambda found: Block("turns", [found])),
        st.lists(inner, min_size=2, max_size=2).map(lambda found: Block("failed", found)),
    )


DEEP = held(st.one_of(FEW, bounded(FEW), held(bounded(FEW))))
DEEP_ONES = st.tuples(forked(st.one_of(FEW, DEEP)), DEEP, forked(FEW)).map(lambda found: Block("seq", list(found)))
EVERY = st.one_of(DIAGRAMS, DEEP_ONES)

GATEWAYS = {"all": 2, "some": 2, "one": 2, "guarded": 1, "timed": 1, "failed": 1, "race": 2, "loop": 3}
BOUNDED = frozenset({"guarded", "timed", "reminded", "failed"})


def blocks(block: Block) -> Iterator[Block]:
    yield block
    for part in block.parts:
        yield from blocks(part)


def is_rich(block: Block) -> bool:
    """Three gateways or more and a boundary event."""
    found = list(blocks(block))
    return sum(GATEWAYS.get(each.kind, 0) for each in found) >= 3 and any(each.kind in BOUNDED for each in found)


# -- the drawing of a block: draws it after ``before`` and gives its last element ------------------------------------


def draw(d: Drawing, block: Block, before: str, when: str | None = None, flow: str | None = None) -> str:
    def enter(name: str) -> str:
        d.flow(before, name, when=when, name=flow)
        return name

    name = block.name
    if block.kind == "task":
        enter(d.user(name))
        if block.is_timed:
            d.flow(d.boundary(f"due_{name}", name, timer("duration", "P1D"), interrupting=False), d.end(f"over_{name}"))
        return name
    if block.kind == "script":
        return enter(d.script(name, "=1", "x"))
    if block.kind == "await":
        d.message(f"stop_{name}", '="key"')
        return enter(d.receive(name, f"stop_{name}"))
    if block.kind == "seq":
        last = draw(d, block.parts[0], before, when, flow)
        for part in block.parts[1:]:
            last = draw(d, part, last)
        return last
    if block.kind in {"each", "in_turn"}:
        return enter(d.user(name, inner=each("=[1, 2]", "item", sequential=block.kind == "in_turn")))
    if block.kind in {"sub", "guarded", "timed"}:
        enter(draw_subprocess(d, block))
        return draw_guard(d, block) if block.kind != "sub" else name
    enter(name)
    if block.kind in DRAWN:
        return DRAWN[block.kind](d, block)
    return draw_gateways(d, block)


def draw_gateways(d: Drawing, block: Block) -> str:
    kind = {"all": "parallel", "some": "inclusive", "one": "exclusive"}[block.kind]
    d.gateway(kind, block.name, None if block.kind == "all" else f"{block.name}_default")
    join = d.gateway(kind, f"{block.name}_join")
    last = len(block.parts) - 1
    for index, part in enumerate(block.parts):
        when = flow = None
        if block.kind != "all":
            when = None if index == last else f"={str(index in block.chosen).lower()}"
            flow = f"{block.name}_default" if index == last else None
        d.flow(draw(d, part, block.name, when, flow), join)
    return join


def draw_subprocess(d: Drawing, block: Block) -> str:
    with d.sub(block.name):
        d.flow(draw(d, block.parts[0], d.start(f"{block.name}_s")), d.end(f"{block.name}_e"))
    return block.name


def draw_guard(d: Drawing, block: Block) -> str:
    event = d.message(f"stop_{block.name}", '="key"') if block.kind == "guarded" else timer("duration", "P1D")
    merge = d.gateway("exclusive", f"{block.name}_merge")
    d.boundary(f"late_{block.name}", block.name, event)
    d.flow(draw(d, block.parts[1], f"late_{block.name}"), merge)
    d.flow(block.name, merge)
    return merge


def draw_reminded(d: Drawing, block: Block) -> str:
    name = block.name
    message = d.message(f"stop_{name}", '="key"')
    with d.sub(name):
        d.flow(d.start(f"{name}_s"), d.user(f"{name}_t"), d.end(f"{name}_e"))
        d.boundary(f"{name}_b", f"{name}_t", message, interrupting=False)
        d.flow(draw(d, block.parts[0], f"{name}_b"), d.end(f"{name}_f"))
    return name


def draw_race(d: Drawing, block: Block) -> str:
    name = block.name
    d.gateway("eventBased", name)
    merge = d.gateway("exclusive", f"{name}_merge")
    d.flow(name, d.catch(f"{name}_m", d.message(f"stop_{name}", '="key"')))
    d.flow(name, d.catch(f"late_{name}", timer("duration", "P1D")))
    d.flow(draw(d, block.parts[0], f"{name}_m"), merge)
    d.flow(draw(d, block.parts[1], f"late_{name}"), merge)
    return merge


def draw_loop(d: Drawing, block: Block) -> str:
    name, turns = block.name, block.chosen[0]
    d.gateway("exclusive", name)
    counted = f"=if {name}_n = null or {name}_n >= {turns} then 1 else {name}_n + 1"
    d.flow(draw(d, block.parts[0], name), d.script(f"{name}_count", counted, f"{name}_n"))
    d.flow(f"{name}_count", d.gateway("exclusive", f"{name}_more", default=f"{name}_back"))
    d.flow(f"{name}_more", name, name=f"{name}_back")
    out = d.gateway("exclusive", f"{name}_out")
    d.flow(f"{name}_more", out, when=f"={name}_n = {turns}")
    return out


def draw_called(d: Drawing, block: Block) -> str:
    with d.called(f"{block.name}_p"):
        d.flow(draw(d, block.parts[0], d.start(f"{block.name}_s")), d.end(f"{block.name}_e"))
    return d.call(block.name, f"{block.name}_p")


def draw_turns(d: Drawing, block: Block) -> str:
    with d.sub(block.name, inner=each("=[1, 2]", "item", sequential=True)):
        d.flow(draw(d, block.parts[0], d.start(f"{block.name}_s")), d.end(f"{block.name}_e"))
    return block.name


def draw_failed(d: Drawing, block: Block) -> str:
    name = block.name
    merge = d.gateway("exclusive", f"{name}_merge")
    with d.sub(name):
        d.flow(draw(d, block.parts[0], d.start(f"{name}_s")), d.end(f"{name}_e", d.error(f"lost_{name}")))
    d.boundary(f"{name}_b", name, f'<bpmn:errorEventDefinition errorRef="e_lost_{name}"/>')
    d.flow(draw(d, block.parts[1], f"{name}_b"), merge)
    d.flow(name, merge)
    return merge


DRAWN = {
    "reminded": draw_reminded,
    "race": draw_race,
    "loop": draw_loop,
    "called": draw_called,
    "turns": draw_turns,
    "failed": draw_failed,
}


# -- the reference: what remains of a block; None when nothing does ---------------------------------------------------


Rest = Any


def begun(block: Block) -> Rest:
    if block.kind == "task":
        return ("task", block.name)
    if block.kind == "script":
        return None
    if block.kind == "seq":
        return following(None, block.parts)
    if block.kind in {"sub", "called"}:
        return begun(block.parts[0])
    if block.kind == "failed":
        return following(None, block.parts)
    if block.kind == "turns":
        return following(None, block.parts * 2)
    if block.kind in {"guarded", "timed"}:
        inside = begun(block.parts[0])
        return ("guarded", inside, block) if inside is not None else None
    if block.kind == "reminded":
        return ("reminded", True, False, None, block)
    if block.kind == "race":
        return ("race", block)
    if block.kind == "loop":
        return following(None, block.parts * block.chosen[0])
    if block.kind in {"each", "in_turn"}:
        return (block.kind, block.name, 2)
    taken = block.parts if block.kind == "all" else chosen(block)
    return gathered([begun(part) for part in taken])


def chosen(block: Block) -> list[Block]:
    last = len(block.parts) - 1
    open_ones = [block.parts[index] for index in block.chosen if index < last]
    return open_ones or [block.parts[last]]


def following(rest: Rest, parts: list[Block]) -> Rest:
    while rest is None and parts:
        rest, parts = begun(parts[0]), parts[1:]
    return None if rest is None else ("seq", rest, parts)


def gathered(rests: list[Rest]) -> Rest:
    alive = [rest for rest in rests if rest is not None]
    return ("all", alive) if alive else None


def after(rest: Rest, action: str) -> Rest:
    kind = rest[0]
    if kind == "task":
        return None if rest[1] == action else rest
    if kind == "seq":
        return following(after(rest[1], action), rest[2])
    if kind == "all":
        return gathered([after(each, action) for each in rest[1]])
    if kind in {"each", "in_turn"}:
        left = rest[2] - (rest[1] == action)
        return (kind, rest[1], left) if left else None
    if kind == "reminded":
        return after_reminded(rest, action)
    if kind == "race":
        ways = {f"stop_{rest[1].name}": 0, f"late_{rest[1].name}": 1}
        return begun(rest[1].parts[ways[action]]) if action in ways else rest
    if action == ending(rest[2]):
        return begun(rest[2].parts[1])
    inside = after(rest[1], action)
    return ("guarded", inside, rest[2]) if inside is not None else None


def after_reminded(rest: Rest, action: str) -> Rest:
    _, is_open, asked, extra, block = rest
    if action == f"{block.name}_t":
        is_open = False
    elif action == f"stop_{block.name}" and is_open:
        asked, extra = True, begun(block.parts[0])
    elif extra is not None:
        extra = after(extra, action)
    return ("reminded", is_open, asked, extra, block) if is_open or extra is not None else None


def ending(block: Block) -> str:
    """What ends a subprocess from outside."""
    return f"stop_{block.name}" if block.kind == "guarded" else f"late_{block.name}"


def actions(rest: Rest) -> Iterator[str]:
    if rest is None:
        return
    if rest[0] in {"each", "in_turn"}:
        yield from [rest[1]] * (rest[2] if rest[0] == "each" else 1)
        return
    if rest[0] == "race":
        yield from (f"stop_{rest[1].name}", f"late_{rest[1].name}")
        return
    if rest[0] == "reminded":
        yield from [f"{rest[4].name}_t"] if rest[1] else []
        yield from [f"stop_{rest[4].name}"] if rest[1] and not rest[2] else []
        yield from actions(rest[3])
        return
    if rest[0] == "task":
        yield rest[1]
    elif rest[0] == "all":
        for each in rest[1]:
            yield from actions(each)
    else:
        yield from actions(rest[1])
        if rest[0] == "guarded":
            yield ending(rest[2])


def step(action: str) -> Step:
    if action.startswith("stop_"):
        return {"message": action, "key": "key"}
    return {"fire": action} if action.startswith("late_") else {"complete": action}


@pytest.mark.timeout(600)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(block=EVERY, data=st.data())
def test_every_diagram_does_what_the_reference_says_in_any_order(house: House, block: Block, data: Any) -> None:
    d = Drawing(f"chance{next(NUMBERS)}")
    d.flow(draw(d, block, d.start()), d.end())
    house.deploy(d)
    stored = Stored.begun(house, d.key, {})
    with house.begin() as tx:
        straight = Straight(tx, d.key, {})
    rest = begun(block)
    while rest is not None:
        possible = sorted(actions(rest))
        waiting = [each for each in possible if not each.startswith(("stop_", "late_"))]
        assert (stored.outcome()[0], straight.outcome()[0]) == (waiting, waiting)
        action = data.draw(st.sampled_from(possible))
        stored.do(step(action))
        straight.do(step(action))
        rest = after(rest, action)
    assert house.status(stored.instance) == "completed"
    assert house.incidents(stored.instance) == []
    assert house.open_rows(stored.instance) == NOTHING_OPEN
    assert straight.run.top.task_tree.children == []
    (_, one, kept), (_, other, kept_other) = stored.outcome(), straight.outcome()
    assert (sorted(one), kept) == (sorted(other), kept_other)


def test_half_of_what_is_drawn_has_three_gateways_and_a_boundary_event() -> None:
    drawn: list[bool] = []

    @settings(max_examples=200, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(block=EVERY)
    def look(block: Block) -> None:
        drawn.append(is_rich(block))

    look()
    assert len(drawn) >= 200
    assert sum(drawn) * 2 >= len(drawn)
