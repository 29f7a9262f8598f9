"""Funding programmes: who decides, how much, under which conditions; every entry with its source and date."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit
from workflows.core.clock import BERLIN
from workflows.core.db import Base, Euros, TypedJson
from workflows.core.errors import Conflict, NotFound
from workflows.core.tx import Tx

DECISIONS = ("jury", "outside")
EDITABLE = frozenset(
    {
        *("name", "decided_by", "jury_group", "quorum", "amount", "amounts", "conditions", "documents", "deadline"),
        *("deadline_rule", "submission", "source", "is_active"),
    }
)
"""What the office may change; key, route and who decides belong to the process."""


class Programme(Base):
    """One programme; decision tables and cost plans read their figures here.

    ``office_key`` names the partner office to ask about it, empty where the programme is reached another way.
    ``amounts`` maps a name such as ``project_max`` to euros (or months, percent), ``ceiling_name`` is the one of them
    that no application may exceed. ``route`` says where the application goes, ``decision`` whether a jury decides in
    this house, ``jury_group`` which. ``deadline_rule`` is empty, ``{"month", "day"}`` every year (with
    ``"for_next_year": true`` for projects of the year after) or ``{"weeks_before_start"}``. ``documents`` are codes of
    the list ``funding_document``.
    """

    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint("route IN ('here', 'elsewhere')", name="route"),
        CheckConstraint(f"decision IN {DECISIONS}", name="decision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    decided_by: Mapped[str] = mapped_column(String(300))
    office_key: Mapped[str] = mapped_column(String(60), default="")
    decision: Mapped[str] = mapped_column(String(12), default="outside")
    jury_group: Mapped[str] = mapped_column(String(60), default="group:jury", server_default="group:jury")
    quorum: Mapped[int] = mapped_column(default=3)
    amount: Mapped[str] = mapped_column(String(500))
    amounts: Mapped[dict[str, object]] = mapped_column(TypedJson)
    ceiling_name: Mapped[str] = mapped_column(String(60), default="")
    conditions: Mapped[list[str]] = mapped_column(TypedJson)
    documents: Mapped[list[str]] = mapped_column(TypedJson, default=list)
    needs_goal: Mapped[bool] = mapped_column(default=False)
    deadline: Mapped[str] = mapped_column(String(300), default="")
    deadline_rule: Mapped[dict[str, Any]] = mapped_column(TypedJson, default=dict)
    route: Mapped[str] = mapped_column(String(12))
    submission: Mapped[str] = mapped_column(String(300), default="")
    source: Mapped[str] = mapped_column(String(400))
    checked_on: Mapped[date]
    position: Mapped[int]
    is_active: Mapped[bool] = mapped_column(default=True)

    @property
    def ceiling(self) -> Decimal | None:
        """The most an application may ask for, in euros; None where no figure is known."""
        found = self.amounts.get(self.ceiling_name)
        return found if isinstance(found, Decimal) else None

    @property
    def share_max(self) -> Decimal | None:
        """The most the programme pays of all costs, in percent; None where it may pay everything."""
        found = self.amounts.get("share_max_percent")
        return found if isinstance(found, Decimal) else None


class ProgrammeYear(Base):
    """The pot of a programme in one year: what the council gave, and what nobody was promised yet."""

    __tablename__ = "programme_year"
    __table_args__ = (
        UniqueConstraint("programme_id", "year"),
        CheckConstraint("remaining >= 0 AND remaining <= total", name="remaining"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    year: Mapped[int]
    total: Mapped[Decimal] = mapped_column(Euros)
    remaining: Mapped[Decimal] = mapped_column(Euros)
    source: Mapped[str] = mapped_column(String(400))
    checked_on: Mapped[date]


def names(session: Session) -> dict[str, str]:
    """The names of all programmes by key."""
    return dict(session.execute(select(Programme.key, Programme.name)).tuples().all())


def active(session: Session) -> list[Programme]:
    """All programmes on offer, in the office's order."""
    return list(session.scalars(select(Programme).where(Programme.is_active).order_by(Programme.position)))


def find(session: Session, key: str) -> Programme | None:
    """The programme of that key, also one no longer on offer."""
    return session.scalar(select(Programme).where(Programme.key == key))


def pot(session: Session, programme_id: int, year: int) -> ProgrammeYear | None:
    """The pot of a year as it is now; None where the programme has none that we know."""
    query = select(ProgrammeYear).where(ProgrammeYear.programme_id == programme_id, ProgrammeYear.year == year)
    return session.scalar(query, execution_options={"populate_existing": True})


def set_pot(tx: Tx, key: str, year: int, total: Decimal) -> ProgrammeYear:
    """Say how much a programme has in a year; raises ``NotFound`` and ``Conflict("pot_promised")`` below promises."""
    programme = find(tx.session, key)
    if programme is None:
        raise NotFound("not_found", kind="programme")
    tx.locked(Programme, programme.id)  # two people setting it for the first time
    found = pot(tx.session, programme.id, year)
    today = tx.now.astimezone(BERLIN).date()
    if found is None:
        found = ProgrammeYear(
            programme_id=programme.id, year=year, total=total, remaining=total, source=tx.actor.label, checked_on=today
        )
        tx.session.add(found)
    else:
        found = tx.locked(ProgrammeYear, found.id)
        promised = found.total - found.remaining
        if total < promised:
            raise Conflict("pot_promised", promised=str(promised), total=str(total))
        found.total, found.remaining = total, total - promised
        found.source, found.checked_on = tx.actor.label, today
    tx.session.flush()
    audit.record(tx, "system", "programme.pot_set", f"programme:{programme.id}", {"year": year, "total": str(total)})
    return found


def edit(tx: Tx, key: str, **values: object) -> Programme:
    """Change what is known of a programme and note it as checked today; raises ``NotFound``."""
    found = find(tx.session, key)
    if found is None:
        raise NotFound("not_found", kind="programme")
    programme = tx.locked(Programme, found.id)
    if unknown := sorted(values.keys() - EDITABLE):
        raise ValueError(f"not editable: {unknown}")
    changed = {name: value for name, value in values.items() if getattr(programme, name) != value}
    for name, value in changed.items():
        setattr(programme, name, value)
    programme.checked_on = tx.now.astimezone(BERLIN).date()
    audit.record(tx, "system", "programme.edited", f"programme:{programme.id}", {"fields": sorted(changed)})
    return programme


def next_deadline(rule: Mapping[str, Any], today: date, starts_on: date | None) -> date | None:
    """The next day by which an application must be in (§188 BGB); None where the programme names none."""
    if weeks := rule.get("weeks_before_start"):
        return starts_on - timedelta(weeks=int(weeks)) if starts_on else None
    if "month" not in rule:
        return None
    this_year = date(today.year, int(rule["month"]), int(rule["day"]))
    return this_year if this_year >= today else this_year.replace(year=today.year + 1)


def project_year(rule: Mapping[str, Any], deadline: date | None, today: date) -> int:
    """The year whose money an application for that deadline asks for."""
    if deadline is None or "month" not in rule:
        return today.year
    return deadline.year + (1 if rule.get("for_next_year") else 0)
