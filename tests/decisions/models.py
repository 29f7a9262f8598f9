"""Small DMN files for the tests, written as lists of rules."""

from collections.abc import Sequence
from html import escape

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def definitions(*elements: str, namespace: str = NAMESPACE) -> bytes:
    body = "".join(elements)
    return f'<definitions xmlns="{namespace}" namespace="test" name="test">{body}</definitions>'.encode()


def decision(name: str, body: str, requires: str = "") -> str:
    return f'<decision id="{name}_id" name="{name}"><variable name="{name}"/>{requires}{body}</decision>'


def literal(source: str) -> str:
    return f"<literalExpression><text>{escape(source)}</text></literalExpression>"


def required(kind: str, identifier: str) -> str:
    outer = "knowledgeRequirement" if kind == "requiredKnowledge" else "informationRequirement"
    return f'<{outer}><{kind} href="#{identifier}"/></{outer}>'


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    policy: str = "UNIQUE",
    *,
    aggregation: str = "",
    order: str = "",
    default: str = "",
) -> str:
    """A table; each rule lists its input entries, then its output entries, then perhaps an annotation."""
    more = f' aggregation="{aggregation}"' if aggregation else ""
    columns = "".join(
        f"<input><inputExpression><text>{escape(name)}</text></inputExpression></input>" for name in inputs
    )
    allowed = f"<outputValues><text>{escape(order)}</text></outputValues>" if order else ""
    allowed += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    columns += "".join(f'<output name="{name}">{allowed}</output>' for name in outputs)
    rows = "".join(_rule(number, rule, len(inputs), len(outputs)) for number, rule in enumerate(rules, start=1))
    return f'<decisionTable id="table" hitPolicy="{policy}"{more}>{columns}{rows}</decisionTable>'


def _rule(number: int, cells: Sequence[str], inputs: int, outputs: int) -> str:
    tags = ["inputEntry"] * inputs + ["outputEntry"] * outputs + ["annotationEntry"]
    entries = "".join(f"<{tag}><text>{escape(cell)}</text></{tag}>" for tag, cell in zip(tags, cells, strict=False))
    return f'<rule id="rule_{number}">{entries}</rule>'
