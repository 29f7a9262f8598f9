"""Mutants of the real bundles: whatever is changed in them, import and check answer in words and in time.

``LOTSE_FUZZ=50000`` says how many; the routine run takes some hundreds. Two halves, so that two processors share them.
"""

import os
import random
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from workflows.engine import bundle as bundles
from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Catalogue
from workflows.engine.checks import check, line
from workflows.engine.content import read_content
from workflows.engine.definition import Identity, define
from workflows.engine.findings import Finding
from workflows.engine.normalise import normalise
from workflows.engine.office_functions import OFFICE_FUNCTIONS
from workflows.operators import OPERATORS

OWN = Path(__file__).parents[2] / "bpmn"
MUTANTS = int(os.environ.get("LOTSE_FUZZ", "120"))
LONGEST = 5.0  # seconds of this process for one mutant
CATALOGUE = Catalogue(OPERATORS, frozenset({"group:coordination"}), {"topic": frozenset({"rooms"})}, OFFICE_FUNCTIONS)

TAG = re.compile(rb"<[^<>]{1,400}>")
VALUE = re.compile(rb'"[^"<>]{0,200}"')
PIECES = (
    b"", b"<", b"&#0;", b"&x;", b"]]>", b"\xff\xfe", b"null", b"${x}", b"=", b"=(((((", b"R/PT0S", b"P99999Y",
    b"\xf0\x9f\x92\xa9", b"<!DOCTYPE x>", b"<bpmn:subProcess id='x'>", b"__import__('os')", b"9" * 5_000,
    b"=a" + b"[1]" * 500,
)  # fmt: skip

Mutation = Callable[[random.Random, bytes], bytes]


def flip(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def cut(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randint(1, len(data)) :]


def insert(chance: random.Random, data: bytes) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + chance.choice(PIECES) + data[place:]


def swap(pattern: "re.Pattern[bytes]") -> Mutation:
    """Two pieces of one kind change places, so that the file stays nearly whole."""

    def swapped(chance: random.Random, data: bytes) -> bytes:
        found = list(pattern.finditer(data))
        if len(found) < 2:
            return flip(chance, data)
        first, second = sorted(chance.sample(found, 2), key=lambda each: each.start())
        between = data[first.end() : second.start()]
        return data[: first.start()] + second[0] + between + first[0] + data[second.end() :]

    return swapped


def replace(pattern: "re.Pattern[bytes]", quote: bytes) -> Mutation:
    """One piece becomes something hostile."""

    def replaced(chance: random.Random, data: bytes) -> bytes:
        found = list(pattern.finditer(data))
        if not found:
            return insert(chance, data)
        place = chance.choice(found)
        return data[: place.start()] + quote + chance.choice(PIECES) + quote + data[place.end() :]

    return replaced


def twice(chance: random.Random, data: bytes) -> bytes:
    """Lines doubled: the same ids again."""
    lines = data.splitlines(keepends=True)
    start = chance.randrange(len(lines))
    part = lines[start : start + chance.randint(1, 30)]
    return b"".join([*lines[:start], *part, *part, *lines[start + len(part) :]])


MUTATIONS: tuple[Mutation, ...] = (
    flip,
    cut,
    insert,
    twice,
    swap(TAG),
    swap(VALUE),
    swap(VALUE),
    replace(VALUE, b'"'),
    replace(TAG, b""),
)


def mutant(chance: random.Random, bundle: Bundle) -> Bundle:
    """A bundle with one to three changes in one of its files."""
    files: Mapping[str, bytes] = bundle.files
    kinds = [path for path in files if path.endswith((".bpmn", ".form", ".dmn"))]
    path = chance.choice([bundle.diagram, chance.choice(kinds), chance.choice(list(files))])
    data = files[path]
    for _ in range(chance.randint(1, 3)):
        data = chance.choice(MUTATIONS)(chance, data) or b"x"
    return Bundle(bundle.key, {**files, path: data})


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises TimeoutError in what takes longer."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def examined(bundle: Bundle) -> list[Finding]:
    """Import, check, and what follows it when nothing is wrong."""
    found = normalise(bundle)
    findings = check(found.bundle, CATALOGUE)
    if not any(finding.severity == "error" for finding in findings):
        define(Identity(1, bundle.key, 1, 0, "0"), found.bundle, read_content(found.bundle, OFFICE_FUNCTIONS))
    return [*found.changes, *findings]


@pytest.mark.timeout(0)  # each mutant has its own
@pytest.mark.parametrize("seed", [20261122, 20261127])  # the same mutants every time
def test_no_mutant_of_a_real_bundle_breaks_or_stops_the_check(seed: int) -> None:
    chance = random.Random(seed)
    originals = [bundles.read(folder) for folder in sorted(OWN.iterdir()) if (folder / f"{folder.name}.bpmn").exists()]
    refused = 0
    for number in range(MUTANTS // 2):
        changed = mutant(chance, chance.choice(originals))
        with at_most(LONGEST):
            findings = examined(changed)
        assert "check_failed" not in {finding.code for finding in findings}, number
        for finding in findings:
            assert line(finding, "de"), number
            assert line(finding, "en"), number
        refused += any(finding.severity == "error" for finding in findings)
    # Mutants that the check never minded would prove nothing.
    assert refused > MUTANTS // 6
