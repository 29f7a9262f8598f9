"""``lotse check``, ``play``, ``feel`` and ``tck``: trying out bundles and expressions without the web."""

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from sqlalchemy.orm import Session, sessionmaker

from webapp.cli.surroundings import Commands, add_command
from webapp.wording.errors import step_text
from webapp.wording.trials import deviation_text
from workflows.actions import play, scenario_check
from workflows.core import typed_json
from workflows.core.clock import SystemClock
from workflows.core.db import make_engine, make_sessions
from workflows.core.errors import NotFound
from workflows.core.settings import Settings
from workflows.core.tx import SYSTEM, Tx, transaction
from workflows.decisions import tck
from workflows.domain import seed
from workflows.engine.bundle import Bundle
from workflows.engine.checks import check_files, open_bundle
from workflows.engine.checks.files import UNREADABLE
from workflows.engine.checks.wording import sentence
from workflows.engine.normalise import normalise
from workflows.engine.office_functions import OFFICE_FUNCTIONS
from workflows.feel import FeelBudgetError, FeelSyntaxError, compile_expression
from workflows.feel.messages import explain
from workflows.migrations import tables
from workflows.operators import catalogue


def register(commands: Commands) -> None:
    """Add check, play, feel and tck."""
    checking_arguments(add_command(commands, "check", run_check, "Prozesse prüfen, ohne sie zu veröffentlichen"))
    playing = add_command(commands, "play", run_play, "die Szenarien eines Prozesses durchspielen und erzählen")
    playing.add_argument("bundle", type=Path, help="Schlüssel oder Ordner des Prozesses, z. B. enquiry")
    playing.add_argument("scenario", nargs="?", help="Name eines Szenarios (Standard: alle)")
    playing.add_argument("--bundles", type=Path, default=Path("bpmn"), help="Ordner der Prozesse")
    feel = add_command(commands, "feel", run_feel, "einen FEEL-Ausdruck auswerten")
    feel.add_argument("expression", help='z. B. \'if amount > 2500 then "prüfen" else "ok"\'')
    feel.add_argument("--context", default="{}", help="Werte als JSON, z. B. '{\"amount\": 3000}'")
    kit = add_command(commands, "tck", run_tck, "die Testfälle des DMN Technology Compatibility Kit ausführen")
    kit.add_argument("directory", type=Path, help="Ordner mit den Testfällen")


def checking_arguments(checking: ArgumentParser) -> None:
    """What ``check`` takes."""
    checking.add_argument("path", nargs="+", type=Path, help="Ordner eines Prozesses, Zip-Datei oder einzelne Datei")
    checking.add_argument(
        "--bundles", type=Path, default=Path("bpmn"), help="Ordner der übrigen Prozesse, von denen Szenarien erzählen"
    )
    checking.add_argument("--normalise", action="store_true", help="Diagramme anderer Werkzeuge erst angleichen")
    checking.add_argument(
        "-o", "--output", type=Path, help="das angeglichene Diagramm (.bpmn) oder Bündel (.zip) dorthin"
    )


def run_check(options: Namespace) -> int:
    """Print every finding; 0 clean or hints only, 1 errors, 2 something unreadable."""
    with fresh_house() as tx:
        known = catalogue(tx)
    normalising = options.normalise or options.output is not None
    beside = scenario_check.beside(known, options.bundles)
    report = check_files(options.path, known, normalising=normalising, beside=beside)
    print("\n".join(report.lines))
    if options.output is not None and report.exit_code != UNREADABLE:
        bundle = normalise(open_bundle(options.path[0])).bundle
        if bundle.diagram not in bundle.files:
            print(sentence("no_diagram", {}, "de"))
            return UNREADABLE
        _write(bundle, options.output)
    return report.exit_code


def _write(bundle: Bundle, output: Path) -> None:
    """The bundle as a zip, or its diagram alone."""
    output.write_bytes(bundle.frozen() if output.suffix == ".zip" else bundle.files[bundle.diagram])


def run_play(options: Namespace) -> int:
    """Tell each scenario step by step; 1 when one does not go as it says."""
    bundle = _folder(options.bundle, options.bundles)
    with fresh_database() as (sessions, settings):
        performances = play.play(sessions, settings, bundle, options.scenario)
    for performance in performances:
        print(f"\n{performance.scenario.title}")
        for scene in performance.scenes:
            print(f"  {scene.at:%d.%m.%Y %H:%M}  {_what(scene)}")
            if scene.tasks:
                print(f"                    offen: {', '.join(scene.tasks)}")
            for mail in scene.mails:
                print(f"                    Mail: „{mail.subject}“ an {mail.to}")
        for deviation in performance.deviations:
            print(f"  ! {step_text(deviation.step, deviation.place)}: {deviation_text(deviation)}")
    good = sum(performance.is_as_told for performance in performances)
    print(f"\n{good} von {len(performances)} Szenarien wie erzählt.")
    return 0 if good == len(performances) else 1


def _folder(bundle: Path, bundles: Path) -> Path:
    """Where a bundle lies that was named by its folder or its key; raises ``NotFound("bundle_unknown")``."""
    for folder in (bundle, bundles / bundle):
        if folder.is_dir():
            return folder
    raise NotFound("bundle_unknown", bundle=str(bundle))


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


def run_feel(options: Namespace) -> int:
    """Print the value and every warning; 1 when the text is no expression or costs too much, 2 for unusable values.

    The functions of the office are there, as in a diagram.
    """
    values = _values(options.context)
    if values is None:
        print("--context: Erwartet werden Werte als JSON, z. B. '{\"amount\": 3000}'.")
        return 2
    try:
        result = compile_expression(options.expression, functions=OFFICE_FUNCTIONS).evaluate(values)
    except (FeelSyntaxError, FeelBudgetError) as error:
        print(explain(error, "de"))
        return 1
    print(_shown(result.value))
    for warning in result.warnings:
        print(f"Hinweis: {explain(warning, 'de')}")
    return 0


def _values(written: str) -> dict[str, Any] | None:
    """What an expression is to know; None for anything but a JSON object of values."""
    try:
        orjson.loads(written)  # Stricter than what reads every digit: no NaN, no half characters.
        plain = json.loads(written, parse_float=Decimal, parse_int=Decimal)
        return {name: typed_json.from_plain(value) for name, value in plain.items()}
    except (ValueError, TypeError, ArithmeticError, AttributeError, RecursionError):
        return None


def _shown(value: object) -> str:
    """JSON, but for ranges and functions, which JSON does not have: they stand as the language writes them."""
    try:
        return typed_json.dumps(value).decode()
    except TypeError:
        return str(compile_expression("string(value)").evaluate({"value": value}).value)


def run_tck(options: Namespace) -> int:
    """Print how many cases pass, and why the others do not; 1 when there is no case at all."""
    report = tck.run(options.directory)
    print(tck.format_report(report))
    return 0 if report.outcomes else 1
