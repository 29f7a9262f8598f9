"""The processes that are measured, as an installation starts them, and what they use of the machine."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.client import Client, Unreachable

ROOT = Path(__file__).parent.parent
PATIENCE = 30.0  # seconds until a server must answer or have ended


@contextmanager
def running(*command: str, environ: Mapping[str, str]) -> Iterator[psutil.Process]:
    """A child of ours, stopped at the end as Ctrl-C would stop it."""
    process = subprocess.Popen([sys.executable, "-m", *command], env=dict(environ), cwd=ROOT)  # noqa: S603 our own
    try:
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def environ_for(url: str, folder: Path, port: int) -> dict[str, str]:
    """The settings of an installation of its own, whatever else is set around us."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LOTSE_")}
    public = f"http://127.0.0.1:{port}"
    return {**kept, "DATABASE_URL": url, "LOTSE_INSTANCE": str(folder), "LOTSE_PUBLIC_URL": public}


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_answer(port: int, path: str) -> None:
    """Return once the address answers with 2xx; raises ``TimeoutError``."""
    ends_at = time.monotonic() + PATIENCE
    while time.monotonic() < ends_at:
        try:
            if Client(port).get(path).status < 300:
                return
        except Unreachable:
            time.sleep(0.01)
    raise TimeoutError(f"no answer on port {port}")


def family(process: psutil.Process) -> list[psutil.Process]:
    """The process and all below it."""
    return [process, *process.children(recursive=True)]


def cpu_seconds(pid: int | None) -> float:
    """Processor time of a process and all below it so far, ended ones included; 0 for a process elsewhere."""
    if pid is None:
        return 0.0
    total = 0.0
    for each in family(psutil.Process(pid)):
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue  # its parent has its time now
        total += times.user + times.system
        total += times.children_user + times.children_system
    return total


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of one process: ``own`` counts what it shares with others by its share, ``resident`` fully."""

    own: int
    resident: int


def largest_memory(process: psutil.Process) -> Memory:
    """The largest process below this one, or itself if it is alone."""
    children = process.children(recursive=True) or [process]
    found = [each.memory_full_info() for each in children]
    return max((Memory(each.pss, each.rss) for each in found), key=lambda memory: memory.own)
