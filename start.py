#!/usr/bin/env python3
"""Sets Lotse up beside itself (.venv) and runs it; needs nothing but Python.

python3 start.py                 web server and worker (lotse run)
python3 start.py --demo          the same with demo users and cases
python3 start.py test [--quick]  everything a change must pass
python3 start.py COMMAND …       any other lotse command, see python3 start.py --help
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
BINARIES = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BINARIES / "python"
STAMP = ENVIRONMENT / "lotse-installed"
WITH_TESTS = "with tests"


def main(arguments: list[str]) -> None:
    """Install what is missing, then become the program that was asked for."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the one file an older Python gets to read
        sys.exit("Lotse braucht Python 3.11 oder neuer. Diese Version ist " + sys.version.split()[0] + ".")
    testing = arguments[:1] == ["test"]
    install(testing)
    if testing:
        become([str(PYTHON), str(ROOT / "tests" / "run.py"), *arguments[1:]])
    elif arguments[:1] in (["-h"], ["--help"]):
        print(__doc__, flush=True)
        become([str(BINARIES / "lotse"), "--help"])
    elif not arguments or arguments[0].startswith("-"):
        become([str(BINARIES / "lotse"), "run", *arguments])
    else:
        become([str(BINARIES / "lotse"), *arguments])


def become(command: list[str]) -> None:
    """Replace this process, so that Ctrl-C and exit codes belong to the program itself."""
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def install(testing: bool) -> None:
    """Make the virtual environment and install into it, unless nothing changed since the last time."""
    stamp = sources_stamp()
    installed = STAMP.read_text().splitlines() if STAMP.is_file() else []
    if installed[:1] == [stamp] and (not testing or WITH_TESTS in installed):
        return
    # What was once installed for testing stays so: the next plain start must not differ.
    testing = testing or WITH_TESTS in installed
    print("Lotse wird eingerichtet. Das dauert beim ersten Mal etwa eine Minute …", flush=True)
    if not PYTHON.exists():
        make_environment()
    target = f"{ROOT}[test]" if testing else str(ROOT)
    options = ["-qq", "--disable-pip-version-check", "-c", str(ROOT / "constraints.txt")]
    if subprocess.call([*pip(), "install", *options, "-e", target], cwd=ROOT):
        sys.exit("Die Einrichtung ist gescheitert; die Meldungen oben nennen den Grund.")
    # Once now and not at every start: many machines forbid programs to write beside their code.
    subprocess.call([str(PYTHON), "-m", "compileall", "-q", "workflows", "webapp"], cwd=ROOT)
    STAMP.write_text("\n".join([stamp, WITH_TESTS] if testing else [stamp]))


def make_environment() -> None:
    """A virtual environment; Debian without python3-venv has no ensurepip, there the system's pip serves it."""
    try:
        venv.create(ENVIRONMENT, with_pip=True)
    except subprocess.CalledProcessError:
        venv.create(ENVIRONMENT, with_pip=False, clear=True)


def pip() -> list[str]:
    """The command that installs into the environment."""
    own = [str(PYTHON), "-m", "pip"]
    system = [sys.executable, "-m", "pip"]
    if answers([*own, "--version"]):
        return own
    if answers([*system, "--version"]):
        return [*system, "--python", str(PYTHON)]
    sys.exit("Es fehlt pip. Bitte installieren Sie das Paket python3-venv oder python3-pip und starten Sie neu.")


def answers(command: list[str]) -> bool:
    """Whether a command can be run at all."""
    return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def sources_stamp() -> str:
    """A digest of everything the installation is made from, except the Python code itself (it is used in place)."""
    files = [ROOT / name for name in ("pyproject.toml", "constraints.txt", "hatch_build.py")]
    for folder, pattern in (("frontend", "*"), ("translations", "*.po")):
        found = (ROOT / "webapp" / folder).rglob(pattern)
        files += sorted(path for path in found if path.is_file() and "node_modules" not in path.parts)
    digest = hashlib.sha256(f"{ROOT} {sys.version_info[:2]}".encode())
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


if __name__ == "__main__":
    main(sys.argv[1:])
