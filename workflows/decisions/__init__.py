"""Decisions after DMN 1.5: tables with all hit policies, requirements graphs, boxed expressions, explanations.

model = parse_decisions(xml)
model.evaluate("grant_limit", {"topic": "rooms"}).value
"""

from workflows.decisions.elements import Decision
from workflows.decisions.errors import DecisionError, DecisionModelError
from workflows.decisions.evaluation import MatchedRule, TableExplanation
from workflows.decisions.model import DecisionModel, DecisionResult, parse_decisions

__all__ = [
    "Decision",
    "DecisionError",
    "DecisionModel",
    "DecisionModelError",
    "DecisionResult",
    "MatchedRule",
    "TableExplanation",
    "parse_decisions",
]
