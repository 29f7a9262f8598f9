"""What a decision file holds besides tables: decisions that are one expression, with the text as it was written."""

from dataclasses import dataclass

from workflows.decisions.xml import children, name_of, read_definitions, text_of, title_of


@dataclass(frozen=True, slots=True)
class Formula:
    """A decision that is one FEEL expression (DMN 1.5 §7.3.1, literal expression)."""

    decision: str
    name: str
    title: str
    text: str


def formulas(xml: bytes) -> list[Formula]:
    """Every decision of a file that is an expression; raises ``DecisionModelError``."""
    return [
        Formula(decision.get("id") or name_of(decision), name_of(decision), title_of(decision), text_of(expression))
        for decision in children(read_definitions(xml), "decision")
        for expression in children(decision, "literalExpression")
    ]
