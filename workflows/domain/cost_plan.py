"""The cost plan of a funding application: expenses equal income, below the ceiling, with an own share where asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from workflows.core.errors import LotseError

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Plan:
    """A cost plan in euros: lines ``{"position", "amount"}``, own money, other income, and what is asked for."""

    lines: Sequence[dict[str, Any]]
    own_share: Decimal
    other_income: Decimal
    requested: Decimal

    @property
    def costs(self) -> Decimal:
        """All costs."""
        return sum((line["amount"] for line in self.lines), NOTHING)


def check(costs: Plan, ceiling: Decimal | None, share_max: Decimal | None) -> None:
    """Raise ``LotseError`` ``plan_unbalanced``, ``plan_over_ceiling``, ``plan_without_share``; shares in percent."""
    if costs.requested <= 0 or costs.own_share + costs.other_income + costs.requested != costs.costs:
        raise LotseError("plan_unbalanced", costs=str(costs.costs), requested=str(costs.requested))
    if ceiling is not None and costs.requested > ceiling:
        raise LotseError("plan_over_ceiling", requested=str(costs.requested), ceiling=str(ceiling))
    if share_max is not None and costs.requested * 100 > costs.costs * share_max:
        raise LotseError("plan_without_share", requested=str(costs.requested), share_max=str(share_max))
