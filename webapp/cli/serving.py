"""``lotse run``: make ready, then web server and worker as child processes that end together."""

import os
import signal
import subprocess
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from gunicorn.app.base import BaseApplication
from sqlalchemy import func, select

from webapp import create_app
from webapp.cli.preparation import prepare
from webapp.cli.surroundings import Commands, add_command, as_system, sessions_for, settings_of
from workflows import worker
from workflows.actions.demo import DEMO_USERS
from workflows.core.settings import Settings
from workflows.domain.people import User

PARENT = "LOTSE_PARENT"  # process id of `lotse run`; its children end when it is gone, however it went
PATIENCE = 15.0  # seconds a child gets to finish what it is doing


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
    prepare(settings, options.bundles)
    environ = {**os.environ, PARENT: str(os.getpid()), "LOTSE_PUBLIC_URL": settings.public_url}
    demo = ["--demo"] if options.demo else []
    listen = ["--host", options.host, "--port", str(options.port), "--processes", str(options.processes)]
    children = [_spawn(["web", *listen, *demo], environ), _spawn(["worker", *demo], environ)]
    _welcome(settings, f"http://{options.host}:{options.port}/")
    return _watch(children)


def _spawn(arguments: list[str], environ: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "webapp.cli", *arguments]
    # An own session: Ctrl-C reaches only us, and we stop the children in order.
    return subprocess.Popen(command, env=environ, start_new_session=True)  # noqa: S603 our own modules


def _watch(children: list[subprocess.Popen[bytes]]) -> int:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _setter(stop))
    while not stop.wait(0.3) and all(child.poll() is None for child in children):
        pass
    for child in children:
        child.terminate()
    ends_at = time.monotonic() + PATIENCE
    for child in children:
        try:
            child.wait(max(0.1, ends_at - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return 0 if stop.is_set() else 1


def _setter(event: threading.Event) -> Callable[[int, FrameType | None], None]:
    def on_signal(_number: int, _frame: FrameType | None) -> None:
        event.set()

    return on_signal


def _welcome(settings: Settings, address: str) -> None:
    print(f"\n  Lotse läuft: {address}   (Ende mit Strg+C)")
    if settings.demo:
        print("  Anmelden als:")
        for user in DEMO_USERS:
            print(f"    {user.email:32} {user.password}   {user.name}")
    elif not _has_users(settings):
        print("  Es gibt noch kein Konto. Das erste legen Sie in einem zweiten Fenster an:")
        print('    lotse user add ADRESSE --name "Vorname Nachname" --role admin --role coordinator')
    else:
        print("  Anmelden mit der eigenen E-Mail-Adresse und dem Passwort.")
    if settings.smtp is None and not settings.demo:
        print("  Ohne LOTSE_SMTP_HOST bleiben Mails liegen, bis ein Mailserver eingetragen ist.")
    print(flush=True)


def _has_users(settings: Settings) -> bool:
    with as_system(settings) as tx:
        return bool(tx.session.scalar(select(func.count()).select_from(User)))


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
        """The app."""
        return create_app(self.settings)


def web(options: Namespace) -> int:
    """Serve until told to stop."""
    _end_with_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
    Server(options, settings_of(options)).run()
    return 0


def work(options: Namespace) -> int:
    """Do due work until told to stop."""
    settings = settings_of(options)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _setter(stop))
    _end_with_parent(stop.set)
    with sessions_for(settings) as sessions:
        worker.run(sessions, settings, stop)
    return 0


def _end_with_parent(end: Callable[[], None]) -> None:
    """Call ``end`` once the process that started us is gone, even if it was killed."""
    parent = os.environ.get(PARENT)
    if parent is None:
        return

    def wait() -> None:
        while os.getppid() == int(parent):
            time.sleep(0.5)
        end()

    threading.Thread(target=wait, daemon=True).start()
