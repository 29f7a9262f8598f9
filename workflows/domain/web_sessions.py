"""Signed-in browsers: sessions live on the server and end within a second (OWASP ASVS 5.0 chapter 7)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, bindparam, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit
from workflows.core.db import Base
from workflows.core.errors import NotFound
from workflows.core.tx import Actor, Tx
from workflows.domain import people
from workflows.domain.people import User

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)


class WebSession(Base):
    """One signed-in browser; ``id`` is the SHA-256 of the cookie's secret in hex, ``device`` what it calls itself."""

    __tablename__ = "web_session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    device: Mapped[str] = mapped_column(String(60), default="")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose browser asks, and the language of their pages."""

    actor: Actor
    language: str


# Built once: every page asks this before anything else.
_HELD_BY = (
    people.acting()
    .add_columns(User.language)
    .join(WebSession, WebSession.user_id == User.id)
    .where(
        WebSession.id == bindparam("id"),
        WebSession.ended_at.is_(None),
        WebSession.seen_at > bindparam("seen"),
        WebSession.created_at > bindparam("begun"),
        User.is_active,
    )
)


def begin(tx: Tx, user_id: int, device: str = "") -> str:
    """Sign a browser in; gives the 256-bit secret for its cookie."""
    secret = secrets.token_urlsafe(32)
    row = WebSession(id=id_of(secret), user_id=user_id, created_at=tx.now, seen_at=tx.now, device=device[:60])
    tx.session.add(row)
    audit.record(tx, "system", "user.signed_in", f"user:{user_id}")
    return secret


def find_user(session: Session, secret: str, now: datetime, *, seen_at: datetime | None = None) -> Holder | None:
    """The user behind a cookie; None if ended, idle for 30 minutes, older than 10 hours or the user disabled.

    ``seen_at`` is what the browser's signed cookie says of its last visit: reading a page must not write to the
    database, so the visit is noted there.
    """
    is_fresh = seen_at is not None and now - IDLE < seen_at <= now
    moments = {"begun": now - ABSOLUTE, "seen": now - ABSOLUTE if is_fresh else now - IDLE, "today": people.day(now)}
    row = session.connection().execute(_HELD_BY, {"id": id_of(secret), **moments}).first()
    return Holder(people.as_actor(row[:-1]), row.language) if row is not None else None


def whose(session: Session, secret: str) -> int | None:
    """Whose session it is or was; None for one that was never ours or is forgotten."""
    return session.scalar(select(WebSession.user_id).where(WebSession.id == id_of(secret))) if secret else None


def end(tx: Tx, secret: str) -> None:
    """Sign this browser out; ending an ended session does nothing."""
    row = tx.session.get(WebSession, id_of(secret))
    if row is not None and row.ended_at is None:
        row.ended_at = tx.now
        audit.record(tx, "system", "user.signed_out", f"user:{row.user_id}")


def end_all(tx: Tx, user_id: int, *, but: str | None = None) -> int:
    """End every session of a user, as after a change of password, ``but`` one with this id; how many there were."""
    live = update(WebSession).where(WebSession.user_id == user_id, WebSession.ended_at.is_(None))
    if but is not None:
        live = live.where(WebSession.id != but)
    ended = len(tx.session.scalars(live.values(ended_at=tx.now).returning(WebSession.id)).all())
    if ended:
        audit.record(tx, "system", "user.sessions_ended", f"user:{user_id}", {"count": ended})
    return ended


def end_one(tx: Tx, user_id: int, session_id: str) -> None:
    """End one session of a user; raises ``NotFound`` for somebody else's, does nothing if it has ended."""
    row = tx.session.get(WebSession, session_id)
    if row is None or row.user_id != user_id:
        raise NotFound("not_found", kind="web_session")
    if row.ended_at is None:
        row.ended_at = tx.now
        audit.record(tx, "system", "user.signed_out", f"user:{user_id}")


def of_user(session: Session, user_id: int, now: datetime) -> list[WebSession]:
    """The sessions of a user that have not ended, the newest first."""
    live = select(WebSession).where(
        WebSession.user_id == user_id, WebSession.ended_at.is_(None), WebSession.created_at > now - ABSOLUTE
    )
    return list(session.scalars(live.order_by(WebSession.created_at.desc(), WebSession.id)))


def purge(tx: Tx) -> None:
    """Forget sessions that have ended or outlived their longest time."""
    over = or_(WebSession.ended_at.is_not(None), WebSession.created_at <= tx.now - ABSOLUTE)
    tx.session.execute(delete(WebSession).where(over))


def id_of(secret: str) -> str:
    """The id of the session behind a cookie's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
