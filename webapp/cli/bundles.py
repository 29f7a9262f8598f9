"""``lotse bundle …``: processes as files, so that they can live in git: check, diff, export, deploy, migrate."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from webapp.cli import models
from webapp.cli.surroundings import Commands, add_command, as_system, as_user, settings_of
from webapp.workshop import changed_words
from workflows.actions import bundles, migrations, publishing, workshop
from workflows.actions.migrations import Preview
from workflows.core.errors import Invalid, Problem
from workflows.engine.checks import line, open_bundle
from workflows.engine.comparison import Lines
from workflows.engine.findings import BundleRefused
from workflows.engine.migration import REFUSED, changes_text, reason_text

MARKS = {"added": "+", "removed": "-", "changed": "~"}
VERDICTS = {
    "unchanged": "läuft unverändert weiter",
    "move": "wird umgestellt",
    "refused": "kann nicht umgestellt werden",
}


def register(commands: Commands) -> None:
    """Add bundle with check, diff, export, deploy and migrate."""
    group: ArgumentParser = commands.add_parser("bundle", help="Prozesse als Dateien: prüfen, vergleichen, umstellen")
    inner = group.add_subparsers(required=True, metavar="BEFEHL")
    models.checking_arguments(add_command(inner, "check", models.run_check, "wie „lotse check“"))
    comparing = add_command(inner, "diff", run_diff, "einen Ordner oder ein Zip mit einer Fassung vergleichen")
    comparing.add_argument("path", type=Path, help="Ordner oder Zip-Datei eines Prozesses")
    _version_arguments(comparing, key=False)
    exporting = add_command(inner, "export", run_export, "eine Fassung als Zip-Datei schreiben")
    _version_arguments(exporting)
    exporting.add_argument("-o", "--output", type=Path, help="wohin (Standard: KEY.zip)")
    deploying = add_command(inner, "deploy", run_deploy, "einen Ordner oder ein Zip zur Freigabe einreichen")
    deploying.add_argument("path", type=Path, help="Ordner oder Zip-Datei eines Prozesses")
    deploying.add_argument("--comment", default="Kommandozeile", help="was sich ändert und warum (steht im Protokoll)")
    responsible = deploying.add_mutually_exclusive_group(required=True)
    responsible.add_argument("--by", metavar="E-MAIL", help="wer einreicht; eine andere Person gibt frei")
    responsible.add_argument(
        "--at-once", action="store_true", help="sofort gelten lassen, ohne zweite Person; auch das steht im Protokoll"
    )
    moving = add_command(inner, "migrate", run_migrate, "laufende Vorgänge auf eine Fassung umstellen")
    _version_arguments(moving)
    moving.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="ALT=NEU",
        help="welcher Schritt an die Stelle eines alten tritt, mit ihren Kennungen (mehrmals möglich; „ALT=“ verwirft "
        "einen Vorschlag)",
    )
    moving.add_argument("--dry-run", action="store_true", help="nur sagen, was geschähe")


def _version_arguments(parser: ArgumentParser, *, key: bool = True) -> None:
    if key:
        parser.add_argument("key", help="Schlüssel des Prozesses, z. B. enquiry")
    parser.add_argument("--to", type=int, help="Nummer der Fassung (Standard: die geltende)")


def run_diff(options: Namespace) -> int:
    """One line per difference; 1 when there is one."""
    new = open_bundle(options.path)
    with as_system(settings_of(options)) as tx:
        old = workshop.version_bundle(tx, new.key, options.to or migrations.live(tx, new.key))
        found = workshop.differences(old, new)
        told = changed_words.told(found, old, new, workshop.groups(tx))
    for text in _told(told):
        print(text)
    print("Kein Unterschied." if found.is_empty else "")
    return 0 if found.is_empty else 1


def _told(told: dict[str, Any]) -> Iterator[str]:
    """What the page "What changes" shows, a line a difference."""
    groups = {"Diagramm": told["diagram"], **{f"Formular „{name}“": each for name, each in told["forms"].items()}}
    for title, differences in (*groups.items(), *told["translations"].items()):
        for each in differences:
            traits = [f"{trait['name']}: {trait['before']} → {trait['after']}" for trait in each["traits"]]
            more = f" ({'; '.join(traits)})" if traits and each["what"] == "changed" else ""
            yield f"{MARKS[each['what']]} {title}: {each['name']}, {each['kind']}{more}"
    for file in (*told["found"].tables, *told["found"].texts):
        yield from _lines(file)


def _lines(file: Lines) -> Iterator[str]:
    yield f"{MARKS[file.what]} {file.path}"
    yield from (f"    {mark} {text}" for mark, text in file.lines if mark.strip())


def run_export(options: Namespace) -> int:
    """Write the zip; tells where."""
    with as_system(settings_of(options)) as tx:
        data = workshop.export_version(tx, options.key, options.to or migrations.live(tx, options.key))
    output: Path = options.output or Path(f"{options.key}.zip")
    output.write_bytes(data)
    print(f"Geschrieben: {output}")
    return 0


def run_deploy(options: Namespace) -> int:
    """Ask a second person to publish, or publish at once if told to; 1 with all findings when it is refused."""
    data = _packed(options.path)
    try:
        told = _at_once(options, data) if options.at_once else _asked(options, data)
    except BundleRefused as refused:
        for finding in refused.findings:
            print(line(finding), file=sys.stderr)
        return 1
    print(told)
    return 0


def _packed(path: Path) -> bytes:
    """The zip of a bundle with the scenarios that lie beside its diagram."""
    found = open_bundle(path)
    if path.is_file() and path.suffix == ".zip":
        return path.read_bytes()
    folder = path if path.is_dir() else path.parent
    return workshop.with_stories(found, bundles.stories_beside(folder))


def _asked(options: Namespace, data: bytes) -> str:
    settings = settings_of(options)
    with as_user(settings, options.by) as tx:
        asked = publishing.propose(tx, data, options.comment).publication
        return (
            f"{asked.process_key}: Der Entwurf {asked.draft_id} wartet darauf, dass eine zweite Person ihn freigibt: "
            f"{settings.public_url}/workshop/publications/{asked.id}"
        )


def _at_once(options: Namespace, data: bytes) -> str:
    with as_system(settings_of(options)) as tx:
        version = bundles.deploy_alone(tx, data, options.comment).version
        return f"{version.process_key}: Fassung {version.number}, Textstand {version.patch}, ohne zweite Person"


def run_migrate(options: Namespace) -> int:
    """Say what becomes of each running case, and unless it is a dry run let the worker move them.

    1 when a case cannot be moved.
    """
    with as_system(settings_of(options)) as tx:
        number = options.to or migrations.live(tx, options.key)
        found = migrations.preview(tx, options.key, number)
        if given := _name_map(options.map):
            names = {old: new for old, new in {**found.names, **given}.items() if new}
            found = migrations.preview(tx, options.key, number, names)
        _print(found)
        if not options.dry_run:
            job = migrations.begin(tx, options.key, number, found.names)
            print(f"Umstellung {job.id} hat begonnen; der Worker stellt um.")
    return 1 if found.counts.get(REFUSED) else 0


def _name_map(pairs: Iterable[str]) -> dict[str, str]:
    """Old ids and what takes their place, empty for nothing; raises ``Invalid`` for what is no pair, or two for one."""
    names: dict[str, str] = {}
    for pair in pairs:
        old, equals, new = (each.strip() for each in pair.partition("="))
        if not (old and equals) or "=" in new:
            raise Invalid({"--map": (Problem("not_a_pair", {"text": pair}),)})
        if names.setdefault(old, new) != new:
            raise Invalid({"--map": (Problem("mapped_twice", {"step": old}),)})
    return names


def _print(found: Preview) -> None:
    for row in found.rows:
        told = [*(reason_text(each) for each in row.verdict.reasons), changes_text(row.verdict.changes)]
        reasons = " ".join(filter(None, told))
        where = f"{row.reference or row.instance_id} (Fassung {row.number}, {', '.join(row.waits_at)})"
        print(f"{where}: {VERDICTS[row.verdict.outcome]}{f'. {reasons}' if reasons else ''}")
    for element, target in found.names.items():
        print(f"Zuordnung: {element} → {target}")
    counted = ", ".join(f"{count} {VERDICTS[outcome]}" for outcome, count in found.counts.items())
    print(counted or "Kein Vorgang läuft mit einer anderen Fassung.")
