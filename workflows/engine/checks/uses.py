"""Every place of a diagram where a text may be an expression."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from workflows.engine.dialect import Element, ParsedProcess

#: ``feel`` is always an expression, ``mixed`` only after ``=``.
Language = Literal["feel", "mixed"]


@dataclass(frozen=True, slots=True)
class Use:
    """A text at a place: ``place`` names it (``condition``, ``input``, …), ``target`` the variable it goes to."""

    element_id: str
    place: str
    source: str
    language: Language = "mixed"
    target: str = ""

    @property
    def is_expression(self) -> bool:
        """Whether the text is FEEL."""
        return self.language == "feel" or self.source.lstrip().startswith("=")

    @property
    def feel(self) -> str:
        """The expression without its equals sign."""
        return self.source.strip().removeprefix("=") if self.is_expression else ""


def uses(parsed: ParsedProcess) -> Iterator[Use]:
    """All texts of all processes."""
    for flow in parsed.flows.values():
        if flow.condition:
            yield Use(flow.id, "condition", flow.condition, "feel")
    for element in parsed.elements.values():
        yield from _of_element(element)


def _of_element(element: Element) -> Iterator[Use]:
    key = element.id
    for place, mapping in (("input", element.inputs), ("output", element.outputs)):
        for each in mapping:
            yield Use(key, place, each.source, target=each.target)
    if element.script:
        yield Use(key, "script", element.script, "feel")
    trigger = element.trigger
    if trigger.expression:
        yield Use(key, f"timer_{trigger.timer}", trigger.expression)
    if trigger.correlation_key:
        yield Use(key, "correlation_key", trigger.correlation_key)
    if trigger.name:
        yield Use(key, "message_name", trigger.name)
    yield from _of_assignment(element)
    yield from _of_loop(element)


def _of_assignment(element: Element) -> Iterator[Use]:
    given = element.assignment
    for place, source in (
        ("assignee", given.assignee),
        ("candidate_groups", given.candidate_groups),
        ("due_date", given.due),
        ("follow_up_date", given.follow_up),
        ("priority", given.priority),
        ("only_for", given.only_for),
    ):
        if source:
            yield Use(element.id, place, source)


def _of_loop(element: Element) -> Iterator[Use]:
    loop = element.loop
    if loop is None:
        return
    if loop.collection:
        yield Use(element.id, "collection", loop.collection)
    if loop.output_element:
        yield Use(element.id, "output_element", loop.output_element)
    if loop.completion_condition:
        yield Use(element.id, "completion_condition", loop.completion_condition, "feel")
