"""Events that can never come, or not as often as they say, and ways that are never gone."""

from collections.abc import Iterable, Iterator

from workflows.engine.checks.before import Before
from workflows.engine.checks.examined import Examined
from workflows.engine.checks.variables import similar_name
from workflows.engine.dialect import Element
from workflows.engine.findings import Finding

#: Nobody waits at these: they are over in the moment they begin, unless they fail and are stuck.
AUTOMATIC = frozenset({"script_task", "business_rule_task", "service_task", "send_task"})
HOLDING = frozenset({"sub_process", "call_activity"})


def check_events(examined: Examined) -> Iterator[Finding]:
    """Boundaries, repetitions and thrown errors that do not do what is drawn, conditions that repeat each other."""
    before = Before(examined)
    for element in examined.parsed.elements.values():
        if element.attached_to in examined.parsed.elements:
            yield from _boundary(examined, element)
        if element.trigger.timer == "cycle" and _happens_once(element):
            yield examined.warning(element.id, "cycle_once", source=(element.trigger.expression or "")[:200])
        if element.kind == "end_event" and element.trigger.kind == "error":
            yield from _thrown(examined, before, element)
        if element.kind == "exclusive_gateway":
            yield from _twice(examined, element)


def _happens_once(element: Element) -> bool:
    return element.kind == "intermediate_catch_event" or (element.kind == "boundary_event" and element.interrupting)


def _boundary(examined: Examined, boundary: Element) -> Iterator[Finding]:
    host = examined.parsed.elements[boundary.attached_to or ""]
    kind, named = boundary.trigger.kind, host.name or host.id
    if kind in {"timer", "message"} and host.kind in AUTOMATIC:
        yield examined.warning(boundary.id, "boundary_without_wait", host=named)
    elif kind == "error" and not _may_fail(examined, host):
        yield examined.warning(boundary.id, "error_never_comes", host=named)
    elif kind == "escalation":
        thrown = _escalations(examined, host)
        if thrown is not None and not (thrown if boundary.trigger.code is None else boundary.trigger.code in thrown):
            facts = {"host": named, "similar": _similar(boundary.trigger.code, thrown)}
            yield examined.warning(boundary.id, "escalation_never_comes", **facts)


def _held(examined: Examined, host: Element) -> list[Element]:
    """Everything inside an activity, however deep."""
    found: list[Element] = []
    waiting, seen = [host.calls or host.id], set[str]()
    while waiting:
        process = examined.parsed.processes.get(waiting.pop())
        if process is not None and process.id not in seen:
            seen.add(process.id)
            found += process.elements.values()
            waiting += (each.calls or each.id for each in process.elements.values() if each.kind in HOLDING)
    return found


def _may_fail(examined: Examined, host: Element) -> bool:
    """Errors come from operators of the house and from error ends inside; calls to nowhere are told elsewhere."""
    if host.kind in HOLDING:
        held = _held(examined, host)
        return not held or any(each.operator or each.trigger.kind == "error" for each in held)
    return host.operator is not None


def _escalations(examined: Examined, host: Element) -> set[str | None] | None:
    """The codes of all that is thrown inside; None where nobody knows what lies inside."""
    if host.kind not in HOLDING:
        return set()
    held = _held(examined, host)
    thrown = {each.trigger.code for each in held if each.trigger.kind == "escalation" and each.attached_to is None}
    return thrown if held else None


def _similar(code: str | None, others: Iterable[str | None]) -> str:
    return similar_name(code or "", sorted({each for each in others if each}))


def _thrown(examined: Examined, before: Before, end: Element) -> Iterator[Finding]:
    """An error end must have something around it that catches: else the case stands still there."""
    around = (each for holder in before.holders(end.process) for each in examined.parsed.boundaries(holder.id))
    caught = {each.trigger.code for each in around if each.trigger.kind == "error"}
    if not caught & {None, end.trigger.code}:
        facts = {"error": end.trigger.code or "", "similar": _similar(end.trigger.code, caught)}
        yield examined.warning(end.id, "error_caught_by_nobody", **facts)


def _twice(examined: Examined, gateway: Element) -> Iterator[Finding]:
    """The first flow whose condition holds is gone: the same condition again never gets its turn."""
    seen: set[str] = set()
    for key in gateway.outgoing:
        flow = examined.parsed.flows.get(key)
        written = (flow.condition or "") if flow is not None and key != gateway.default else ""
        condition = " ".join(written.strip().removeprefix("=").split())
        if condition and condition in seen:
            facts = {"source": condition[:200], "gateway": gateway.name or gateway.id}
            yield examined.warning(key, "condition_twice", **facts)
        seen.add(condition)
