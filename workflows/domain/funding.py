"""A funding application (Förderantrag): one project asks one programme for money, from the advice to the proof of use.

States: advice → preparing → submitted ⇄ incomplete → awarded | rejected; awarded → proven → closed. The pot of
programme and year is reserved at the award in one conditional statement, so that it can never be promised twice.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, CursorResult, ForeignKey, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit, search
from workflows.core.clock import BERLIN
from workflows.core.db import Base, Euros, TypedJson, begin_write
from workflows.core.errors import Conflict, LotseError, NotFound
from workflows.core.tx import Tx
from workflows.domain import cases, cost_plan, programmes
from workflows.domain.cases import Case
from workflows.domain.cost_plan import NOTHING, Plan
from workflows.domain.programmes import ProgrammeYear

STATUSES = (
    "advice",
    "preparing",
    "submitted",
    "incomplete",
    "awarded",
    "rejected",
    "proven",
    "withdrawn",
    "closed",
)
OPEN = frozenset({"advice", "preparing", "submitted", "incomplete", "awarded"})

# From where each status may be reached.
BEFORE: dict[str, frozenset[str]] = {
    "preparing": frozenset({"advice"}),
    "submitted": frozenset({"preparing", "incomplete"}),
    "incomplete": frozenset({"submitted"}),
    "awarded": frozenset({"submitted"}),
    "rejected": frozenset({"submitted"}),
    "proven": frozenset({"awarded"}),
    "withdrawn": OPEN,
    "closed": frozenset({"advice", "rejected", "proven", "withdrawn"}),
}


class Application(Base):
    """One application; ``plan`` holds its cost lines and income, ``points`` what the jury gave, amounts are euros.

    ``profile`` is what the association says of itself; the next application begins with it.
    """

    __tablename__ = "application"
    __table_args__ = (CheckConstraint(f"status IN {STATUSES}", name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"), index=True)
    year: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(12), default="advice", index=True)
    title: Mapped[str] = mapped_column(String(300), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None] = mapped_column(index=True)
    deadline_on: Mapped[date | None]
    proof_due_on: Mapped[date | None]
    profile: Mapped[dict[str, Any] | None] = mapped_column(TypedJson)
    plan: Mapped[dict[str, Any] | None] = mapped_column(TypedJson)
    requested: Mapped[Decimal | None] = mapped_column(Euros)
    submitted_on: Mapped[date | None]
    submitted_to: Mapped[str] = mapped_column(String(300), default="")
    points: Mapped[int | None]
    decided_on: Mapped[date | None]
    decision_note: Mapped[str] = mapped_column(Text, default="")
    awarded: Mapped[Decimal | None] = mapped_column(Euros)
    drawn: Mapped[Decimal] = mapped_column(Euros, default=NOTHING)
    spent: Mapped[Decimal | None] = mapped_column(Euros)
    repaid: Mapped[Decimal] = mapped_column(Euros, default=NOTHING)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    result: Mapped[str | None] = mapped_column(String(12))

    @property
    def key(self) -> str:
        """The subject of its process and the correlation key of its messages."""
        return f"application:{self.id}"

    @property
    def stream(self) -> str:
        """The audit stream: an application's story is part of its case's."""
        return f"case:{self.case_id}"


def open_new(tx: Tx, case_id: int) -> Application:
    """Begin the advice; raises ``Conflict("case_state")`` when the case is closed."""
    case = tx.locked(Case, case_id)
    if case.status not in cases.OPEN:
        raise Conflict("case_state", case=case.reference, status=case.status, wanted="funding")
    application = Application(case_id=case.id, status="advice", created_at=tx.now, drawn=NOTHING, repaid=NOTHING)
    tx.session.add(application)
    tx.session.flush()
    _record(tx, application, "application.opened")
    return application


def choose(
    tx: Tx, application_id: int, programme_key: str, title: str, starts_on: date | None, ends_on: date | None = None
) -> Application:
    """Settle on a programme, with its next deadline and the year whose money is asked for; raises ``NotFound``.

    ``ends_on`` is the project's last day.
    """
    programme = programmes.find(tx.session, programme_key)
    if programme is None or not programme.is_active:
        raise NotFound("not_found", kind="programme")
    application, moved = _move(tx, application_id, "preparing", programme=programme.key)
    if moved:
        today = _today(tx)
        deadline = programmes.next_deadline(programme.deadline_rule, today, starts_on)
        application.programme_id, application.title, application.deadline_on = programme.id, title, deadline
        application.year = programmes.project_year(programme.deadline_rule, deadline, today)
        application.starts_on, application.ends_on = starts_on, ends_on
    return application


def plan(
    tx: Tx, application_id: int, costs: Plan, ceiling: Decimal | None, share_max: Decimal | None = None
) -> Application:
    """Keep the cost plan, held against the figures its programme had when it was chosen (``share_max`` in percent).

    Raises ``LotseError`` ``plan_unbalanced``, ``plan_over_ceiling``, ``plan_without_share``.
    """
    application = tx.locked(Application, application_id)
    if application.status not in {"preparing", "incomplete"}:
        raise _wrong_state(application, "planned")
    cost_plan.check(costs, ceiling, share_max)
    application.plan = {
        "lines": list(costs.lines),
        "own_share": costs.own_share,
        "other_income": costs.other_income,
    }
    application.requested = costs.requested
    _record(tx, application, "application.planned", requested=str(costs.requested))
    return application


def submit(tx: Tx, application_id: int, submitted_on: date, submitted_to: str) -> Application:
    """The application is with whoever decides; again after a request for more."""
    application = tx.locked(Application, application_id)
    if application.requested is None:
        raise _wrong_state(application, "submitted")
    application, moved = _move(tx, application_id, "submitted", to=submitted_to)
    if moved:
        application.submitted_on, application.submitted_to = submitted_on, submitted_to
        case = tx.session.get_one(Case, application.case_id)
        named = [case.reference, case.organisation_name]
        search.index(tx, "application", application.id, named, free=[application.title])
    return application


def request_more(tx: Tx, application_id: int, note: str) -> Application:
    """Whoever decides wants more documents first (Nachforderung)."""
    application, moved = _move(tx, application_id, "incomplete")
    if moved:
        application.decision_note = note
    return application


def rate(tx: Tx, application_id: int, points: int) -> Application:
    """Keep the points of the jury; they may be given anew until it has decided."""
    application = tx.locked(Application, application_id)
    if application.status != "submitted":
        raise _wrong_state(application, "rated")
    application.points = points
    _record(tx, application, "application.rated", points=points)
    return application


def award(
    tx: Tx,
    application_id: int,
    amount: Decimal,
    note: str,
    proof_due_on: date | None = None,
    decided_on: date | None = None,
) -> Application:
    """Promise the money (Bewilligung) and take it out of the pot of its programme and year, both or neither.

    ``decided_on`` is the day of a notice from outside, otherwise today.

    Raises ``LotseError("pot_exhausted")`` when less is left and ``LotseError("award_too_high")`` beyond what was
    asked for.
    """
    application = tx.locked(Application, application_id)
    if application.status == "awarded":
        return application
    if amount <= 0 or amount > (application.requested or NOTHING):
        raise LotseError("award_too_high", amount=str(amount), requested=str(application.requested))
    if application.status == "submitted":
        _reserve(tx, application, amount)
    application, _ = _move(tx, application_id, "awarded", amount=str(amount))
    application.awarded, application.decided_on, application.decision_note = amount, decided_on or _today(tx), note
    application.proof_due_on = proof_due_on
    return application


def _reserve(tx: Tx, application: Application, amount: Decimal) -> None:
    """One statement that checks and takes; a programme without a known pot is not limited here."""
    taken = tx.session.execute(
        update(ProgrammeYear)
        .where(ProgrammeYear.programme_id == application.programme_id, ProgrammeYear.year == application.year)
        .where(ProgrammeYear.remaining >= amount)
        .values(remaining=ProgrammeYear.remaining - amount),
        execution_options={"synchronize_session": False},
    )
    assert isinstance(taken, CursorResult)
    found = pot(tx.session, application)
    if taken.rowcount != 1 and found is not None:
        raise LotseError("pot_exhausted", remaining=str(found.remaining), amount=str(amount))


def _give_back(tx: Tx, application: Application, amount: Decimal) -> None:
    """Money that is not used goes back into the pot while its year runs; later it is the treasury's."""
    if amount > 0 and application.year is not None and application.year >= _today(tx).year:
        begin_write(tx.session)
        tx.session.execute(
            update(ProgrammeYear)
            .where(ProgrammeYear.programme_id == application.programme_id, ProgrammeYear.year == application.year)
            .values(remaining=ProgrammeYear.remaining + amount),
            execution_options={"synchronize_session": False},
        )


