"""Personal tokens of the API: 256 bit, stored hashed, shown once, scoped, at most a year (OWASP ASVS 5.0 chapter 9)."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, String, bindparam, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core import audit
from workflows.core.db import Base
from workflows.core.errors import Conflict
from workflows.core.tx import Actor, Tx
from workflows.domain import people
from workflows.domain.people import User

LONGEST_LIFE = timedelta(days=365)
PREFIX = "lotse_"
SCOPES = ("work", "read")
"""What a token is for: all that its user may do, or reading only."""

MOST = 20
"""Tokens one user may have at a time."""


class ApiToken(Base):
    """One token of a user; ``hash`` is the SHA-256 of the token in hex, ``key`` tells of which sending it was made."""

    __tablename__ = "api_token"
    __table_args__ = (CheckConstraint(f"scope IN {SCOPES}", name="scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    scope: Mapped[str] = mapped_column(String(10), default="work")
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    key: Mapped[str | None] = mapped_column(String(300), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


def create(
    tx: Tx, user_id: int, name: str, life: timedelta = LONGEST_LIFE, scope: str = "work", key: str | None = None
) -> tuple[ApiToken, str]:
    """A new token for the user and its text, which is never shown again; life is cut to 365 days.

    Raises ``Conflict("tokens_many")`` for a user who has twenty that are valid.
    """
    tx.locked(User, user_id)
    valid = select(func.count()).where(ApiToken.user_id == user_id, ApiToken.expires_at > tx.now)
    if (tx.session.scalar(valid) or 0) >= MOST:
        raise Conflict("tokens_many", most=MOST)
    text = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        user_id=user_id,
        name=name,
        scope=scope,
        hash=_hash(text),
        key=key,
        created_at=tx.now,
        expires_at=tx.now + min(life, LONGEST_LIFE),
    )
    tx.session.add(token)
    tx.session.flush()
    audit.record(tx, "system", "token.created", f"user:{user_id}", {"token": token.id, "name": name, "scope": scope})
    return token, text


_SPEAKS_FOR = (
    people.acting()
    .add_columns(ApiToken.scope)
    .join(ApiToken, ApiToken.user_id == User.id)
    .where(ApiToken.hash == bindparam("hash"), ApiToken.expires_at > bindparam("now"), User.is_active)
)


def find(session: Session, text: str, now: datetime) -> tuple[Actor, str] | None:
    """The active user a token speaks for, and its scope; None if it is unknown, expired or the user disabled."""
    known = {"hash": _hash(text), "now": now, "today": people.day(now)}
    found = session.connection().execute(_SPEAKS_FOR, known).first()
    return (people.as_actor(found[:-1]), found.scope) if found is not None else None


def of_user(session: Session, user_id: int, now: datetime) -> list[ApiToken]:
    """The valid tokens of a user, the newest first."""
    valid = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.expires_at > now)
    return list(session.scalars(valid.order_by(ApiToken.id.desc())))


def purge(tx: Tx) -> None:
    """Forget tokens that have expired."""
    tx.session.execute(delete(ApiToken).where(ApiToken.expires_at <= tx.now))


def take_back(tx: Tx, user_id: int, key: str) -> bool:
    """End the token that was made with this ``key``: sent twice, its text went to an answer that nobody may have seen.

    Whether there was one.
    """
    tx.locked(User, user_id)
    token_id = tx.session.scalar(select(ApiToken.id).where(ApiToken.user_id == user_id, ApiToken.key == key))
    if token_id is None:
        return False
    revoke(tx, token_id)
    tx.session.flush()
    return True


def revoke(tx: Tx, token_id: int) -> None:
    """End a token at once; raises ``NotFound``."""
    token = tx.locked(ApiToken, token_id)
    tx.session.delete(token)
    audit.record(tx, "system", "token.revoked", f"user:{token.user_id}", {"token": token_id})


def revoke_all(tx: Tx, user_id: int) -> int:
    """End all tokens of a user: who is let in again later makes new ones. How many there were, expired ones too."""
    found = tx.session.scalars(select(ApiToken.id).where(ApiToken.user_id == user_id)).all()
    for token_id in found:
        revoke(tx, token_id)
    return len(found)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
