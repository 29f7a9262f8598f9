"""Plays the scenarios of a bundle on the real engine with the real operators, and tells where each one led.

Every step is a transaction and a session of its own, so whatever an instance needs has to survive being saved and
loaded. Only the instances of the scenario are moved. The database keeps what was played: give it one of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from workflows.actions import called, inbox, stage
from workflows.actions.observations import Kept, Look, Mailed, Walked, look, missed, walked
from workflows.actions.scenarios import Scenario, Step, read_all
from workflows.actions.stage import Stage
from workflows.core import workdays
from workflows.core.clock import BERLIN
from workflows.core.errors import Invalid, LotseError, NotFound
from workflows.core.settings import Settings
from workflows.core.tx import Actor, Tx
from workflows.domain import funding, programmes
from workflows.engine import messages, moments, runtime
from workflows.engine.definition import GERMAN
from workflows.engine.tasks import Task
from workflows.engine.timers import Timer
from workflows.operators import ENGINE

MOST_TURNS = 1_000
"""Messages and timers in one step before the scenario is taken to turn in circles."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One step and what was to be seen after it; ``elements`` are those left since the step before, in order."""

    step: Step | None
    at: datetime
    elements: tuple[str, ...]
    tasks: tuple[str, ...]
    mails: tuple[Mailed, ...]
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where the story and the process part: ``step`` 0 is the beginning; ``code`` with the facts of it.

    ``place`` is what people call what the step is about; the facts name elements as people do.
    """

    step: int
    code: str
    facts: dict[str, object] = field(default_factory=dict)
    place: str = ""


@dataclass(slots=True)
class Performance:
    """One scenario played; ``walked`` holds element and flow ids by process key."""

    scenario: Scenario
    scenes: list[Scene] = field(default_factory=list)
    deviations: list[Deviation] = field(default_factory=list)
    walked: Walked = field(default_factory=dict)

    @property
    def is_as_told(self) -> bool:
        """Whether everything went as the story says."""
        return not self.deviations


def play(
    sessions: sessionmaker[Session], settings: Settings, bundle_folder: Path, scenario: str | None = None
) -> list[Performance]:
    """Play all scenarios of a bundle, or the one of that name, each with a case of its own.

    Bundles beside it are deployed too, for the processes it starts. Raises ``NotFound``, ``BundleRefused`` and
    ``LotseError("scenario_unreadable")``; what goes wrong inside a scenario is in its ``deviations``.
    """
    stories = read_all(bundle_folder, scenario)
    stage.prepare(sessions, settings, bundle_folder)
    return [perform(sessions, settings, story) for story in stories]


def perform(
    sessions: sessionmaker[Session],
    settings: Settings,
    story: Scenario,
    at_end: Callable[[Stage], None] | None = None,
    *,
    until: float = inf,
    language: str = GERMAN,
) -> Performance:
    """Play one story in a database that was prepared; ``at_end`` looks at the stage before it is cleared.

    What goes another way is told by the names of steps in a ``language``.
    ``until`` is the moment of the monotonic clock at which it is stopped, for trials that others wait for.
    A story that cannot even begin deviates at step 0; there is no stage to look at then.
    """
    performance = Performance(story)
    try:
        play_on = stage.open_on(sessions, settings, story, until)
    except LotseError as error:
        performance.deviations.append(Deviation(0, error.code, _facts(error)))
        return performance
    try:
        _settle(play_on)
        _scene(play_on, performance, None, seen=Look())
        carry_on(play_on, performance, story.steps, since=Look())
    except LotseError as error:
        performance.deviations.append(Deviation(0, error.code, _facts(error)))
    performance.walked = walked(play_on)
    if performance.deviations:
        known = called.names(play_on, language)
        performance.deviations = [_named(each, story.steps, known) for each in performance.deviations]
    if at_end is not None:
        at_end(play_on)
    _strike(play_on, story)
    return performance


def _named(deviation: Deviation, steps: Sequence[Step], known: Mapping[str, str]) -> Deviation:
    facts = called.spoken(deviation.code, deviation.facts, known)
    return Deviation(deviation.step, deviation.code, facts, called.place(steps, deviation.step, known))


def begin(sessions: sessionmaker[Session], settings: Settings, story: Scenario) -> Stage:
    """The stage of a story before its first step, in a database that was prepared; for who goes on step by step."""
    play_on = stage.open_on(sessions, settings, story)
    _settle(play_on)
    return play_on


def carry_on(play_on: Stage, performance: Performance, steps: Sequence[Step], *, since: Look) -> None:
    """Play steps of a story from where the stage stands; what is expected counts from what was seen ``since``."""
    before, expected_from = look(play_on), since
    number = 0
    try:
        for step in steps:
            number = step.number
            if step.verb == "expect":
                performance.deviations += [
                    Deviation(number, code, facts) for code, facts in missed(play_on, step.what, expected_from)
                ]
                expected_from = before
                continue
            take(play_on, step)
            before = _scene(play_on, performance, step, seen=before)
    except LotseError as error:
        performance.deviations.append(Deviation(number, error.code, _facts(error)))
    performance.deviations += [Deviation(number, "incident", facts) for facts in look(play_on).incidents]


def take(play_on: Stage, step: Step) -> None:
    """One step and all that follows from it by itself; raises what the house raises: ``Invalid``, ``NotFound`` …"""
    VERBS[step.verb](play_on, step)
    _settle(play_on)


def _facts(error: LotseError) -> dict[str, object]:
    problems = (
        {path: [each.code for each in found] for path, found in error.problems.items()}
        if isinstance(error, Invalid)
        else {}
    )
    return {**error.facts, **problems}


def _scene(play_on: Stage, performance: Performance, step: Step | None, *, seen: Look) -> Look:
    now = look(play_on)
    performance.scenes.append(
        Scene(
            step,
            play_on.clock.now().astimezone(BERLIN),
            now.path[len(seen.path) :],
            now.tasks,
            now.mails[len(seen.mails) :],
            now.kept_since(seen),
        )
    )
    return now


# -- what a step does -----------------------------------------------------------------------------------------------


def _complete(play_on: Stage, step: Step) -> None:
    """Someone does an open task: by role, an office or whoever asked through the link in its mail."""
    with play_on.begin() as tx:
        task, actor = _task(play_on, tx, step)
        task_id = task.id
    with play_on.begin(actor) as tx:
        inbox.complete(tx, task_id, stage.with_accounts(tx, step.values))


def _task(play_on: Stage, tx: Tx, step: Step) -> tuple[Task, Actor]:
    found = play_on.referrals(tx)
    asked = found.get(step.about) or (next(iter(found.values()), None) if not step.about else None)
    query = select(Task).where(Task.element_id == step.what, Task.status == "open")
    subjects = [asked.key] if step.about and asked else play_on.subjects(tx)
    task = tx.session.scalar(query.where(Task.subject.in_(subjects)).order_by(Task.id).limit(1))
    if task is None:
        raise NotFound("task_not_open", task=step.what, about=step.about, open=list(look(play_on).tasks))
    if step.by == "office":
        number = int(task.subject.removeprefix("referral:"))
        return task, Actor("Anlaufstelle (Probe)", referral_id=number)
    if step.by == "contact":
        return task, Actor("MO (Probe)", case_id=play_on.case_id)
    return task, stage.person(tx, step.by)


def _advance(play_on: Stage, step: Step) -> None:
    """Time passes; whatever falls due meanwhile happens at its own moment."""
    _move_to(play_on, moments.period(str(step.what)).after(play_on.clock.now()))


def _working_days(play_on: Stage, step: Step) -> None:
    """The end of the n-th working day, and a minute more."""
    today = play_on.clock.now().astimezone(BERLIN).date()
    end = workdays.end_of_day(workdays.add_working_days(today, int(step.what)))
    _move_to(play_on, moments.period("PT1M").after(end))


def _message(play_on: Stage, step: Step) -> None:
    """A message arrives, as from the status page; about a referral, an invitation, the application or the case."""
    with play_on.begin() as tx:
        # Sent under another name it would wait for ever, and the story would pass without it.
        if step.what not in (known := called.awaited(play_on, tx)):
            raise NotFound("message_unknown", message=step.what, known=sorted(known))
        messages.send(tx, step.what, _receiver(play_on, tx, step.about), step.values)


def _receiver(play_on: Stage, tx: Tx, about: str) -> str:
    if not about:
        return play_on.case(tx).reference
    applied, asked = funding.of_case(tx.session, play_on.case_id), play_on.referrals(tx)
    if about == "application" and applied:
        return applied[-1].key
    invited = play_on.invitations(tx)
    if about == "invitation" and invited:
        return invited[-1].key
    if about not in asked:
        raise NotFound("referral_unknown", office=about)
    return asked[about].key


def _close(play_on: Stage, step: Step) -> None:
    """A programme is taken from the offer."""
    with play_on.begin() as tx:
        programmes.edit(tx, step.what, is_active=False)


VERBS: dict[str, Callable[[Stage, Step], None]] = {
    "complete": _complete,
    "advance": _advance,
    "workdays": _working_days,
    "message": _message,
    "closes": _close,
}


# -- what happens by itself -----------------------------------------------------------------------------------------


def _settle(play_on: Stage) -> None:
    """Deliver messages and fire timers until nothing is due, each in its own transaction, as the worker does."""
    for _ in range(MOST_TURNS):
        if not _one_turn(play_on):
            return
    raise LotseError("endless_scenario", turns=MOST_TURNS)


def _one_turn(play_on: Stage) -> bool:
    if play_on.is_late:
        raise LotseError("trial_too_slow", seconds=int(stage.LONGEST))
    with play_on.begin() as tx:
        message = play_on.deliverable(tx)
        if message is not None:
            runtime.deliver(tx, ENGINE, message)
            return True
        timer = _next_timer(play_on, tx)
        if timer is None or timer.due_at > tx.now:
            return False
        runtime.fire_timer(tx, ENGINE, timer.id)
        return True


def _next_timer(play_on: Stage, tx: Tx) -> Timer | None:
    mine = [instance.id for instance in play_on.instances(tx)]
    query = select(Timer).where(Timer.status == "waiting", Timer.instance_id.in_(mine))
    return tx.session.scalar(query.order_by(Timer.due_at, Timer.id).limit(1))


def _move_to(play_on: Stage, moment: datetime) -> None:
    for _ in range(MOST_TURNS):
        with play_on.begin() as tx:
            timer = _next_timer(play_on, tx)
        if timer is None or timer.due_at > moment:
            play_on.clock.set(moment)
            return
        play_on.clock.set(max(timer.due_at, play_on.clock.now()))
        _settle(play_on)
    raise LotseError("endless_scenario", turns=MOST_TURNS)


def _strike(play_on: Stage, story: Scenario) -> None:
    """End what the story left running, so that nobody's worker finds it; the next one has every programme again."""
    with play_on.begin() as tx:
        for step in story.steps:
            if step.verb == "closes" and programmes.find(tx.session, step.what) is not None:
                programmes.edit(tx, step.what, is_active=True)
        running = [instance.id for instance in play_on.instances(tx) if instance.status == "running"]
    for instance_id in running:
        with play_on.begin() as tx:
            runtime.terminate(tx, ENGINE, instance_id, "scenario")
