"""Who of a jury is biased about an application (Befangenheit, § 20 HVwVfG): no part in it, not even to read."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit
from workflows.core.db import Base
from workflows.core.tx import Tx
from workflows.domain.funding import Application
from workflows.domain.people import User


class Recusal(Base):
    """One person is biased about one application."""

    __tablename__ = "recusal"

    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, index=True)
    declared_at: Mapped[datetime]


def keep(tx: Tx, application_id: int, biased: Iterable[int], fair: Iterable[int]) -> None:
    """What was declared last counts: ``biased`` are shut out, ``fair`` let in again, for all others nothing changes.

    Whoever is named as both is biased. Accounts that do not exist are left out.
    """
    application = tx.locked(Application, application_id)
    known = of(tx.session, application_id)
    wanted = frozenset(biased)
    existing = frozenset(tx.session.scalars(select(User.id).where(User.id.in_(wanted - known))))
    cleared = (known & frozenset(fair)) - wanted
    if not existing and not cleared:
        return
    tx.session.execute(delete(Recusal).where(Recusal.application_id == application_id, Recusal.user_id.in_(cleared)))
    tx.session.add_all(
        Recusal(application_id=application_id, user_id=user_id, declared_at=tx.now) for user_id in sorted(existing)
    )
    tx.session.flush()
    now = sorted((known | existing) - cleared)
    audit.record(tx, application.stream, "application.recused", application.key, {"biased": now})


def of(session: Session, application_id: int) -> frozenset[int]:
    """The people who are biased about an application."""
    return frozenset(session.scalars(select(Recusal.user_id).where(Recusal.application_id == application_id)))


def is_biased(session: Session, user_id: int | None, application_id: int) -> bool:
    """Whether that person is biased about the application."""
    return user_id is not None and session.get(Recusal, (application_id, user_id)) is not None
