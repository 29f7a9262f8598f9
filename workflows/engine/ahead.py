"""What comes next, read from the diagram: the ways on from an element, each up to where somebody or something waits."""

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.engine.dialect.model import GATEWAYS, Element, ParsedProcess

MOST = 8
"""Ways that are told; a diagram that forks more often is better looked at."""

# What a way stops at, and what it is called; everything else is passed.
STOPS = {
    "user_task": "person",
    "manual_task": "person",
    "receive_task": "waits",
    "intermediate_catch_event": "waits",
    "event_based_gateway": "waits",
    "call_activity": "automatic",
}
AUTOMATIC = frozenset({"service_task", "send_task", "script_task", "business_rule_task", "intermediate_throw_event"})


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a way rests; ``kind`` is ``person``, ``waits``, ``automatic``, ``end``, or ``stays`` for the task itself.

    ``lane`` is who works there.
    """

    kind: str
    name: str
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """One way on, in the names of the diagram: by which answer, past which automatic steps, and where it may rest.

    ``is_timeout`` marks the way that is taken when nobody does the task in time. What the diagram decides by itself
    further on is not asked here: several ``stops`` are alternatives.
    """

    when: str
    past: tuple[str, ...]
    stops: tuple[Stop, ...]
    is_timeout: bool = False


Found = tuple[str, tuple[str, ...], Stop]


def ways(process: ParsedProcess, element_id: str) -> list[Way]:
    """The ways on from a task, in the order drawn, at most ``MOST``; those by the same answer are one."""
    task = process.elements[element_id]
    told = _grouped(_Walk(process).onwards(task, "", (), frozenset({element_id})), is_timeout=False)
    for boundary in process.boundaries(element_id):
        if boundary.trigger.kind == "timer":
            walk = _Walk(process, None if boundary.interrupting else task)
            late = walk.onwards(boundary, boundary.name, (), frozenset({boundary.id}))
            told += _grouped(late, is_timeout=True)
    return told[:MOST]


def _grouped(found: Iterator[Found], *, is_timeout: bool) -> list[Way]:
    by_answer: dict[str, list[tuple[tuple[str, ...], Stop]]] = {}
    for when, past, stop in found:
        by_answer.setdefault(when, []).append((past, stop))
    return [
        Way(
            when,
            _shared([past for past, _stop in ends]),
            tuple(dict.fromkeys(stop for _past, stop in ends)),
            is_timeout,
        )
        for when, ends in by_answer.items()
    ]


def _shared(pasts: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The automatic steps that come first whatever is decided later."""
    shared = 0
    while len({past[: shared + 1] for past in pasts}) == 1 and all(len(past) > shared for past in pasts):
        shared += 1
    return pasts[0][:shared]


@dataclass(frozen=True, slots=True)
class _Walk:
    """Along the arrows; beside a task that ``stays``, as the way of a reminder does, an end ends only that way."""

    process: ParsedProcess
    stays: Element | None = None

    def onwards(self, element: Element, when: str, past: tuple[str, ...], seen: frozenset[str]) -> Iterator[Found]:
        for flow_id in element.outgoing:
            flow = self.process.flows[flow_id]
            target = self.process.elements[flow.target]
            # Only the first answer is this task's own; what later gateways ask is decided by what was typed before.
            said = when or flow.name
            if target.id not in seen:
                yield from self._arriving(target, said, past, seen | {target.id})

    def _arriving(self, target: Element, when: str, past: tuple[str, ...], seen: frozenset[str]) -> Iterator[Found]:
        if target.kind in STOPS:
            yield when, past, Stop(STOPS[target.kind], target.name, self._lane(target))
        elif target.kind == "sub_process":
            for start in self.process.starts(target.id):
                yield from self.onwards(start, when, past, seen)
        elif target.kind == "end_event":
            yield from self._ending(target, when, past, seen)
        else:
            automatic = target.kind in AUTOMATIC and target.kind not in GATEWAYS and target.name
            yield from self.onwards(target, when, (*past, target.name) if automatic else past, seen)

    def _ending(self, end: Element, when: str, past: tuple[str, ...], seen: frozenset[str]) -> Iterator[Found]:
        """An end inside a subprocess goes on behind it, unless the task is still there to be done."""
        around = self.process.processes[end.process]
        outer = self.process.elements.get(around.id) if around.parent is not None else None
        goes_on = end.trigger.kind in {"none", "message"}
        if goes_on and self.stays is not None and end.process == self.stays.process:
            yield when, past, Stop("stays", self.stays.name)
        elif goes_on and outer is not None and outer.id not in seen:
            yield from self.onwards(outer, when, past, seen | {outer.id})
        else:
            yield when, past, Stop("end", end.name)

    def _lane(self, element: Element) -> str:
        lane = self.process.lanes.get(element.lane or "")
        return lane.name if lane is not None else ""