def reject(tx: Tx, application_id: int, reason: str, decided_on: date | None = None) -> Application:
    """No money, and why (Ablehnung); raises ``LotseError("reason_text_missing")`` without words."""
    if not reason.strip():
        raise LotseError("reason_text_missing", reason="rejected")
    application, moved = _move(tx, application_id, "rejected")
    if moved:
        application.decided_on, application.decision_note = decided_on or _today(tx), reason
    return application


def draw(tx: Tx, application_id: int, amount: Decimal) -> Application:
    """Call for a part of the award (Mittelabruf); raises ``LotseError("draw_too_high")`` beyond the award."""
    application = tx.locked(Application, application_id)
    if application.status != "awarded":
        raise _wrong_state(application, "drawn")
    left = (application.awarded or NOTHING) - application.drawn
    if amount <= 0 or amount > left:
        raise LotseError("draw_too_high", amount=str(amount), left=str(left))
    application.drawn += amount
    _record(tx, application, "application.drawn", amount=str(amount))
    return application


def change(tx: Tx, application_id: int, lines: Sequence[dict[str, Any]]) -> Application:
    """Move money between lines of the plan; costs stay as they were, or shrink to what a smaller award pays for.

    Raises ``LotseError("plan_unbalanced")``.
    """
    application = tx.locked(Application, application_id)
    if application.status != "awarded" or application.plan is None:
        raise _wrong_state(application, "changed")
    before = sum((line["amount"] for line in application.plan["lines"]), NOTHING)
    after = sum((line["amount"] for line in lines), NOTHING)
    income = application.plan["own_share"] + application.plan["other_income"] + (application.awarded or NOTHING)
    if after not in {before, income}:
        raise LotseError("plan_unbalanced", costs=str(before), requested=str(after))
    application.plan = {**application.plan, "lines": list(lines)}
    _record(tx, application, "application.changed")
    return application


