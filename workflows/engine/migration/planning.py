"""What a new version means for a running case: it continues unchanged, it can move, or it cannot and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from workflows.engine.definition import Definition
from workflows.engine.dialect.model import Element
from workflows.engine.migration import standing
from workflows.engine.migration.differences import concerns
from workflows.engine.migration.forks import Side, changed_forks, matched_flows
from workflows.engine.migration.reasons import Reason
from workflows.engine.migration.standing import Level, Place, Shape
from workflows.engine.migration.values import lacking
from workflows.engine.migration.waiting_tasks import COLUMNS, asked_otherwise
from workflows.engine.migration.ways import Ways, stuck_join
from workflows.engine.projection import PEOPLE
from workflows.engine.snapshots import UnreadableState

UNCHANGED: Final = "unchanged"
CHANGED: Final = "move"
REFUSED: Final = "refused"

WAITS: Final = PEOPLE | {"receive_task", "intermediate_catch_event"}
"""Kinds that do nothing but wait: one may become another, which then waits from the start of the first."""
AT_WORK: Final = frozenset({"service_task", "script_task", "business_rule_task", "send_task"})
"""Kinds a token stands on only where they failed: it has not begun, so that it may begin with something else."""

UNREADABLE = (UnreadableState, ValueError, LookupError, TypeError)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``outcome`` is ``unchanged``, ``move`` or ``refused``, then with the reasons; ``waits_at`` are element ids.

    ``changes`` is what waiting tasks take over (``waiting_tasks.COLUMNS``) when it moves.
    """

    outcome: str
    waits_at: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass
