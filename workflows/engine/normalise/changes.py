"""What a rule reports for each thing it rewrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.engine.dialect.xml import BPMN, ZEEBE, Node


@dataclass(frozen=True, slots=True)
class Change:
    """One thing rewritten in a diagram: at which element, its code, and the facts of its sentence."""

    element: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def zeebe(node: Node, name: str) -> Node:
    """The ``zeebe:`` extension of that name on an element, made if it is missing."""
    holder = node.find(BPMN + "extensionElements")
    if holder is None:
        holder = node.makeelement(BPMN + "extensionElements")
        # The standard puts documentation first, extensions second.
        documented = sum(1 for child in node if child.tag == BPMN + "documentation")
        node.insert(documented, holder)
    found = holder.find(ZEEBE + name)
    if found is None:
        found = holder.makeelement(ZEEBE + name, nsmap={"zeebe": ZEEBE.strip("{}")})
        holder.append(found)
    return found