def prove(tx: Tx, application_id: int, spent: Decimal) -> Application:
    """The proof of use (Verwendungsnachweis) is accepted; ``spent`` is what it shows of the award."""
    application = tx.locked(Application, application_id)
    if spent < 0:
        raise LotseError("spent_negative", spent=str(spent))
    application, moved = _move(tx, application_id, "proven", spent=str(spent))
    if moved:
        application.spent = min(spent, application.awarded or NOTHING)
        _give_back(tx, application, (application.awarded or NOTHING) - application.drawn)
    return application


def to_repay(application: Application) -> Decimal:
    """What was called for and not spent (Rückforderung)."""
    return max(application.drawn - (application.spent or NOTHING) - application.repaid, NOTHING)


def repay(tx: Tx, application_id: int, amount: Decimal) -> Application:
    """The rest has come back; raises ``LotseError("repaid_too_much")``."""
    application = tx.locked(Application, application_id)
    if application.status != "proven":
        raise _wrong_state(application, "repaid")
    if amount <= 0 or amount > to_repay(application):
        raise LotseError("repaid_too_much", amount=str(amount), due=str(to_repay(application)))
    application.repaid += amount
    _give_back(tx, application, amount)
    _record(tx, application, "application.repaid", amount=str(amount))
    return application


def waive(tx: Tx, application_id: int, reason: str) -> Application:
    """What has not come back is not demanded any more; raises ``LotseError("reason_text_missing")`` without words."""
    if not reason.strip():
        raise LotseError("reason_text_missing", reason="waived")
    application = tx.locked(Application, application_id)
    if application.status != "proven":
        raise _wrong_state(application, "waived")
    _record(tx, application, "application.waived", amount=str(to_repay(application)), reason=reason)
    return application


def can_withdraw(application: Application) -> bool:
    """Whether it may be taken back: whoever has got money must prove what it was spent on, and give back the rest."""
    return application.status in OPEN and not application.drawn


def withdraw(tx: Tx, application_id: int) -> Application:
    """The association takes the application back; what it was promised and did not call for returns to the pot.

    What is decided against or proven already stays as it is.
    """
    if tx.locked(Application, application_id).status not in OPEN:
        return tx.session.get_one(Application, application_id)
    application, moved = _move(tx, application_id, "withdrawn")
    if moved and application.awarded is not None:
        _give_back(tx, application, application.awarded - application.drawn)
    return application


def close(tx: Tx, application_id: int) -> Application:
    """End the application; ``result`` keeps the state it ended from."""
    application = tx.locked(Application, application_id)
    result = application.status
    application, moved = _move(tx, application_id, "closed", result=result)
    if moved:
        application.closed_at, application.result = tx.now, result
    return application


def pot(session: Session, application: Application) -> ProgrammeYear | None:
    """The live pot that the application asks; None where none is known."""
    if application.programme_id is None or application.year is None:
        return None
    return programmes.pot(session, application.programme_id, application.year)


def of_case(session: Session, case_id: int) -> list[Application]:
    """The applications of a case, oldest first."""
    return list(session.scalars(select(Application).where(Application.case_id == case_id).order_by(Application.id)))


def beside(session: Session, application_id: int) -> list[tuple[int, str]]:
    """The other applications of the same association that are under way: programme and case reference, oldest first."""
    asking = select(Case.organisation_id).join(Application, Application.case_id == Case.id)
    query = select(Application.programme_id, Case.reference).join(Case, Case.id == Application.case_id)
    rows = session.execute(
        query.where(Case.organisation_id == asking.where(Application.id == application_id).scalar_subquery())
        .where(Application.id != application_id, Application.status.in_(OPEN), Application.programme_id.is_not(None))
        .order_by(Application.id)
    )
    return [(programme_id, reference) for programme_id, reference in rows.tuples() if programme_id is not None]


def _move(tx: Tx, application_id: int, status: str, **details: object) -> tuple[Application, bool]:
    """Lock, check the old state, set the new one; (row, False) when it is there already."""
    application = tx.locked(Application, application_id)
    if application.status == status:
        return application, False
    if application.status not in BEFORE[status]:
        raise _wrong_state(application, status)
    before, application.status = application.status, status
    _record(tx, application, f"application.{status}", before=before, **details)
    return application, True


def _wrong_state(application: Application, wanted: str) -> Conflict:
    return Conflict("application_state", application=application.id, status=application.status, wanted=wanted)


def _today(tx: Tx) -> date:
    return tx.now.astimezone(BERLIN).date()


def _record(tx: Tx, application: Application, event: str, **details: object) -> None:
    audit.record(tx, application.stream, event, application.key, details)
