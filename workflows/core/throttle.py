"""Limits on how often something may be tried, counted in a table that all processes share."""

import hmac
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import case, delete, literal, or_, update
from sqlalchemy.orm import Mapped, mapped_column

from workflows.core import audit
from workflows.core.clock import APART
from workflows.core.db import Base, upsert
from workflows.core.errors import Throttled
from workflows.core.tx import Tx


class Tries(Base):
    """How often a key was hit in its running window; the key is a keyed digest, for it may hold an address."""

    __tablename__ = "tries"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(index=True)


def hit(tx: Tx, key: str, limit: int, seconds: int) -> None:
    """Count one try under ``key`` (``sign-in:address``); more than ``limit`` within ``seconds`` raise ``Throttled``.

    A try that is to count even if the action fails must be hit in a transaction of its own before the action.
    """
    _count(tx, key, limit, seconds, "throttled")


def give_back(tx: Tx, key: str) -> None:
    """Take one try under ``key`` back: it succeeded, and only those that fail use a limit up."""
    found = (Tries.key == _digest(tx, key), Tries.count > 0, Tries.ends_at > tx.now)
    tx.session.execute(update(Tries).where(*found).values(count=Tries.count - 1))


def together(what: str) -> str:
    """The key under which the tries of everybody count."""
    return f"{what}:together"


def hit_together(tx: Tx, what: str, limit: int, seconds: int) -> None:
    """Count one try of everybody together, after those of an account or address, which then do not count here.

    More than ``limit`` raise ``Throttled("throttled_together")``. The last try that is let in leaves an entry in the
    audit: once in a window, for those that are refused leave nothing.
    """
    if _count(tx, together(what), limit, seconds, "throttled_together") == limit:
        audit.record(tx, "system", "limit.reached", f"limit:{what}", {"count": limit})


def _count(tx: Tx, key: str, limit: int, seconds: int, code: str) -> int:
    fresh = literal(tx.now + timedelta(seconds=seconds), Tries.ends_at.type)
    # A window that ends later than any new one would is from before the clock was put back.
    longest = timedelta(seconds=seconds) + APART
    over = or_(Tries.ends_at <= tx.now, Tries.ends_at > tx.now + longest)
    row = upsert(tx.session, Tries).values(key=_digest(tx, key), count=1, ends_at=fresh)
    counted = row.on_conflict_do_update(
        index_elements=["key"],
        set_={"count": case((over, 1), else_=Tries.count + 1), "ends_at": case((over, fresh), else_=Tries.ends_at)},
    ).returning(Tries.count, Tries.ends_at)
    count, ends_at = tx.session.execute(counted).one()
    if count > limit:
        raise Throttled(code, retry_after=max(1, ceil((ends_at - tx.now).total_seconds())))
    return int(count)


def purge(tx: Tx) -> None:
    """Forget windows that are over."""
    tx.session.execute(delete(Tries).where(Tries.ends_at <= tx.now))


def _digest(tx: Tx, key: str) -> str:
    return hmac.digest(tx.settings.secret_key, b"throttle\0" + key.encode(), "sha256").hex()
