"""What a decision file holds besides tables: decisions that are one expression, and which decision needs which."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.decisions.xml import children, name_of, read_definitions, text_of

HREF = "href"


@dataclass(frozen=True, slots=True)
class Formula:
    """A decision that is one FEEL expression (DMN 1.5 §7.3.1, literal expression)."""

    decision: str
    name: str
    text: str


def formulas(xml: bytes) -> list[Formula]:
    """Every decision of a file that is an expression; raises ``DecisionModelError``."""
    return [
        Formula(decision.get("id") or name_of(decision), name_of(decision), text_of(expression))
        for decision in children(read_definitions(xml), "decision")
        for expression in children(decision, "literalExpression")
    ]


def needs(xml: bytes) -> Mapping[str, tuple[str, ...]]:
    """The decisions of the same file that each decision asks first; raises ``DecisionModelError``."""
    return {
        decision.get("id") or name_of(decision): tuple(
            (required.get(HREF) or "").removeprefix("#")
            for requirement in children(decision, "informationRequirement")
            for required in children(requirement, "requiredDecision")
        )
        for decision in children(read_definitions(xml), "decision")
    }
