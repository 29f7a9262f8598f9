"""``lotse play``: run the scenarios of a bundle in a database of their own and tell what happened."""

import tempfile
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from webapp.cli.surroundings import Commands, add_command, sessions_for
from workflows.actions.play import Deviation, Performance, Scene, play
from workflows.actions.scenarios import Step
from workflows.core.settings import Settings
from workflows.migrations import tables


def register(commands: Commands) -> None:
    """Add play."""
    playing = add_command(commands, "play", run_play, "die Szenarien eines Prozesses durchspielen")
    playing.add_argument("bundle", type=Path, help="Ordner des Prozesses, z. B. bpmn/enquiry")
    playing.add_argument("scenario", nargs="?", help="Name eines Szenarios; ohne ihn alle")


def run_play(options: Namespace) -> int:
    """Print path, tasks and mails step by step; 1 when a story and its process part."""
    performances = play_apart(options.bundle, options.scenario)
    for performance in performances:
        print("\n".join(lines(performance)))
    good = sum(performance.is_as_told for performance in performances)
    print(f"{good} von {len(performances)} Szenarien wie erzählt")
    return 0 if good == len(performances) else 1


def play_apart(bundle_folder: Path, scenario: str | None = None) -> list[Performance]:
    """Play in a temporary SQLite file that is gone afterwards; raises like ``play``."""
    with tempfile.TemporaryDirectory(prefix="lotse-play-") as folder:
        settings = Settings(
            database_url=f"sqlite:///{folder}/play.sqlite3",
            secret_key=b"only for scenarios, never outside",
            audit_key=b"only for scenarios, never outside",
            public_url="https://lotse.example",
            instance=Path(folder),
        )
        with sessions_for(settings) as sessions:
            tables.metadata().create_all(sessions.kw["bind"])
            return play(sessions, settings, bundle_folder, scenario)


def lines(performance: Performance) -> Iterator[str]:
    """One scenario as text."""
    story = performance.scenario
    yield f"\n{story.name}: {story.title}"
    for scene in performance.scenes:
        yield from _scene_lines(scene)
    for deviation in performance.deviations:
        yield f"  !! {_place(deviation)}: {deviation.code} {deviation.facts}"


def _scene_lines(scene: Scene) -> Iterator[str]:
    yield f"  {scene.at:%d.%m.%Y %H:%M}  {_said(scene.step)}"
    if scene.elements:
        yield f"      Weg: {' → '.join(scene.elements)}"
    for mail in scene.mails:
        yield f"      Mail an {mail.to}: {mail.subject}"
    yield f"      Offen: {', '.join(scene.tasks) or 'nichts'}"


def _said(step: Step | None) -> str:
    if step is None:
        return "Beginn"
    about = f" ({step.about})" if step.about else ""
    said = {
        "complete": f"{step.by} erledigt {step.what}{about}",
        "advance": f"{step.what} vergehen",
        "workdays": f"{step.what} Werktage vergehen",
        "message": f"Nachricht {step.what}{about}",
    }
    return f"{step.number}. {said[step.verb]}"


def _place(deviation: Deviation) -> str:
    return f"Schritt {deviation.step}" if deviation.step else "Beginn"
