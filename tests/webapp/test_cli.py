"""The command line: every subcommand explains itself; an installation comes up, survives being killed, and stops."""

import io
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from tests.actions.conftest import ENQUIRY
from tests.conftest import Begin
from webapp import cli
from webapp.cli import main, serving
from workflows.actions import enquiries
from workflows.core.settings import Settings
from workflows.engine.incidents import Incident

ROOT = Path(__file__).parents[2]
COMMANDS = (
    *(
        "run",
        "web",
        "worker",
        "migrate",
        "incidents",
        "retry",
        "verify-audit",
        "seal",
        "user",
        "user add",
        "token",
        "office list",
        "office set",
    ),
    *("check", "play", "feel", "tck"),
    *("bundle check", "bundle diff", "bundle export", "bundle deploy", "bundle migrate"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_subcommand_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command.split(), "--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert command.split()[0] in told
    assert "diese Hilfe zeigen" in told
    assert not re.search(r"usage|options|arguments", told)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this installation keeps its data."""
    for name in ("DATABASE_URL", "LOTSE_PUBLIC_URL", "LOTSE_SMTP_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOTSE_INSTANCE", str(tmp_path / "instance"))
    return tmp_path / "instance"


def test_a_scenario_that_cannot_be_read_says_why_in_german(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "message" / "scenarios").mkdir(parents=True)
    (tmp_path / "message" / "scenarios" / "probe.yaml").write_text("title: [")
    assert main(["play", str(tmp_path / "message")]) == 1
    assert capsys.readouterr().err == (
        "lotse: Das Szenario „probe.yaml“ ist nicht lesbar: Zeile 1, Spalte 9 ist kein gültiges YAML. Achten Sie auf "
        "Einrückungen mit Leerzeichen, Doppelpunkte, Klammern und Anführungszeichen.\n"
    )


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ([], "Es fehlt: BEFEHL"),
        (["check"], "Es fehlt: path"),
        (["retry", "x"], "'x' passt hier nicht."),
        (["dance"], "BEFEHL: 'dance' gibt es nicht. Möglich ist: 'run', "),
        (["feel", "1", "--colour"], "Das gibt es hier nicht: --colour"),
        (["feel", "1", "--context"], "--context: Hier fehlt ein Wert."),
        (["bundle", "deploy", "x"], "Eines davon ist nötig: --by --at-once"),
        (["bundle", "deploy", "x", "--by", "a", "--at-once"], "--at-once: geht nicht zusammen mit --by"),
    ],
)
def test_wrong_use_is_told_in_german(typed: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(typed)
    said = capsys.readouterr().err
    assert (ended.value.code, told in said, "Aufruf: lotse" in said) == (2, True, True)
    assert not re.search(r"\b(error|argument|usage|required|invalid)\b", said)


def test_the_list_of_commands_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    told = capsys.readouterr().out
    assert [command for command in cli.COMMANDS if not re.search(rf"^ +{command}( |$)", told, re.MULTILINE)] == []
    assert {command.split()[0] for command in COMMANDS} | {"bench", "check-data", "screenshots"} == set(cli.COMMANDS)


def test_a_terminal_that_cannot_write_a_sign_is_no_traceback(tmp_path: Path) -> None:
    """A folder's name may be no UTF-8, and German quotation marks are not in every encoding."""
    strange = tmp_path / os.fsdecode(b"\xff")
    strange.mkdir()
    for encoding in ("latin-1", "ascii", "utf-8"):
        done = subprocess.run(
            [sys.executable, "-m", "webapp.cli", "check", strange, tmp_path / "no.zip"],
            cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (2, b"", 2)


def test_a_worker_loads_nothing_of_the_web() -> None:
    """What it need not hold is memory for somebody else."""
    code = "import sys, webapp.cli.working; print(*sorted({'flask', 'jinja2', 'alembic', 'zxcvbn'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.usefixtures("installation")
def test_account_token_seal_and_proof(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["migrate"]) == main(["migrate"]) == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("ein langes Passwort\n"))
    assert main(["user", "add", "a@lotse.example", "--name", "A", "--role", "admin"]) == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("kurz\n"))
    assert main(["user", "add", "b@lotse.example", "--name", "B", "--role", "admin"]) == 1
    capsys.readouterr()
    assert main(["token", "a@lotse.example"]) == 0
    assert re.fullmatch(r"lotse_\S{43}\n", capsys.readouterr().out)
    assert main(["token", "niemand@lotse.example"]) == 1
    assert main(["seal"]) == 0
    assert main(["verify-audit"]) == 0


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("role", "more", "unknown"),
    [
        ("coordinator", (), "group:coordination"),
        ("admin", ("--group", "office:999"), "office:999"),
    ],
)
def test_an_unknown_group_is_said_in_a_sentence(
    role: str,
    more: tuple[str, ...],
    unknown: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["migrate"]) == 0
    monkeypatch.setattr(sys, "stdin", io.StringIO("ein langes Passwort\n"))
    assert main(["user", "add", "a@lotse.example", "--name", "A", "--role", role, *more]) == 1
    assert f"Unbekannte Gruppe: {unknown}." in capsys.readouterr().err


