"""The stored state of an instance rewritten for another version: what stays, what goes, what is entered anew."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.engine import tokens
from workflows.engine.behaviours.boundaries import ARMED
from workflows.engine.dialect.model import Element
from workflows.engine.dialect.specs import EACH
from workflows.engine.migration.forks import Side, matched_flows
from workflows.engine.migration.planning import Plan, gives_up
from workflows.engine.migration.standing import Level, Place
from workflows.engine.projection import PEOPLE

COUNTS = frozenset({"begun", "done"})
BY_TRIGGER = frozenset({"intermediate_catch_event", "receive_task"})


@dataclass
class Rewritten:
    """``gone`` are tokens whose waiting ends, ``anew`` those of them that wait for something else now.

    ``added`` is what is entered below a token (token, element id); ``dropped`` are repetitions and runs of them that
    are given up, with their variables.
    """

    gone: list[str] = field(default_factory=list)
    anew: list[str] = field(default_factory=list)
    added: list[tuple[str, str]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    kept: list[tuple[str, Element, Element]] = field(default_factory=list)
    """Every token that stays, with its element in the old and in the new version."""


def rewrite(plan: Plan, levels: list[Level]) -> Rewritten:
    """Change the levels in place; only for what was judged as movable."""
    result = Rewritten()
    elements = plan.old.process.elements
    owners = {place.token: elements[place.element] for level in levels for place in level.all()}
    for level in levels:
        process = plan.process_of(level, owners.get(level.owner))
        assert process is not None
        for place in level.places:
            if place.is_gathering:
                sides = Side(plan.old.process, level.process), Side(plan.new.process, process)
                matched = matched_flows(*sides, plan.names, place.element, place.arrived)
                assert matched is not None
                place.notes["arrived"] = {matched[flow]: count for flow, count in place.arrived.items()}
            _rewrite_place(plan, place, result)
        level.process = process
    return result


def _rewrite_place(plan: Plan, place: Place, result: Rewritten) -> None:
    before = plan.old.process.elements[place.element]
    after = plan.new.process.elements[plan.target(place.element)]
    result.kept.append((place.token, before, after))
    place.spec = after.id + EACH if place.is_run else after.id
    holds_edges = not place.is_run and (place.is_waiting or "armed" in place.notes)
    is_whole_loop = after.loop is not None and not place.is_run
    is_given_up = gives_up(before, after) and not place.is_run
    # A step whose result lies in wait has its waiting behind it.
    if place.is_waiting and (is_given_up or _waits_otherwise(before, after)) and not is_whole_loop:
        result.gone.append(place.token)
        result.anew.append(place.token)
        place.state = tokens.READY
        place.notes.pop("cycle", None)
    runs = [each for each in place.below if each.is_run]
    if is_given_up:
        result.gone += [run.token for run in runs]
        result.dropped += [place.token, *(run.token for run in runs)]
        place.below = [each for each in place.below if not each.is_run]
        place.notes = {name: note for name, note in place.notes.items() if name not in COUNTS}
        runs = []
    for run in runs:
        _rewrite_place(plan, run, result)
    others = [each for each in place.below if not each.is_run]
    if before.kind == "event_based_gateway":
        targets = [plan.new.process.flows[flow].target for flow in after.outgoing]
        old_ids = {plan.old.process.flows[flow].target for flow in before.outgoing}
        place.below = _kept_below(plan, place, others, targets, old_ids, result)
    elif holds_edges:
        targets = [each.id for each in plan.new.process.boundaries(after.id) if each.trigger.kind in ARMED]
        old_ids = {each.id for each in plan.old.process.boundaries(before.id) if each.trigger.kind in ARMED}
        place.below = runs + _kept_below(plan, place, others, targets, old_ids, result)
        if place.below or targets:
            place.notes["armed"] = 1


def _waits_otherwise(before: Element, after: Element) -> bool:
    """Whether the outside it waits for is another: people, a message, a time."""
    if before.kind in PEOPLE or after.kind in PEOPLE:
        return not {before.kind, after.kind} <= PEOPLE
    return before.trigger != after.trigger and after.kind in BY_TRIGGER


def _kept_below(
    plan: Plan, place: Place, below: list[Place], targets: list[str], old_ids: set[str], result: Rewritten
) -> list[Place]:
    """What hangs on a token: the same goes on, something else is entered anew, what is not drawn any more goes.

    What hung on it before and is not there has happened already and does not begin again.
    """
    kept = []
    for each in below:
        before, target = plan.old.process.elements[each.element], plan.target(each.element)
        after = plan.new.process.elements.get(target)
        if after is not None and target in targets and after.trigger == before.trigger and after.kind == before.kind:
            result.kept.append((each.token, before, after))
            each.spec = target
            kept.append(each)
        else:
            result.gone.append(each.token)
            if target in targets:
                result.added.append((place.token, target))
    known = {plan.target(each) for each in old_ids}
    result.added.extend((place.token, target) for target in targets if target not in known)
    return kept


def standing_tokens(result: Rewritten) -> Iterator[str]:
    """The tokens whose start is asked for, because something counts from it."""
    yield from dict.fromkeys([*(host for host, _target in result.added), *result.anew])
