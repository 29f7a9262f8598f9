"""Whatever somebody uploads as a scenario is understood, or refused with the place; nothing else happens."""

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.actions.scenarios import parse
from workflows.core.errors import LotseError

BUNDLES = Path(__file__).parents[2] / "bpmn"
HOUSE = sorted(BUNDLES.glob("*/scenarios/*.yaml"))
HEAD = "title: x\nstart: {day: 2026-03-02}\nsteps:\n"
ENQUIRY = "{choice: advice, kind: enquiry, topics: [language], text: x}"

MISSHAPEN = (
    "",
    "\xff",
    "- a",
    "title: [",
    "title: x\nstart: {day: heute}\nsteps: []",
    "title: x\nstart: {day: 2026-99-99}\nsteps: []",
    "title: x\nstart: 5\nsteps: []",
    "title: 5\nstart: {day: 2026-03-02}\nsteps: []",
    "title: x\nstart: {day: 2026-03-02}\nsteps: {}",
    "title: x\nstart: {day: 2026-03-02, weather: fine}\nsteps: []",
    "title: x\nstart: {day: 2026-03-02, language: [de]}\nsteps: []",
    "title: x\nstart: {day: 2026-03-02, pots: {wir_micro: viel}}\nsteps: []",
    "title: x\nstart: {day: 2026-03-02, enquiry: {1: 2}}\nsteps: []",
    f"title: x\nstart: {{day: 2026-03-02, enquiry: {ENQUIRY}, referral: {{office: caritas}}}}\nsteps: []",
    f"title: x\nstart: {{day: 2026-03-02, enquiry: {ENQUIRY}, referral: {{office: caritas, reason: 5}}}}\nsteps: []",
    "title: x\nstart: {day: 2026-03-02, enquiry: {text: x}, funding: true}\nsteps: []",
    "title: x\nstart: {day: 2026-03-02, enquiry: {colour: red}, message: x}\nsteps: []",
    "title: x\nstart: {day: 2026-03-02, process: sample}\nsteps: []",
    f"title: x\nstart: {{day: 2026-03-02, enquiry: {ENQUIRY}, process: {'x' * 101}}}\nsteps: []",
    HEAD + '  - {message: x, values: {a: "\\0"}}',
    HEAD + "  - {message: x, values: {a: .inf}}",
    HEAD + "  - {message: x, values: {a: 0x" + "f" * 5000 + "}}",
    f"{HEAD}  - 5",
    f"{HEAD}  - {{dance: all}}",
    f"{HEAD}  - {{workdays: viele}}",
    f"{HEAD}  - {{workdays: 1000000000}}",
    f"{HEAD}  - {{workdays: -1}}",
    f"{HEAD}  - {{advance: bald}}",
    f"{HEAD}  - {{advance: P9999Y}}",
    f"{HEAD}  - {{complete: [triage], by: coordination}}",
    f"{HEAD}  - {{complete: triage, by: {{a: b}}}}",
    f"{HEAD}  - {{complete: triage, values: {{1: 2}}}}",
    f"{HEAD}  - {{message: x, values: [1]}}",
    f"{HEAD}  - {{expect: [triage]}}",
    f"{HEAD}  - {{expect: {{tasks: 5}}}}",
    f"{HEAD}  - {{expect: {{referrals: {{caritas: [a]}}}}}}",
    HEAD + "  - {workdays: 1}\n" * 201,
    f"title: {'9' * 5000}\nstart: {{day: 2026-03-02}}\nsteps: []",
    "title: x\nstart: &a [*a]\nsteps: []",
    "[" * 5000,
)


@pytest.mark.parametrize("path", HOUSE, ids=lambda path: f"{path.parents[1].name}-{path.stem}")
def test_every_story_of_the_house_is_understood(path: Path) -> None:
    assert parse(path.stem, path.read_bytes()).name == path.stem


@pytest.mark.parametrize("text", MISSHAPEN, ids=range(len(MISSHAPEN)))
def test_what_is_misshapen_is_refused_by_its_file(text: str) -> None:
    with pytest.raises(LotseError) as refused:
        parse("probe", text.encode("latin-1"))
    assert (refused.value.code, refused.value.facts["file"]) == ("scenario_unreadable", "probe.yaml")


def test_references_that_would_grow_without_bound_are_refused_at_once() -> None:
    pairs = zip("abcdefghij", "bcdefghijk", strict=True)
    bomb = "a: &a [x, x]\n" + "".join(f"{after}: &{after} [*{before}, *{before}]\n" for before, after in pairs)
    began = time.monotonic()
    with pytest.raises(LotseError):
        parse("probe", bomb.encode())
    assert time.monotonic() - began < 1


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_bytes_are_a_story_or_refused(data: bytes) -> None:
    with suppress(LotseError):  # anything else that is raised fails
        assert parse("probe", data).title
