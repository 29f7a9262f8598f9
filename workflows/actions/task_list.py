"""The list of open tasks: which ones, in which order, page by page, and how many.

However many tasks there are, a page in the usual order costs the same. Each scope is a few conditions on one column,
each condition walks its index in the order of the due dates and stops after one page; the few rows are merged here.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.orm import defer
from sqlalchemy.sql.elements import True_

from workflows import policy
from workflows.core import search
from workflows.core.clock import BERLIN
from workflows.core.db import UtcDateTime
from workflows.core.errors import Invalid, Problem
from workflows.core.tx import Actor, Tx
from workflows.domain.cases import Case
from workflows.domain.funding import Application
from workflows.domain.referrals import Referral
from workflows.engine.tasks import NORMAL, Task

SOON = timedelta(days=2)
"""What falls due within this time is due soon."""

MOST_COUNTED = 99

SCOPES = ("mine", "group", "deputy", "all")
DUE = ("overdue", "soon", "later", "none")
PRIORITIES = ("high", "normal", "low")
FOLLOW_UPS = ("back", "asleep", "any")
SORTS = ("due", "newest", "priority")

NOBODY = "nobody"

Condition = ColumnElement[bool]

# Written into the statement: an index over open tasks alone is only used where the planner reads the word.
IS_OPEN = Task.status == literal_column("'open'")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which open tasks, in which order; every empty member means "whatever".

    ``scope`` is mine, group (those of my groups), deputy (those of whom I stand in for) or all I may see;
    ``assignee`` a user's id as text, ``me`` or ``nobody``; ``words`` must all occur in the case or referral;
    ``due``, ``priority``, ``follow_up`` and ``sort`` are of the lists above. Tasks put off to a later day are left
    out unless ``follow_up`` or ``words`` ask for them. ``cursor`` is ``TaskPage.next`` of the page before.
    """

    scope: str = "all"
    words: str = ""
    process: str = ""
    group: str = ""
    assignee: str = ""
    due: str = ""
    priority: str = ""
    follow_up: str = ""
    sort: str = "due"
    cursor: str = ""
    limit: int = 25


