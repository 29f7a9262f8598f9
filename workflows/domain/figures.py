"""The figures of closed-loop referral: the database counts the referrals that were sent in a period.

Every figure is a share of counts or a median of working days. The definitions are printed beside the numbers
(``webapp/wording/referral_figures.py``); the conditions here are the same ones that find the cases behind a number.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    extract,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from workflows.core import workdays
from workflows.core.clock import BERLIN
from workflows.domain.cases import Case
from workflows.domain.referrals import CONFIRMED, Referral

HELPED = ("helped", "partly")

CLOSED = Referral.status == "closed"
DECLINED = Referral.decline_reason.is_not(None)
ACCEPTED = and_(Referral.answered_at.is_not(None), Referral.decline_reason.is_(None))
EXPIRED = (Referral.result == "expired") | (Referral.status == "expired")
REPORTED = Referral.outcome.is_not(None)

COUNTS: Mapping[str, ColumnElement[bool]] = {
    "accepted": ACCEPTED,
    "declined": DECLINED,
    "answered": ACCEPTED | DECLINED,
    "expired": EXPIRED,
    "due": ACCEPTED | DECLINED | EXPIRED,
    "closed": CLOSED,
    "placed": and_(CLOSED, Referral.outcome.in_(HELPED)),
    "reported": and_(CLOSED, REPORTED),
    "confirmed": and_(CLOSED, REPORTED, Referral.confirmed == CONFIRMED),
}
"""What is counted beside all referrals sent, and the condition that finds it."""

SHARES: Mapping[str, tuple[str, str]] = {
    "acceptance": ("accepted", "answered"),
    "placement": ("placed", "closed"),
    "confirmation": ("confirmed", "reported"),
    "expiry": ("expired", "due"),
}
"""Shares: what of what."""

BREAKDOWNS = ("office", "topic", "language", "quarter")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which referrals: sent from ``begins_on`` to before ``ends_on`` (Berlin), of one office, topic or language."""

    begins_on: date
    ends_on: date
    office_id: int | None = None
    topic: str = ""
    language: str = ""


@dataclass(slots=True)
class Measured:
    """The counts of one group, and how often an answer or an outcome took how many working days."""

    sent: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    answer_days: Counter[int] = field(default_factory=Counter)
    outcome_days: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Measured") -> None:
        """Both groups together."""
        self.sent += other.sent
        self.counts += other.counts
        self.answer_days += other.answer_days
        self.outcome_days += other.outcome_days


def quarters(begins_on: date, ends_on: date) -> list[tuple[str, date, date]]:
    """The quarters of a period: key such as ``2026-1``, first day, first day of the next."""
    found = []
    first = quarter_of(begins_on)
    while first < ends_on:
        after = next_quarter(first)
        found.append((f"{first.year}-{(first.month + 2) // 3}", first, after))
        first = after
    return found


def quarter_of(day: date) -> date:
    """The first day of the quarter ``day`` lies in."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def next_quarter(first: date) -> date:
    """The first day of the quarter after the one that begins on ``first``."""
    return date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)


def found(session: Session, scope: Scope, visible: ColumnElement[bool]) -> Select[tuple[Referral]]:
    """The referrals of a scope, as far as they are ``visible``, to count or to list.

    A need that was passed on asks nobody for help: counted along, it would pass for help that failed.
    """
    query = (
        select(Referral)
        .join(Case, Case.id == Referral.case_id)
        .where(Referral.kind != "need")
        .where(visible, Referral.sent_at >= _midnight(scope.begins_on), Referral.sent_at < _midnight(scope.ends_on))
    )
    if scope.office_id is not None:
        query = query.where(Referral.office_id == scope.office_id)
    if scope.language:
        query = query.where(Case.language == scope.language)
    if scope.topic:
        # Topics lie in one column as a list; there are far fewer different lists than cases.
        lists = session.scalars(select(Case.topics).distinct())
        query = query.where(Case.topics.in_([topics for topics in lists if scope.topic in topics]))
    return query


def measure(session: Session, scope: Scope, visible: ColumnElement[bool], by: str = "") -> dict[str, Measured]:
    """The figures of a scope by the keys of one of ``BREAKDOWNS``, or all in one under the empty key.

    A referral with several topics counts for each of them.
    """
    query = found(session, scope, visible)
    key = _key(by, scope)
    measured: dict[str, Measured] = {}

    def groups(value: Any) -> list[Measured]:
        keys = value if isinstance(value, list) else [value]
        return [measured.setdefault("" if each is None else str(each), Measured()) for each in keys]

    counted = (func.count(), *(func.sum(case((condition, 1), else_=0)) for condition in COUNTS.values()))
    for value, sent, *counts in session.execute(query.with_only_columns(key, *counted).group_by(key)):
        of_group = {name: int(count or 0) for name, count in zip(COUNTS, counts, strict=True)}
        for group in groups(value):
            group.add(Measured(int(sent), Counter(of_group)))
    for name, moment in (("answer_days", Referral.answered_at), ("outcome_days", Referral.reported_at)):
        for value, days, count in _durations(session, query.where(moment.is_not(None)), key, moment):
            for group in groups(value):
                getattr(group, name)[days] += count
    return measured


def decline_reasons(session: Session, scope: Scope, visible: ColumnElement[bool]) -> dict[str, int]:
    """How often offices declined for which reason, the most frequent first."""
    query = found(session, scope, visible).where(DECLINED)
    counted = query.with_only_columns(Referral.decline_reason, func.count()).group_by(Referral.decline_reason)
    rows = [(str(reason), count) for reason, count in session.execute(counted)]
    return dict(sorted(rows, key=lambda row: (-row[1], row[0])))


def median(days: Mapping[int, int]) -> float | None:
    """The median of a histogram; None of nothing."""
    values = sorted(Counter(days).elements())
    if not values:
        return None
    middle = len(values) // 2
    return float(values[middle]) if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def _key(by: str, scope: Scope) -> Any:
    if by == "office":
        return Referral.office_id
    if by == "topic":
        return Case.topics
    if by == "language":
        return Case.language
    if by == "quarter":
        parts = quarters(scope.begins_on, scope.ends_on)
        return case(*((Referral.sent_at < _midnight(after), literal(key)) for key, _, after in parts), else_="")
    return literal("")


def _durations(
    session: Session, query: Select[tuple[Referral]], key: Any, moment: Any
) -> Collection[tuple[Any, int, int]]:
    """Group, working days from sending (requirements 2.2; days as they are in Berlin), how often."""
    sent, done = _hour(Referral.sent_at), _hour(moment)
    pairs = query.with_only_columns(key, sent, done, func.count()).group_by(key, sent, done)
    return [
        (value, workdays.working_days_between(_in_berlin(sent_at), _in_berlin(done_at)), count)
        for value, sent_at, done_at, count in session.execute(pairs)
    ]


EVENING = 22  # o'clock UTC: from then on it may be the next day in Berlin


def _hour(column: Any) -> Any:
    """The hours since 1970, in whole days but for late ones: few groups, in no time zone of the database's choice."""
    hours = cast(extract("epoch", column), BigInteger) // 3600
    return hours - case((hours % 24 < EVENING, hours % 24), else_=0)


def _in_berlin(hours: int) -> date:
    return datetime.fromtimestamp(hours * 3600, BERLIN).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BERLIN)
