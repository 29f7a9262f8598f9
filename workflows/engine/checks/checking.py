"""One bundle through all checks."""

from collections.abc import Iterator

from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Catalogue
from workflows.engine.content import Content, read_content
from workflows.engine.findings import Finding
from workflows.engine.office_functions import OFFICE_FUNCTIONS


def check(bundle: Bundle, catalogue: Catalogue) -> list[Finding]:
    """All findings, errors first; only a bundle without errors may be deployed."""
    return check_content(bundle, read_content(bundle, {**OFFICE_FUNCTIONS, **catalogue.functions}), catalogue)


def check_content(bundle: Bundle, content: Content, catalogue: Catalogue) -> list[Finding]:
    """Like ``check``, for content that was read already."""
    return sorted(
        _all(bundle, content, catalogue),
        key=lambda each: (each.severity != "error", each.file, each.element, each.code),
    )


def _all(bundle: Bundle, content: Content, catalogue: Catalogue) -> Iterator[Finding]:
    for fault in content.faults:
        yield Finding("error", fault.file, fault.element, fault.code, fault.facts)
    if content.parsed is not None:
        for refusal in content.parsed.refusals:
            yield Finding("error", bundle.diagram, refusal.element_id, refusal.code, refusal.facts)
