"""Names in decisions and texts in cells of their tables, held against what the steps set and offer."""

from collections.abc import Callable, Iterator, Mapping

from workflows.decisions.checks import Finding as TableFinding
from workflows.decisions.elements import Key, Service
from workflows.decisions.naming import Supply, check_names, reached
from workflows.engine.checks.asked import asked_fields
from workflows.engine.checks.examined import Examined
from workflows.engine.checks.unwritten import Names
from workflows.engine.checks.variables import PROVIDED, started_with, writes_unknown
from workflows.engine.dialect import Element
from workflows.engine.findings import Finding, Severity
from workflows.forms.model import CHOICES, Field

#: What a decision would be wrong with in every case, provided that all names of the bundle are known.
ALWAYS_WRONG = frozenset({"text_without_quotes", "unknown_in_cell", "unknown_in_formula", "unknown_input"})

#: What whoever starts such a process may give: told only where nobody can.
UNSURE = frozenset({"unknown_in_cell", "unknown_in_formula", "unknown_input"})

#: So many steps that decide by one table are looked at one by one.
MOST_STEPS = 50


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


def _known_to_decisions(examined: Examined) -> Callable[[Key], Supply | None]:
    """The names an element can read, by each step that decides by it and each service around it."""
    names = Names(examined)
    always = PROVIDED.union(examined.functions)
    ways: dict[Key, dict[str, frozenset[str]]] = {}
    services: dict[Key, set[str]] = {}
    for decision, steps in _steps(examined).items():
        model = examined.content.decisions[decision]
        known = {step.name or step.id: always | names.perhaps_at(step.id) for step in steps[:MOST_STEPS]}
        for key, inside in reached(model, decision):
            service = model.elements[inside] if inside is not None else None
            if isinstance(service, Service):
                inputs = frozenset(each.name for each in service.inputs)
                ways.setdefault(key, {})[service.name] = inputs.union(examined.functions)
                services.setdefault(key, set()).add(service.name)
            elif not isinstance(model.elements[key], Service) or decision in {key[1], model.elements[key].name}:
                # A service that a decision calls is given its inputs there.
                ways.setdefault(key, {}).update(known)
    return lambda key: Supply(ways[key], frozenset(services.get(key, ()))) if ways.get(key) else None


def _steps(examined: Examined) -> dict[str, list[Element]]:
    """The steps that decide by each decision or service."""
    found: dict[str, list[Element]] = {}
    for element in examined.parsed.elements.values():
        if element.kind == "business_rule_task" and element.decision_id in examined.content.decisions:
            found.setdefault(element.decision_id, []).append(element)
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
