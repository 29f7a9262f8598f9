"""Decisions that are a formula: one FEEL expression, or named steps and a result (DMN 1.5 §7.3.1, §10.2.1.4).

Both are read and written as one thing: a list of named steps, empty for a single expression, and a result.
"""

from dataclasses import dataclass
from typing import Final

from lxml import etree

from workflows.decisions.errors import DecisionModelError
from workflows.decisions.writing import element_near, file_of, free_id, ids, insert_after, put_text
from workflows.decisions.xml import (
    Element,
    child,
    children,
    local_name,
    name_of,
    namespace,
    read_definitions,
    text_of,
    title_of,
)

MOST_STEPS = 60
LONGEST = 20_000
SIMPLE = ("literalExpression", "context")
BOXED: Final[tuple[str, ...]] = (
    *SIMPLE,
    "list",
    "relation",
    "invocation",
    "functionDefinition",
    "conditional",
    "filter",
    "for",
    "some",
    "every",
)
BEFORE: Final[tuple[str, ...]] = (
    "description",
    "question",
    "allowedAnswers",
    "variable",
    "informationRequirement",
    "knowledgeRequirement",
    "authorityRequirement",
    "supportedObjective",
    "impactedPerformanceIndicator",
    "decisionMaker",
    "decisionOwner",
    "usingProcess",
    "usingTask",
)
"""What stands before the expression of a decision, in the order of the schema."""


@dataclass(frozen=True, slots=True)
class Step:
    """A value on the way, by the name later ones use; ``place`` is where it stood, None for a new one."""

    name: str
    text: str
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Formula:
    """A decision that is an expression; ``type`` is what its result must be, empty for anything.

    Without a result the steps together are it. One that is boxed in another way has its XML as text and is not simple.
    """

    decision: str
    name: str
    title: str
    text: str
    type: str = ""
    steps: tuple[Step, ...] = ()
    is_simple: bool = True


def formulas(xml: bytes) -> list[Formula]:
    """Every decision of a file that is no table; raises ``DecisionModelError``."""
    return [
        _formula(decision)
        for decision in children(read_definitions(xml), "decision")
        if child(decision, "decisionTable") is None
    ]


def _formula(decision: Element) -> Formula:
    key, name, title = decision.get("id") or name_of(decision), name_of(decision), title_of(decision)
    variable = child(decision, "variable")
    kind = variable.get("typeRef", "") if variable is not None else ""
    boxed = child(decision, *BOXED)
    if boxed is None or local_name(boxed) == "literalExpression":
        return Formula(key, name, title, text_of(boxed), kind)
    if not _is_simple(boxed):
        return Formula(
            key, name, title, etree.tostring(boxed, encoding="unicode", with_tail=False), kind, is_simple=False
        )
    steps, result = [], ""
    for place, entry in enumerate(children(boxed, "contextEntry")):
        variable = child(entry, "variable")
        text = text_of(child(entry, "literalExpression"))
        if variable is None:
            result = text
        else:
            steps.append(Step(name_of(variable), text, place))
    return Formula(key, name, title, result, kind, tuple(steps))


def _is_simple(boxed: Element) -> bool:
    if local_name(boxed) != "context":
        return False
    every = [list(children(entry, *BOXED, "decisionTable")) for entry in children(boxed, "contextEntry")]
    return all(len(inner) == 1 and local_name(inner[0]) == "literalExpression" for inner in every)


def written(xml: bytes, formula: Formula) -> bytes:
    """The file with this formula in place of the decision's own; steps that were there keep what else they hold.

    Raises ``DecisionModelError``; ``KeyError`` for a decision that is no simple formula of the file, ``ValueError``
    for characters that no file can hold.
    """
    if len(formula.steps) > MOST_STEPS:
        raise DecisionModelError("too_large", most=str(MOST_STEPS))
    root = read_definitions(xml)
    decision = _decision(root, formula.decision)
    before = child(decision, *BOXED)
    if (before is not None and not _formula(decision).is_simple) or child(decision, "decisionTable") is not None:
        raise KeyError(formula.decision)
    _put_type(decision, formula.type, ids(root))
    if not formula.steps:
        _put_literal(decision, before, formula)
    else:
        _put_context(decision, before, formula)
    return file_of(root)


