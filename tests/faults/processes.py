"""Real processes of the house: the command ``lotse`` in a process of its own, that can be told where to die.

They are forked from a process in which everything is imported already: starting one takes no time, dying is real.
"""

import importlib
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from webapp import cli
from workflows.core import killpoints

PATIENCE = 60.0  # seconds until something that must happen counts as not happening

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__, *(f"webapp.cli.{name}" for name in set(cli.COMMANDS.values()))])


def _run(arguments: Sequence[str], environ: Mapping[str, str], log: Path) -> None:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(environ)
    importlib.reload(killpoints)  # the place to die is read at import, which was long before
    sys.exit(cli.main(arguments))


@contextmanager
def lotse(*arguments: str, environ: Mapping[str, str], log: Path, kill_at: str = "") -> Iterator[ForkServerProcess]:
    """``lotse ARGUMENTS`` while the block runs, then asked to stop; ``kill_at`` names the kill point it dies at."""
    process = _context.Process(target=_run, args=(arguments, {**environ, killpoints.VARIABLE: kill_at}, log))
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join(PATIENCE)
        assert process.exitcode is not None, log.read_text()


def wait_until(happened: Callable[[], bool], log: Path) -> None:
    """Return as soon as it has happened; fails with what the process said if it never does."""
    ends_at = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < ends_at, log.read_text()
        time.sleep(0.03)
