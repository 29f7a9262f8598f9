"""Variables: names nobody writes, and branches that overwrite each other. Only what is nearly certain is reported."""

from collections import Counter
from collections.abc import Iterable, Iterator
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
#: Comparing spellings is slow; a diagram with more unknown names than this is not a matter of typing mistakes.
MOST_JUDGED = 200


def check_variables(examined: Examined) -> Iterator[Finding]:
    """Read but never written; hidden from the rest of its expression; written in parallel."""
    yield from _unwritten(examined)
    yield from _hidden(examined)
    for process, graph in examined.processes():
        for element in process.elements.values():
            if element.kind in {"parallel_gateway", "inclusive_gateway"} and len(element.outgoing) > 1:
                yield from _overwritten(examined, element, graph)


def known_variables(examined: Examined) -> set[str]:
    """Every name that something sets somewhere: elements, forms, the start, the engine."""
    written = {name for each in examined.parsed.elements.values() for name in writes(examined, each)}
    for form in examined.content.forms.values():
        written |= {field.key for field in form.walk() if field.key}
    return written | PROVIDED | examined.catalogue.variables.get(examined.bundle.key, frozenset())


def _unwritten(examined: Examined) -> Iterator[Finding]:
    known = known_variables(examined)
    started = examined.catalogue.variables.get(examined.bundle.key)
    reads = list(_reads(examined))
    often = Counter(name for _, _, name in reads)
    # Results of operators and messages without output mapping have names that stand in no diagram.
    is_certain = started is not None and not any(
        _writes_unknown(examined, each) for each in examined.parsed.elements.values()
    )
    judged = 0
    for file, element_id, name in reads:
        if name in known:
            continue
        judged += 1
        similar = similar_name(name, known) if often[name] == 1 and judged <= MOST_JUDGED else ""
        if is_certain or similar:
            yield Finding("warning", file, element_id, "never_written", {"variable": name, "similar": similar})


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


def _reads(examined: Examined) -> Iterator[tuple[str, str, str]]:
    """File, element and name of every variable an expression reads from outside its element."""
    for file, element_id, expression in _expressions(examined, without="output"):
        for name in sorted(expression.variables):
            yield file, element_id, name


def _expressions(examined: Examined, without: str = "") -> Iterator[tuple[str, str, Expression]]:
    """File, element and every expression that compiles, those of forms too; ``without`` leaves one place out.

    An output mapping reads the result of its own element, too.
    """
    for use in uses(examined.parsed):
        if use.is_expression and use.place != without and (expression := _compiled(examined, use)) is not None:
            yield examined.file_of(use.element_id), use.element_id, expression
    for form_id, form in examined.content.forms.items():
        for field_id, _, expression in form.expressions():
            yield examined.content.form_files[form_id], field_id, expression


def _compiled(examined: Examined, use: Use) -> Expression | None:
    try:
        return compile_expression(use.feel, (), examined.functions)
    except FeelSyntaxError:
        return None


def writes(examined: Examined, element: Element) -> set[str]:
    """The names an element is known to set, its own inputs included."""
    names = {each.target.split(".")[0] for each in (*element.inputs, *element.outputs)}
    names |= {name for name in (element.result_variable, element.decision_id) if name}
    if element.loop is not None:
        names |= {name for name in (element.loop.item, element.loop.output_collection) if name}
    return names | results(examined, element)


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


def _writes_unknown(examined: Examined, element: Element) -> bool:
    """Whether results come in whose names stand neither in the diagram nor in the catalogue."""
    if element.outputs:
        return False
    if element.operator is not None:
        return element.operator in examined.catalogue.operators and _returned(examined, element) is None
    return element.kind == "receive_task"


def _returned(examined: Examined, element: Element) -> frozenset[str] | None:
    operator = examined.catalogue.operators.get(element.operator or "")
    return operator.known_results if operator is not None else None


def _overwritten(examined: Examined, fork: Element, graph: Graph) -> Iterator[Finding]:
    """Two branches of a fork that set the same variable before they meet; the later one wins by chance."""
    heads = [head for head in dict.fromkeys(graph.after[fork.id]) if graph.elements[head].attached_to is None]
    ways = [graph.reached(head) for head in heads]
    together = set.intersection(*ways) if ways else set()
    setting = [_set_on(examined, graph, way - together) for way in ways]
    seen: set[str] = set()
    for index, first in enumerate(setting):
        for second in setting[index + 1 :]:
            for name in sorted(first.keys() & second.keys()):
                # One element on both ways is one writer.
                if name not in seen and first[name] != second[name]:
                    seen.add(name)
                    facts = {
                        "variable": name,
                        "first": _shown(graph, first[name]),
                        "second": _shown(graph, second[name]),
                    }
                    yield examined.warning(fork.id, "parallel_writes", **facts)


def _set_on(examined: Examined, graph: Graph, way: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in sorted(way):
        element = graph.elements[key]
        if element.operator is not None and not element.outputs:
            continue  # what an operator always returns, wanted or not
        # Iterations write into scopes of their own.
        names = {element.loop.output_collection} if element.loop is not None else results(examined, element)
        for name in filter(None, names):
            found[name] = key
    return found


def _shown(graph: Graph, key: str) -> str:
    return graph.elements[key].name or key
