"""The figures of closed-loop referral for people: small counts are hidden, every number leads to its cases.

Counts below ``SMALLEST`` are suppressed (requirements 2.2), also where a share or its remainder would give them away:
then only a bound is told. Where the groups add up to the total, one hidden group alone could be reckoned back, so the
next smallest is hidden as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, func, select

from workflows import policy
from workflows.core.daily import today
from workflows.core.tx import Tx
from workflows.domain import codes, figures, offices
from workflows.domain.cases import Case
from workflows.domain.figures import BREAKDOWNS, COUNTS, SHARES, Measured, Scope
from workflows.domain.offices import Office
from workflows.domain.referrals import Referral

SMALLEST = 5
USUAL_QUARTERS = 4
MOST_QUARTERS = 40
CASES_A_PAGE = 25


@dataclass(frozen=True, slots=True)
class Asked:
    """Which figures: quarters such as ``2026-1`` from and to (both counted), filters by key, and the breakdown."""

    first: str = ""
    last: str = ""
    office: str = ""
    topic: str = ""
    language: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A share in whole percent; ``bound`` is ``below`` or ``above`` where the exact one would tell a small count.

    ``has_cases`` says that the part is large enough to be looked at case by case.
    """

    percent: int | None
    bound: str
    part: int | None
    whole: int | None
    has_cases: bool


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one group; None where too few stand behind them."""

    key: str
    label: str
    sent: int | None
    shares: Mapping[str, Share]
    answer_days: float | None
    outcome_days: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All figures asked for; ``quarters`` are all that may be chosen, newest first."""

    asked: Asked
    quarters: Sequence[str]
    total: Line
    lines: Sequence[Line] = ()
    reasons: Sequence[tuple[str, str, int | None]] = ()
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Behind:
    """One referral behind a number."""

    referral: Referral
    case: Case
    office: Office


@dataclass(frozen=True, slots=True)
class BehindPage:
    """Some of the referrals behind a number; ``next`` is what to ask for those after them, if there are any."""

    items: Sequence[Behind]
    next: int | None


def report(tx: Tx, asked: Asked, language: str = "de") -> Report:
    """The figures for coordination and leadership; what is asked wrongly is left out. Raises ``NotAllowed``."""
    policy.require(tx, policy.FIGURES_READ)
    known = _quarters(tx)
    choices = _choices(tx, language)
    asked = _settled(asked, known, choices)
    scope, visible = _scope(tx, asked), _visible(tx)
    measured = figures.measure(tx.session, scope, visible)
    lines = _lines(tx, scope, visible, asked.by, choices)
    words = codes.glossary(tx.session, ("decline_reason",), language)
    return Report(
        asked=asked,
        quarters=known,
        total=_line("", "", measured.get("", Measured())),
        lines=lines,
        reasons=[
            (reason, words.get(("decline_reason", reason), reason), shown_count(count))
            for reason, count in figures.decline_reasons(tx.session, scope, visible).items()
        ],
        choices=choices,
    )


def own(tx: Tx) -> Line:
    """The figures of the actor's own office over the usual quarters; of all it may see, never of others."""
    policy.require(tx, policy.REFERRAL_ANSWER)
    known = _quarters(tx)
    scope = _scope(tx, _settled(Asked(), known, {}))
    return _line("", "", figures.measure(tx.session, scope, _visible(tx)).get("", Measured()))


def behind(tx: Tx, asked: Asked, count: str, reason: str = "", after: int | None = None) -> BehindPage:
    """A page of the referrals behind a count of the report, newest first; none where the count itself is hidden.

    ``after`` is ``BehindPage.next`` of the page before.
    """
    policy.require(tx, policy.FIGURES_READ)
    scope = _scope(tx, _settled(asked, _quarters(tx), _choices(tx, "de")))
    query = figures.found(tx.session, scope, _visible(tx))
    if count in COUNTS:
        query = query.where(COUNTS[count])
    if reason:
        query = query.where(Referral.decline_reason == reason)
    if shown_count(tx.session.scalar(query.with_only_columns(func.count())) or 0) is None:
        return BehindPage((), None)
    if after is not None:
        query = query.where(Referral.id < after)
    rows = query.join(Office, Office.id == Referral.office_id).with_only_columns(Referral, Case, Office)
    newest = tx.session.execute(rows.order_by(Referral.id.desc()).limit(CASES_A_PAGE + 1)).tuples().all()
    items = [Behind(referral, case, office) for referral, case, office in newest[:CASES_A_PAGE]]
    return BehindPage(items, items[-1].referral.id if len(newest) > CASES_A_PAGE else None)


def shown_count(count: int) -> int | None:
    """The count, or None where it is too small to be shown."""
    return None if 0 < count < SMALLEST else count


