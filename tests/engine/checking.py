"""A catalogue for the tests of checks, and the codes found in a bundle."""

from collections.abc import Mapping
from typing import Any

from tests.engine.diagrams import STRAIGHT, bundle
from workflows.core.tx import Tx
from workflows.engine.catalogue import Call, Catalogue, Operator, Parameter
from workflows.engine.checks import check
from workflows.engine.findings import Finding


def _nothing(tx: Tx, call: Call) -> None:
    return None


_MAIL = (
    Parameter("to"),
    Parameter("text", is_text=True),
    Parameter("link", False, choices=("none", "case_status")),
    Parameter("values", False),
    Parameter("topics", False, "Themen", code_list="topic"),
)
MAIL = Operator("mail.send", "Mail senden", _MAIL, _nothing)
CATALOGUE = Catalogue(
    operators={"mail.send": MAIL},
    groups=frozenset({"group:coordination"}),
    code_lists={"topic": frozenset({"school", "rooms"})},
)


def findings(inside: str = STRAIGHT, files: Mapping[str, bytes] | None = None, **more: Any) -> list[Finding]:
    """What the check says about one process with the form ``answer``."""
    return check(bundle(files, inside, **more), CATALOGUE)


def codes(inside: str = STRAIGHT, files: Mapping[str, bytes] | None = None, **more: Any) -> dict[str, set[str]]:
    """The elements found, by code."""
    found: dict[str, set[str]] = {}
    for finding in findings(inside, files, **more):
        found.setdefault(finding.code, set()).add(finding.element)
    return found


def errors(inside: str = STRAIGHT, files: Mapping[str, bytes] | None = None, **more: Any) -> set[str]:
    """The codes of errors."""
    return {finding.code for finding in findings(inside, files, **more) if finding.severity == "error"}
