"""What people call the elements and messages a scenario speaks of by their ids."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import select

from workflows.actions.scenarios import Step
from workflows.actions.stage import Stage
from workflows.core.tx import Tx
from workflows.engine import definitions
from workflows.engine.definition import GERMAN, Definition
from workflows.engine.dialect import ParsedProcess

PROCESS: Final = "process:"
"""Before the key of a process, which may also be the id of an element."""

FIELD: Final = "field:"
"""Before the key of a form's field."""

SPOKEN: Final[Mapping[str, Mapping[str, str]]] = {
    **dict.fromkeys(
        ("tasks_differ", "mails_differ", "letters_differ", "entries_differ", "path_differs"),
        {"expected": "", "found": ""},
    ),
    "not_ended": {"running": PROCESS},
    "task_not_open": {"task": "", "open": ""},
    "incident": {"element": ""},
    "invalid": {"fields": FIELD},
}
"""The facts of a deviation that are ids, with what stands before them in the names."""


def names(play_on: Stage, language: str = GERMAN) -> dict[str, str]:
    """Ids of the elements of all processes with their names, processes, and messages by where they are waited for.

    What the instances of the story run on goes before what another process calls the same.
    """
    with play_on.begin() as tx:
        processes = tx.session.execute(select(definitions.Process.key, definitions.Process.name)).tuples()
        found = {f"{PROCESS}{key}": name for key, name in processes}
        for definition in _definitions(play_on, tx):
            for field in (each for form in definition.forms.values() for each in form.walk() if each.label):
                found.setdefault(f"{FIELD}{field.key}", definition.translate(field.label, language))
            for element in definition.process.elements.values():
                called = definition.element_name(element.id, language)
                found.setdefault(element.id, called)
                if element.trigger.kind == "message" and element.trigger.name and element.name:
                    found.setdefault(element.trigger.name, called)
    return found


def awaited(play_on: Stage, tx: Tx) -> frozenset[str]:
    """The names of the messages that any process knows."""
    return frozenset[str]().union(*(messages_of(found.process) for found in _definitions(play_on, tx)))


def messages_of(process: ParsedProcess) -> frozenset[str]:
    """The names of the messages that diagrams speak of."""
    triggers = (each.trigger for each in process.elements.values())
    return frozenset(each.name for each in triggers if each.kind == "message" and each.name)


def _definitions(play_on: Stage, tx: Tx) -> Iterator[Definition]:
    running = list(dict.fromkeys(instance.version_id for instance in play_on.instances(tx)))
    yield from (definitions.load(tx.session, each) for each in running)
    for key in tx.session.scalars(select(definitions.Process.key).order_by(definitions.Process.key)):
        newest = definitions.newest_active(tx.session, key)
        if newest is not None and newest.id not in running:
            yield definitions.load(tx.session, newest.id)


def place(steps: Sequence[Step], number: int, known: Mapping[str, str]) -> str:
    """What the step of a story is about; for one that only looks or waits, what was done last before it."""
    done = (step for step in reversed(steps) if step.number <= number)
    about = next((str(step.what) for step in done if step.verb in {"complete", "message"}), "")
    return known.get(about, about)


def spoken(code: str, facts: Mapping[str, object], known: Mapping[str, str]) -> dict[str, object]:
    """The facts of a deviation with names for ids; an id without a name stays."""
    prefixes = SPOKEN.get(code, {})
    return {name: _called(value, prefixes[name], known) if name in prefixes else value for name, value in facts.items()}


def _called(value: object, prefix: str, known: Mapping[str, str]) -> object:
    if isinstance(value, list | tuple):
        return [_called(each, prefix, known) for each in value]
    return known.get(f"{prefix}{value}", value)
