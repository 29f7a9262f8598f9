"""Variables: who sets which, what hides them, and branches that overwrite each other."""

import functools
import operator
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from workflows.engine.checks.examined import Examined, Graph
from workflows.engine.checks.uses import Use, uses
from workflows.engine.dialect import Element
from workflows.engine.findings import Finding
from workflows.feel import Expression, FeelSyntaxError, compile_expression

#: Names that the engine itself provides inside multi-instance activities and form rows.
PROVIDED = frozenset(
    {
        "loopCounter",
        "numberOfInstances",
        "numberOfCompletedInstances",
        "numberOfActiveInstances",
        "numberOfTerminatedInstances",
        "this",
        "parent",
    }
)
SHORTEST_TYPING_MISTAKE = 5
SIMILAR = 0.85


def check_variables(examined: Examined) -> Iterator[Finding]:
    """Hidden from the rest of its expression; written in parallel."""
    yield from _hidden(examined)
    for process, graph in examined.processes():
        setting = _setting(examined, graph)
        for element in process.elements.values():
            if element.kind in {"parallel_gateway", "inclusive_gateway"} and len(element.outgoing) > 1:
                yield from _overwritten(examined, element, graph, setting)


def started_with(examined: Examined) -> frozenset[str] | None:
    """The names a case begins with; None where whoever starts one may give whatever they like."""
    form = examined.content.forms.get(examined.bundle.key)
    asked = form.written() if form is not None else frozenset()
    given = examined.catalogue.variables.get(examined.bundle.key)
    if given is not None:
        return given | asked
    return frozenset() if _starts_by_itself(examined) else None


def _starts_by_itself(examined: Examined) -> bool:
    """Whether only a clock begins this process, which hands nothing in."""
    process = examined.parsed.processes.get(examined.bundle.key)
    starts = [each for each in process.elements.values() if each.kind == "start_event"] if process else []
    return bool(starts) and all(each.trigger.kind == "timer" for each in starts)


def known_variables(examined: Examined) -> set[str]:
    """Every name that something sets somewhere: elements, the forms they show, the start, the engine."""
    written = {name for each in examined.parsed.elements.values() for name in writes(examined, each)}
    return written | PROVIDED | (started_with(examined) or frozenset())


def similar_name(name: str, known: Iterable[str]) -> str:
    """A known name that this one is probably a mistyped form of; singular and plural are two names."""
    if len(name) < SHORTEST_TYPING_MISTAKE:
        return ""
    found = [each for each in get_close_matches(name, known, 3, SIMILAR) if name.rstrip("s") != each.rstrip("s")]
    return found[0] if found else ""


def _hidden(examined: Examined) -> Iterator[Finding]:
    """``{ amount: amount * 2, fee: amount / 10 }``: the second entry reads the first, not the variable."""
    known = known_variables(examined)
    for file, element_id, expression in _expressions(examined):
        for name in sorted(expression.hidden & known):
            yield Finding("warning", file, element_id, "hidden_by_entry", {"variable": name})


def _expressions(examined: Examined) -> Iterator[tuple[str, str, Expression]]:
    """File, element and every expression that compiles, those of forms too."""
    for use in uses(examined.parsed):
        if use.is_expression and (expression := compiled(examined, use)) is not None:
            yield examined.file_of(use.element_id), use.element_id, expression
    for form_id, form in examined.content.forms.items():
        for field_id, _, expression in form.expressions():
            yield examined.content.form_files[form_id], field_id, expression


def compiled(examined: Examined, use: Use) -> Expression | None:
    """The expression of a use, None where it is no FEEL: a finding of its own."""
    try:
        return compile_expression(use.feel, (), examined.functions)
    except FeelSyntaxError:
        return None


def writes(examined: Examined, element: Element) -> set[str]:
    """The names an element is known to set, its own inputs included."""
    names = {each.target.split(".")[0] for each in element.outputs} | handed_in(element)
    names |= {name for name in (element.result_variable, element.decision_id) if name}
    return names | results(examined, element)


def handed_in(element: Element) -> set[str]:
    """The names that only an element and what it holds can see."""
    loop = element.loop
    seen = {loop.item, loop.output_collection} if loop is not None else set()
    return {each.target.split(".")[0] for each in element.inputs} | {name for name in seen if name}


def passed_on(examined: Examined, element: Element) -> set[str]:
    """The names that are set once an element is over; each run of a repetition keeps its own to itself."""
    loop = element.loop
    return results(examined, element) if loop is None else {name for name in (loop.output_collection,) if name}


def results(examined: Examined, element: Element) -> set[str]:
    """The names an element sets in the scope around it, as far as the bundle tells."""
    if element.outputs:
        return {each.target.split(".")[0] for each in element.outputs}
    if element.kind == "business_rule_task":
        return {element.result_variable or element.decision_id or ""}
    if element.kind == "script_task":
        return {element.result_variable} if element.result_variable else set()
    if element.operator is not None:
        return set(_returned(examined, element) or ())
    form = examined.content.forms.get(element.form_id or "")
    return set(form.written()) if form is not None and element.kind == "user_task" else set()


def writes_unknown(examined: Examined, element: Element) -> bool:
    """Whether results come in whose names stand neither in the diagram nor in the catalogue."""
    if element.outputs:
        return False
    if element.operator is not None:
        return element.operator in examined.catalogue.operators and _returned(examined, element) is None
    if element.kind == "user_task" and element.form_id is not None:
        return element.form_id not in examined.content.forms
    return element.kind == "receive_task"


def _returned(examined: Examined, element: Element) -> frozenset[str] | None:
    operator = examined.catalogue.operators.get(element.operator or "")
    return operator.known_results if operator is not None else None


def _overwritten(examined: Examined, fork: Element, graph: Graph, setting: Mapping[str, set[str]]) -> Iterator[Finding]:
    """Two branches of a fork that set the same variable before they meet; the later one wins by chance."""
    heads = [head for head in dict.fromkeys(graph.after[fork.id]) if graph.elements[head].attached_to is None]
    setters = sum(graph.bit[key] for key in setting)
    ways = [graph.ahead[head] for head in heads]
    together = functools.reduce(operator.and_, ways) if ways else 0
    first: dict[str, str] = {}
    seen: set[str] = set()
    for way in ways:
        for name, key in _set_on(graph, way & ~together & setters, setting).items():
            # One element on both ways is one writer.
            if first.setdefault(name, key) != key and name not in seen:
                seen.add(name)
                facts = {"variable": name, "first": _shown(graph, first[name]), "second": _shown(graph, key)}
                yield examined.warning(fork.id, "parallel_writes", **facts)


def _setting(examined: Examined, graph: Graph) -> dict[str, set[str]]:
    """The elements that set something in the process around them, and what; repetitions keep theirs to themselves."""
    return {
        key: names
        for key, element in graph.elements.items()
        # What an operator always returns, wanted or not, is left out.
        if (element.operator is None or element.outputs) and (names := passed_on(examined, element))
    }


def _set_on(graph: Graph, way: int, setting: Mapping[str, set[str]]) -> dict[str, str]:
    return {name: key for key in sorted(graph.within(way)) for name in sorted(setting[key])}


def _shown(graph: Graph, key: str) -> str:
    return graph.elements[key].name or key
