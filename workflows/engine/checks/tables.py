"""Names in decisions and texts in cells of their tables, held against what the steps set and offer."""

from collections.abc import Callable, Collection, Iterator, Mapping

from workflows.decisions import DecisionModel
from workflows.decisions.checks import Finding as TableFinding
from workflows.decisions.naming import check_names
from workflows.engine.checks.asked import asked_fields
from workflows.engine.checks.examined import Examined
from workflows.engine.checks.unwritten import Names
from workflows.engine.checks.variables import (
    PROVIDED,
    started_with,
    writes_unknown,
)
from workflows.engine.findings import Finding, Severity
from workflows.forms.model import CHOICES, Field

#: What a decision would be wrong with in every case, provided that all names of the bundle are known.
ALWAYS_WRONG = frozenset({"text_without_quotes", "unknown_in_cell", "unknown_in_formula", "unknown_input"})

#: What whoever starts such a process may give: told only where nobody can.
UNSURE = frozenset({"unknown_in_cell", "unknown_in_formula", "unknown_input"})


def check_tables(examined: Examined) -> Iterator[Finding]:
    """Words without quotation marks, names nobody sets, texts nobody can choose."""
    elements = examined.parsed.elements.values()
    is_certain = started_with(examined) is not None and not any(writes_unknown(examined, each) for each in elements)
    values = _choices(examined)
    names = _known_to_decisions(examined)
    for path, model in examined.content.models.items():
        for code, rules, facts in check_names(model, names, values):
            if not is_certain and (code in UNSURE or examined.content.unreadable):
                continue
            problem = TableFinding(code, rules, facts)
            severity: Severity = "error" if is_certain and code in ALWAYS_WRONG else "warning"
            told = {"problem": problem, "rules": rules}
            yield Finding(severity, path, facts["decision"], f"table_{code}", told)


def _known_to_decisions(examined: Examined) -> Callable[[str], Collection[str] | None]:
    """The names a decision can read: those known at the steps that decide by it; None where no step does."""
    names = Names(examined)
    always = PROVIDED | examined.functions.keys()
    found: dict[str, frozenset[str]] = {}
    for element in examined.parsed.elements.values():
        if element.kind == "business_rule_task" and element.decision_id in examined.content.decisions:
            known = names.perhaps_at(element.id)
            for decision in _deciding(examined.content.decisions[element.decision_id], element.decision_id):
                found[decision] = found.get(decision, always) | known
    return found.get


def _deciding(model: DecisionModel, decision: str) -> set[str]:
    """A decision with all that it requires, by their ids."""
    found: set[str] = set()
    waiting = [decision]
    while waiting:
        key = waiting.pop()
        element = next((each for each in model.elements.values() if each.key[1] == key), None)
        if element is not None and key not in found:
            found.add(key)
            waiting += [each.key[1] for each in getattr(element, "requirements", ())]
    return found


def _choices(examined: Examined) -> Mapping[str, frozenset[str]]:
    """All texts a variable may have, for those that only choices of forms set."""
    found: dict[str, frozenset[str]] = {}
    for name, fields in asked_fields(examined).items():
        offered = [_offered(examined, field) for field in fields]
        if None not in offered:
            found[name] = frozenset().union(*filter(None, offered))
    return found


def _offered(examined: Examined, field: Field) -> frozenset[str] | None:
    if field.kind not in CHOICES or field.options_from is not None:
        return None
    if field.code_list:
        return examined.catalogue.code_lists.get(field.code_list) or None
    return frozenset(option.key for option in field.options)
