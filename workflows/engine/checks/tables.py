"""Names and texts in the cells of decision tables, held against what the steps of the bundle set and offer."""

from collections.abc import Callable, Collection, Iterator, Mapping

from workflows.decisions import DecisionModel
from workflows.decisions.checks import Finding as TableFinding
from workflows.decisions.naming import check_names
from workflows.engine.checks.examined import Examined
from workflows.engine.checks.unwritten import Names
from workflows.engine.checks.variables import (
    PROVIDED,
    handed_in,
    known_variables,
    passed_on,
    started_with,
    writes_unknown,
)
from workflows.engine.findings import Finding, Severity
from workflows.forms import Form
from workflows.forms.model import CHOICES, Field

#: What a table would be wrong with in every case, provided that all names of the bundle are known.
ALWAYS_WRONG = frozenset({"text_without_quotes", "unknown_in_cell", "unknown_input"})

#: What whoever starts such a process may give: told only where nobody can.
UNSURE = frozenset({"unknown_in_cell", "unknown_input"})
#: What a table inside it, or called by it, reads before anything else.
HOLDING = frozenset({"business_rule_task", "sub_process", "call_activity"})


def check_tables(examined: Examined) -> Iterator[Finding]:
    """Words without quotation marks, names nobody sets, texts nobody can choose."""
    elements = examined.parsed.elements.values()
    is_certain = started_with(examined) is not None and not any(writes_unknown(examined, each) for each in elements)
    values = _choices(examined)
    names = _known_to_decisions(examined)
    for path, model in examined.content.models.items():
        for code, rules, facts in check_names(model, names, values):
            if code in UNSURE and not is_certain:
                continue
            problem = TableFinding(code, rules, facts)
            severity: Severity = "error" if is_certain and code in ALWAYS_WRONG else "warning"
            told = {"problem": problem, "rules": rules}
            yield Finding(severity, path, facts["decision"], f"table_{code}", told)


def _known_to_decisions(examined: Examined) -> Callable[[str], Collection[str]]:
    """The names a decision can read: those known at the steps that decide by it; everything where none does."""
    names = Names(examined)
    always = PROVIDED | examined.functions.keys()
    found: dict[str, frozenset[str]] = {}
    for element in examined.parsed.elements.values():
        if element.kind == "business_rule_task" and element.decision_id in examined.content.decisions:
            known = names.perhaps_at(element.id)
            for decision in _deciding(examined.content.decisions[element.decision_id], element.decision_id):
                found[decision] = found.get(decision, always) | known
    everything = known_variables(examined) | always
    return lambda decision: found.get(decision, everything)


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
    open_to_anything: set[str] = set()
    for form, names in _asking(examined):
        fields = {field.key: field for field in form.walk() if field.key} if form is not None else {}
        for name in names:
            offered = _offered(examined, fields[name]) if name in fields else None
            if offered is None:
                open_to_anything.add(name)
            else:
                found[name] = found.get(name, frozenset()) | offered
    return {name: offered for name, offered in found.items() if name not in open_to_anything}


def _asking(examined: Examined) -> Iterator[tuple[Form | None, frozenset[str]]]:
    """Who sets which names; a form where it asks for them, None for everybody else."""
    forms = examined.content.forms
    beginning = forms.get(examined.bundle.key)
    asked = beginning.written() if beginning is not None else frozenset()
    yield beginning, asked
    yield None, (started_with(examined) or frozenset()) - asked
    for element in examined.parsed.elements.values():
        plain = element.kind == "user_task" and not element.outputs and element.loop is None
        yield forms.get(element.form_id or "") if plain else None, frozenset(passed_on(examined, element))
        if element.kind in HOLDING:
            yield None, frozenset(handed_in(element))


def _offered(examined: Examined, field: Field) -> frozenset[str] | None:
    if field.kind not in CHOICES or field.options_from is not None:
        return None
    if field.code_list:
        return examined.catalogue.code_lists.get(field.code_list) or None
    return frozenset(option.key for option in field.options)
