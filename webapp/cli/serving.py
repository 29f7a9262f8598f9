"""``lotse run``: make ready, then web server and worker as child processes that end together."""

import gc
import os
import signal
import socket
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from gunicorn.app.base import BaseApplication
from sqlalchemy import func, select

from webapp import create_app
from webapp.cli.preparation import prepare
from webapp.cli.surroundings import Commands, add_command, as_system, sessions_for, settings_of
from workflows import worker
from workflows.actions.demo import DEMO_USERS
from workflows.core.settings import Settings, SettingsError
from workflows.domain.people import User

PATIENCE = 15.0  # seconds a part gets to finish what it is doing
LETTING_GO = 5.0  # seconds we wait for the address to become free

Part = Callable[[Namespace, Settings], int]


def register(commands: Commands) -> None:
    """Add run, web and worker."""
    for name, command, text in (
        ("run", run, "Datenbank und Prozesse bereitstellen, dann Webserver und Worker starten (Ende: Strg+C)"),
        ("web", web, "nur den Webserver starten"),
        ("worker", work, "nur den Worker starten: Fristen, Nachrichten, Mails"),
    ):
        parser = add_command(commands, name, command, text)
        parser.add_argument("--demo", action="store_true", help="Beispielbenutzer und -vorgänge, Mails nur anzeigen")
        if name != "worker":
            parser.add_argument("--host", default="127.0.0.1", help="Adresse, auf der gelauscht wird")
            parser.add_argument("--port", type=int, default=8000, help="Port (Standard 8000)")
            parser.add_argument("--processes", type=int, default=2, help="Zahl der Webprozesse (Standard 2)")
        if name == "run":
            parser.add_argument("--bundles", type=Path, default=Path("bpmn"), help="Ordner der Prozesse")


def run(options: Namespace) -> int:
    """Make ready, start both parts, say where; returns when asked to stop or when a part ends by itself."""
    settings = settings_of(options)
    _require_free(options.host, options.port)
    prepare(settings, options.bundles)
    parts = [_begin(web_for, options, settings), _begin(work_for, options, settings)]
    _welcome(settings, f"http://{options.host}:{options.port}/")
    return _watch(parts)


def _require_free(host: str, port: int) -> None:
    """Raise ``SettingsError`` when nobody can listen there: before anything is set up, and before we say we run."""
    # The parts of a house that was killed need a moment to notice and to let go of the port.
    ends_at = time.monotonic() + LETTING_GO
    while (reason := _why_taken(host, port)) and time.monotonic() < ends_at:
        time.sleep(0.2)
    if reason:
        raise SettingsError(f"Auf {host}:{port} kann Lotse nicht lauschen ({reason}). Läuft es schon? Siehe --port.")


def _why_taken(host: str, port: int) -> str:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            return str(error)
    return ""


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
    stop = _stopped_by_signal()
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


def _stopped_by_signal() -> threading.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


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
    print(flush=True)


def _has_users(settings: Settings) -> bool:
    with as_system(settings) as tx:
        return bool(tx.session.scalar(select(func.count()).select_from(User)))


RARELY = (50_000, 20, 100)
"""Thresholds of the collector: a request leaves few cycles behind, and looking for them took a tenth of its time."""


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """Gunicorn with our app; loaded once before the processes fork, which saves start-up time and memory."""

    def __init__(self, options: Namespace, settings: Settings) -> None:
        self.options = options
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Threads keep connections open; bodies are read fully by the app (security.read_body)."""
        for name, value in {
            "bind": f"{self.options.host}:{self.options.port}",
            "workers": self.options.processes,
            "worker_class": "gthread",
            "threads": 4,
            "keepalive": 5,
            "timeout": 60,
            "graceful_timeout": 10,
            "preload_app": True,
            "loglevel": "warning",
        }.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """The app; what is loaded now is never looked at by the collector, so the processes go on sharing it."""
        app = create_app(self.settings)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*RARELY)
        return app


def web_for(options: Namespace, settings: Settings) -> int:
    """Serve until told to stop."""
    Server(options, settings).run()
    return 0


def work_for(_options: Namespace, settings: Settings) -> int:
    """Do due work until told to stop."""
    stop = _stopped_by_signal()
    with sessions_for(settings) as sessions:
        worker.run(sessions, settings, stop)
    return 0


def web(options: Namespace) -> int:
    """``lotse web``."""
    _require_free(options.host, options.port)
    return web_for(options, settings_of(options))


def work(options: Namespace) -> int:
    """``lotse worker``."""
    return work_for(options, settings_of(options))