def _decision(root: Element, key: str) -> Element:
    for decision in children(root, "decision"):
        if key in (decision.get("id"), name_of(decision)):
            return decision
    raise KeyError(key)


def _put_type(decision: Element, kind: str, taken: set[str]) -> None:
    variable = child(decision, "variable")
    if variable is None and kind:
        variable = element_near(decision, "variable", free_id(f"{decision.get('id')}_variable", taken))
        variable.set("name", name_of(decision))
        insert_after(decision, list(children(decision, *BEFORE[:3])), variable)
    if variable is None or variable.get("typeRef", "") == kind:
        return
    if kind:
        variable.set("typeRef", kind)
    else:
        del variable.attrib["typeRef"]


def _put_literal(decision: Element, before: Element | None, formula: Formula) -> None:
    if before is not None and local_name(before) == "literalExpression":
        if text_of(before) != formula.text:
            put_text(before, formula.text)
        return
    literal = element_near(decision, "literalExpression", free_id(f"{decision.get('id')}_expression", ids(decision)))
    put_text(literal, formula.text)
    _put(decision, before, literal)


def _put_context(decision: Element, before: Element | None, formula: Formula) -> None:
    """Entries stand in the order of the steps, the result last."""
    taken = ids(decision.getroottree().getroot())
    context = before if before is not None and local_name(before) == "context" else None
    old = list(children(context, "contextEntry")) if context is not None else []
    if context is None:
        context = element_near(decision, "context", free_id(f"{decision.get('id')}_context", taken))
        _put(decision, before, context)
    tails = [entry.tail for entry in old]
    for entry in old:
        context.remove(entry)
    used: set[int] = set()
    for step in formula.steps:
        place = step.place if step.place is not None and step.place < len(old) and step.place not in used else None
        entry = element_near(context, "contextEntry", free_id(f"{decision.get('id')}_entry", taken))
        if place is not None and child(old[place], "variable") is not None:
            used.add(place)
            entry = old[place]
        _fill(entry, step.name, step.text, taken)
        context.append(entry)
    if formula.text:
        result = next((each for each in old if child(each, "variable") is None), None)
        if result is None:
            result = element_near(context, "contextEntry", free_id(f"{decision.get('id')}_entry", taken))
        _fill(result, "", formula.text, taken)
        context.append(result)
    for index, entry in enumerate(children(context, "contextEntry")):
        entry.tail = tails[index] if index < len(tails) else None


def _fill(entry: Element, name: str, text: str, taken: set[str]) -> None:
    variable = child(entry, "variable")
    if name and variable is None:
        variable = element_near(entry, "variable", free_id(f"{entry.get('id')}_variable", taken))
        entry.insert(0, variable)
    if variable is not None and name_of(variable) != name:
        variable.set("name", name)
    literal = child(entry, "literalExpression")
    if literal is None:
        literal = element_near(entry, "literalExpression", free_id(f"{entry.get('id')}_expression", taken))
        entry.append(literal)
    if text_of(literal) != text:
        put_text(literal, text)


def _put(decision: Element, before: Element | None, element: Element) -> None:
    if before is not None:
        element.tail = before.tail
        decision.replace(before, element)
    else:
        insert_after(decision, list(children(decision, *BEFORE)), element)


def new(key: str, name: str) -> bytes:
    """A file with one decision that is a formula still to be written."""
    space = "https://www.omg.org/spec/DMN/20230324/MODEL/"
    root = read_definitions(f'<definitions xmlns="{space}" namespace="http://camunda.org/schema/1.0/dmn"/>'.encode())
    root.set("id", f"{key}_definitions")
    root.set("name", name)
    root.append(blank(root, key, name))
    etree.indent(root)
    return file_of(root)


def blank(root: Element, key: str, name: str) -> Element:
    """A decision that is a formula without a text."""
    space = namespace(root)
    decision = etree.Element(f"{{{space}}}decision", id=key, name=name)
    etree.SubElement(decision, f"{{{space}}}variable", id=f"{key}_variable", name=name)
    literal = etree.SubElement(decision, f"{{{space}}}literalExpression", id=f"{key}_expression")
    etree.SubElement(literal, f"{{{space}}}text").text = ""
    return decision
