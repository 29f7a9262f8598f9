"""Multi-instance activities: one run per item, each with its own scope; results are gathered in order."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workflows.engine import tokens
from workflows.engine.behaviours import boundaries
from workflows.engine.dialect.model import Element, Loop
from workflows.engine.dialect.specs import EACH
from workflows.engine.faults import Stuck
from workflows.engine.tokens import Token

if TYPE_CHECKING:
    from workflows.engine.run import Run

MOST_ITEMS = 2_000
ITEMS = "#items"
"""Where the collection is kept, read once at the start; no expression can name it."""


def execute(run: "Run", token: Token, element: Element) -> bool | None:
    """Begin the runs; woken after each of them, begin the next one or end when all are done or enough is known."""
    loop = element.loop
    assert loop is not None
    if "begun" not in token.internal_data:
        _begin(run, token, loop)
    done, total = token.internal_data["done"], len(run.scopes.own(token.id.hex)[ITEMS])
    if done == total or (done and loop.completion_condition and _enough(run, token, loop, total)):
        _end(run, token, loop)
        return True
    begun = token.internal_data["begun"]
    # Counted anew each time: a new version may let a running repetition go on one by one or all at once.
    for _ in range(total - begun if not loop.sequential else int(begun == done)):
        _begin_next(run, token, loop)
    return None


def _begin(run: "Run", token: Token, loop: Loop) -> None:
    items = run.certain(token, loop.collection, "collection")
    if not isinstance(items, list):
        raise Stuck("collection_not_a_list", expression=loop.collection)
    if len(items) > MOST_ITEMS:
        raise Stuck("collection_too_long", items=len(items), most=MOST_ITEMS)
    boundaries.arm(run, token)
    run.scopes.open(token.id.hex, {ITEMS: items})
    if loop.output_collection:
        run.scopes.write(token.id.hex, {loop.output_collection: [None] * len(items)})
    token.internal_data.update(begun=0, done=0)


def _end(run: "Run", token: Token, loop: Loop) -> None:
    if loop.output_collection:
        gathered = run.scopes.own(token.id.hex)[loop.output_collection]
        run.scopes.write(run.scopes.enclosing(token), {loop.output_collection: gathered})


def _begin_next(run: "Run", token: Token, loop: Loop) -> None:
    index = token.internal_data["begun"]
    token.internal_data["begun"] = index + 1
    each = tokens.place(token.workflow, tokens.element_of(token).id + EACH, parent=token)
    each.internal_data["index"] = index
    values: dict[str, Any] = {"loopCounter": Decimal(index + 1)}
    if loop.item:
        values[loop.item] = run.scopes.own(token.id.hex)[ITEMS][index]
    run.scopes.open(each.id.hex, values)


def keep_result(run: "Run", each: Token) -> None:
    """Add the result of a run that has just written its results to the gathered ones."""
    token = each.parent
    loop = tokens.element_of(token).loop
    assert loop is not None
    if loop.output_collection and loop.output_element:
        gathered = list(run.scopes.own(token.id.hex)[loop.output_collection])
        gathered[each.internal_data["index"]] = run.value(each, loop.output_element)
        run.scopes.write(token.id.hex, {loop.output_collection: gathered})


def finish_one(token: Token) -> None:
    """One run is done: let the activity look how it goes on."""
    token.internal_data["done"] += 1
    token._set_state(tokens.READY)


def _enough(run: "Run", token: Token, loop: Loop, total: int) -> bool:
    done, begun = token.internal_data["done"], token.internal_data["begun"]
    counts: Mapping[str, Any] = {
        "numberOfInstances": Decimal(total),
        "numberOfCompletedInstances": Decimal(done),
        "numberOfActiveInstances": Decimal(begun - done),
        "numberOfTerminatedInstances": Decimal(0),
    }
    run.scopes.write(token.id.hex, counts)
    return run.holds(token, loop.completion_condition or "")


def call_item(run: "Run", each: Token, before: Loop, after: Loop) -> None:
    """Let a run that has begun call its item as another version does."""
    own = {name: value for name, value in run.scopes.own(each.id.hex).items() if name != before.item}
    if after.item:
        own[after.item] = run.scopes.own(each.parent.id.hex)[ITEMS][each.internal_data["index"]]
    run.scopes.open(each.id.hex, own)


def call_results(run: "Run", token: Token, before: Loop, after: Loop) -> None:
    """Let a running repetition call what it has gathered as another version does."""
    own = dict(run.scopes.own(token.id.hex))
    gathered = own.pop(before.output_collection or "", [None] * len(own[ITEMS]))
    if after.output_collection:
        own[after.output_collection] = gathered
    run.scopes.open(token.id.hex, own)
