"""What a move changes about a task that waits: what the diagram asked for follows the new diagram, what a person has
set by hand stays."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select

from workflows.core.tx import Tx
from workflows.engine.behaviours import people
from workflows.engine.dialect.model import Assignment, Element
from workflows.engine.events import Event
from workflows.engine.faults import Stuck
from workflows.engine.projection import PEOPLE
from workflows.engine.run import Run
from workflows.engine.tasks import Task
from workflows.engine.tokens import Token

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "group": ("group_key",),
    "assignee": ("assignee_id", "claimed_at"),
    "due": ("due_at",),
    "follow_up": ("follow_up_on",),
    "priority": ("priority",),
}
"""What a diagram asks for, and the columns of the task that say so."""

BY_HAND: Final = {
    "task.claimed": "assignee",
    "task.released": "assignee",
    "task.assigned": "assignee",
    "task.postponed": "follow_up",
    "task.prioritised": "priority",
}

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "group": ("Zuständigkeit", "group"),
    "assignee": ("zuständige Person", "person"),
    "due": ("Frist", "due date"),
    "follow_up": ("Wiedervorlage", "follow-up date"),
    "priority": ("Dringlichkeit", "priority"),
}
_SENTENCE = (
    "Die wartende Aufgabe richtet sich nach der neuen Fassung: {names}.",
    "The waiting task follows the new version: {names}.",
)
_STAYS = ("Was jemand von Hand gesetzt hat, bleibt.", "What somebody has set by hand stays.")


def asked_otherwise(before: Element, after: Element) -> tuple[str, ...]:
    """Which of ``COLUMNS`` two elements for people ask for differently; nothing where one of them is not for people."""
    if not {before.kind, after.kind} <= PEOPLE:
        return ()
    old, new = _asked(before), _asked(after)
    return tuple(each for each in COLUMNS if old[each] != new[each])


def _asked(element: Element) -> dict[str, Any]:
    asked: Assignment = element.assignment
    return {
        "group": (element.lane, asked.candidate_groups),
        "assignee": asked.assignee,
        "due": asked.due,
        "follow_up": asked.follow_up,
        "priority": asked.priority,
    }


def by_hand(tx: Tx, task_id: int) -> frozenset[str]:
    """Which of ``COLUMNS`` somebody has set on a task since it began."""
    query = select(Event.kind, Event.details).join(Task, Task.instance_id == Event.instance_id)
    since = query.where(Task.id == task_id, Event.kind.in_(BY_HAND), Event.at >= Task.created_at)
    # Lines of before the task was noted may be about it: then nothing a person may have set is lost.
    return frozenset(
        BY_HAND[kind] for kind, details in tx.session.execute(since) if (details or {}).get("task", task_id) == task_id
    )


def columns_of(asked: frozenset[str]) -> Iterator[str]:
    """The columns of the task behind what was asked for."""
    for each in asked:
        yield from COLUMNS[each]


def follow(run: Run, place: Token, before: Element, after: Element) -> dict[str, Any]:
    """The values that a waiting task takes from the new version, computed as of its own start."""
    changed = asked_otherwise(before, after)
    if not changed:
        return {}
    mine = (Task.instance_id == run.instance_id, Task.token == place.id.hex)
    waiting = run.tx.session.execute(select(Task.id, Task.created_at, Task.assignee_id).where(*mine)).one()
    try:
        with run.as_of(waiting.created_at):
            asked = people.task(run, place, after)
    except Stuck as stuck:
        # What cannot be computed stays as it was; the timeline says so.
        run.note("expression.warned", place, {"warnings": [stuck.code]})
        return {}
    taken = set(changed) - by_hand(run.tx, waiting.id)
    if "group" in taken and asked.group_key is None and waiting.assignee_id is None:
        # Given back to a group that is none any more: without its person nobody would see it.
        taken.add("assignee")
    return {column: getattr(asked, column) for column in columns_of(frozenset(taken))}


def changes_text(changed: Sequence[str], language: str = "de") -> str:
    """What the waiting task takes over, in German ("de") or English (anything else); empty for nothing."""
    if not changed:
        return ""
    at = 0 if language == "de" else 1
    told = _SENTENCE[at].format(names=", ".join(WORDS[each][at] for each in changed))
    return f"{told} {_STAYS[at]}" if set(BY_HAND.values()) & set(changed) else told
