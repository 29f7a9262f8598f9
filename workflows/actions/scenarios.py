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
caritas, …}}``, that funding is advised on: ``start: {enquiry: …, funding: true}``, or what somebody writes to the
office about a case: ``start: {enquiry: …, message: …}``. Any other process begins by itself about a case, with what it
knows then: ``start: {enquiry: …, process: sample, values: {amount: 5}}``, with ``at: came_by_mail`` by that one of its
start events instead of the plain one. A message ``about: application``
or ``about: invitation`` goes to the newest of them, ``expect: {application: awarded}`` looks at its state,
``expect: {letters: [write_letter], entries: [tell_register]}`` at the steps that wrote letters and register entries,
``start: {pots: {wir_micro: 3000}}`` says what is left in a pot of that year, ``{closes: hor}`` that this programme is
not on offer any more from then on. A value ``person:jury`` stands for the key
of that person's account.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from workflows.actions.scenario_shape import LARGEST, Misshapen, plain, refuse_misshapen, verb_of
from workflows.core.errors import LotseError, NotFound
from workflows.core.sizes import size_text


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the story: ``verb`` says what happens, ``what`` is its value."""

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
    message: str
    process: str
    at: str
    values: Mapping[str, Any]
    pots: Mapping[str, Any]
    offices_without_address: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def begins_with_enquiry(self) -> bool:
        """Whether it begins with the public form, not with a referral, funding, a message or a process of its own."""
        return not (self.referral or self.funding or self.message or self.process)


def read_all(bundle_folder: Path, name: str | None = None) -> list[Scenario]:
    """The scenarios of a bundle by name, or the one called ``name``.

    Raises ``NotFound`` when there is none and ``LotseError("scenario_unreadable")`` with file and ``why``.
    """
    paths = sorted((bundle_folder / "scenarios").glob("*.yaml"))
    wanted = [path for path in paths if name in (None, path.stem)]
    if not wanted and name is None:
        raise NotFound("scenarios_missing", bundle=bundle_folder.name)
    if not wanted:
        raise NotFound("scenario_unknown", scenario=name, bundle=bundle_folder.name)
    return [parse(path.stem, path.read_bytes()) for path in wanted]


def parse(name: str, data: bytes) -> Scenario:
    """The scenario in a YAML text; raises ``LotseError("scenario_unreadable")`` with file and ``why``."""
    try:
        if len(data) > LARGEST:
            raise Misshapen("too_large", max=size_text(LARGEST))
        story = plain(data.decode("utf-8-sig"))
        refuse_misshapen(story)
    except UnicodeDecodeError as error:
        raise _unreadable(name, Misshapen("not_utf8", position=error.start)) from error
    except Misshapen as error:
        raise _unreadable(name, error) from error
    start = story["start"]
    return Scenario(
        name=name,
        title=story["title"],
        day=start["day"],
        language=start.get("language", "de"),
        enquiry=start.get("enquiry", {}),
        referral=start.get("referral", {}),
        funding=start.get("funding", False),
        message=start.get("message", ""),
        process=start.get("process", ""),
        at=start.get("at", ""),
        values=start.get("values", {}),
        pots=start.get("pots", {}),
        offices_without_address=tuple(start.get("offices_without_address", ())),
        steps=tuple(_step(name, number, entry) for number, entry in enumerate(story["steps"], start=1)),
    )


def _step(file: str, number: int, entry: Any) -> Step:
    try:
        verb = verb_of(entry)
    except Misshapen as error:
        raise _unreadable(file, error, step=number) from error
    return Step(number, verb, entry[verb], entry.get("by", ""), entry.get("about", ""), entry.get("values", {}))


def _unreadable(name: str, error: Misshapen, **place: int) -> LotseError:
    return LotseError("scenario_unreadable", file=f"{name}.yaml", why=error.why, **place, **error.facts)
