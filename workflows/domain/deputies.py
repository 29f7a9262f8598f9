"""Deputies: who is absent, who stands in, from when until when. A deputy's own absence passes nothing on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from workflows.core import audit
from workflows.core.errors import Invalid, Problem
from workflows.core.tx import Tx
from workflows.domain import people
from workflows.domain.people import CASE_WORKERS, Deputyship, Membership, User, UserRole

OWN_PEOPLE = {"office": {"office"}, "jury": {"jury", "leadership"}}
"""Who may stand in for these roles, if they are in the same office or jury."""

LONGEST = 366
"""Days; who is away for longer is better taken out of the groups."""


@dataclass(frozen=True, slots=True)
class Absence:
    """One deputyship with the names of both."""

    id: int
    absent: str
    deputy: str
    from_on: date
    until_on: date
    is_in_force: bool


def fitting(session: Session, absent_id: int) -> Select[tuple[User]]:
    """Who can stand in for a user: active people who do all kinds of its work; for an office or a
    jury, its own people only.

    What gives no tasks cannot be handed over; it decides only for those who have nothing else.
    """
    held = people.roles(session, absent_id)
    fits: list[ColumnElement[bool]] = []
    if held & CASE_WORKERS:
        fits.append(_has_one_of(CASE_WORKERS))
    for role, stand_ins in OWN_PEOPLE.items():
        if role in held:
            own = people.working_groups(role, people.groups(session, absent_id))
            of_own = select(Membership.user_id).where(Membership.group_key.in_(own))
            fits += [_has_one_of(stand_ins), User.id.in_(of_own)]
    if not fits:
        fits.append(_has_one_of(held))
    return select(User).where(User.is_active, User.id != absent_id, *fits).order_by(User.name, User.id)


def _has_one_of(roles: Collection[str]) -> ColumnElement[bool]:
    return User.id.in_(select(UserRole.user_id).where(UserRole.role.in_(sorted(roles))))


def appoint(tx: Tx, absent_id: int, deputy_id: int, from_on: date, until_on: date) -> Deputyship:
    """Let somebody stand in on these days.

    Raises ``NotFound`` for an unknown absent person, ``Invalid`` for a deputy who does not fit, for days in the wrong
    order, over, too many, or on which the absent person has a deputy already.
    """
    tx.locked(User, absent_id)
    problems = _problems(tx, absent_id, from_on, until_on)
    if tx.session.scalar(fitting(tx.session, absent_id).where(User.id == deputy_id)) is None:
        problems["deputy"] = (Problem("not_a_deputy"),)
    if problems:
        raise Invalid(problems)
    row = Deputyship(absent_id=absent_id, deputy_id=deputy_id, from_on=from_on, until_on=until_on, created_at=tx.now)
    tx.session.add(row)
    tx.session.flush()
    _record(tx, "deputy.appointed", row)
    return row


def _problems(tx: Tx, absent_id: int, from_on: date, until_on: date) -> dict[str, tuple[Problem, ...]]:
    if until_on < from_on:
        return {"until_on": (Problem("before_start"),)}
    if until_on < people.day(tx.now):
        return {"until_on": (Problem("in_the_past"),)}
    if (until_on - from_on).days >= LONGEST:
        return {"until_on": (Problem("too_many_days", {"max": LONGEST}),)}
    other = select(Deputyship.id).where(
        Deputyship.absent_id == absent_id, Deputyship.from_on <= until_on, Deputyship.until_on >= from_on
    )
    taken = tx.session.scalar(other.limit(1)) is not None
    return {"from_on": (Problem("deputy_taken"),)} if taken else {}


def end(tx: Tx, deputyship_id: int) -> None:
    """End a deputyship at once, or call a coming one off; raises ``NotFound``."""
    row = tx.locked(Deputyship, deputyship_id)
    _record(tx, "deputy.ended", row)
    tx.session.delete(row)
    tx.session.flush()


def _record(tx: Tx, event: str, row: Deputyship) -> None:
    deputy = tx.session.get_one(User, row.deputy_id)
    facts = {"deputy": deputy.name, "since": row.from_on, "until": row.until_on}
    audit.record(tx, "system", event, f"user:{row.absent_id}", facts)


def absences(session: Session, today: date, condition: ColumnElement[bool]) -> list[Absence]:
    """The present and coming deputyships for which ``condition`` holds, the soonest first."""
    absent, deputy = aliased(User), aliased(User)
    query = (
        select(Deputyship.id, absent.name, deputy.name, Deputyship.from_on, Deputyship.until_on)
        .join(absent, absent.id == Deputyship.absent_id)
        .join(deputy, deputy.id == Deputyship.deputy_id)
        .where(Deputyship.until_on >= today, condition)
        .order_by(Deputyship.from_on, Deputyship.id)
    )
    return [
        Absence(number, away, there, from_on, until_on, is_in_force=from_on <= today)
        for number, away, there, from_on, until_on in session.execute(query)
    ]


def done_for(tx: Tx, assignee_id: int | None, group_key: str | None) -> str:
    """Whom the actor stands in for when working on a task; empty if it is the actor's own work.

    A task of a represented person is done for that person; one of a group that the actor belongs to only by standing
    in is done for those who are in it.
    """
    represented = tx.actor.stands_in_for
    if not represented or assignee_id == tx.actor.user_id:
        return ""
    if assignee_id in represented:
        return _names(tx.session, [assignee_id])
    if group_key is None or tx.session.get(Membership, (tx.actor.user_id, group_key)) is not None:
        return ""
    inside = select(Membership.user_id).where(
        Membership.group_key == group_key, Membership.user_id.in_(sorted(represented))
    )
    return _names(tx.session, tx.session.scalars(inside).all())


def _names(session: Session, user_ids: Sequence[int | None]) -> str:
    names = select(User.name).where(User.id.in_(user_ids)).order_by(User.name)
    return ", ".join(session.scalars(names))


def forget_unfitting(tx: Tx, user_id: int) -> None:
    """End deputyships that no longer fit, after a user's roles, groups or account have changed."""
    both = or_(Deputyship.absent_id == user_id, Deputyship.deputy_id == user_id)
    for row in tx.session.scalars(select(Deputyship).where(both, Deputyship.until_on >= people.day(tx.now))).all():
        fits = fitting(tx.session, row.absent_id).where(User.id == row.deputy_id)
        if tx.session.scalar(select(func.count()).select_from(fits.subquery())) == 0:
            end(tx, row.id)
