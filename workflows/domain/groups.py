"""Groups are data: made and renamed here. Their keys stay, because lanes of diagrams name them."""

import re
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.core import audit
from workflows.core.errors import Conflict, Invalid, Problem
from workflows.core.tx import Tx
from workflows.domain.people import Group, Membership, User

_KEY = re.compile(r"group:[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True, slots=True)
class Counted:
    """A group and how many active people are in it."""

    key: str
    name: str
    members: int


def add(tx: Tx, key: str, name: str) -> Group:
    """A new group; ``key`` reads ``group:jury``. Raises ``Invalid``, and ``Conflict("group_taken")``."""
    if not _KEY.fullmatch(key):
        raise Invalid({"key": (Problem("pattern"),)})
    if tx.session.get(Group, key) is not None:
        raise Conflict("group_taken", group=key)
    group = Group(key=key, name=name)
    tx.session.add(group)
    tx.session.flush()
    audit.record(tx, "system", "group.added", key, {"name": name})
    return group


def rename(tx: Tx, key: str, name: str) -> None:
    """Another name for a group; raises ``NotFound``."""
    group = tx.locked(Group, key)
    if group.name != name:
        group.name = name
        audit.record(tx, "system", "group.renamed", key, {"name": name})


def every(session: Session) -> list[Counted]:
    """All groups by key, those of offices last."""
    inside = (
        select(func.count())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(Membership.group_key == Group.key, User.is_active)
        .correlate(Group)
    )
    rows = session.execute(select(Group.key, Group.name, inside.scalar_subquery()).order_by(Group.key))
    return sorted((Counted(*row) for row in rows), key=lambda group: (group.key.startswith("office:"), group.name))
