"""Runs everything a change must pass, part by part, and sums it up: ``python3 start.py test [--quick]``."""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BINARIES = Path(sys.executable).parent
TWO_AT_A_TIME = ("-n", "2", "--dist", "worksteal")
SLOW = ("tests/faults", "tests/e2e")
BROWSER = "chromium-headless-shell"
MEMORY = "/dev/shm"
ROOM = 4 * 2**30


@dataclass(frozen=True)
class Part:
    """One thing that must pass: its name in the summary and the command."""

    name: str
    command: Sequence[str]


def main() -> int:
    """Run the parts, print the summary; the exit code is 0 only when all passed."""
    parser = argparse.ArgumentParser(prog="start.py test", description="Runs everything a change must pass.")
    parser.add_argument(
        "--quick", action="store_true", help="leave out browser journeys and fault tests (under 5 minutes)"
    )
    parser.add_argument("rest", nargs="*", help="arguments for pytest: run only these tests")
    arguments, unknown = parser.parse_known_args()
    chosen = [*arguments.rest, *unknown]
    parts = [pytest_part("tests", *chosen)] if chosen else [*checks(), *tests(quick=arguments.quick)]
    results = [(part, *run(part)) for part in parts]
    print("\n" + "=" * 60)
    for part, code, seconds in results:
        print(f"{'ok    ' if code == 0 else 'FAILED'}  {seconds:7.1f} s  {part.name}")
    print("=" * 60)
    return 0 if all(code == 0 for _, code, _ in results) else 1


def checks() -> list[Part]:
    """What reads the code without running it."""
    return [
        Part("ruff check", [str(BINARIES / "ruff"), "check", "."]),
        Part("ruff format", [str(BINARIES / "ruff"), "format", "--check", "."]),
        Part("mypy --strict", [str(BINARIES / "mypy")]),
        Part("import contracts", [str(BINARIES / "lint-imports")]),
    ]


def tests(*, quick: bool) -> list[Part]:
    """The tests from the ground floor up; the slow ones last, in parts of their own."""
    without_slow = [f"--ignore={folder}" for folder in SLOW]
    # Two at a time: one waits for the database, or its browser, while the other computes. Kills want the machine alone.
    parts = [pytest_part("tests", "tests", *without_slow, *TWO_AT_A_TIME)]
    if quick:
        return parts
    parts.append(pytest_part("faults", "tests/faults"))
    if shutil.which(BROWSER) or os.environ.get("CI") == "true":
        parts.append(pytest_part("browser journeys", "tests/e2e", *TWO_AT_A_TIME))
    else:
        print(f"No {BROWSER} on this machine: the browser journeys are left out (with CI=true they would fail).")
    return parts


def pytest_part(name: str, *arguments: str) -> Part:
    """A run of pytest; ``arguments`` are its own."""
    return Part(name, [sys.executable, "-m", "pytest", *arguments])


def run(part: Part) -> tuple[int, float]:
    """Exit code and seconds; a folder without tests yet (pytest's code 5) is no failure."""
    print(f"\n--- {part.name}", flush=True)
    began = time.monotonic()
    code = subprocess.run(part.command, cwd=ROOT, env=os.environ | in_memory(), check=False).returncode
    return code, time.monotonic() - began


def in_memory() -> dict[str, str]:
    """The databases of the tests lie in memory where there is room: thousands are made and thrown away."""
    if os.environ.get("TMPDIR") or not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        return {}
    return {"TMPDIR": MEMORY}


if __name__ == "__main__":
    sys.exit(main())
