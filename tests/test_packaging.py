"""What a fresh clone needs: everything pinned, nothing that points at one network or one machine."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.util import cache_from_source
from pathlib import Path

import pytest

import start
from tests import run

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINNED = dict(
    line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")
)
NAME = re.compile(r"^[A-Za-z0-9_.-]+")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_dependency_is_pinned() -> None:
    project = PROJECT["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {canonical(found[0]) for item in wanted if (found := NAME.match(item))}
    assert names - {canonical(name) for name in PINNED} == set()


def test_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "webapp" / "frontend" / "package-lock.json").read_text("utf-8"))
    packages = [entry for name, entry in lock["packages"].items() if name]
    assert packages
    assert [entry for entry in packages if "resolved" in entry] == []
    assert all("integrity" in entry for entry in packages)


def test_npm_runs_no_scripts_of_dependencies() -> None:
    assert "ignore-scripts=true" in (ROOT / "webapp" / "frontend" / ".npmrc").read_text("utf-8")


def test_front_end_is_built_in_both_directions() -> None:
    dist = ROOT / "webapp" / "static" / "dist"
    for name in ("lotse.css", "lotse.rtl.css", "draft.js", "live.js", "diagram.js", "diagram.css", "icon.svg"):
        assert (dist / name).stat().st_size > 0, name
    assert "http" not in re.sub(r"data:[^)]*|http://www\.w3\.org", "", (dist / "lotse.css").read_text("utf-8"))


def test_set_up_leaves_no_code_to_be_compiled_at_every_start() -> None:
    modules = [path for name in ("workflows", "webapp") for path in (ROOT / name).rglob("*.py")]
    own = [path for path in modules if "node_modules" not in path.parts]
    assert len(own) > 400
    assert [str(path) for path in own if not Path(cache_from_source(str(path))).is_file()] == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_translations_are_compiled(language: str) -> None:
    catalogue = ROOT / "webapp" / "translations" / language / "LC_MESSAGES" / "messages.mo"
    assert catalogue.stat().st_size > 0


def test_starter_needs_only_the_standard_library() -> None:
    source = (ROOT / "start.py").read_text("utf-8")
    imported = set(re.findall(r"^(?:import|from) (\w+)", source, re.MULTILINE))
    assert imported <= sys.stdlib_module_names


def test_starter_installs_again_only_when_something_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyproject.toml", "constraints.txt", "hatch_build.py"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(start, "ROOT", tmp_path)
    before = start.sources_stamp()
    assert start.sources_stamp() == before
    (tmp_path / "constraints.txt").write_text("Flask==3.1.3")
    assert start.sources_stamp() != before


def test_quick_run_leaves_out_only_the_slow_parts() -> None:
    quick = [part.name for part in run.tests(quick=True)]
    full = [part.name for part in run.tests(quick=False)]
    assert set(quick) < set(full)
    assert "faults" in full


def test_missing_browser_fails_on_the_build_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", "true")
    assert "browser journeys" in [part.name for part in run.tests(quick=False)]
    monkeypatch.delenv("CI")
    assert "browser journeys" not in [part.name for part in run.tests(quick=False)]


def test_build_server_runs_exactly_what_people_run() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    lines = [line for line in script.read_text("utf-8").splitlines() if line]
    assert lines[-1] == "exec python3 start.py test"
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