class Plan:
    """Two versions and the name map between them; cases that stand alike are judged once."""

    old: Definition
    new: Definition
    names: Mapping[str, str]
    _judged: dict[Shape, Verdict] = field(default_factory=dict)

    def target(self, element: str) -> str:
        """The id of an old element in the new version."""
        return self.names.get(element, element)

    def judge(self, state: bytes) -> Verdict:
        """What the new version means for an instance with this stored state."""
        try:
            levels = standing.read(state, self.old.key)
        except UNREADABLE:
            return Verdict(REFUSED, (), (Reason("state_unreadable"),))
        key = standing.shape(levels)
        if key not in self._judged:
            self._judged[key] = self._judge(levels)
        return self._judged[key]

    def _judge(self, levels: list[Level]) -> Verdict:
        places = [place for level in levels for place in level.all()]
        waits_at = _waits_at(levels)
        if any(place.element not in self.old.process.elements for place in places):
            return Verdict(REFUSED, waits_at, (Reason("state_unreadable"),))
        if not concerns(self.old, self.new, levels):
            return Verdict(UNCHANGED, waits_at)
        owners = {place.token: self.old.process.elements[place.element] for place in places}
        found = [reason for level in levels for reason in self._obstacles(level, owners.get(level.owner))]
        if not found:
            found = list(self._lacking(levels, owners))
        if found:
            return Verdict(REFUSED, waits_at, tuple(dict.fromkeys(found)))
        return Verdict(CHANGED, waits_at, (), self._changes(places))

    def _changes(self, places: list[Place]) -> tuple[str, ...]:
        found: set[str] = set()
        for place in (each for each in places if each.is_waiting):
            after = self.new.process.elements.get(self.target(place.element))
            if after is not None:
                found.update(asked_otherwise(self.old.process.elements[place.element], after))
        return tuple(each for each in COLUMNS if each in found)

    def process_of(self, level: Level, owner: Element | None) -> str | None:
        """The process in the new version that a level goes on in; None when there is none."""
        if owner is None:
            return level.process
        processes = self.new.process.processes
        if owner.kind == "sub_process":
            found: str | None = self.target(level.process)
        elif level.process in processes:
            found = level.process
        else:
            after = self.new.process.elements.get(self.target(owner.id))
            found = after.calls if after is not None else None
        return found if found in processes else None

    def _lacking(self, levels: list[Level], owners: Mapping[str, Element]) -> Iterator[Reason]:
        """Values that only elements behind the case would have set."""
        ahead: set[str] = set()
        for level in levels:
            ways = Ways(self.new.process, self.process_of(level, owners.get(level.owner)) or "")
            for place in level.places:
                ahead |= {self.target(place.element), *ways.reached(self.target(place.element))}
        for element, name in lacking(self.old, self.new, ahead):
            yield Reason("value_missing", element, name)

    def _obstacles(self, level: Level, owner: Element | None) -> Iterator[Reason]:
        process = self.process_of(level, owner)
        found = [reason for place in level.places for reason in self._obstacle(place, process)]
        yield from found
        if not found and process is not None:
            old, new = Side(self.old.process, level.process), Side(self.new.process, process)
            yield from self._around(level, old, new)

    def _obstacle(self, place: Place, process: str | None) -> Iterator[Reason]:
        """What stands against going on from the same element."""
        before, after = (
            self.old.process.elements[place.element],
            self.new.process.elements.get(self.target(place.element)),
        )
        if after is None or process is None:
            yield Reason("step_removed", before.id, before.name)
        elif not (_may_become(place, before, after) or self._gives_up(place, before, after)):
            yield Reason("kind_changed", before.id, before.name)
        elif after.process != process:
            yield Reason("step_moved", before.id, before.name)

    def _gives_up(self, place: Place, before: Element, after: Element) -> bool:
        """Whether somebody chose a single step for a running repetition, which then begins with nothing collected."""
        is_chosen = place.element in self.names and not place.is_run
        return is_chosen and gives_up(before, after) and {before.kind, after.kind} <= WAITS

    def _around(self, level: Level, old: Side, new: Side) -> Iterator[Reason]:
        """What stands against meeting the other tokens again."""
        here = [place.element for place in level.places if not place.is_gathering]
        arrived = {place.element: place.arrived for place in level.places if place.is_gathering}
        changed = list(changed_forks(old, new, self.names, here, arrived))
        yield from changed
        if changed:
            return
        after: dict[str, dict[str, int]] = {}
        for key, flows in arrived.items():
            matched = matched_flows(old, new, self.names, key, flows) or {}
            after[self.target(key)] = {matched[flow]: count for flow, count in flows.items()}
        join = stuck_join(Ways(new.parsed, new.process), [self.target(each) for each in here], after)
        # A diagram that could get stuck before and is drawn with care still may.
        if join is not None and stuck_join(Ways(old.parsed, old.process), here, arrived) is None:
            yield Reason("branch_missing", join, new.elements[join].name if join in new.elements else "")


def _waits_at(levels: list[Level]) -> tuple[str, ...]:
    """Where it stands, innermost first; an activity with something inside is named by that."""
    owners = {level.owner for level in levels}
    places = [place for level in reversed(levels) for place in level.places]
    inmost = [place for place in places if owners.isdisjoint(each.token for each in place.all())]
    return tuple(dict.fromkeys(place.element for place in inmost))


def _may_become(place: Place, before: Element, after: Element) -> bool:
    """Whether what stands on an element can go on from another, which may be of another kind."""
    if (before.loop is None) != (after.loop is None):
        return False
    if before.kind == after.kind:
        return True
    if before.loop is not None:
        return False
    return {before.kind, after.kind} <= (WAITS if place.is_waiting else WAITS | AT_WORK)


def gives_up(before: Element, after: Element) -> bool:
    """Whether a repetition is a single step afterwards."""
    return before.loop is not None and after.loop is None


def plan(old: Definition, new: Definition, names: Mapping[str, str]) -> Plan:
    """Compare two versions of a process; ``names`` are ids of old elements that have another id in the new one."""
    known = old.process.elements.keys() | old.process.processes.keys()
    return Plan(old, new, {one: other for one, other in names.items() if one in known and one != other})
