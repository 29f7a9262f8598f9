"""The command ``lotse``: run the house, look after it, try out bundles and expressions."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Any

from sqlalchemy.exc import DBAPIError

from webapp.cli import german
from workflows.core import logs
from workflows.core.errors import LotseError
from workflows.core.settings import SettingsError

EXPECTED = (LotseError, DBAPIError, OSError, OverflowError)
"""What goes wrong outside the program; everything else is a mistake in it and keeps its traceback.

SQLite's driver says ``OverflowError`` for a number that no column holds.
"""

COMMANDS = {
    "run": "running",
    "web": "serving",
    "worker": "working",
    "migrate": "upkeep",
    "verify-audit": "upkeep",
    "check-data": "upkeep",
    "seal": "upkeep",
    "incidents": "incidents",
    "retry": "incidents",
    "user": "people",
    "token": "people",
    "office": "offices",
    "check": "models",
    "play": "models",
    "feel": "models",
    "tck": "models",
    "bundle": "bundles",
    "bench": "benching",
    "screenshots": "looking",
}
"""The module behind each command. Only what was asked for is loaded: a worker needs nothing of the web."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; gives the exit code (0 good, 1 a finding or failure, 2 wrong use)."""
    logs.configure()
    _write_what_can_be_written()
    words = sys.argv[1:] if arguments is None else list(arguments)
    options = parser(words[:1]).parse_args(words)
    try:
        return int(options.run(options))
    except SettingsError as error:
        print(f"lotse: {error}", file=sys.stderr)
        return 1
    except EXPECTED as error:
        for sentence in _part("failures").sentences(error):
            print(f"lotse: {sentence}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _write_what_can_be_written() -> None:
    """A terminal without quotation marks or Arabic gets a "?" in their place instead of a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def parser(first: Sequence[str]) -> argparse.ArgumentParser:
    """The subcommand that the ``first`` word names with its options; all of them when it names none."""
    german.speak()
    top = argparse.ArgumentParser(prog="lotse", description="Lotse: Vorgänge der Koordinierungsstelle.")
    commands = top.add_subparsers(required=True, metavar="BEFEHL")
    for name in [COMMANDS[word] for word in first if word in COMMANDS] or dict.fromkeys(COMMANDS.values()):
        _part(name).register(commands)
    return top


def _part(name: str) -> Any:
    return import_module(f"webapp.cli.{name}")
