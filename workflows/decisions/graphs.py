"""The graph of requirements of a decision file (DMN 1.5 § 6), to be changed without a drawing tool.

A decision is added, renamed, told what it needs, taken out; the drawing follows, all else stays as it is.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from workflows.decisions import formulas, sheets
from workflows.decisions.errors import DecisionModelError
from workflows.decisions.picture import drawn
from workflows.decisions.writing import element_near, file_of, free_id, ids, insert_after
from workflows.decisions.xml import Element, child, children, local_name, name_of, read_definitions, text_of, title_of
from workflows.feel import FeelSyntaxError, syntax
from workflows.feel.analysis import free_places
from workflows.feel.builtins import BUILTINS
from workflows.feel.expressions import name_indexes
from workflows.feel.parser import parse_expression, parse_unary_tests

KINDS: Final = ("decision", "inputData", "businessKnowledgeModel", "decisionService")
REQUIRED: Final = {
    "decision": ("informationRequirement", "requiredDecision"),
    "inputData": ("informationRequirement", "requiredInput"),
    "businessKnowledgeModel": ("knowledgeRequirement", "requiredKnowledge"),
    "decisionService": ("knowledgeRequirement", "requiredKnowledge"),
}
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Node:
    """One element of the graph: ``kind`` is table, formula or other for a decision, else the name of the element.

    ``needs`` are the ids of what it requires in the same file.
    """

    id: str
    name: str
    title: str
    kind: str
    needs: tuple[str, ...]


def title(xml: bytes) -> str:
    """What a file calls itself; raises ``DecisionModelError``."""
    return name_of(read_definitions(xml))


def nodes(xml: bytes) -> list[Node]:
    """Every element of a file's graph, in its order; raises ``DecisionModelError``."""
    root = read_definitions(xml)
    forms = {each.decision: "formula" if each.is_simple else "other" for each in formulas.formulas(xml)}
    return [
        Node(
            id=(key := each.get("id") or name_of(each)),
            name=name_of(each) or key,
            title=title_of(each) or key,
            kind=forms.get(key, "table") if local_name(each) == "decision" else local_name(each),
            needs=tuple(target for _requirement, target in _requirements(each)),
        )
        for each in children(root, *KINDS)
    ]


def with_decision(xml: bytes, key: str, name: str, kind: str) -> bytes:
    """The file with one more decision, a table or a formula still to be filled. Raises ``DecisionModelError``."""
    root = read_definitions(xml)
    every = list(children(root, *KINDS))
    if len(every) >= MOST:
        raise DecisionModelError("too_large", most=str(MOST))
    decision = sheets.blank(root, key, name) if kind == "table" else formulas.blank(root, key, name)
    insert_after(root, every or list(children(root, "import", "itemDefinition")), decision)
    return drawn(file_of(root))


def changed(xml: bytes, key: str, name: str, needs: Collection[str], title: str = "") -> bytes:
    """The file with a decision of this name, which needs these elements; who uses its name uses the new one.

    ``title`` is what people call it, empty for its name.

    Raises ``KeyError`` for one that is not there, ``DecisionModelError`` where somebody would need itself, two
    elements would have the same name, expressions could not read it as a name, or a step inside one that uses it has
    this name already and would hide it.
    """
    root = read_definitions(xml)
    every = {each.get("id") or name_of(each): each for each in children(root, *KINDS)}
    decision = every[key]
    if local_name(decision) != "decision" or not set(needs) <= every.keys():
        raise KeyError(key)
    if any(name_of(each) == name for other, each in every.items() if other != key):
        raise DecisionModelError("double_name", name=name)
    _refuse_rings(every, key, needs)
    if name != name_of(decision):
        _rename(every, key, name)
    if title_of(decision) != (title or name):
        if title and title != name:
            decision.set("label", title)
        elif "label" in decision.attrib:
            del decision.attrib["label"]
    _put_needs(root, every, decision, needs)
    return drawn(file_of(root))


def without(xml: bytes, key: str) -> bytes | None:
    """The file without a decision, None where nothing is left of it. Raises ``KeyError``, and as ``users_of`` says."""
    root = read_definitions(xml)
    every = {each.get("id") or name_of(each): each for each in children(root, *KINDS)}
    if local_name(every[key]) != "decision" or users_of(xml, key):
        raise KeyError(key)
    root.remove(every[key])
    return drawn(file_of(root)) if len(every) > 1 else None


