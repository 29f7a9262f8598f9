"""What the check says about a bundle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from workflows.core.errors import LotseError

Severity = Literal["error", "warning", "change"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: in which file, at which element or field, and the facts of its sentence."""

    severity: Severity
    file: str
    element: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class BundleRefused(LotseError):
    """A bundle with errors cannot be deployed; ``findings`` are all of them, warnings too."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("bundle_refused", errors=sum(each.severity == "error" for each in findings))
        self.findings = list(findings)
