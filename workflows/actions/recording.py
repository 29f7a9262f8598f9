"""Recording a trial: every step is taken once on the real engine before it is kept with the draft."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from workflows.actions import beginnings, play, stage, trials, workshop
from workflows.actions.observations import KEPT
from workflows.actions.scenario_shape import MOST_STEPS, plain
from workflows.actions.scenarios import Step, parse
from workflows.actions.stage import Stage
from workflows.core.errors import Conflict, Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.engine import drafts
from workflows.engine.drafts import Draft

_NAME = re.compile(r"[a-z0-9_]{1,60}")


def begin(tx: Tx, draft_id: int, like: str, title: str, values: str = "", at: str = "") -> str:
    """A new trial that begins like the scenario ``like``, or without one as the process itself; gives its name.

    ``values`` are lines ``name: value`` for the latter, ``at`` is the start event where there are several. Raises
    ``NotFound``, ``Invalid``.
    """
    draft = workshop.draft(tx, draft_id)
    said = title.strip()
    if not said or len(said) > 200:
        raise Invalid({"title": (Problem("required") if not said else Problem("too_long", {"max": 200}),)})
    told = drafts.scenarios_of(tx.session, draft)
    if at and at not in trials.starts(tx, draft_id):
        raise NotFound("start_unknown", start=at, process=draft.process_key)
    start = _start_like(told, like) if like else beginnings.own(tx, draft.process_key, values, at)
    number = next(each for each in range(1, 10_000) if trials.path_of(f"probe_{each}") not in told)
    told_so_far = {"title": said, "start": start, "steps": []}
    drafts.save(tx, draft.id, {trials.path_of(f"probe_{number}"): _written(told_so_far)})
    return f"probe_{number}"


def _start_like(told: Mapping[str, bytes], like: str) -> Mapping[str, Any]:
    if trials.path_of(like) not in told:
        raise NotFound("not_found", kind="scenario")
    parse(like, told[trials.path_of(like)])
    start: Mapping[str, Any] = plain(told[trials.path_of(like)].decode("utf-8-sig"))["start"]
    return start


def record(tx: Tx, draft_id: int, name: str, step: Mapping[str, Any]) -> Draft:
    """Take one step more and keep it; raises what the step raises (``Invalid`` …), and keeps nothing then."""
    draft = workshop.draft(tx, draft_id)
    story = trials.story_of(tx, draft, name)
    if len(story.steps) >= MOST_STEPS:
        raise Conflict("trial_too_long", most=MOST_STEPS)
    more = parse(name, _written({**_raw(tx, draft, name), "steps": [step]})).steps[0]

    def at_end(play_on: Stage) -> None:
        play.take(play_on, Step(len(story.steps) + 1, more.verb, more.what, more.by, more.about, more.values))

    with trials.rehearsal(tx, drafts.bundle_of(tx.session, draft)) as sessions:
        play.perform(sessions, tx.settings, story, at_end, until=stage.soon())
    return _change(tx, draft, name, lambda told: {**told, "steps": [*told["steps"], dict(step)]})


def take_back(tx: Tx, draft_id: int, name: str) -> Draft:
    """Forget the last step; raises ``NotFound``, ``Conflict("nothing_to_undo")``."""
    draft = workshop.draft(tx, draft_id)
    if not trials.story_of(tx, draft, name).steps:
        raise Conflict("nothing_to_undo")
    return _change(tx, draft, name, lambda told: {**told, "steps": told["steps"][:-1]})


def keep(tx: Tx, draft_id: int, name: str, new_name: str) -> str:
    """Make a scenario of a trial: where it stands now is what is expected from now on. Raises ``Invalid``."""
    draft = workshop.draft(tx, draft_id)
    wanted = new_name.strip().lower().replace("-", "_").replace(" ", "_")
    told = drafts.scenarios_of(tx.session, draft)
    if not _NAME.fullmatch(wanted):
        raise Invalid({"name": (Problem("scenario_name"),)})
    if wanted != name and trials.path_of(wanted) in told:
        raise Invalid({"name": (Problem("scenario_taken"),)})
    trial = trials.look_at(tx, draft_id, name)
    story = _raw(tx, draft, name)
    mails = list({mail.call: mail.element for scene in trial.performance.scenes for mail in scene.mails}.values())
    if not any("expect" in step for step in story["steps"]):
        expected = {"tasks": sorted(each.element_id for each in trial.waiting), "mails": mails}
        kept = [each for scene in trial.performance.scenes for each in scene.kept]
        left = {called: [each.element for each in kept if each.kind == kind] for called, kind in KEPT.items()}
        expected |= {called: elements for called, elements in left.items() if elements}
        story["steps"] = [*story["steps"], {"expect": expected}]
    drafts.save(tx, draft.id, {trials.path_of(name): None, trials.path_of(wanted): _written(story)})
    return wanted


def forget(tx: Tx, draft_id: int, name: str) -> Draft:
    """Remove a scenario from the draft; the history keeps it. Raises ``NotFound``."""
    draft = workshop.draft(tx, draft_id)
    if trials.path_of(name) not in drafts.scenarios_of(tx.session, draft):
        raise NotFound("not_found", kind="scenario")
    return drafts.save(tx, draft.id, {trials.path_of(name): None})


def _raw(tx: Tx, draft: Draft, name: str) -> dict[str, Any]:
    return dict(plain(drafts.scenarios_of(tx.session, draft)[trials.path_of(name)].decode("utf-8-sig")))


def _change(tx: Tx, draft: Draft, name: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Draft:
    return drafts.save(tx, draft.id, {trials.path_of(name): _written(change(_raw(tx, draft, name)))})


def _written(story: Mapping[str, Any]) -> bytes:
    text: str = yaml.safe_dump(dict(story), allow_unicode=True, sort_keys=False, width=120)
    return text.encode()
