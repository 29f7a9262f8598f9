"""The filters of the inbox that somebody keeps; everybody has their own."""

from sqlalchemy import select

from workflows import policy
from workflows.core.errors import Invalid, NotFound, Problem
from workflows.core.tx import Tx
from workflows.domain import saved_filters
from workflows.domain.saved_filters import LONGEST_NAME, LONGEST_QUERY, SavedFilter


def own(tx: Tx) -> list[SavedFilter]:
    """The actor's filters by name."""
    query = policy.allowed(tx, policy.TASK_READ, select(SavedFilter))
    return list(tx.session.scalars(query.order_by(SavedFilter.name)))


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
