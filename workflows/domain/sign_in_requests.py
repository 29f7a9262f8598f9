"""Wishes for a mail with a link to sign in, to set a password or to an association's entry, for any address typed.

Whether the address is known here is looked up later by the worker: what is answered, and how long it takes, is the
same for all, so that nobody learns who has an account or speaks for an association (OWASP ASVS 5.0, 6.3.8).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core.db import Base
from workflows.core.tx import Tx

PURPOSES = ("sign_in", "set_password", "organisation_access")


class SignInRequest(Base):
    """One wish; the row lives until the worker takes it, seconds later."""

    __tablename__ = "sign_in_request"
    __table_args__ = (CheckConstraint(f"purpose IN {PURPOSES}", name="purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254))
    created_at: Mapped[datetime]


def add(tx: Tx, purpose: str, email: str) -> None:
    """Note a wish."""
    tx.session.add(SignInRequest(purpose=purpose, email=email.strip().lower()[:254], created_at=tx.now))
    tx.session.flush()


def next_id(tx: Tx, skip: Sequence[int]) -> int | None:
    """The oldest wish, but none of those to ``skip``."""
    oldest = select(SignInRequest.id).where(SignInRequest.id.not_in(skip)).order_by(SignInRequest.id).limit(1)
    return tx.session.scalar(oldest.with_for_update(skip_locked=True))


def take(tx: Tx, request_id: int) -> tuple[str, str] | None:
    """Purpose and address of a wish, which is gone with this; None if another worker has it."""
    taken = delete(SignInRequest).where(SignInRequest.id == request_id)
    row = tx.session.execute(taken.returning(SignInRequest.purpose, SignInRequest.email)).one_or_none()
    return (row.purpose, row.email) if row is not None else None
