"""``lotse check``, ``feel`` and ``tck``: trying out bundles and expressions without the web."""

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
from sqlalchemy.orm import Session, sessionmaker

from webapp.cli.surroundings import Commands, add_command
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
    """Add check, feel and tck."""
    checking = add_command(commands, "check", run_check, "Prozesse prüfen, ohne sie zu veröffentlichen")
    checking.add_argument("path", nargs="+", type=Path, help="Ordner eines Prozesses oder Zip-Datei")
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
