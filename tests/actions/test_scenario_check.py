"""``lotse check`` reads the scenarios beside a process: what cannot be read, and names of nothing, without playing."""

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bpmn.conftest import BUNDLES
from webapp.cli import main

BEGINNING = """title: Gelesen
start:
  day: 2026-03-02
  enquiry: {choice: advice, kind: enquiry, topics: [language], text: x, contact_name: A, consent_share: true}
  message: Wann?
steps:
"""
FINE = """  - complete: read_message
    by: coordination
    values: {reply: danke}
  - expect: {tasks: [], mails: [], path: [read_message], ended: true}
"""
Told = Callable[[str], tuple[int, str]]


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """Exit code and words of the check about the process of messages with one scenario of this text."""
    folder = tmp_path / "message"
    shutil.copytree(BUNDLES / "message", folder)
    shutil.rmtree(folder / "scenarios")
    (folder / "scenarios").mkdir()

    def run(text: str) -> tuple[int, str]:
        (folder / "scenarios" / "probe.yaml").write_text(text, "utf-8")
        code = main(["check", str(folder), "--bundles", str(BUNDLES)])
        lines = capsys.readouterr().out.splitlines()
        return code, "\n".join(line for line in lines if "scenarios/probe.yaml" in line)

    return run


def test_a_sound_scenario_is_not_mentioned(told: Told) -> None:
    assert told(BEGINNING + FINE) == (0, "")


@pytest.mark.parametrize(
    "text", ["- [", "title: x", BEGINNING + "  - {go: away}", "&a [*a, *a]", "x" * 400_000, "a: \x00"]
)
def test_what_cannot_be_read_is_said_to_be_so(told: Told, text: str) -> None:
    code, line = told(text)
    assert code == 2
    assert "Fehler  scenarios/probe.yaml: Das Szenario lässt sich nicht lesen." in line


NOBODY = {
    "read_mesage": (
        "read_message",
        "Schritt 1: Eine Aufgabe „read_mesage“ gibt es in keinem Ablauf. Meinten Sie „read",
    ),
    "by: kordination": ("by: coordination", "Schritt 1: Eine Person „kordination“ gibt es in Szenarien nicht."),
    "{replyy: danke}": ("{reply: danke}", "Das Formular der Aufgabe „read_message“ hat kein Feld „replyy“."),
    "{reply: 'person:x'}": ("{reply: danke}", "Schritt 1: Eine Person „x“ gibt es in Szenarien nicht."),
    "tasks: [read]": ("tasks: []", "Schritt 2: Eine Aufgabe „read“ gibt es in keinem Ablauf."),
    "mails: [wrote]": ("mails: []", "Schritt 2: Einen Schritt „wrote“ gibt es in keinem Ablauf."),
    "path: [nowhere]": ("path: [read_message]", "Schritt 2: Einen Schritt „nowhere“ gibt es in keinem Ablauf."),
    "- message: case_confirmt\n  - expect": (
        "- expect",
        "Auf eine Nachricht „case_confirmt“ wartet kein Ablauf. Meinten",
    ),
}


@pytest.mark.parametrize("wrong", NOBODY)
def test_what_nobody_knows_is_an_error_at_its_step(told: Told, wrong: str) -> None:
    right, said = NOBODY[wrong]
    text = BEGINNING + FINE
    assert right in text
    code, line = told(text.replace(right, wrong))
    assert (code, said in line) == (1, True), line


def test_who_does_a_task_must_be_said(told: Told) -> None:
    code, line = told(BEGINNING + FINE.replace("    by: coordination\n", ""))
    assert (code, "Wer erledigt „read_message“? Ergänzen Sie „by“." in line) == (1, True)


def test_a_beginning_that_does_not_exist_is_said(told: Told) -> None:
    code, line = told(BEGINNING.replace("message: Wann?", "process: massage") + "  - {complete: nothing}\n")
    assert code == 1
    assert "beginnt den Ablauf „massage“, den es hier nicht gibt. Meinten Sie „message“?" in line
    assert "„nothing“" not in line  # which may be a task of that process
    code, line = told(BEGINNING.replace("message: Wann?", "process: message\n  at: nowhere") + FINE)
    assert code == 1
    assert "Der Ablauf „message“ hat kein Startereignis „nowhere“." in line


def test_tasks_of_processes_beside_it_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The scenarios of the enquiry do tasks of the referral and the message."""
    shutil.copytree(BUNDLES / "enquiry", tmp_path / "enquiry")
    assert main(["check", str(tmp_path / "enquiry"), "--bundles", str(tmp_path / "none")]) == 1
    assert "Eine Aufgabe „answer_referral“ gibt es in keinem Ablauf" in capsys.readouterr().out
    assert main(["check", str(tmp_path / "enquiry"), "--bundles", str(BUNDLES)]) == 0


def test_a_zip_is_read_with_its_scenarios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted((BUNDLES / "message").rglob("*")):
            if path.is_file() and path.parent.name != "scenarios":
                archive.write(path, f"message/{path.relative_to(BUNDLES / 'message')}")
        archive.writestr("message/scenarios/probe.yaml", (BEGINNING + FINE).replace("read_mess", "raed_mess"))
    (tmp_path / "message.zip").write_bytes(buffer.getvalue())
    assert main(["check", str(tmp_path / "message.zip"), "--bundles", str(BUNDLES)]) == 1
    assert "scenarios/probe.yaml: Schritt 1: Eine Aufgabe „raed_message“" in capsys.readouterr().out


def test_of_a_process_that_cannot_be_read_only_that_is_said(told: Told, tmp_path: Path) -> None:
    (tmp_path / "message" / "message.bpmn").write_bytes(b"<x")
    assert told(BEGINNING + FINE) == (2, "")
    assert "lässt sich nicht lesen" in told("- [")[1]
