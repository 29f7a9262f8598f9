"""Values a case would lack in the new version: read ahead of it, set behind it, unknown to the version it began in."""

from collections.abc import Iterable, Iterator, Mapping

from workflows.engine.checks.uses import uses
from workflows.engine.definition import Definition
from workflows.engine.dialect.model import Element
from workflows.engine.office_functions import OFFICE_FUNCTIONS
from workflows.feel import FeelSyntaxError, compile_expression

Names = Mapping[str, frozenset[str]]
"""Element id to variables."""


def lacking(old: Definition, new: Definition, ahead: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Element and variable for each value that an element ``ahead`` reads and only elements passed by set.

    Only names the old version never speaks of: of the others nobody can say without the case's own values.
    """
    before, reads, writes = known(old), reading(new), writing(new)
    elements = frozenset(ahead)
    set_ahead = {name for key in elements for name in writes.get(key, ())}
    set_somewhere = {name for names in writes.values() for name in names}
    for key in sorted(elements):
        for name in sorted((reads.get(key, frozenset()) & set_somewhere) - set_ahead - before):
            yield key, name


def known(definition: Definition) -> frozenset[str]:
    """Every variable a version sets or reads anywhere."""
    of_forms = (field.key for form in definition.forms.values() for field in form.walk())
    everywhere = (*reading(definition).values(), *writing(definition).values())
    return frozenset(name for names in everywhere for name in names) | frozenset(filter(None, of_forms))


def reading(definition: Definition) -> Names:
    """What the diagram reads, a condition at the element its flow comes from."""
    cache = definition.process.caches
    if "reads" not in cache:
        found: dict[str, frozenset[str]] = {}
        flows = definition.process.flows
        for use in uses(definition.process):
            if use.is_expression:
                key = flows[use.element_id].source if use.element_id in flows else use.element_id
                found[key] = found.get(key, frozenset()) | _variables(use.feel)
        cache["reads"] = found
    return cache["reads"]  # type: ignore[no-any-return]


def writing(definition: Definition) -> Names:
    """What the elements set for what follows: by output mappings, their form, a script or a decision."""
    return {key: frozenset(_written(definition, each)) for key, each in definition.process.elements.items()}


def _written(definition: Definition, element: Element) -> Iterator[str]:
    yield from (each.target.split(".")[0] for each in element.outputs)
    yield from filter(None, (element.result_variable, element.decision_id))
    if element.loop is not None:
        yield from filter(None, (element.loop.item, element.loop.output_collection))
    form = definition.forms.get(element.form_id or "")
    if form is not None:
        yield from form.written()


def _variables(source: str) -> frozenset[str]:
    try:
        return compile_expression(source, (), OFFICE_FUNCTIONS).variables
    except FeelSyntaxError:
        return frozenset()
