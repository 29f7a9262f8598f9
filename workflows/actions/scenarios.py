"""Scenarios of a bundle: readable stories in YAML that say who answers what, what time passes, what is then true.

    title: Die Stelle hilft, die Organisation bestätigt es
    start: {day: 2026-03-02, enquiry: {choice: advice, topics: [language], …}}
    steps:
      - {complete: triage, by: coordination, values: {…}}
      - {advance: P4D}
      - {workdays: 10}
      - {message: outcome_confirmed, about: caritas, values: {answer: "yes"}}
      - {expect: {tasks: [triage], mails: [send_receipt], status: in_progress, path: [triage, which_ways], ended: true}}

A process that does not begin with an enquiry says how an office was asked: ``start: {enquiry: …, referral: {office:
caritas, …}}``, or that funding is advised on: ``start: {enquiry: …, funding: true}``. A message ``about: application``
or ``about: invitation`` goes to the newest of them, ``expect: {application: awarded}`` looks at its state,
``start: {pots: {wir_micro: 3000}}`` says what is left in a pot of that year. A value ``person:jury`` stands for the key
of that person's account.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from workflows.core.errors import LotseError, NotFound

VERBS = {
    "complete": {"by", "about", "values"},
    "advance": set[str](),
    "workdays": set[str](),
    "message": {"about", "values"},
    "expect": set[str](),
}
EXPECTED = frozenset({"tasks", "mails", "status", "outcome", "referrals", "application", "path", "ended"})
START = frozenset({"day", "language", "enquiry", "referral", "funding", "pots", "offices_without_address"})


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the story: ``verb`` is a key of ``VERBS``, ``what`` its value."""

    number: int
    verb: str
    what: Any
    by: str = ""
    about: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story; ``name`` is the file's name without ending, ``day`` the one it begins on in Berlin."""

    name: str
    title: str
    day: date
    language: str
    enquiry: Mapping[str, Any]
    referral: Mapping[str, Any]
    funding: bool
    pots: Mapping[str, Any]
    offices_without_address: tuple[str, ...]
    steps: tuple[Step, ...]


def read_all(bundle_folder: Path, name: str | None = None) -> list[Scenario]:
    """The scenarios of a bundle by name, or the one called ``name``.

    Raises ``NotFound`` when there is none and ``LotseError("scenario_unreadable")`` with file and reason.
    """
    paths = sorted((bundle_folder / "scenarios").glob("*.yaml"))
    wanted = [path for path in paths if name in (None, path.stem)]
    if not wanted and name is None:
        raise NotFound("scenarios_missing", bundle=bundle_folder.name)
    if not wanted:
        raise NotFound("scenario_unknown", scenario=name, bundle=bundle_folder.name)
    return [_read(path) for path in wanted]


def _read(path: Path) -> Scenario:
    try:
        story = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise LotseError("scenario_unreadable", file=path.name, reason=str(error)) from error
    start = _known(path, _mapping(path, story).get("start"), START, "start")
    steps = story.get("steps")
    if not isinstance(steps, list) or not isinstance(start.get("day"), date) or not story.get("title"):
        raise LotseError("scenario_unreadable", file=path.name, reason="title, start.day or steps are missing")
    return Scenario(
        name=path.stem,
        title=story["title"],
        day=start["day"],
        language=start.get("language", "de"),
        enquiry=start.get("enquiry", {}),
        referral=start.get("referral", {}),
        funding=bool(start.get("funding")),
        pots=start.get("pots", {}),
        offices_without_address=tuple(start.get("offices_without_address", ())),
        steps=tuple(_step(path, number, entry) for number, entry in enumerate(steps, start=1)),
    )


def _step(path: Path, number: int, entry: Any) -> Step:
    verbs = [verb for verb in VERBS if verb in _mapping(path, entry)]
    if len(verbs) != 1:
        raise LotseError("scenario_unreadable", file=path.name, step=number, reason=f"one of {', '.join(VERBS)}")
    verb = verbs[0]
    _known(path, entry, VERBS[verb] | {verb}, f"step {number}")
    if verb == "expect":
        _known(path, entry["expect"], EXPECTED, f"step {number}")
    return Step(
        number, verb, entry[verb], entry.get("by", ""), entry.get("about", ""), _mapping(path, entry.get("values", {}))
    )


def _mapping(path: Path, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise LotseError("scenario_unreadable", file=path.name, reason=f"not a mapping: {value!r}")
    return value


def _known(path: Path, value: Any, names: frozenset[str] | set[str], where: str) -> Mapping[str, Any]:
    unknown = set(_mapping(path, value)) - names
    if unknown:
        raise LotseError("scenario_unreadable", file=path.name, reason=f"{where}: {', '.join(sorted(unknown))}")
    return _mapping(path, value)
