"""What can be said of scenarios without playing them: whether they can be read, and whether what they name exists.

A scenario speaks of its own process and of those it starts, so the bundles beside it count too.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflows.actions import called, stage
from workflows.actions.observations import KEPT
from workflows.actions.scenarios import Scenario, Step
from workflows.actions.trials import read_stories
from workflows.core.errors import LotseError
from workflows.engine import bundle as bundles
from workflows.engine.bundle import LARGEST_MEMBER, SCENARIO, Bundle, BundleUnreadable
from workflows.engine.catalogue import Catalogue
from workflows.engine.checks.variables import similar_name
from workflows.engine.content import Content, read_content
from workflows.engine.findings import Finding

TASKS = frozenset({"user_task", "manual_task"})
OUTSIDE = frozenset({"office", "contact"})
"""Who does tasks without an account: an office and whoever asked, by their links."""


@dataclass(frozen=True, slots=True)
class Known:
    """What stories may name: tasks with the fields of their forms, None where a form cannot be read."""

    starts: Mapping[str, frozenset[str]]
    tasks: Mapping[str, frozenset[str] | None]
    elements: frozenset[str]
    messages: frozenset[str]
    people: frozenset[str]


def beside(catalogue: Catalogue, others: Path) -> Callable[[Path, Bundle], Iterable[Finding]]:
    """What ``check_files`` asks of the scenarios beside a bundle; ``others`` holds the house's other bundles.

    Raises ``BundleUnreadable`` for a file that is no scenario by its size or kind.
    """

    def look(path: Path, held: Bundle) -> Iterable[Finding]:
        told = stories_at(path)
        return list(check_stories(told, _known(_around(path, held, others), catalogue))) if told else ()

    return look


def stories_at(path: Path) -> dict[str, bytes]:
    """The scenarios in the folder or zip of a bundle, by path inside it; raises ``BundleUnreadable``."""
    if path.is_dir():
        found = ((f"scenarios/{each.name}", each) for each in sorted(path.glob("scenarios/*.yaml")))
        return {
            name: bundles.content_of(each, LARGEST_MEMBER, "file_too_large")
            for name, each in found
            if SCENARIO.fullmatch(name) and not each.is_symlink()
        }
    if path.suffix in {".bpmn", ".form", ".dmn"}:
        return {}
    return bundles.beside(bundles.content_of(path, bundles.LARGEST_ZIP, "zip_too_large"), SCENARIO)


def _around(path: Path, held: Bundle, others: Path) -> list[Bundle]:
    """The bundle, then those that lie beside it and those of the house, each process once."""
    found = {held.key: held}
    folders = [*(stage.bundles_beside(path) if path.is_dir() else ())]
    folders += stage.bundles_beside(others / held.key) if others.is_dir() else ()
    for folder in folders:
        if folder.name not in found:
            with suppress(BundleUnreadable):
                found[folder.name] = bundles.read(folder)
    return list(found.values())


def _known(around: Iterable[Bundle], catalogue: Catalogue) -> Known | None:
    """None where the process the stories are about cannot be read itself."""
    read = [(held.key, read_content(held, catalogue.functions)) for held in around]
    if read[0][1].parsed is None:
        return None
    parsed = {key: content.parsed for key, content in read if content.parsed is not None}
    groups = {each.removeprefix("group:") for each in catalogue.groups if each.startswith("group:")}
    return Known(
        {
            key: frozenset(each.id for each in found.starts(key))
            for key, found in parsed.items()
            if key in found.processes
        },
        {task: fields for _, content in reversed(read) for task, fields in _tasks(content)},
        frozenset[str]().union(*(found.elements for found in parsed.values())),
        frozenset[str]().union(*map(called.messages_of, parsed.values())),
        OUTSIDE | stage.PEOPLE.keys() | groups,
    )


def _tasks(content: Content) -> Iterator[tuple[str, frozenset[str] | None]]:
    for element in content.parsed.elements.values() if content.parsed is not None else ():
        if element.kind in TASKS:
            form = content.forms.get(element.form_id or "")
            is_lost = element.form_id is not None and form is None
            yield element.id, form.written() if form is not None else None if is_lost else frozenset()


def check_stories(told: Mapping[str, bytes], known: Known | None) -> Iterator[Finding]:
    """Everything wrong with scenarios given by path: an error each, for none of them would go as told.

    With None for what is ``known`` only those that cannot be read.
    """
    for name, story in read_stories(told).items():
        path = f"scenarios/{name}.yaml"
        if isinstance(story, LotseError):
            yield Finding("error", path, "", story.code, story.facts)
        elif known is not None:
            yield from _story(path, story, known)


def _story(path: str, story: Scenario, known: Known) -> Iterator[Finding]:
    process = story.process or _begun(story)
    if process not in known.starts:
        yield _missing(path, "process", process, known.starts)
        return
    if story.at and story.at not in known.starts[process]:
        yield _missing(path, "start", story.at, known.starts[process], process=process)
    for step in story.steps:
        yield from _step(path, step, known)


def _begun(story: Scenario) -> str:
    """The process that takes up what a story begins with."""
    begins = {"referral": story.referral, "funding": story.funding, "message": story.message}
    return next((process for process, is_told in begins.items() if is_told), "enquiry")


def _missing(path: str, noun: str, name: str, there: Iterable[str], **facts: Any) -> Finding:
    similar = similar_name(name, there)
    return Finding("error", path, "", f"scenario_{noun}_unknown", {noun: name, "similar": similar, **facts})


def _step(path: str, step: Step, known: Known) -> Iterator[Finding]:
    if step.verb == "complete":
        yield from _completed(path, step, known)
    elif step.verb == "message" and step.what not in known.messages:
        yield _missing(path, "message", step.what, known.messages, step=step.number)
    elif step.verb == "expect":
        for task in step.what.get("tasks", ()):
            if task not in known.tasks:
                yield _missing(path, "task", task, known.tasks, step=step.number)
        for element in (each for name in ("path", "mails", *KEPT) for each in step.what.get(name, ())):
            if element not in known.elements:
                yield _missing(path, "element", element, known.elements, step=step.number)


def _completed(path: str, step: Step, known: Known) -> Iterator[Finding]:
    if step.what not in known.tasks:
        yield _missing(path, "task", step.what, known.tasks, step=step.number)
        return
    fields = known.tasks[step.what]
    for field in step.values.keys() - fields if fields is not None else ():
        yield _missing(path, "field", field, fields or (), step=step.number, task=step.what)
    people = ", ".join(sorted(known.people))
    if not step.by:
        facts = {"step": step.number, "task": step.what, "known": people}
        yield Finding("error", path, "", "scenario_by_missing", facts)
    for person in (step.by, *_people(step.values)):
        if person and person not in known.people:
            yield _missing(path, "person", person, known.people, step=step.number, known=people)


def _people(values: Any) -> Iterator[str]:
    """Whom the values name as ``person:jury``."""
    if isinstance(values, str) and values.startswith("person:"):
        yield values.removeprefix("person:")
    elif isinstance(values, Mapping | list):
        for each in values.values() if isinstance(values, Mapping) else values:
            yield from _people(each)
