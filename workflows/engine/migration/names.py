"""Which element of the new version is an old one under another id: proposed, for a person to confirm."""

from collections.abc import Iterator, Mapping

from workflows.engine.definition import Definition
from workflows.engine.dialect.model import Element, ParsedProcess

ENOUGH = 2
"""Points a proposal needs: the same name, the same form or operator, or both neighbours."""


def proposed_names(old: Definition, new: Definition) -> dict[str, str]:
    """Old id to new id, for elements whose id is gone and that one new element of the same kind resembles most."""
    found: dict[str, str] = {}
    # What is found tells more about its neighbours and about what lies inside it.
    while more := dict(_round(old.process, new.process, found)):
        found.update(more)
    return found


def _round(old: ParsedProcess, new: ParsedProcess, found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    gone = [each for key, each in old.elements.items() if key not in new.elements and key not in found]
    come = [each for key, each in new.elements.items() if key not in old.elements and key not in found.values()]
    points = {
        (one.id, other.id): _alike(old, new, found, one, other)
        for one in gone
        for other in come
        if _is_same_sort(one, other) and found.get(one.process, one.process) == other.process
    }
    for (one_id, other_id), score in points.items():
        rivals = [more for pair, more in points.items() if (pair[0] == one_id) != (pair[1] == other_id)]
        if score >= ENOUGH and all(score > more for more in rivals):
            yield one_id, other_id


def _is_same_sort(one: Element, other: Element) -> bool:
    """Only a person says that a single step takes the place of a repetition: what its runs have begun is given up."""
    return one.kind == other.kind and (one.loop is None) == (other.loop is None)


def _alike(old: ParsedProcess, new: ParsedProcess, found: Mapping[str, str], one: Element, other: Element) -> int:
    """Points for what two elements have in common."""
    does = (one.form_id, one.operator, one.decision_id, one.calls, one.script)
    same_work = any(does) and does == (other.form_id, other.operator, other.decision_id, other.calls, other.script)
    before = {found.get(each, each) for each in _sources(old, one)} & _sources(new, other)
    after = {found.get(each, each) for each in _targets(old, one)} & _targets(new, other)
    return 3 * bool(one.name and one.name == other.name) + 2 * same_work + bool(before) + bool(after)


def _sources(parsed: ParsedProcess, element: Element) -> set[str]:
    if element.attached_to:
        return {element.attached_to}
    return {parsed.flows[flow].source for flow in element.incoming}


def _targets(parsed: ParsedProcess, element: Element) -> set[str]:
    return {parsed.flows[flow].target for flow in element.outgoing}