def test_expressions_and_bundles_are_tried_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feel", "1 + 2 * amount", "--context", '{"amount": 3}']) == 0
    assert capsys.readouterr().out == "7\n"
    assert main(["feel", "1 +"]) == 1
    assert capsys.readouterr().out.startswith("Der Ausdruck hört zu früh auf")
    assert main(["feel", "amount > 3"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "Hinweis: „amount“ ist nicht bekannt."
    assert main(["check", str(ROOT / "bpmn" / "enquiry"), str(ROOT / "bpmn" / "referral")]) == 0


@pytest.mark.parametrize(
    ("expression", "context", "code", "told"),
    [
        ('working days(date("2026-11-26"), 3)', "{}", 0, '{"$date":"2026-12-01"}'),
        ("[1..amount]", '{"amount": 3}', 0, "[1..3]"),
        ("[function(a) a, 1]", "{}", 0, "[function function, 1]"),
        ("for i in 1..999999999 return i", "{}", 1, "Ein Ergebnis wird zu groß."),
        *(("amount", bad, 2, "--context: Erwartet werden Werte als JSON") for bad in ("[1]", "{", "3", "")),
        ("amount", '{"amount": {"$date": "gestern"}}', 2, "--context: Erwartet"),
        ("amount", '{"amount": "\udcff"}', 2, "--context: Erwartet"),
        ("amount", '{"amount": ' + "[" * 100 + "]" * 100 + "}", 1, "Die Berechnung ist zu tief verschachtelt."),
    ],
)
def test_no_expression_and_no_values_end_in_a_traceback(
    expression: str, context: str, code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["feel", expression, "--context", context]) == code
    assert capsys.readouterr().out.startswith(told)


@pytest.mark.parametrize("number", ["0.1234567890123456789", "12345678901234567890123", "1234567890.0123456789"])
def test_no_digit_of_a_value_is_lost(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["feel", "string(n[1])", "--context", f'{{"n": [{number}]}}']) == 0
    assert capsys.readouterr().out == f'"{number}"\n'


def test_a_process_is_played_by_its_key(capsys: pytest.CaptureFixture[str]) -> None:
    bundles = ("--bundles", str(ROOT / "bpmn"))
    assert main(["play", "nope", *bundles]) == 1
    assert capsys.readouterr().err == "lotse: Es gibt weder einen Ordner noch einen Prozess „nope“.\n"
    assert main(["play", "referral", "nope", *bundles]) == 1
    assert capsys.readouterr().err == "lotse: Der Prozess „referral“ hat kein Szenario „nope“.\n"
    assert main(["play", "referral", "helps", *bundles]) == 0
    assert "1 von 1 Szenarien" in capsys.readouterr().out


def test_where_a_played_process_goes_another_way_is_said_with_the_name_of_the_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "bpmn" / "message", tmp_path / "message")
    told = tmp_path / "message" / "scenarios" / "only_read.yaml"
    told.write_text(told.read_text("utf-8").replace("tasks: []", "tasks: [nobody, read_message]"), "utf-8")
    assert main(["play", str(tmp_path / "message"), told.stem]) == 1
    said = capsys.readouterr().out
    expected = "Erwartet waren diese offenen Aufgaben: nobody, Neue Nachricht lesen. Offen sind: –."
    assert f"! Schritt 2 bei „Neue Nachricht lesen“: {expected}" in said


def test_check_tells_clean_from_findings_from_unreadable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = tmp_path / "office.bpmn"
    foreign.write_bytes((ROOT / "tests" / "engine" / "foreign" / "pools.bpmn").read_bytes())
    assert main(["check", str(tmp_path / "nothing.bpmn")]) == 2
    assert main(["check", str(foreign)]) == 1
    written = tmp_path / "written.zip"
    assert main(["check", str(foreign), "-o", str(written)]) == 0
    assert "Geändert" in capsys.readouterr().out
    assert main(["check", str(written)]) == 0


def test_what_is_no_process_is_said_by_check_and_not_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A device has no end: it was read until the memory was full."""
    os.mkfifo(tmp_path / "pipe")
    part, form, long = tmp_path / "en.json", tmp_path / "answer.form", "x" * 5_000
    part.write_text("{}")
    form.write_text('{"id": "answer", "components": []}')
    given = ["/dev/zero", str(tmp_path / "pipe"), str(part), long]
    assert [main(["check", each]) for each in given] == [2, 2, 2, 2]
    assert main(["check", str(form), "-o", str(tmp_path / "out.bpmn")]) == 2
    said = capsys.readouterr().out
    assert "„zero“ ist weder Datei noch Ordner" in said
    assert "„en.json“ lässt sich nur mit seinem Prozess prüfen" in said
    assert said.endswith("Im Bündel fehlt ein Diagramm (.bpmn).\n")


def test_a_process_that_is_refused_or_none_is_told_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "bpmn" / "message", tmp_path / "message")
    (tmp_path / "message" / "read_message.form").unlink()
    assert main(["play", str(tmp_path / "message")]) == 1
    assert "Das Formular „read_message“ fehlt im Bündel." in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert main(["bundle", "diff", str(tmp_path / "empty")]) == 1
    assert capsys.readouterr().err == "lotse: Im Bündel fehlt ein Diagramm (.bpmn).\n"


def test_a_broken_case_of_the_kit_fails_by_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "0001-a-test-01.xml").write_text("<x")
    (tmp_path / "a.dmn").write_text("<x/>")
    assert main(["tck", str(tmp_path)]) == 0
    assert "0001-a-test-01.xml" in capsys.readouterr().out


def test_numbers_and_files_that_are_none_of_ours_are_said_in_a_sentence(
    house: None,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("LOTSE_INSTANCE", str(settings.instance))
    assert main(["retry", "9" * 20]) == 1
    assert main(["bundle", "migrate", "enquiry", "--to", "9" * 20]) == 1
    (tmp_path / "letter").write_text("Sehr geehrte Damen und Herren" * 100)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'letter'}")
    assert main(["check-data"]) == 1
    told = capsys.readouterr().err
    assert told.count("So eine Nummer gibt es nicht") == 2
    assert "keine Datenbank oder beschädigt" in told


@pytest.mark.usefixtures("installation")
def test_what_is_stuck_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0
    assert main(["incidents"]) == 0
    assert main(["retry", "1"]) == 1
    assert "Es hängt nichts." in capsys.readouterr().out


def test_a_stuck_step_is_named_with_its_case_and_why(
    house: None, begin: Begin, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("LOTSE_INSTANCE", str(settings.instance))
    with begin() as tx:
        case, _link = enquiries.submit(tx, ENQUIRY, "de")
        stuck = Incident(instance_id=case.instance_id, token="0" * 32, element_id="triage", created_at=tx.now)
        stuck.code, stuck.facts = "unknown_group", {"group": "group:nowhere"}
        tx.session.add(stuck)
    assert main(["incidents"]) == 1
    told = capsys.readouterr().out
    assert "(Anfrage 2026-0001), Schritt „Anfrage sichten“: Die Gruppe „group:nowhere“ gibt es nicht" in told
    assert "nur noch von Hand" in told


def test_an_office_gets_its_address(
    house: None, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("LOTSE_INSTANCE", str(settings.instance))
    assert main(["office", "set", "caritas", "--email", "hilfe@caritas.example"]) == 0
    assert main(["office", "set", "caritas", "--email", "keine Adresse"]) == 1
    assert main(["office", "set", "unbekannt", "--email", "a@b.example"]) == 1
    assert main(["office", "list"]) == 0
    assert "hilfe@caritas.example" in capsys.readouterr().out


UNREACHABLE = "postgresql+psycopg://nobody:secret@127.0.0.1:1/none"


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("token a@lotse.example", "start.py migrate"),
        ("verify-audit", "start.py migrate"),
        ("run --bundles /nowhere --port 0", "/nowhere"),
        ("run --port 70000", "70000"),
        ("tck /nowhere", "0/0"),
        ("play /nowhere", "nowhere"),
    ],
)
def test_what_goes_wrong_outside_is_said_in_a_sentence(
    command: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LETTING_GO", 0.0)
    assert main(command.split()) == 1
    told = capsys.readouterr()
    assert said in told.out + told.err


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize("command", ["migrate", "verify-audit", "seal", "token a@b.example", "run --port 0"])
def test_a_database_that_is_away_is_said_in_a_sentence(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", UNREACHABLE)
    assert main(command.split()) == 1
    told = capsys.readouterr().err
    assert "DATABASE_URL" in told
    assert "secret" not in told


def test_a_taken_address_is_said_before_anything_is_made(
    installation: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LETTING_GO", 0.0)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["run", "--port", str(port), "--bundles", str(ROOT / "bpmn")]) == 1
    told = capsys.readouterr()
    assert str(port) in told.err
    assert "Lotse läuft" not in told.out
    assert not (installation / "lotse.sqlite3").exists()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class House:
    """``lotse run`` as a process of its own."""

    def __init__(self, instance: Path, port: int) -> None:
        command = [sys.executable, "-m", "webapp.cli", "run", "--port", str(port), "--bundles", str(ROOT / "bpmn")]
        environ = {**os.environ, "LOTSE_INSTANCE": str(instance)}
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(command, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True)

    def wait_until_up(self) -> None:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{self.address}/healthz") as answer:
                    assert answer.status == 200
                    return
            except URLError:
                assert self.process.poll() is None, "ended instead of starting"
                time.sleep(0.1)
        raise AssertionError("never came up")

    def wait_until_gone(self) -> None:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{self.address}/healthz").close()
            except HTTPError:
                pass
            except (URLError, ConnectionError):
                return
            time.sleep(0.1)
        raise AssertionError("still there")


@pytest.fixture
def houses(installation: Path) -> Iterator[list[House]]:
    """Houses started by a test, ended with it."""
    started: list[House] = []
    yield started
    for house in started:
        if house.process.poll() is None:
            house.process.kill()
        house.process.wait()


def test_start_killed_started_again_and_stopped(houses: list[House], installation: Path) -> None:
    port = free_port()
    houses.append(House(installation, port))
    for _ in range(100):
        if (installation / "lotse.sqlite3").exists():
            break
        time.sleep(0.1)
    houses[0].process.kill()  # in the middle of making ready
    houses.append(House(installation, port))
    houses[1].wait_until_up()
    houses[1].process.kill()  # its parts notice and end, so that the port is free again
    houses[1].wait_until_gone()
    houses.append(House(installation, port))
    houses[2].wait_until_up()
    houses[2].process.send_signal(signal.SIGINT)
    output, _errors = houses[2].process.communicate(timeout=30)
    assert houses[2].process.returncode == 0
    assert houses[2].address in output
    assert "start.py user add" in output  # nobody can sign in yet: it says how to change that
    houses[2].wait_until_gone()


def test_a_body_nobody_asked_for_stalls_no_connection(houses: list[House], installation: Path) -> None:
    port = free_port()
    houses.append(House(installation, port))
    houses[0].wait_until_up()
    body = b"a=" + b"x" * 200_000
    request = (
        b"POST /nirgends HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        + f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        for _ in range(3):
            connection.sendall(request)
            head = b""
            while b"</html>" not in head:
                head += connection.recv(65536)
            assert head.startswith(b"HTTP/1.1 4")


def test_a_damaged_trail_is_named_and_not_sealed(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == main(["seal"]) == 0
    for damage, said, found in (
        ("UPDATE audit_head SET mac = 'von Hand'", "verify-audit", "edited: system"),
        ("DELETE FROM audit_head", "verify-audit", "truncated: system"),
        ("UPDATE audit_entry SET event = CAST(x'ff' AS TEXT)", "verify-audit", "edited: system"),
    ):
        with closing(sqlite3.connect(installation / "lotse.sqlite3")) as database:
            database.execute(damage)
            database.commit()
        assert main(["seal"]) == 1, damage
        assert said in capsys.readouterr().err
        assert main(["verify-audit"]) == 1
        assert found in capsys.readouterr().out


@pytest.mark.usefixtures("installation")
def test_a_kept_root_is_looked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    assert main(["seal"]) == 0
    root = capsys.readouterr().out.split()[-1]
    assert main(["verify-audit", "--root", root]) == 0
    assert main(["verify-audit", "--root", "0" * 64]) == 1
    assert "truncated: seal Siegel" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        main(["verify-audit", "--root", "keine Wurzel"])
    assert ended.value.code == 2
