"""Links in mails: a random 256-bit token per recipient and purpose, of which only the hash can be looked up.

The token is derived from a random nonce in the row and the secret key outside the database: a resent mail carries the
same link, yet nobody can make the link from the database alone.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy import CheckConstraint, Select, and_, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from workflows.core.db import Base
from workflows.core.errors import NotFound
from workflows.core.settings import Settings
from workflows.core.tx import Tx

PATHS = {
    "referral_answer": "/r/",
    "case_status": "/s/",
    "sign_in": "/login/",
    "organisation_access": "/o/",
    "invitation": "/m/",
    "set_password": "/password/",
}
"""Where the link of each purpose leads."""

_EACH_TIME_ANEW = {"sign_in", "set_password"}


class Link(Base):
    """A link given to one recipient for one purpose; ``target`` reads ``referral:5``, ``recipient`` ``office:17``."""

    __tablename__ = "link"
    __table_args__ = (CheckConstraint(f"purpose IN {tuple(PATHS)}", name="purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    target: Mapped[str] = mapped_column(index=True)
    recipient: Mapped[str]
    nonce: Mapped[bytes]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


def issue(tx: Tx, purpose: str, target: str, recipient: str, *, expires_at: datetime | None = None) -> Link:
    """The recipient's valid link to ``target``, made if there is none yet; links for signing in are always new."""
    if purpose not in _EACH_TIME_ANEW:
        same = select(Link).where(Link.purpose == purpose, Link.target == target, Link.recipient == recipient)
        for link in tx.session.scalars(same.order_by(Link.id.desc())):
            # When the key of old links is gone from the settings their token can no longer be derived.
            if link.expires_at == expires_at and _valid(link, tx.now) and _derivable(link, tx.settings):
                return link
    nonce = secrets.token_bytes(32)
    link = Link(
        purpose=purpose,
        target=target,
        recipient=recipient,
        nonce=nonce,
        token_hash=_hash(_derive(nonce, tx.settings.secret_key)),
        created_at=tx.now,
        expires_at=expires_at,
    )
    tx.session.add(link)
    tx.session.flush()
    return link


def token(link: Link, settings: Settings) -> str:
    """The secret part of the link's address: 43 characters, safe in URLs, by the key it was made with."""
    tokens = [_derive(link.nonce, key) for key in (settings.secret_key, *settings.old_secret_keys)]
    return next((token for token in tokens if hmac.compare_digest(link.token_hash, _hash(token))), tokens[0])


def url(link: Link, settings: Settings) -> str:
    """The whole address, under the public URL of the settings."""
    return f"{settings.public_url}{PATHS[link.purpose]}{token(link, settings)}"


def find(session: Session, purpose: str, token: str, now: datetime) -> Link | None:
    """The link ``token`` opens for ``purpose``; None if unknown, expired or revoked."""
    link = session.scalars(select(Link).where(Link.token_hash == _hash(token), Link.purpose == purpose)).one_or_none()
    return link if link is not None and _valid(link, now) else None


def redeem(tx: Tx, link: Link) -> None:
    """Use a link that serves once; raises ``NotFound("link_gone")`` if somebody else was quicker or it has ended."""
    valid = and_(Link.revoked_at.is_(None), or_(Link.expires_at.is_(None), Link.expires_at > tx.now))
    once = update(Link).where(Link.id == link.id, valid).values(revoked_at=tx.now).returning(Link.id)
    if tx.session.scalar(once) is None:
        raise NotFound("link_gone", purpose=link.purpose)


def valid(session: Session, link_id: int, now: datetime) -> Link | None:
    """The link of that number, while it is valid: for a session that was opened with it."""
    link = session.get(Link, link_id)
    return link if link is not None and _valid(link, now) else None


def revoke(tx: Tx, target: str, purpose: str | None = None) -> None:
    """Let all links to ``target`` end now, those of one ``purpose`` only if it is named."""
    live = update(Link).where(Link.target == target, Link.revoked_at.is_(None)).values(revoked_at=tx.now)
    tx.session.execute(live if purpose is None else live.where(Link.purpose == purpose))


def revoke_of(tx: Tx, recipient: str, purpose: str) -> None:
    """Let all links of one ``purpose`` that were given to ``recipient`` end now."""
    live = update(Link).where(Link.recipient == recipient, Link.purpose == purpose, Link.revoked_at.is_(None))
    tx.session.execute(live.values(revoked_at=tx.now))


def limit(tx: Tx, target: str, purpose: str, expires_at: datetime) -> None:
    """Let the live links to ``target`` end at that moment instead of none: what they open has come to its end."""
    live = update(Link).where(Link.target == target, Link.purpose == purpose, Link.revoked_at.is_(None))
    tx.session.execute(live.values(expires_at=expires_at))


def purge(tx: Tx, in_use: Select[tuple[int | None]]) -> None:
    """Forget links that have ended; those ``in_use`` (the ids that mails refer to) stay with their mail."""
    ended = or_(Link.revoked_at <= tx.now, Link.expires_at <= tx.now)
    tx.session.execute(delete(Link).where(ended, Link.id.not_in(in_use)))


def _valid(link: Link, now: datetime) -> bool:
    return link.revoked_at is None and (link.expires_at is None or now < link.expires_at)


def _derivable(link: Link, settings: Settings) -> bool:
    return hmac.compare_digest(link.token_hash, _hash(token(link, settings)))


def _derive(nonce: bytes, key: bytes) -> str:
    digest = hmac.digest(key, b"link\0" + nonce, "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
