"""``lotse worker``: the worker alone. Nothing of the web is loaded for it."""

import signal
import threading
from argparse import Namespace

from webapp.cli.surroundings import Commands, add_command, sessions_for, settings_of
from workflows import worker
from workflows.core.settings import Settings


def register(commands: Commands) -> None:
    """Add worker."""
    parser = add_command(commands, "worker", run, "nur den Worker starten: Fristen, Nachrichten, Mails")
    parser.add_argument("--demo", action="store_true", help="Mails nur anzeigen")


def run(options: Namespace) -> int:
    """``lotse worker``."""
    return work(options, settings_of(options))


def work(_options: Namespace, settings: Settings) -> int:
    """Do due work until told to stop."""
    stop = stopped_by_signal()
    with sessions_for(settings) as sessions:
        worker.run(sessions, settings, stop)
    return 0


def stopped_by_signal() -> threading.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
