"""What the pages of tables, formulas and graphs share: one decision in the files of a draft, and who decides by it."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from workflows.actions import workshop
from workflows.core.errors import NotFound
from workflows.core.tx import Tx
from workflows.decisions import DecisionModel, DecisionModelError, parse_decisions
from workflows.decisions.naming import reached
from workflows.engine.content import Content
from workflows.engine.drafts import Stored
from workflows.operators import FUNCTIONS


class Called(Protocol):
    """A table or a formula: the id of its decision, and the name findings call it by."""

    @property
    def decision(self) -> str:
        """The id."""

    @property
    def name(self) -> str:
        """The name."""


Kind = TypeVar("Kind", bound=Called)


def find(tx: Tx, draft_id: int, decision: str, read: Callable[[bytes], Sequence[Kind]]) -> tuple[str, Stored, Kind]:
    """Path, file and what ``read`` makes of a decision, by its id or name; raises ``NotFound``."""
    for path, each in workshop.files(tx, draft_id).items():
        if path.endswith(".dmn"):
            try:
                every = read(each.data)
            except DecisionModelError:
                continue
            for one in every:
                if decision in {one.decision, one.name}:
                    return path, each, one
    raise NotFound("not_found", kind="decision")


def model_of(xml: bytes) -> DecisionModel | None:
    """The decisions of a file; None when it cannot be read."""
    try:
        return parse_decisions(xml, functions=FUNCTIONS.keys())
    except DecisionModelError:
        return None


def deciding(content: Content) -> dict[str, dict[str, str]]:
    """The steps of each decision by id with their names, those of the decisions that need it included."""
    found: dict[str, dict[str, str]] = {}
    for element in content.parsed.elements.values() if content.parsed else ():
        model = content.decisions.get(element.decision_id or "")
        for key in {key[1] for key, _service in reached(model, element.decision_id or "")} if model else ():
            found.setdefault(key, {})[element.id] = element.name or element.id
    return found
