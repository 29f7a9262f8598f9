"""``lotse web``: the web server alone."""

import gc
import socket
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

from webapp import security
from webapp.app import create_app
from webapp.cli.surroundings import Commands, add_command, settings_of
from workflows.core.logs import OneLine
from workflows.core.settings import Settings, SettingsError

LETTING_GO = 5.0  # seconds we wait for the address to become free

RARELY = (50_000, 20, 100)
"""Thresholds of the collector: a request leaves few cycles behind, and looking for them took a tenth of its time."""


def register(commands: Commands) -> None:
    """Add web."""
    address_arguments(add_command(commands, "web", run, "nur den Webserver starten"))


def address_arguments(parser: ArgumentParser) -> None:
    """Where to listen and with how many processes."""
    parser.add_argument("--demo", action="store_true", help="Beispielbenutzer und -vorgänge, Mails nur anzeigen")
    parser.add_argument("--host", default="127.0.0.1", help="Adresse, auf der gelauscht wird")
    parser.add_argument("--port", type=int, default=8000, help="Port (Standard 8000)")
    parser.add_argument("--processes", type=int, default=2, help="Zahl der Webprozesse (Standard 2)")


def run(options: Namespace) -> int:
    """``lotse web``."""
    require_free(options.host, options.port)
    return serve(options, settings_of(options))


class ServerLog(Logger):  # type: ignore[misc]  # gunicorn is untyped
    """What the server itself has to say, in the form of our log: it quotes addresses that it could not read."""

    def setup(self, cfg: object) -> None:
        """Its own handlers, our formatter."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(OneLine())


class Refusal:
    """The socket of a request that the server could not read: its own answer gets our headers and no echo."""

    def __init__(self, socket: socket.socket, headers: Mapping[str, str]) -> None:
        self.socket = socket
        self.headers = headers

    def __getattr__(self, name: str) -> Any:
        return getattr(self.socket, name)

    def sendall(self, answer: bytes) -> None:
        """The status alone is kept."""
        status = answer.partition(b"\r\n")[0].decode("latin-1")
        lines = [status, *(f"{name}: {value}" for name, value in self.headers.items()), "", status.partition(" ")[2]]
        self.socket.sendall("\r\n".join(lines).encode("latin-1"))


def refusing(headers: Mapping[str, str]) -> type[ThreadWorker]:
    """The server's process, which answers with ``headers`` what cannot be read."""

    class Process(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
        def handle_error(self, req: object, client: socket.socket, addr: object, exc: BaseException) -> None:
            super().handle_error(req, Refusal(client, headers), addr, exc)

    return Process


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
            "worker_class": refusing(self.refused_with()),
            "threads": 4,
            "keepalive": 5,
            "timeout": 60,
            "graceful_timeout": 10,
            "preload_app": True,
            "loglevel": "warning",
            "logger_class": ServerLog,
            # Nobody's headers say by which name or at which path we are reached; proxies are counted by the app.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
        }.items():
            self.cfg.set(name, value)

    def refused_with(self) -> Mapping[str, str]:
        """The headers of what cannot be read."""
        return {
            "Content-Security-Policy": security.CSP,
            **security.standing(self.settings),
            "Cache-Control": "no-store",
            "Content-Type": "text/plain",
            "Connection": "close",
        }

    def load(self) -> object:
        """The app; what is loaded now is never looked at by the collector, so the processes go on sharing it."""
        app = create_app(self.settings)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*RARELY)
        return app


def serve(options: Namespace, settings: Settings) -> int:
    """Serve until told to stop."""
    Server(options, settings).run()
    return 0


def require_free(host: str, port: int) -> None:
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
