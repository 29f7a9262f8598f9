"""How people hear of new tasks: at once, or once a day."""

from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from workflows.core import audit
from workflows.core.tx import Tx
from workflows.domain.people import Membership, User


def choose(tx: Tx, user_id: int, *, is_immediate: bool) -> User:
    """Mail each new task at once from now on, or all of a day in one mail; choosing the same again changes nothing."""
    user = tx.locked(User, user_id)
    if (user.immediate_since is not None) != is_immediate:
        user.immediate_since = tx.now if is_immediate else None
        audit.record(tx, "system", "user.notice_chosen", f"user:{user_id}", {"is_immediate": is_immediate})
    return user


def eager_groups() -> Select[tuple[str, datetime | None]]:
    """The groups in which somebody wants to know at once, each with since when the first of them does."""
    return (
        select(Membership.group_key, func.min(User.immediate_since).label("since"))
        .join(User, User.id == Membership.user_id)
        .where(User.is_active, User.immediate_since.is_not(None))
        .group_by(Membership.group_key)
    )


def daily(session: Session) -> list[User]:
    """The active users who want one mail a day, by id."""
    return list(session.scalars(select(User).where(User.is_active, User.immediate_since.is_(None)).order_by(User.id)))
