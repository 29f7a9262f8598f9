"""``lotse check``, ``play``, ``feel`` and ``tck``: trying out bundles and expressions without the web."""

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from sqlalchemy.orm import Session, sessionmaker

from webapp.cli.surroundings import Commands, add_command
from workflows.actions import play
from workflows.core import typed_json
from workflows.core.clock import SystemClock
from workflows.core.db import make_engine, make_sessions
from workflows.core.settings import Settings
from workflows.core.tx import SYSTEM, Tx, transaction
from workflows.decisions import tck
from workflows.domain import seed
from workflows.engine import bundle
from workflows.engine.checks import check
from workflows.engine.findings import Finding
from workflows.feel import FeelSyntaxError, compile_expression
from workflows.migrations import tables
from workflows.operators import catalogue


def register(commands: Commands) -> None:
    """Add check, play, feel and tck."""
    checking = add_command(commands, "check", run_check, "Prozesse prüfen, ohne sie zu veröffentlichen")
    checking.add_argument("path", nargs="+", type=Path, help="Ordner eines Prozesses oder Zip-Datei")
    playing = add_command(commands, "play", run_play, "die Szenarien eines Prozesses durchspielen und erzählen")
    playing.add_argument("bundle", type=Path, help="Ordner des Prozesses, z. B. bpmn/enquiry")
    playing.add_argument("scenario", nargs="?", help="Name eines Szenarios (Standard: alle)")
    feel = add_command(commands, "feel", run_feel, "einen FEEL-Ausdruck auswerten")
    feel.add_argument("expression", help='z. B. \'if amount > 2500 then "prüfen" else "ok"\'')
    feel.add_argument("--context", default="{}", help="Werte als JSON, z. B. '{\"amount\": 3000}'")
    kit = add_command(commands, "tck", run_tck, "die Testfälle des DMN Technology Compatibility Kit ausführen")
    kit.add_argument("directory", type=Path, help="Ordner mit den Testfällen")


def run_check(options: Namespace) -> int:
    """Print every finding; 1 when one of them is an error."""
    with fresh_house() as tx:
        known = catalogue(tx)
    has_error = False
    for path in options.path:
        findings = check(bundle.read(path if path.is_dir() else path.read_bytes()), known)
        has_error = has_error or any(finding.severity == "error" for finding in findings)
        for finding in findings:
            print(line(finding))
        print(f"{path}: {len(findings)} Befunde" if findings else f"{path}: in Ordnung")
    return 1 if has_error else 0


def run_play(options: Namespace) -> int:
    """Tell each scenario step by step; 1 when one does not go as it says."""
    with fresh_database() as (sessions, settings):
        performances = play.play(sessions, settings, options.bundle, options.scenario)
    for performance in performances:
        print(f"\n{performance.scenario.title}")
        for scene in performance.scenes:
            print(f"  {scene.at:%d.%m.%Y %H:%M}  {_what(scene)}")
            if scene.tasks:
                print(f"                    offen: {', '.join(scene.tasks)}")
            for mail in scene.mails:
                print(f"                    Mail: „{mail.subject}“ an {mail.to}")
        for deviation in performance.deviations:
            print(f"  ! Schritt {deviation.step}: {deviation.code} {deviation.facts}")
    good = sum(performance.is_as_told for performance in performances)
    print(f"\n{good} von {len(performances)} Szenarien wie erzählt.")
    return 0 if good == len(performances) else 1


def _what(scene: play.Scene) -> str:
    name = f"{scene.step.verb} {scene.step.what}" if scene.step else "Beginn"
    return f"{name}: {' → '.join(scene.elements)}" if scene.elements else name


@contextmanager
def fresh_database() -> Iterator[tuple[sessionmaker[Session], Settings]]:
    """An empty installation that is gone afterwards."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'lotse.sqlite3'}"
        settings = Settings(url, os.urandom(32), os.urandom(32), "http://localhost", Path(folder))
        engine = make_engine(url)
        tables.metadata().create_all(engine)
        yield make_sessions(engine), settings
        engine.dispose()


@contextmanager
def fresh_house() -> Iterator[Tx]:
    """An empty installation with the first contents: groups, code lists, offices."""
    with fresh_database() as (sessions, settings), transaction(sessions(), SYSTEM, SystemClock(), settings) as tx:
        seed.load(tx)
        yield tx


def line(finding: Finding) -> str:
    """One finding on one line."""
    place = f"{finding.file}#{finding.element}" if finding.element else finding.file
    return f"{finding.severity} {place}: {finding.code} {dict(finding.facts) or ''}".rstrip()


def run_feel(options: Namespace) -> int:
    """Print the value as JSON and every warning; 1 when the text is no expression."""
    try:
        expression = compile_expression(options.expression)
    except FeelSyntaxError as error:
        print(error)
        return 1
    try:
        context = typed_json.loads(options.context.encode())
    except orjson.JSONDecodeError as error:
        print(f"--context: {error}")
        return 2
    result = expression.evaluate(context)
    print(typed_json.dumps(result.value).decode())
    for warning in result.warnings:
        print(f"Hinweis: {warning}")
    return 0


def run_tck(options: Namespace) -> int:
    """Print how many cases pass, and why the others do not."""
    print(tck.format_report(tck.run(options.directory)))
    return 0
