"""The calendar over years: which grant ends when, the next deadline of each programme, who is about to have nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import and_, or_, select

from workflows import policy
from workflows.core.clock import BERLIN
from workflows.core.tx import Tx
from workflows.domain import organisations, planning, programmes
from workflows.domain.cases import Case
from workflows.domain.funding import Application
from workflows.domain.planning import Gap, Span
from workflows.domain.programmes import Programme

UNDER_WAY = frozenset({"preparing", "submitted", "incomplete"})
KEPT = timedelta(days=2 * 365)
"""How long a grant that has ended stays in the calendar."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The next day to hand in by; ``text`` says what holds where no day can be computed."""

    programme_id: int
    programme: str
    on: date | None
    text: str
    year: int
    left: Decimal | None
    under_way: int
    source: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class Grant:
    """Money for a project, promised or asked for."""

    organisation: str
    case_id: int
    reference: str
    title: str
    programme: str
    status: str
    amount: Decimal | None
    starts_on: date
    ends_on: date
    proof_due_on: date | None

    @property
    def is_promised(self) -> bool:
        """Whether it is decided, not only asked for."""
        return self.status not in UNDER_WAY


@dataclass(frozen=True, slots=True)
class Warning:
    """An association whose money ends: from when on, after which grant, and what it has asked for meanwhile."""

    gap: Gap
    last: Grant
    asked: list[Grant]


@dataclass(frozen=True, slots=True)
class Row:
    """All grants of one association."""

    organisation: str
    grants: list[Grant]

    def of_year(self, year: int) -> list[Grant]:
        """Those that run in a year."""
        return [grant for grant in self.grants if grant.starts_on.year <= year <= grant.ends_on.year]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the page shows; ``rows`` by name, ``deadlines`` and ``warnings`` by day."""

    years: list[int]
    deadlines: list[Deadline]
    warnings: list[Warning]
    rows: list[Row]


def read(tx: Tx) -> Calendar:
    """The calendar of all applications the actor may read."""
    today = tx.now.astimezone(BERLIN).date()
    rows = _rows(tx, today)
    last = max((grant.ends_on.year for row in rows for grant in row.grants), default=today.year)
    return Calendar(
        years=list(range(today.year, max(today.year + 1, min(last, today.year + 3)) + 1)),
        deadlines=_deadlines(tx, today),
        warnings=sorted(_warnings(rows, today), key=lambda each: each.gap.from_on),
        rows=[row for row in rows if any(grant.ends_on >= today.replace(month=1, day=1) for grant in row.grants)],
    )


def _rows(tx: Tx, today: date) -> list[Row]:
    promised = or_(
        Application.status.in_(("awarded", "proven")),
        and_(Application.status == "closed", Application.result == "proven"),
    )
    query = policy.allowed(tx, policy.FUNDING_READ, select(Application, Case, Programme))
    found = tx.session.execute(
        query.join(Case, Case.id == Application.case_id)
        .join(Programme, Programme.id == Application.programme_id)
        .where(or_(promised, Application.status.in_(sorted(UNDER_WAY))))
        .where(Application.starts_on.is_not(None), Application.ends_on >= today - KEPT)
        .order_by(Application.starts_on, Application.id)
    )
    rows: dict[str, Row] = {}
    for application, case, programme in found:
        grant = _grant(application, case, programme)
        rows.setdefault(_whose(case), Row(grant.organisation, [])).grants.append(grant)
    return sorted(rows.values(), key=lambda row: row.organisation.casefold())


def _whose(case: Case) -> str:
    """Cases of one association meet in its entry of the register, else in its name."""
    if case.organisation_id is not None:
        return f"organisation:{case.organisation_id}"
    return organisations.folded(case.organisation_name) or case.stream


def _grant(application: Application, case: Case, programme: Programme) -> Grant:
    assert application.starts_on is not None
    assert application.ends_on is not None
    return Grant(
        organisation=case.organisation_name or case.contact_name or case.reference,
        case_id=case.id,
        reference=case.reference,
        title=application.title,
        programme=programme.name,
        status=(application.result or "closed") if application.status == "closed" else application.status,
        amount=application.awarded if application.awarded is not None else application.requested,
        starts_on=application.starts_on,
        ends_on=application.ends_on,
        proof_due_on=application.proof_due_on if application.status == "awarded" else None,
    )


def _warnings(rows: Iterable[Row], today: date) -> Iterable[Warning]:
    for row in rows:
        promised = [grant for grant in row.grants if grant.is_promised]
        for gap in planning.gaps((Span(grant.starts_on, grant.ends_on) for grant in promised), today):
            before = [grant for grant in promised if grant.ends_on < gap.from_on]
            asked = [grant for grant in row.grants if not grant.is_promised and grant.ends_on >= gap.from_on]
            yield Warning(gap, max(before, key=lambda grant: grant.ends_on), asked)


def _deadlines(tx: Tx, today: date) -> list[Deadline]:
    query = policy.allowed(tx, policy.FUNDING_READ, select(Application)).where(Application.status == "preparing")
    preparing = [application.programme_id for application in tx.session.scalars(query)]
    found = [_deadline(tx, programme, today, preparing) for programme in programmes.active(tx.session)]
    return sorted(found, key=lambda each: (each.on is None, each.on or today))


def _deadline(tx: Tx, programme: Programme, today: date, preparing: list[int | None]) -> Deadline:
    on = programmes.next_deadline(programme.deadline_rule, today, None)
    year = programmes.project_year(programme.deadline_rule, on, today)
    pot = programmes.pot(tx.session, programme.id, year)
    return Deadline(
        programme_id=programme.id,
        programme=programme.name,
        on=on,
        text=programme.deadline,
        year=year,
        left=pot.remaining if pot else None,
        under_way=preparing.count(programme.id),
        source=programme.source,
        checked_on=programme.checked_on,
    )
