"""``lotse run``: make ready, then web server and worker as child processes that end together."""

import os
import signal
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import func, select

from webapp.cli import serving, working
from webapp.cli.preparation import is_behind, prepare, refuses
from webapp.cli.surroundings import Commands, add_command, as_system, settings_of
from workflows.actions.demo import DEMO_USERS
from workflows.core import house_facts
from workflows.core.settings import Settings
from workflows.domain import pages
from workflows.domain.people import User

TEXT = "Datenbank und Prozesse bereitstellen, dann Webserver und Worker starten (Ende: Strg+C)"
PATIENCE = 15.0  # seconds a part gets to finish what it is doing

Part = Callable[[Namespace, Settings], int]


def register(commands: Commands) -> None:
    """Add run."""
    parser = add_command(commands, "run", run, TEXT)
    serving.address_arguments(parser)
    parser.add_argument("--bundles", type=Path, default=Path("bpmn"), help="Ordner der Prozesse")


def run(options: Namespace) -> int:
    """Make ready, start both parts, say where; returns when asked to stop or when a part ends by itself.

    A release that cannot run what is published leaves everything as the release before had it, and ends with 1.
    """
    settings = settings_of(options)
    serving.require_free(options.host, options.port)
    if is_behind(settings) and refuses(settings):
        return 1
    prepare(settings, options.bundles)
    parts = [_begin(serving.serve, options, settings), _begin(working.work, options, settings)]
    _welcome(settings, f"http://{options.host}:{options.port}/")
    return _watch(parts)


def _begin(part: Part, options: Namespace, settings: Settings) -> BaseProcess:
    """A child process that shares what is loaded already; it ends when we are gone, however we went."""
    process = get_context("fork").Process(target=_alone, args=(part, options, settings, os.getpid()))
    process.start()
    return process


def _alone(part: Part, options: Namespace, settings: Settings, parent: int) -> None:
    # A session of its own: Ctrl-C reaches only the parent, which stops its parts in order.
    os.setsid()
    threading.Thread(target=_end_without, args=(parent,), daemon=True).start()
    sys.exit(part(options, settings))


def _end_without(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _watch(parts: list[BaseProcess]) -> int:
    stop = working.stopped_by_signal()
    while not stop.wait(0.3) and all(part.is_alive() for part in parts):
        pass
    for part in parts:
        part.terminate()
    ends_at = time.monotonic() + PATIENCE
    for part in parts:
        part.join(max(0.1, ends_at - time.monotonic()))
        if part.is_alive():
            part.kill()
            part.join()
    return 0 if stop.is_set() else 1


def _welcome(settings: Settings, address: str) -> None:
    print(f"\n  Lotse läuft: {address}   (Ende mit Strg+C)")
    if settings.demo:
        print("  Anmelden als:")
        for user in DEMO_USERS:
            print(f"    {user.email:32} {user.password}   {user.name}")
    elif not _has_users(settings):
        print("  Es gibt noch kein Konto. Das erste legen Sie in einem zweiten Fenster an:")
        print('    python3 start.py user add ADRESSE --name "Vorname Nachname" --role admin --role coordinator')
    else:
        print("  Anmelden mit der eigenen E-Mail-Adresse und dem Passwort.")
    if settings.smtp is None and not settings.demo:
        print("  Ohne LOTSE_SMTP_HOST bleiben Mails liegen, bis ein Mailserver eingetragen ist.")
    _name_gaps(settings)
    print(flush=True)


def _name_gaps(settings: Settings) -> None:
    with as_system(settings) as tx:
        unfinished = pages.unfinished(tx.session, settings.house)
    if unfinished:
        print("  Auf den öffentlichen Seiten (Impressum, Datenschutz, Barrierefreiheit) fehlt noch:")
    for label in dict.fromkeys(label for labels in unfinished.values() for label in labels):
        names = " ".join(house_facts.SETTINGS.get(label, ()))
        print(f"    {label}: {names or 'im Text der Seite ergänzen'}")


def _has_users(settings: Settings) -> bool:
    with as_system(settings) as tx:
        return bool(tx.session.scalar(select(func.count()).select_from(User)))
