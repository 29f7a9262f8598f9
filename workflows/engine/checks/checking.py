"""One bundle through all checks."""

import logging
from collections.abc import Callable, Iterator

from workflows.decisions.checks import check_model
from workflows.decisions.shape import STOPPING
from workflows.engine.bundle import Bundle
from workflows.engine.catalogue import Catalogue
from workflows.engine.checks.events import check_events
from workflows.engine.checks.examined import Examined
from workflows.engine.checks.expressions import check_expressions, check_form_expressions
from workflows.engine.checks.fitting import check_fitting
from workflows.engine.checks.foreign import check_foreign
from workflows.engine.checks.forms import check_forms
from workflows.engine.checks.joins import check_joins
from workflows.engine.checks.languages import check_languages
from workflows.engine.checks.references import check_references
from workflows.engine.checks.stray import check_stray
from workflows.engine.checks.structure import check_structure
from workflows.engine.checks.tables import check_tables
from workflows.engine.checks.texts import check_texts
from workflows.engine.checks.unwritten import check_unwritten
from workflows.engine.checks.variables import check_variables
from workflows.engine.content import Content, read_content
from workflows.engine.findings import Finding, Severity
from workflows.engine.office_functions import OFFICE_FUNCTIONS

CHECKS: tuple[Callable[[Examined], Iterator[Finding]], ...] = (
    check_structure,
    check_joins,
    check_events,
    check_expressions,
    check_form_expressions,
    check_forms,
    check_references,
    check_unwritten,
    check_variables,
    check_fitting,
    check_tables,
    check_texts,
    check_languages,
)
MOST_FINDINGS = 500
MOST_ELEMENTS = 2_000
_log = logging.getLogger(__name__)


def check(bundle: Bundle, catalogue: Catalogue) -> list[Finding]:
    """All findings, errors first; only a bundle without errors may be deployed. Never raises."""
    return check_content(bundle, read_content(bundle, {**OFFICE_FUNCTIONS, **catalogue.functions}), catalogue)


def check_content(bundle: Bundle, content: Content, catalogue: Catalogue) -> list[Finding]:
    """Like ``check``, for content that was read already."""
    found: dict[tuple[str, str, str, str], Finding] = {}
    for finding in _all(bundle, content, catalogue):
        found.setdefault((finding.file, finding.element, finding.code, repr(sorted(finding.facts.items()))), finding)
    return sorted(found.values(), key=_order)[:MOST_FINDINGS]


def _order(finding: Finding) -> tuple[bool, str, str, str]:
    return finding.severity != "error", finding.file, finding.element, finding.code


def _all(bundle: Bundle, content: Content, catalogue: Catalogue) -> Iterator[Finding]:
    for fault in content.faults:
        yield Finding("error", fault.file, fault.element, fault.code, fault.facts)
    yield from check_stray(bundle, catalogue.languages)
    for path, xml in bundle.of_kind(".bpmn").items():
        yield from _tried(lambda: check_foreign(path, xml), path)  # noqa: B023 - consumed before the next turn
    for path, model in content.models.items():
        # Expressions that are no FEEL are faults already.
        for table in check_model(model):
            if table.code != "expression":
                facts = {"problem": table, "rules": table.rules}
                severity: Severity = "error" if table.code in STOPPING else "warning"
                yield Finding(severity, path, table.facts.get("decision", ""), f"table_{table.code}", facts)
    if content.parsed is None:
        return
    functions = {**OFFICE_FUNCTIONS, **catalogue.functions}
    examined = Examined(bundle, content, content.parsed, catalogue, functions)
    for refusal in content.parsed.refusals:
        yield examined.error(refusal.element_id, refusal.code, **refusal.facts)
    if len(content.parsed.elements) > MOST_ELEMENTS:
        yield examined.error(bundle.key, "too_many_elements", max=MOST_ELEMENTS)
        return
    for each in CHECKS:
        yield from _tried(lambda: each(examined), bundle.diagram)  # noqa: B023 - consumed before the next turn


def _tried(run: Callable[[], Iterator[Finding]], file: str) -> list[Finding]:
    try:
        return list(run())
    # Whatever a file contains, its owner gets a finding: a check that falls over is one more reason to refuse.
    except Exception as error:
        _log.error("a check fell over %s: %r", file, error)
        return [Finding("error", file, "", "check_failed", {"reason": type(error).__name__})]
