"""What a diagram names and somebody else must provide: forms, decisions, operators, groups, messages, texts."""

from collections.abc import Iterator

from workflows.engine.catalogue import Operator
from workflows.engine.checks.examined import Examined
from workflows.engine.dialect import Element
from workflows.engine.expressions import is_expression
from workflows.engine.findings import Finding
from workflows.feel import FeelBudgetError, FeelSyntaxError, compile_expression


def check_references(examined: Examined) -> Iterator[Finding]:
    """Everything that is named exists."""
    for element in examined.parsed.elements.values():
        content = examined.content
        # What exists but cannot be read is a finding at its own file.
        if element.form_id is not None and element.form_id not in {*content.forms, *content.unreadable}:
            yield examined.error(element.id, "unknown_form", form=element.form_id)
        tables_are_read = not any(path.endswith(".dmn") for path in content.unreadable)
        if element.decision_id is not None and element.decision_id not in content.decisions and tables_are_read:
            yield examined.error(element.id, "unknown_decision", decision=element.decision_id)
        if element.operator is not None:
            yield from _operator(examined, element, element.operator)
        yield from _group(examined, element)
        yield from _four_eyes(examined, element)
        yield from _message(examined, element)
    yield from _code_lists(examined)


def _operator(examined: Examined, element: Element, name: str) -> Iterator[Finding]:
    operator = examined.catalogue.operators.get(name)
    if operator is None:
        yield examined.error(element.id, "unknown_operator", operator=name)
        return
    given = {each.target.split(".")[0] for each in element.inputs}
    known = {parameter.name for parameter in operator.parameters}
    told = {"operator": name, "title": operator.label}
    for parameter in operator.parameters:
        if parameter.required and parameter.name not in given:
            label = parameter.label or parameter.name
            yield examined.error(element.id, "missing_parameter", **told, parameter=parameter.name, label=label)
    for extra in sorted(given - known):
        yield examined.error(element.id, "unknown_parameter", **told, parameter=extra)
    yield from _text(examined, element, operator)
    yield from _choices(examined, element, operator)


def _text(examined: Examined, element: Element, operator: Operator) -> Iterator[Finding]:
    naming = {parameter.name for parameter in operator.parameters if parameter.is_text}
    for each in element.inputs:
        if each.target not in naming:
            continue
        name = each.source if not is_expression(each.source) else constant(examined, each.source)
        if isinstance(name, str) and (name, "de") not in examined.content.texts:
            yield examined.error(element.id, "unknown_text", text=name)


def _choices(examined: Examined, element: Element, operator: Operator) -> Iterator[Finding]:
    """What is written there for good is one of what is possible; what is computed shows itself only in a case."""
    bound = {each.name: each for each in operator.parameters if each.choices or each.code_list}
    for each in element.inputs:
        if each.target not in bound:
            continue
        parameter = bound[each.target]
        found = each.source if not is_expression(each.source) else constant(examined, each.source)
        known = parameter.choices or examined.catalogue.code_lists.get(parameter.code_list, frozenset())
        for value in found if isinstance(found, list) else [found]:
            if value is not None and not (isinstance(value, str) and value in known):
                label, choices = parameter.label or parameter.name, ", ".join(sorted(known))
                yield examined.error(element.id, "unknown_choice", value=str(value), label=label, choices=choices)


def constant(examined: Examined, source: str) -> object:
    """The value of an expression that reads no variable, None for any other."""
    try:
        expression = compile_expression(source.strip().removeprefix("="), (), examined.functions)
        return None if expression.variables else expression.evaluate({}).value
    except (FeelSyntaxError, FeelBudgetError):
        return None


def _group(examined: Examined, element: Element) -> Iterator[Finding]:
    """A task is for a group that exists; a computed key can only be checked when the task is made."""
    if element.kind not in {"user_task", "manual_task"}:
        return
    groups = examined.catalogue.groups
    source = element.assignment.candidate_groups
    if source is not None:
        key = constant(examined, source) if is_expression(source) else source
        for each in key if isinstance(key, list) else [key]:
            if isinstance(each, str) and each.strip() not in groups:
                yield examined.error(element.id, "unknown_group", group=each)
    elif element.lane is not None:
        if f"group:{element.lane}" not in groups:
            lane = examined.parsed.lanes[element.lane].name if element.lane in examined.parsed.lanes else element.lane
            yield examined.error(element.id, "lane_without_group", lane=lane, group=f"group:{element.lane}")
    elif element.assignment.assignee is None:
        yield examined.error(element.id, "task_without_group")


def _four_eyes(examined: Examined, element: Element) -> Iterator[Finding]:
    for other in element.assignment.four_eyes:
        found = examined.parsed.elements.get(other)
        if found is None or found.kind != "user_task" or found.id == element.id or element.kind != "user_task":
            yield examined.error(element.id, "four_eyes_of_nothing", task=other)


def _message(examined: Examined, element: Element) -> Iterator[Finding]:
    trigger = element.trigger
    if trigger.kind == "message" and element.kind != "start_event" and element.operator is None:
        if trigger.name is not None and trigger.correlation_key is None:
            yield examined.error(element.id, "message_without_key", message=trigger.name)
    elif element.kind == "send_task" and element.operator is None and trigger.kind == "none":
        yield examined.error(element.id, "nothing_to_send")


def _code_lists(examined: Examined) -> Iterator[Finding]:
    for form_id, form in examined.content.forms.items():
        path = examined.content.form_files[form_id]
        for field in form.walk():
            if field.code_list and field.code_list not in examined.catalogue.code_lists:
                yield Finding("error", path, field.key or field.id, "unknown_code_list", {"list": field.code_list})
