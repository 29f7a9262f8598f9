"""Naming a deputy: for oneself, or for anybody as the one who looks after the accounts."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement

from workflows import policy
from workflows.core.errors import Invalid, Problem
from workflows.core.tx import Tx
from workflows.domain import deputies, people
from workflows.domain.deputies import Absence
from workflows.domain.people import Deputyship, User


@dataclass(frozen=True, slots=True)
class DeputyPage:
    """A user's absences, whom else the user stands in for, and who may be named."""

    user: User
    own: list[Absence]
    others: list[Absence]
    candidates: list[User]
    today: date


def page(tx: Tx, user_id: int | None = None) -> DeputyPage:
    """What there is to read and choose about a user's deputies, one's own by default; raises ``NotFound``."""
    user = policy.get(tx, policy.DEPUTY_EDIT, User, tx.actor.user_id if user_id is None else user_id)
    session, today = tx.session, people.day(tx.now)
    return DeputyPage(
        user=user,
        own=deputies.absences(session, today, Deputyship.absent_id == user.id),
        others=deputies.absences(session, today, Deputyship.deputy_id == user.id),
        candidates=list(session.scalars(deputies.fitting(session, user.id))),
        today=today,
    )


def everybody(tx: Tx) -> list[Absence]:
    """All present and coming deputyships the actor may end."""
    mine: ColumnElement[bool] = policy.condition(tx.actor, policy.DEPUTY_EDIT, Deputyship)
    return deputies.absences(tx.session, people.day(tx.now), mine)


def appoint(
    tx: Tx, deputy_id: int | None, from_on: date | None, until_on: date | None, user_id: int | None = None
) -> None:
    """Name a deputy; raises ``NotFound`` for a person who is none of the actor's business, ``Invalid`` else."""
    user = policy.get(tx, policy.DEPUTY_EDIT, User, tx.actor.user_id if user_id is None else user_id)
    if deputy_id is None or from_on is None or until_on is None:
        given = {"deputy": deputy_id, "from_on": from_on, "until_on": until_on}
        raise Invalid({name: (Problem("required"),) for name, value in given.items() if value is None})
    deputies.appoint(tx, user.id, deputy_id, from_on, until_on)


def end(tx: Tx, deputyship_id: int) -> None:
    """End a deputyship or call it off; raises ``NotFound``. Who stands in cannot; the absent person and admins can."""
    row = policy.get(tx, policy.DEPUTY_EDIT, Deputyship, deputyship_id)
    deputies.end(tx, row.id)
