"""Mails to send: written in the transaction of their cause, sent by the worker at least once.

The worker claims a mail by lease, commits, sends it and marks it sent. Dying in between sends it again, with the same
Message-ID, so that the receiving side can tell.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, Protocol

from sqlalchemy import CheckConstraint, ForeignKey, Index, or_, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, sessionmaker

from workflows.core import killpoints, mail_format
from workflows.core.clock import APART, Clock
from workflows.core.db import Base, upsert
from workflows.core.errors import LotseError
from workflows.core.links import Link
from workflows.core.settings import Settings
from workflows.core.tx import SYSTEM, Tx, transaction

LEASE = timedelta(minutes=5)
"""How long a claimed mail belongs to its claimer; a transport must give up sooner."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 960, 1440))
"""How long to wait after each failed try, over two days together; then the mail counts as failed."""

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+@[^\s@<>,;:\"()\[\]\\\x00-\x1f\x7f]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Mail(Base):
    """A mail and how far it got; ``text`` holds ``[[link]]`` where the address of ``link`` belongs."""

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint("status IN ('waiting', 'sending', 'sent', 'failed')", name="status"),
        Index("ix_mail_due", "status", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(unique=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    to_address: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    about: Mapped[str] = mapped_column(index=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("link.id"))
    status: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    link: Mapped[Link | None] = relationship()


class Deferred(Exception):
    """The mail was not taken this time; trying again later may help."""


class Unreachable(Deferred):
    """The mail server could not be spoken to at all: no use in trying other mails now."""


class Refused(Exception):
    """The mail will never be taken as it is."""


class Transport(Protocol):
    """What carries mails away."""

    def send(self, message: EmailMessage) -> None:
        """Hand ``message`` over; raises ``Deferred``, ``Unreachable`` or ``Refused``."""
        ...


def post(
    tx: Tx,
    *,
    to: str,
    subject: str,
    text: str,
    about: str,
    language: str = "de",
    link: Link | None = None,
    key: str | None = None,
) -> Mail:
    """Put a mail into the outbox; with a ``key`` that was used before, the mail posted then is returned instead.

    ``about`` names the case or referral (``case:17``). Raises ``LotseError`` ``mail_address`` or ``mail_subject`` for
    what could smuggle in headers or recipients, ``mail_link`` if text and ``link`` do not fit together.
    """
    if not is_address(to):
        raise LotseError("mail_address")
    if not subject.strip() or _CONTROL.search(subject):
        raise LotseError("mail_subject")
    if (mail_format.MARKER in text) != (link is not None):
        raise LotseError("mail_link")
    row = upsert(tx.session, Mail).values(
        key=key,
        message_id=f"<{uuid.uuid4().hex}@{parseaddr(tx.settings.mail_from)[1].rpartition('@')[2]}>",
        to_address=to,
        subject=subject,
        text=text,
        language=language,
        about=about,
        link_id=link.id if link else None,
        status="waiting",
        attempts=0,
        next_at=tx.now,
        created_at=tx.now,
    )
    posted = tx.session.scalars(row.on_conflict_do_nothing(index_elements=["key"]).returning(Mail)).one_or_none()
    return posted or tx.session.scalars(select(Mail).where(Mail.key == key)).one()


def is_address(text: str) -> bool:
    """Whether a mail can be posted to it: one plain address, nothing around it."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def send_due(
    sessions: sessionmaker[Session],
    settings: Settings,
    clock: Clock,
    transport: Transport,
    limit: int = 50,
    failed: Callable[[Tx, Mail], None] | None = None,
) -> int:
    """Send what is due, one mail at a time, at most ``limit``; returns how many were tried.

    ``failed`` records a mail that is given up, in the transaction that says so on its row.
    """
    for tried in range(limit):
        killpoints.reach("mail.claim.before")
        with transaction(sessions(), SYSTEM, clock, settings) as tx:
            mail = _claim(tx)
            killpoints.reach("mail.claimed")
        if mail is None:
            return tried
        killpoints.reach("mail.claim.after")
        result, reachable = _hand_over(transport, mail, settings)
        killpoints.reach("mail.accepted")
        with transaction(sessions(), SYSTEM, clock, settings) as tx:
            given_up = _note(tx, mail.id, result)
            if given_up is not None and failed is not None:
                failed(tx, given_up)
            killpoints.reach("mail.marked")
        killpoints.reach("mail.noted")
        if not reachable:
            return tried + 1
    return limit


def _claim(tx: Tx) -> Mail | None:
    """The mail that is due longest, ours until the lease ends; also one whose claimer has died."""
    # A lease far ahead is from before the clock was put back; whoever took it has long finished or died.
    is_over = or_(Mail.lease_until <= tx.now, Mail.lease_until > tx.now + LEASE + APART)
    due = or_(
        (Mail.status == "waiting") & (Mail.next_at <= tx.now),
        (Mail.status == "sending") & is_over,
    )
    first = select(Mail.id).where(due).order_by(Mail.next_at, Mail.id).limit(1).with_for_update(skip_locked=True)
    while (mail_id := tx.session.scalar(first)) is not None:
        # Where rows cannot be locked another worker may have been quicker: then the condition no longer holds.
        mine = {"status": "sending", "lease_until": tx.now + LEASE, "attempts": Mail.attempts + 1}
        claimed = update(Mail).where(Mail.id == mail_id, due).values(mine)
        if tx.session.execute(claimed.returning(Mail.id)).one_or_none():
            return tx.session.get_one(Mail, mail_id, options=[joinedload(Mail.link)], populate_existing=True)
    return None


def _hand_over(transport: Transport, mail: Mail, settings: Settings) -> tuple[Mapping[str, Any], bool]:
    """What is to be noted about the try, and whether the mail server could be spoken to."""
    try:
        transport.send(mail_format.message(mail, settings))
    except Refused as refusal:
        return {"status": "failed", "last_error": str(refusal)[:500]}, True
    except Deferred as failure:
        return _after_failure(mail, failure), not isinstance(failure, Unreachable)
    except (ValueError, LookupError) as unwritable:
        # What the mail library cannot write will not get better, and must not stop the mails behind it.
        return {"status": "failed", "last_error": type(unwritable).__name__}, True
    return {"status": "sent", "last_error": None}, True


def _after_failure(mail: Mail, failure: Deferred) -> Mapping[str, Any]:
    last_error = str(failure)[:500]
    if mail.attempts > len(WAITS):
        return {"status": "failed", "last_error": last_error}
    return {"status": "waiting", "wait": WAITS[mail.attempts - 1], "last_error": last_error}


def _note(tx: Tx, mail_id: int, result: Mapping[str, Any]) -> Mail | None:
    """Keep how the try went; the mail, if it is given up with that."""
    values = dict(result)
    if wait := values.pop("wait", None):
        values["next_at"] = tx.now + wait
    if values["status"] == "sent":
        values["sent_at"] = tx.now
    # Whoever claimed it meanwhile: a mail that was taken stays sent.
    not_sent = update(Mail).where(Mail.id == mail_id, Mail.status != "sent").values(lease_until=None, **values)
    noted = tx.session.scalars(not_sent.returning(Mail), execution_options={"populate_existing": True}).one_or_none()
    return noted if noted is not None and noted.status == "failed" else None
