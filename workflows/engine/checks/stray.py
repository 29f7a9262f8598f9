"""Files that lie in a bundle and mean something to nobody: their names are not those that are looked for."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from workflows.engine.bundle import SCENARIO, Bundle
from workflows.engine.findings import Finding

BY_FOLDER = {"texts": "stray_text", "translations": "stray_translations", "scenarios": "stray_scenario"}
PARTS = frozenset({".bpmn", ".form", ".dmn"})


def check_stray(bundle: Bundle, languages: frozenset[str]) -> Iterator[Finding]:
    """What was meant for the process and is not read; notes and the like may lie there."""
    for path in bundle.ignored:
        place = PurePosixPath(path)
        code = BY_FOLDER.get(place.parts[0]) if len(place.parts) > 1 else None
        if place.suffix in PARTS:
            code = "stray_part"
        if code is not None and not SCENARIO.fullmatch(path):
            facts = {"languages": ", ".join(sorted(languages)) or "en, tr, …"}
            yield Finding("warning", path, "", code, facts)
