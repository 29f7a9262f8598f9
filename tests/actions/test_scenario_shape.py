"""Whatever somebody uploads as a scenario is understood, or refused with the place; nothing else happens."""

import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.actions.scenarios import parse
from workflows.core.errors import LotseError
from workflows.engine.checks import sentence

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


@pytest.mark.parametrize(
    ("text", "german", "english"),
    [
        ("title: [", "Zeile 1, Spalte 9 ist kein gültiges YAML.", "Line 1, column 9 is no valid YAML."),
        ("title: ä\xff", "nicht in UTF-8", "not saved as UTF-8"),
        ("title: x\n\0", "In Zeile 2 steht ein Zeichen", "Line 2 has a character"),
        ("title: x\nstart: {day: 2026-99-99}\nsteps: []", "In Zeile 2 steht ein Datum", "Line 2 has a date"),
        ("a: " + "9" * 5000, "oder eine Zahl, die es nicht gibt", "or a number that does not exist"),
        ("a: &a [1]\nb: *a", "In Zeile 2 steht ein Verweis", "Line 2 has a reference"),
        ("[" * 5000, "zu tief verschachtelt", "nested too deeply"),
        ("#" * 300_001, "größer als 300 kB", "larger than 300 kB"),
        ("- a", "Dort stehen keine Angaben.", "It holds no entries."),
        ("title: 5", "Es fehlt „title“", '"title" is missing'),
        ("title: x\nstart: {}", "wann das Szenario beginnt", "When the scenario begins"),
        ("title: x\nstart: {day: 2026-03-02}", "Es fehlt „steps“", '"steps" is missing'),
        ("title: x\nstart: {day: 2026-03-02, at: y}\nsteps: []", "braucht unter „start“", 'needs "process"'),
        ("title: x\nstart: {day: 2026-03-02, funding: true}\nsteps: []", "choice, kind, topics", "at least choice"),
        ("title: x\nstart: {day: 2026-03-02, sun: 1}\nsteps: []", "passt nicht: sun.", "does not fit: sun."),
        (HEAD + "  - {workdays: 1}\n  - {dance: 1}", "Schritt 2: Ein Schritt braucht genau eines", "Step 2: A step"),
        (HEAD + "  - {workdays: -1}", "Schritt 1: Diese Angaben", "Step 1: These entries"),
    ],
)
def test_why_a_scenario_cannot_be_read_is_said_in_both_languages(text: str, german: str, english: str) -> None:
    """The reasons once were the parser's own, in English within a German sentence."""
    with pytest.raises(LotseError) as refused:
        parse("probe", text.encode("latin-1"))
    assert german in sentence(refused.value.code, refused.value.facts, "de")
    assert english in sentence(refused.value.code, refused.value.facts, "en")


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
