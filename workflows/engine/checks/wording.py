"""Findings in words."""

from collections.abc import Mapping
from typing import Any

from workflows.core import xml_faults
from workflows.decisions import DecisionModelError
from workflows.decisions import messages as decision_messages
from workflows.decisions.checks import Finding as TableFinding
from workflows.engine.checks import words_scenarios
from workflows.engine.checks.words import PLACES, WORDS
from workflows.engine.findings import Finding
from workflows.feel import FeelSyntaxError, Warning  # noqa: A004 - the standard's word
from workflows.feel.messages import explain

SEVERITIES = {"error": ("Fehler", "error"), "warning": ("Hinweis", "warning"), "change": ("Geändert", "changed")}

#: Why the machine gives a file or folder to nobody, by errno.
NOT_READ = {
    "ENOENT": ("Es gibt sie nicht.", "It does not exist."),
    "EACCES": ("Die Berechtigung dazu fehlt.", "The permission is missing."),
    "ENAMETOOLONG": ("Der Name ist zu lang.", "The name is too long."),
}


class _Facts(dict[str, Any]):
    """Facts for a sentence; one that is missing is shown as a dash instead of failing."""

    def __missing__(self, key: str) -> str:
        return "–"


def finding_text(finding: Finding, language: str = "de") -> str:
    """One sentence or two: what is wrong and what to do, in German ("de") or English (anything else)."""
    return sentence(finding.code, finding.facts, language)


def sentence(code: str, facts: Mapping[str, Any], language: str = "de") -> str:
    """The words for a code with its facts, also for ``BundleUnreadable``."""
    problem = facts.get("problem")
    if isinstance(problem, TableFinding):
        return decision_messages.explain_finding(problem, language) + "."
    column = 0 if language == "de" else 1
    words = WORDS.get(code)
    if words is None:
        return _of_decision(code, facts, language)
    filled = _Facts({name: _fact(name, value, column) for name, value in facts.items()})
    if isinstance(problem, FeelSyntaxError | Warning):
        filled["explained"] = explain(problem, language)
    if code == "scenario_unreadable":
        filled["reason"] = words_scenarios.reason(facts, column)
    return words[column].format_map(filled).strip()


def _fact(name: str, value: Any, column: int) -> Any:
    if name in {"place", "where"} and value in PLACES:
        return PLACES[value][column]
    if name == "reason" and value in NOT_READ:
        return NOT_READ[value][column]
    if name == "fault":
        return xml_faults.words(value, column)
    if name == "similar":
        return (f" Meinten Sie „{value}“?", f' Did you mean "{value}"?')[column] if value else ""
    if name == "stops":
        return (" Der Vorgang bliebe hier stehen.", " The case would stand still here.")[column] if value else ""
    return value


def _of_decision(code: str, facts: Mapping[str, Any], language: str) -> str:
    error = DecisionModelError(code.removeprefix("decision_"), **{name: str(fact) for name, fact in facts.items()})
    try:
        return decision_messages.explain_error(error, language)
    except KeyError:
        # A code without words still tells somebody something.
        return code.replace("_", " ")


def line(finding: Finding, language: str = "de") -> str:
    """One line for a terminal: severity, file, element and what is wrong."""
    column = 0 if language == "de" else 1
    name = finding.facts.get("name")
    element = f"{finding.element} „{name}“" if name and name != finding.element else finding.element
    place = f"{finding.file}: {element}" if element else finding.file
    return f"{SEVERITIES[finding.severity][column]}  {place}: {finding_text(finding, language)}"
