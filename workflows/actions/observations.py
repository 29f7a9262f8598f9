"""What is to be seen of a scenario: the way its tokens took, tasks, mails, letters, and whether that was expected."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from workflows.actions.stage import Stage
from workflows.core.outbox import Mail
from workflows.core.tx import Tx
from workflows.domain import contacts, funding, letters
from workflows.engine import definitions
from workflows.engine.dialect import ParsedProcess
from workflows.engine.events import Event
from workflows.engine.incidents import Incident
from workflows.engine.tasks import Task

KEPT: Mapping[str, str] = {"letters": "letter", "entries": "entry"}
"""What an expectation calls the kinds of things that are kept."""

Walked = dict[str, frozenset[str]]
Miss = tuple[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Mailed:
    """A mail by the element that wrote it; ``call`` is the same for all recipients of one call of it."""

    element: str
    to: str
    subject: str
    call: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What an element left at the case besides mails: a ``letter`` or an ``entry`` in the register."""

    kind: str
    id: int
    element: str
    about: str
    title: str


@dataclass(frozen=True, slots=True)
class Look:
    """Everything at one moment; lists are in the order things happened, open tasks sorted by element id."""

    path: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    mails: tuple[Mailed, ...] = ()
    kept: tuple[Kept, ...] = ()
    incidents: tuple[dict[str, object], ...] = ()

    def kept_since(self, before: "Look") -> tuple[Kept, ...]:
        """What was kept after another look."""
        return tuple(each for each in self.kept if each not in before.kept)


def look(stage: Stage) -> Look:
    """What is to be seen now."""
    with stage.begin() as tx:
        mine = [instance.id for instance in stage.instances(tx)]
        tasks = tx.session.scalars(
            select(Task.element_id).where(Task.instance_id.in_(mine), Task.status == "open").order_by(Task.element_id)
        )
        incidents = tx.session.scalars(
            select(Incident).where(Incident.instance_id.in_(mine), Incident.resolved_at.is_(None)).order_by(Incident.id)
        )
        return Look(
            path=tuple(event.element_id or "" for event in _left(tx, mine)),
            tasks=tuple(tasks),
            mails=tuple(_mails(tx, stage)),
            kept=tuple(_kept(tx, stage)),
            incidents=tuple(
                {"element": row.element_id, "code": row.code, "problem": row.code, **row.facts} for row in incidents
            ),
        )


def _left(tx: Tx, instances: list[int]) -> Iterable[Event]:
    """The elements that tokens have left, in order."""
    query = select(Event).where(Event.instance_id.in_(instances), Event.kind == "element.completed")
    return tx.session.scalars(query.order_by(Event.id))


def _mails(tx: Tx, stage: Stage) -> Iterator[Mailed]:
    query = select(Mail).where(Mail.about.in_(stage.subjects(tx))).order_by(Mail.id)
    for mail in tx.session.scalars(query):
        # The operator keys each mail by instance, element, token and recipient.
        call = (mail.key or "/").rpartition("/")[0]
        yield Mailed(_element(mail.key), mail.to_address, mail.subject, call)


def _kept(tx: Tx, stage: Stage) -> Iterator[Kept]:
    for letter in letters.of_case(tx.session, stage.case_id):
        yield Kept("letter", letter.id, _element(letter.key), letter.addressee, letter.subject)
    for contact in contacts.of_steps(tx.session, stage.case_id):
        yield Kept("entry", contact.id, _element(contact.key), contact.who, contact.text)


def _element(key: str | None) -> str:
    """The element in the key of what an operator kept: instance, element, token."""
    return (key or "/").split("/")[1]


def walked(stage: Stage) -> Walked:
    """Ids of the elements that tokens left and of the flows they took, by process key."""
    found: dict[str, set[str]] = {}
    with stage.begin() as tx:
        for instance in stage.instances(tx):
            parsed = definitions.load(tx.session, instance.version_id).process
            steps = found.setdefault(instance.process_key, set())
            for event in _left(tx, [instance.id]):
                steps.add(event.element_id or "")
                steps.update(_flows(parsed, event))
    return {key: frozenset(steps) for key, steps in found.items()}


def _flows(parsed: ParsedProcess, event: Event) -> Iterable[str]:
    """The flows a token left by; the way into a caught event after an event-based gateway counts when it happens."""
    element = parsed.elements[event.element_id or ""]
    before = [parsed.flows[flow] for flow in element.incoming]
    raced = [flow.id for flow in before if parsed.elements[flow.source].kind == "event_based_gateway"]
    if element.kind == "event_based_gateway":
        return ()
    return [*raced, *((event.details or {}).get("flows") or element.outgoing)]


def missed(stage: Stage, expected: Mapping[str, Any], before: Look) -> Iterator[Miss]:
    """What an expectation says and is not so; mails and path count since the expectation before."""
    now = look(stage)
    if "tasks" in expected and sorted(expected["tasks"]) != list(now.tasks):
        yield "tasks_differ", {"expected": sorted(expected["tasks"]), "found": list(now.tasks)}
    if "mails" in expected:
        # A group gets a mail each: how many people it has is not the story's business.
        calls = {mail.call: mail.element for mail in now.mails[len(before.mails) :]}
        sent = list(calls.values())
        if sorted(expected["mails"]) != sorted(sent):
            yield "mails_differ", {"expected": list(expected["mails"]), "found": sent}
    for name, kind in KEPT.items():
        found = [each.element for each in now.kept_since(before) if each.kind == kind]
        if name in expected and sorted(expected[name]) != sorted(found):
            yield f"{name}_differ", {"expected": list(expected[name]), "found": found}
    if "path" in expected and not _in_order(expected["path"], now.path[len(before.path) :]):
        yield "path_differs", {"expected": list(expected["path"]), "found": list(now.path[len(before.path) :])}
    yield from _states_missed(stage, expected)


def _in_order(wanted: Iterable[str], path: Iterable[str]) -> bool:
    rest = iter(path)
    return all(element in rest for element in wanted)


def _states_missed(stage: Stage, expected: Mapping[str, Any]) -> Iterator[Miss]:
    with stage.begin() as tx:
        case = stage.case(tx)
        for name, value in {"status": case.status, "outcome": case.outcome}.items():
            if name in expected and expected[name] != value:
                yield f"{name}_differs", {"expected": expected[name], "found": value}
        found = {office: referral.status for office, referral in stage.referrals(tx).items()}
        if "referrals" in expected and dict(expected["referrals"]) != found:
            yield "referrals_differ", {"expected": dict(expected["referrals"]), "found": found}
        applied = funding.of_case(tx.session, stage.case_id)
        if "application" in expected and expected["application"] != (applied[-1].status if applied else None):
            status = applied[-1].status if applied else ""
            yield "application_differs", {"expected": expected["application"], "found": status}
        running = [instance.process_key for instance in stage.instances(tx) if instance.status == "running"]
        if "ended" in expected and expected["ended"] is not (not running):
            yield "not_ended" if running else "ended_early", {"running": running}
