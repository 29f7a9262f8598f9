"""What lies in a bundle's folder and is read by nobody: strange names, strange languages, translations of nothing."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.checking import CATALOGUE
from tests.engine.diagrams import bundle
from workflows.engine.bundle import read
from workflows.engine.checks import check, finding_text
from workflows.engine.findings import Finding

HOUSE = replace(CATALOGUE, languages=frozenset({"en", "tr"}))


def found(folder: Path, **files: bytes) -> list[Finding]:
    """What is said about a sound bundle with these files in its folder as well."""
    for path, data in {**bundle().files, **files}.items():
        place = folder / "sample" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return check(read(folder / "sample"), HOUSE)


def table(*german: str) -> bytes:
    return json.dumps({text: {"text": f"{text}!", "reviewed": True} for text in german}).encode()


STRAY = {
    "translations/klingon.json": "stray_translations",
    "translations/en.txt": "stray_translations",
    "translations/more/en.json": "stray_translations",
    "texts/hello.txt": "stray_text",
    "texts/über.de.txt": "stray_text",
    "scenarios/helps.yml": "stray_scenario",
    "scenarios/it helps.yaml": "stray_scenario",
    "forms/other.form": "stray_part",
}


@pytest.mark.parametrize("path", STRAY)
def test_a_file_that_nobody_looks_for_is_named_with_what_it_should_be_called(tmp_path: Path, path: str) -> None:
    (finding,) = found(tmp_path, **{path: table("Antwort")})
    assert (finding.severity, finding.file, finding.code) == ("warning", path, STRAY[path])
    assert "nicht beachtet" in finding_text(finding)
    assert "not read" in finding_text(finding, "en")


def test_notes_and_scenarios_are_nobodys_business(tmp_path: Path) -> None:
    assert found(tmp_path, **{"README.md": b"x", "notes/a.txt": b"x", "scenarios/helps.yaml": b"x"}) == []


@pytest.mark.parametrize("path", ["translations/tlh.json", "texts/hello.tlh.txt"])
def test_a_language_nobody_reads_here_is_named_with_those_there_are(tmp_path: Path, path: str) -> None:
    data = table("Antwort") if path.endswith(".json") else b"Betreff: a\n\nb"
    given = {path: data, "texts/hello.de.txt": b"Betreff: a\n\nb", "texts/hello.tr.txt": b"Betreff: a\n\nb"}
    (finding,) = found(tmp_path, **given)
    assert (finding.severity, finding.file, finding.code) == ("warning", path, "language_unknown")
    assert "„tlh“" in finding_text(finding)
    assert "(en, tr)" in finding_text(finding)


def test_translations_of_what_nobody_says_are_counted_with_an_example(tmp_path: Path) -> None:
    (finding,) = found(tmp_path, **{"translations/en.json": table("Antwort", "Antworten", "Probe", "Andwort", "Weg")})
    assert (finding.code, finding.facts["count"], finding.facts["example"]) == ("translation_unused", 2, "Andwort")


def test_what_a_form_with_a_fault_says_is_not_known_to_be_nothing(tmp_path: Path) -> None:
    codes = {each.code for each in found(tmp_path, **{"answer.form": b"{", "translations/en.json": table("Antwort")})}
    assert "form_not_json" in codes
    assert "translation_unused" not in codes