def users_of(xml: bytes, key: str) -> list[str]:
    """The names of those in the file that need an element: while there are any it stays."""
    every = nodes(xml)
    held = children(read_definitions(xml), "decisionService")
    served = [title_of(each) for each in held for part in children(each) if part.get("href") == f"#{key}"]
    return [*(each.title for each in every if key in each.needs), *served]


def _requirements(element: Element) -> Iterator[tuple[Element, str]]:
    for requirement in children(element, "informationRequirement", "knowledgeRequirement"):
        for reference in children(requirement):
            namespace, _sign, target = (reference.get("href") or "").rpartition("#")
            if target and not namespace:
                yield requirement, target


def _refuse_rings(every: Mapping[str, Element], key: str, needs: Collection[str]) -> None:
    waiting, seen = list(needs), set[str]()
    while waiting:
        one = waiting.pop()
        if one == key:
            raise DecisionModelError("requirement_cycle", elements=name_of(every[key]))
        if one not in seen and one in every:
            seen.add(one)
            waiting += [target for _requirement, target in _requirements(every[one])]


def _put_needs(root: Element, every: Mapping[str, Element], decision: Element, needs: Collection[str]) -> None:
    held = {target: requirement for requirement, target in _requirements(decision)}
    for target, requirement in held.items():
        if target not in needs:
            decision.remove(requirement)
    taken = ids(root)
    for target in (each for each in every if each in needs and each not in held):
        outer, inner = REQUIRED[local_name(every[target])]
        requirement = element_near(decision, outer, free_id(f"{decision.get('id')}_needs_{target}", taken))
        reference = element_near(decision, inner, "")
        reference.set("href", f"#{target}")
        requirement.append(reference)
        # Information stands before knowledge (DMN 1.5 § 6.3.7, the order of its schema).
        before = formulas.BEFORE[: formulas.BEFORE.index(outer) + 1]
        insert_after(decision, list(children(decision, *before)), requirement)


def _rename(every: Mapping[str, Element], key: str, name: str) -> None:
    """The new name at the decision, its result, and in all expressions of those that need it."""
    _refuse_unreadable(name)
    decision = every[key]
    old = name_of(decision)
    decision.set("name", name)
    variable = child(decision, "variable")
    if variable is not None:
        variable.set("name", name)
    for other in every.values():
        needs = [target for _requirement, target in _requirements(other)]
        if key not in needs:
            continue
        if name in _names_inside(other):
            raise DecisionModelError("name_inside", name=name)
        indexes = name_indexes([*(name_of(every[each]) for each in needs if each in every), old, name], BUILTINS)
        for text in other.iter("{*}text"):
            holder = text.getparent()
            is_test = holder is not None and local_name(holder) in ("inputEntry", "inputValues", "outputValues")
            read = parse_unary_tests if is_test else parse_expression
            # Positions count from the first character that is no space.
            source = text_of(holder)
            try:
                places = free_places(read(source, indexes), old)
                renamed = _replaced(source, places, old, name)
                seen = free_places(read(renamed, indexes), name)
            except FeelSyntaxError:
                continue
            if len(seen) < len(places):
                raise DecisionModelError("name_inside", name=name)
            if places:
                text.text = renamed


def _refuse_unreadable(name: str) -> None:
    """A number, a word of the language or ``1x`` would mean something else, or nothing, where others use it."""
    try:
        found = parse_expression(name, name_indexes([name], BUILTINS))
    except FeelSyntaxError:
        found = None
    if not isinstance(found, syntax.Name) or found.name != name:
        raise DecisionModelError("name_unreadable", name=name)


def _names_inside(element: Element) -> set[str]:
    """The names that steps, parameters and repetitions inside an element have for themselves."""
    steps = (child(each, "variable") for each in element.iter("{*}contextEntry"))
    found = {name_of(each) for each in steps if each is not None}
    found |= {name_of(each) for each in element.iter("{*}formalParameter")}
    return found | {each.get("iteratorVariable", "") for each in element.iter("{*}for", "{*}some", "{*}every")}


def _replaced(source: str, places: Collection[int], old: str, name: str) -> str:
    spelled = re.compile(r"\s*".join(map(re.escape, re.findall(r"\w+|[^\w\s]", old))))
    for place in sorted(places, reverse=True):
        if found := spelled.match(source, place):
            source = source[:place] + name + source[found.end() :]
    return source


def entitled(xml: bytes) -> bytes:
    """The file to look at: every element under the name that people call it by. Nothing to be kept."""
    root = read_definitions(xml)
    for each in children(root, *KINDS):
        each.set("name", title_of(each))
    return file_of(root)