def share(part: int, whole: int) -> Share:
    """The share of a part in a whole, without giving away a small count on either side."""
    if whole < SMALLEST:
        return Share(None, "", None, shown_count(whole), has_cases=False)
    if shown_count(part) is None:
        return Share(-(-SMALLEST * 100 // whole), "below", None, whole, has_cases=False)
    if shown_count(whole - part) is None:
        return Share((whole - SMALLEST) * 100 // whole, "above", None, whole, has_cases=True)
    return Share(round(part * 100 / whole), "", part, whole, has_cases=part > 0)


def _line(key: str, label: str, measured: Measured) -> Line:
    return Line(
        key=key,
        label=label,
        sent=shown_count(measured.sent),
        shares={name: share(measured.counts[part], measured.counts[whole]) for name, (part, whole) in SHARES.items()},
        answer_days=_median(measured.answer_days),
        outcome_days=_median(measured.outcome_days),
    )


def _median(days: Mapping[int, int]) -> float | None:
    return figures.median(days) if sum(days.values()) >= SMALLEST else None


def _lines(
    tx: Tx, scope: Scope, visible: ColumnElement[bool], by: str, choices: Mapping[str, Sequence[tuple[str, str]]]
) -> list[Line]:
    if by not in BREAKDOWNS:
        return []
    groups = figures.measure(tx.session, scope, visible, by)
    if by == "quarter":
        named = [(key, key) for key, _, _ in figures.quarters(scope.begins_on, scope.ends_on)]
    elif by == "office":
        named = [(key, name) for key, name in choices["office"]]
        ids = {office.key: str(office.id) for office in tx.session.scalars(select(Office))}
        groups = {key: groups[ids[key]] for key, _ in named if ids[key] in groups}
    else:
        named = list(choices[by])
    present = [(key, label, groups[key]) for key, label in named if key in groups]
    return [_line(key, label, measured) for key, label, measured in _without_remainder(present, by)]


def _without_remainder(groups: list[tuple[str, str, Measured]], by: str) -> list[tuple[str, str, Measured]]:
    """Hide a second group where a single hidden one could be reckoned from the total; topics overlap and cannot."""
    small = [group for group in groups if shown_count(group[2].sent) is None]
    if by == "topic" or len(small) != 1 or len(groups) == 1:
        return groups
    least = min((group for group in groups if group is not small[0]), key=lambda group: group[2].sent)
    return [(key, label, Measured(1) if key == least[0] else measured) for key, label, measured in groups]


def _visible(tx: Tx) -> ColumnElement[bool]:
    return policy.condition(tx.actor, policy.REFERRAL_READ, Referral)


def _quarters(tx: Tx) -> list[str]:
    """All quarters since the first referral, the newest first."""
    now = today(tx.now)
    first_sent = tx.session.scalar(select(func.min(Referral.sent_at)))
    begins = figures.quarter_of(today(first_sent) if first_sent else now)
    keys = [key for key, _, _ in figures.quarters(begins, figures.next_quarter(figures.quarter_of(now)))]
    return keys[::-1][:MOST_QUARTERS]


def _settled(asked: Asked, known: Sequence[str], choices: Mapping[str, Sequence[tuple[str, str]]]) -> Asked:
    """What was asked, with the usual period and without what there is not."""

    def one_of(name: str, key: str) -> str:
        return key if key in dict(choices.get(name, ())) else ""

    last = asked.last if asked.last in known else known[0]
    usual = known[min(known.index(last) + USUAL_QUARTERS, len(known)) - 1]
    first = asked.first if asked.first in known else usual
    first, last = sorted((first, last))
    return Asked(
        first=first,
        last=last,
        office=one_of("office", asked.office),
        topic=one_of("topic", asked.topic),
        language=one_of("language", asked.language),
        by=asked.by if asked.by in BREAKDOWNS else "",
    )


def _scope(tx: Tx, asked: Asked) -> Scope:
    office = offices.find(tx.session, asked.office) if asked.office else None
    return Scope(
        begins_on=_first_day(asked.first),
        ends_on=figures.next_quarter(_first_day(asked.last)),
        office_id=office.id if office else None,
        topic=asked.topic,
        language=asked.language,
    )


def _first_day(quarter: str) -> date:
    year, _, number = quarter.partition("-")
    return date(int(year), int(number) * 3 - 2, 1)


def _choices(tx: Tx, language: str) -> dict[str, list[tuple[str, str]]]:
    """What figures can be narrowed to; offices that ended stay, their past counts."""
    named = select(Office.key, Office.name).order_by(Office.name)
    return {
        "office": [(key, name) for key, name in tx.session.execute(named)],
        **{
            name: [(entry.key, entry.words(language)) for entry in codes.entries(tx.session, name)]
            for name in ("topic", "language")
        },
    }
