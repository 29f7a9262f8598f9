"""The list of cases: which ones, in which order, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, case, literal, or_, select

from workflows import policy
from workflows.core import search
from workflows.core.clock import BERLIN
from workflows.core.stored_lists import holds_text
from workflows.core.tx import Tx
from workflows.domain.cases import OPEN, Case
from workflows.domain.referrals import Referral
from workflows.engine.tasks import Task

URGENCIES = ("high", "normal", "low")

ORDERS: Mapping[str, tuple[Any, ...]] = {
    "newest": (Case.id.desc(),),
    "oldest": (Case.id,),
    "organisation": (Case.organisation_name, Case.id.desc()),
    "urgency": (case({key: place for place, key in enumerate(URGENCIES)}, value=Case.urgency, else_=9), Case.id),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases: words that all occur, a status (``open`` for all that are), codes, who is involved, when it came.

    ``is_mine`` leaves those in which the actor has or had a task; ``order`` is a key of ``ORDERS``, pages count from 1.
    """

    words: str = ""
    status: str = ""
    topic: str = ""
    urgency: str = ""
    organisation_id: int | None = None
    office_id: int | None = None
    since: date | None = None
    until: date | None = None
    is_mine: bool = False
    order: str = "newest"
    page: int = 1
    size: int = 25


@dataclass(frozen=True, slots=True)
class Found:
    """One page of cases; ``count`` is how many there are in all, 100 for more than 99."""

    cases: list[Case]
    count: int
    has_more: bool


def find(tx: Tx, wanted: Filter) -> Found:
    """The cases the actor may read."""
    query = _chosen(tx, wanted)
    order = ORDERS.get(wanted.order, ORDERS["newest"])
    rows = query.order_by(*order).offset((wanted.page - 1) * wanted.size).limit(wanted.size + 1)
    found = list(tx.session.scalars(rows))
    count = search.count_capped(tx.session, query.with_only_columns(Case.id))
    return Found(found[: wanted.size], count, len(found) > wanted.size)


def _chosen(tx: Tx, wanted: Filter) -> Select[tuple[Case]]:
    query = policy.allowed(tx, policy.CASE_READ, select(Case))
    if wanted.words.strip():
        query = query.where(Case.id.in_(search.matching("case", wanted.words)))
    if wanted.status:
        statuses = sorted(OPEN) if wanted.status == "open" else [wanted.status]
        query = query.where(Case.status.in_(statuses))
    if wanted.topic:
        query = query.where(holds_text(Case.topics, wanted.topic))
    if wanted.urgency:
        query = query.where(Case.urgency == wanted.urgency)
    if wanted.organisation_id is not None:
        query = query.where(Case.organisation_id == wanted.organisation_id)
    if wanted.office_id is not None:
        query = query.where(Case.id.in_(select(Referral.case_id).where(Referral.office_id == wanted.office_id)))
    if wanted.since is not None:
        query = query.where(Case.opened_at >= _midnight(wanted.since))
    if wanted.until is not None:
        query = query.where(Case.opened_at < _midnight(wanted.until + timedelta(days=1)))
    return query.where(_worked_on_by(tx)) if wanted.is_mine else query


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), BERLIN)


def _worked_on_by(tx: Tx) -> Any:
    """The actor has a task of the case or of one of its referrals, or has done one."""
    me = tx.actor.user_id or 0
    subjects = select(Task.subject).where(or_(Task.assignee_id == me, Task.done_by_id == me))
    referred = select(Referral.case_id).where(literal("referral:").concat(Referral.id).in_(subjects))
    return or_(literal("case:").concat(Case.id).in_(subjects), Case.id.in_(referred))
