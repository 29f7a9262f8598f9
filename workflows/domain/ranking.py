"""The rank of the applications for one pot: the best first, served one after the other until the money ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.domain.cost_plan import NOTHING
from workflows.domain.funding import Application


def rivals(session: Session, application: Application) -> list[Application]:
    """Every application for the same pot that is to be decided, this one among them."""
    query = select(Application).where(
        Application.programme_id == application.programme_id,
        Application.year == application.year,
        Application.status == "submitted",
    )
    return list(session.scalars(query.order_by(Application.id)))


@dataclass(frozen=True, slots=True)
class Ranked:
    """A rated application with its place, counted from 1, and whether the money of its pot reaches it."""

    place: int
    application: Application
    is_above_cut: bool


def ranked(applications: Iterable[Application], left: Decimal | None) -> list[Ranked]:
    """The rated ones of these, the best first, each served before the next from what is ``left``; None: unlimited.

    What waits for something the association has still to hand in (Nachforderung) has no place meanwhile.
    """
    rated = [
        (-each.points, each.id, each) for each in applications if each.points is not None and each.status == "submitted"
    ]
    found, promised = [], NOTHING
    for place, (_points, _id, each) in enumerate(sorted(rated, key=lambda row: row[:2]), start=1):
        promised += each.requested or NOTHING
        found.append(Ranked(place, each, is_above_cut=left is None or promised <= left))
    return found
