"""Random well-formed diagrams, completed in random order, against a reference that knows nothing of tokens."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.drawing import Drawing
from tests.engine.house import NOTHING_OPEN, House

NUMBERS = count()


@dataclass
class Block:
    """``task``, ``script``, ``seq``, ``all`` (parallel), ``some`` (inclusive), ``one`` (exclusive), ``sub``,
    ``guarded``.

    ``chosen`` are the indexes of the branches taken; ``guarded`` is a subprocess that a message ends, after which its
    second part is done.
    """

    kind: str
    parts: list["Block"] = field(default_factory=list)
    chosen: tuple[int, ...] = ()
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
        st.lists(inner, min_size=2, max_size=2).map(lambda found: Block("guarded", found)),
    )


LEAVES = st.sampled_from(["task", "task", "task", "script"]).map(Block)
BLOCKS = st.recursive(LEAVES, combined, max_leaves=12)


# -- the drawing of a block: draws it after ``before`` and gives its last element ------------------------------------


def draw(d: Drawing, block: Block, before: str, when: str | None = None, flow: str | None = None) -> str:
    def enter(name: str) -> str:
        d.flow(before, name, when=when, name=flow)
        return name

    name = block.name
    if block.kind == "task":
        return enter(d.user(name))
    if block.kind == "script":
        return enter(d.script(name, "=1", "x"))
    if block.kind == "seq":
        last = draw(d, block.parts[0], before, when, flow)
        for part in block.parts[1:]:
            last = draw(d, part, last)
        return last
    if block.kind in {"sub", "guarded"}:
        enter(draw_subprocess(d, block))
        return draw_guard(d, block) if block.kind == "guarded" else name
    enter(name)
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
    message = d.message(f"stop_{block.name}", '="key"')
    merge = d.gateway("exclusive", f"{block.name}_merge")
    d.boundary(f"{block.name}_b", block.name, message)
    d.flow(draw(d, block.parts[1], f"{block.name}_b"), merge)
    d.flow(block.name, merge)
    return merge


# -- the reference: what remains of a block; None when nothing does ---------------------------------------------------


Rest = Any


def begun(block: Block) -> Rest:
    if block.kind == "task":
        return ("task", block.name)
    if block.kind == "script":
        return None
    if block.kind == "seq":
        return following(None, block.parts)
    if block.kind == "sub":
        return begun(block.parts[0])
    if block.kind == "guarded":
        inside = begun(block.parts[0])
        return ("guarded", inside, block) if inside is not None else None
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
    if action == f"stop_{rest[2].name}":
        return begun(rest[2].parts[1])
    inside = after(rest[1], action)
    return ("guarded", inside, rest[2]) if inside is not None else None


def actions(rest: Rest) -> Iterator[str]:
    if rest is None:
        return
    if rest[0] == "task":
        yield rest[1]
    elif rest[0] == "all":
        for each in rest[1]:
            yield from actions(each)
    else:
        yield from actions(rest[1])
        if rest[0] == "guarded":
            yield f"stop_{rest[2].name}"


@pytest.mark.timeout(300)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(block=BLOCKS, data=st.data())
def test_every_diagram_does_what_the_reference_says_in_any_order(house: House, block: Block, data: Any) -> None:
    d = Drawing(f"chance{next(NUMBERS)}")
    d.flow(draw(d, block, d.start()), d.end())
    instance = house.run(d)
    rest = begun(block)
    while rest is not None:
        possible = sorted(actions(rest))
        assert house.open_tasks(instance) == [each for each in possible if not each.startswith("stop_")]
        action = data.draw(st.sampled_from(possible))
        if action.startswith("stop_"):
            house.send(action, "key")
            assert house.work() == 1
        else:
            house.complete(instance, action)
        rest = after(rest, action)
    assert house.status(instance) == "completed"
    assert house.incidents(instance) == []
    assert house.open_rows(instance) == NOTHING_OPEN
