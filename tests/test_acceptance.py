"""The list of promises names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`(tests/[\w/]+\.py)?(?:::(\w+))?`")


def test_every_test_named_in_the_list_exists() -> None:
    missing = []
    for line in (ROOT / "tests/acceptance.md").read_text("utf-8").splitlines():
        path = ""
        for file, name in NAMED.findall(line):
            path = file or path  # a name alone belongs to the file named before it
            if not path:
                continue
            found = ROOT / path
            if not found.exists() or (name and f"def {name}(" not in found.read_text("utf-8")):
                missing.append(f"{path}::{name}")
    assert missing == []
