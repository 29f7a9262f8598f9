"""The keys of code lists that code works with are protected: none is missing, none is made up."""

import ast
from collections.abc import Iterator
from pathlib import Path

import yaml

from workflows.domain.relied_on import RELIED_ON
from workflows.domain.seed import DATA

ROOT = Path(__file__).parents[2]
# What a value is called in code, and the lists it may be of.
NAMED = {
    "channel": ("channel",),
    "confirmed": ("confirmation", "case_confirmation"),
    "consideration": ("consideration",),
    "decline_reason": ("decline_reason",),
    "legal_basis": ("legal_basis",),
    "office_task": ("office_task",),
    "outcome": ("case_outcome", "referral_outcome"),
    "reason": ("decline_reason",),
    "source": ("value_source",),
    "support_level": ("support_level",),
    "urgency": ("urgency",),
}


def listed() -> dict[str, set[str]]:
    """The keys of every list a new house begins with."""
    data = yaml.safe_load((DATA / "codes.yaml").read_text("utf-8"))
    return {name: {key for key, _german in entries} for name, entries in data.items()}


def compared() -> Iterator[tuple[str, str, str]]:
    """File, name and text of every comparison of a value with words written in code."""
    for folder in ("workflows/domain", "workflows/operators", "workflows/actions", "webapp"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Compare):
                    sides = [node.left, *node.comparators]
                    names = {getattr(side, "attr", getattr(side, "id", "")) for side in sides}
                    words = {
                        each.value
                        for side in sides
                        for each in ast.walk(side)
                        if isinstance(each, ast.Constant) and isinstance(each.value, str)
                    }
                    yield from ((path.name, name, word) for name in names & NAMED.keys() for word in words)


def test_every_protected_key_is_one_of_its_list() -> None:
    known = listed()
    assert {(name, key) for name, keys in RELIED_ON.items() for key in keys if key not in known.get(name, ())} == set()


def test_no_key_that_code_compares_with_is_left_unprotected() -> None:
    known = listed()
    unprotected = [
        (file, name, word)
        for file, name, word in compared()
        if any(word in known[each] for each in NAMED[name])
        and not any(word in RELIED_ON.get(each, ()) for each in NAMED[name])
    ]
    assert unprotected == []