@dataclass(frozen=True, slots=True)
class TaskPage:
    """Some tasks, and the cursor of the next ones if there are any."""

    items: list[Task]
    next: str | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an order that one walk of an index yields: ``where`` it runs, by which ``column``, then by id."""

    name: str
    where: Condition
    column: ColumnElement[Any] | None
    backwards: bool = False

    def order(self) -> list[ColumnElement[Any]]:
        """What the walk is ordered by."""
        columns: list[ColumnElement[Any]] = (
            [Task.__table__.c.id] if self.column is None else [self.column, Task.__table__.c.id]
        )
        return [column.desc() for column in columns] if self.backwards else columns

    def behind(self) -> Condition:
        """Only what comes after the task of the key and id that are given when the statement runs."""
        here = bindparam("after_id", type_=Integer)
        if self.column is None:
            return Task.id < here if self.backwards else Task.id > here
        there = tuple_(bindparam("after_key", type_=self.column.type), here)
        both = tuple_(self.column, Task.id)
        return both < there if self.backwards else both > there


Place = tuple[Stretch, Any, int]
Walk = Select[Any] | CompoundSelect[Any]

_DATED = Stretch("dated", Task.due_at.is_not(None), Task.__table__.c.due_at)
_UNDATED = Stretch("undated", Task.due_at.is_(None), None)
ORDERS: Mapping[str, tuple[Stretch, ...]] = {
    "due": (_DATED, _UNDATED),
    "newest": (Stretch("newest", true(), None, backwards=True),),
    "priority": (Stretch("priority", true(), -Task.__table__.c.priority),),
}


def list_tasks(tx: Tx, wanted: Filter) -> TaskPage:
    """One page of the open tasks the actor may see; raises ``Invalid`` for a foreign cursor.

    Due first, those without a date last; or the newest first, or the most urgent first.
    """
    skipped = {"": None, "none": "dated"}.get(wanted.due, "undated")
    stretches = tuple(each for each in ORDERS[wanted.sort] if each.name != skipped)
    after = _read_cursor(wanted.cursor, stretches)
    begun = after is None
    found: list[Place] = []
    for stretch in stretches:
        here = after if after is not None and after[0] is stretch else None
        begun = begun or here is not None
        if begun and len(found) <= wanted.limit:
            found += _walk(tx, wanted, stretch, here, wanted.limit + 1 - len(found))
    more = len(found) > wanted.limit
    found = found[: wanted.limit]
    return TaskPage(_load(tx, [task_id for _stretch, _key, task_id in found]), _cursor(*found[-1]) if more else None)


def counts(tx: Tx, wanted: Mapping[str, Filter]) -> dict[str, int]:
    """How many tasks each filter finds, in one statement; 100 means more than 99."""
    if not wanted:
        return {}
    row = tx.session.execute(_counting(tx.actor, tuple(wanted.values())), _moments(tx.now)).one()
    return dict(zip(wanted, row, strict=True))


def count(tx: Tx, wanted: Filter) -> int:
    """How many tasks one filter finds; 100 means more than 99."""
    return counts(tx, {"": wanted})[""]


# Building a statement costs more than running it, and the same people look at the same lists again and again. What
# differs each time (the moment, the page) is given when it runs.
@lru_cache(maxsize=500)
def _counting(actor: Actor, wanted: tuple[Filter, ...]) -> Select[Any]:
    return select(*(_count(actor, each).label(f"n{place}") for place, each in enumerate(wanted)))


def _count(actor: Actor, wanted: Filter) -> ColumnElement[int]:
    some = [
        select(select(Task.id).where(way, *_conditions(actor, wanted)).limit(MOST_COUNTED + 1).subquery().c.id)
        for way in _ways(actor, wanted.scope)
    ]
    if not some:
        return literal(0)
    # What is mine may be my group's, too: only "all" can find a task on two ways.
    joined = some[0] if len(some) == 1 else union(*some) if wanted.scope == "all" else union_all(*some)
    capped = select(joined.subquery().c.id).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(capped).scalar_subquery()


def _walk(tx: Tx, wanted: Filter, stretch: Stretch, after: Place | None, most: int) -> list[Place]:
    """The first ``most`` tasks of a stretch: each way walks its index, the heads are merged here and each kept once."""
    statement = _walking(tx.actor, replace(wanted, cursor="", limit=0), stretch, after is not None)
    if statement is None:
        return []
    given = {**_moments(tx.now), "most": most}
    if after is not None:
        given |= {"after_key": after[1], "after_id": after[2]}
    rows = {(key, task_id) for task_id, key in tx.session.execute(statement, given)}
    return [(stretch, key, task_id) for key, task_id in sorted(rows, reverse=stretch.backwards)[:most]]


@lru_cache(maxsize=500)
def _walking(actor: Actor, wanted: Filter, stretch: Stretch, goes_on: bool) -> Walk | None:
    column = literal(0) if stretch.column is None else stretch.column
    where = [stretch.where, *_conditions(actor, wanted), *([stretch.behind()] if goes_on else [])]
    most = bindparam("most", type_=Integer)
    walks = [
        select(Task.id, column.label("key")).where(way, *where).order_by(*stretch.order()).limit(most)
        for way in _ways(actor, wanted.scope)
    ]
    if len(walks) < 2:
        return walks[0] if walks else None
    return union_all(*(select(walk.subquery()) for walk in walks))


def _moments(now: datetime) -> dict[str, Any]:
    return {"now": now, "soon": now + SOON, "today": now.astimezone(BERLIN).date()}


def _load(tx: Tx, ids: list[int]) -> list[Task]:
    """The tasks in that order, without what was typed into them."""
    if not ids:
        return []
    rows = {task.id: task for task in tx.session.scalars(_LOADED, {"ids": ids})}
    return [rows[task_id] for task_id in ids if task_id in rows]


_LOADED = (
    select(Task).where(Task.id.in_(bindparam("ids", expanding=True))).options(defer(Task.values), defer(Task.draft))
)


def _ways(actor: Actor, scope: str) -> list[Condition]:
    """The scope as alternatives, each of one column that an index leads by."""
    groups: list[Condition] = [Task.group_key == key for key in sorted(actor.groups)]
    mine: list[Condition] = [] if actor.user_id is None else [Task.assignee_id == actor.user_id]
    theirs: list[Condition] = [Task.assignee_id == user_id for user_id in sorted(actor.stands_in_for)]
    if scope == "all":
        return [true()] if policy.may(actor, policy.CASE_READ) else groups + mine + theirs
    return {"mine": mine, "group": groups, "deputy": theirs}[scope]


def _conditions(actor: Actor, wanted: Filter) -> list[Condition]:
    """What every task of the list fulfils, besides its scope."""
    found = [IS_OPEN, _on_the_way(policy.condition(actor, policy.TASK_READ, Task))]
    if wanted.assignee == NOBODY:
        found.append(Task.assignee_id.is_(None))
    elif wanted.assignee:
        me = actor.user_id or 0
        found.append(Task.assignee_id == (me if wanted.assignee == "me" else int(wanted.assignee)))
    if wanted.group:
        found.append(Task.group_key == wanted.group)
    if wanted.process:
        found.append(Task.process_key == wanted.process)
    if wanted.due:
        found.append(_DUE[wanted.due])
    if wanted.priority:
        found.append(_PRIORITY[wanted.priority])
    has_words = bool(wanted.words.strip())
    # Who searches for a name means every task of it.
    found += _FOLLOW_UP["any" if has_words and not wanted.follow_up else wanted.follow_up]
    return [*found, Task.subject.in_(_subjects(actor, wanted.words))] if has_words else found


def _on_the_way(rule: Condition) -> Condition:
    """A rule that is asked of each row of the walk and is none by itself.

    Its alternatives are the ways once more: taken as conditions of their own, PostgreSQL believes that next to nothing
    is left, reads everything of a group and sorts it.
    """
    return rule if isinstance(rule, True_) else case((rule, true()), else_=false())


_NOW, _SOON = bindparam("now", type_=UtcDateTime), bindparam("soon", type_=UtcDateTime)
_DUE: Mapping[str, Condition] = {
    "overdue": Task.due_at < _NOW,
    "soon": and_(Task.due_at >= _NOW, Task.due_at < _SOON),
    "later": Task.due_at >= _SOON,
    "none": Task.due_at.is_(None),
}
_PRIORITY: Mapping[str, Condition] = {
    "high": Task.priority > NORMAL,
    "normal": Task.priority == NORMAL,
    "low": Task.priority < NORMAL,
}
_TODAY = bindparam("today", type_=Date)
_FOLLOW_UP: Mapping[str, list[Condition]] = {
    "": [or_(Task.follow_up_on.is_(None), Task.follow_up_on <= _TODAY)],
    "asleep": [Task.follow_up_on > _TODAY],
    "back": [Task.follow_up_on <= _TODAY],
    "any": [],
}


def _subjects(actor: Actor, words: str) -> Select[tuple[str]]:
    """Subjects of what is found; an office searches the extracts and a jury the names of applications, for finding is
    reading, too."""
    by_extract = select(literal("referral:").concat(Referral.id)).where(
        Referral.id.in_(search.matching("referral", words))
    )
    if not policy.may(actor, policy.CASE_READ):
        by_name = select(literal("application:").concat(Application.id)).where(
            Application.id.in_(search.matching("application", words))
        )
        return select(by_extract.union(by_name).subquery().c[0])
    found = search.matching("case", words)
    cases = select(literal("case:").concat(Case.id)).where(Case.id.in_(found))
    of_cases = select(literal("referral:").concat(Referral.id)).where(Referral.case_id.in_(found))
    applied = select(literal("application:").concat(Application.id)).where(Application.case_id.in_(found))
    return select(cases.union(of_cases, applied, by_extract).subquery().c[0])


def _cursor(stretch: Stretch, key: Any, task_id: int) -> str:
    written = key.isoformat() if isinstance(key, datetime) else key
    return base64.urlsafe_b64encode(f"{stretch.name}|{written}|{task_id}".encode()).decode().rstrip("=")


def _read_cursor(cursor: str, stretches: tuple[Stretch, ...]) -> Place | None:
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        name, written, number = text.split("|")
        stretch = next(each for each in stretches if each.name == name)
        key = _moment(written) if name == "dated" else int(written)
        is_unusable = not isinstance(key, datetime) and not -100 <= key <= 100
        if is_unusable or not 0 <= int(number) < 2**31:
            raise ValueError("not one of ours")
        return stretch, key, int(number)
    except (ValueError, OverflowError, StopIteration, binascii.Error) as error:
        raise Invalid({"cursor": (Problem("cursor_unknown"),)}) from error


def _moment(written: str) -> datetime:
    """In UTC, as stored; the calendar's first and last moments may be outside of it there."""
    found = datetime.fromisoformat(written)
    if found.tzinfo is None:
        raise ValueError("not one of ours")
    return found.astimezone(UTC)
