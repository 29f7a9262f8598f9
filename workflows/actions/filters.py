"""The filters of the inbox that somebody keeps; everybody has their own."""

from functools import lru_cache

from sqlalchemy import Select, select

from workflows import policy
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.tx import Actor, Tx
from workflows.domain import saved_filters
from workflows.domain.saved_filters import LONGEST_NAME, LONGEST_QUERY, SavedFilter


def own(tx: Tx) -> list[SavedFilter]:
    """The actor's filters by name."""
    return list(tx.session.scalars(_own(tx.actor)))


@lru_cache(maxsize=500)
def _own(actor: Actor) -> Select[tuple[SavedFilter]]:
    """Built once for somebody: every look at the inbox asks it."""
    mine = policy.condition(actor, policy.TASK_READ, SavedFilter)
    return select(SavedFilter).where(mine).order_by(SavedFilter.name)


def keep(tx: Tx, name: str, query: str) -> SavedFilter:
    """Keep a filter under a name, replacing the one of that name.

    Raises ``Invalid`` for ``name``, ``Conflict("too_many_filters")``.
    """
    name = " ".join(name.split())
    if not name:
        raise Invalid({"name": (Problem("required"),)})
    if len(name) > LONGEST_NAME:
        raise Invalid({"name": (Problem("too_long", {"max": LONGEST_NAME}),)})
    if tx.actor.user_id is None or len(query) > LONGEST_QUERY:
        raise NotFound("not_found", kind="filter")
    return saved_filters.keep(tx, tx.actor.user_id, name, query)


def forget(tx: Tx, filter_id: int) -> None:
    """Drop one of the actor's filters; raises ``NotFound``."""
    tx.session.delete(policy.get(tx, policy.TASK_READ, SavedFilter, filter_id))
