"""A form anybody may send, guarded without puzzles: a signed ticket tells when it was drawn and makes it count once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from markupsafe import Markup

from workflows.core.tx import Tx

FIELD = "_ticket"
TRAP = "website"  # drawn out of sight; whoever fills it in is no person
LEAST = timedelta(seconds=3)
LONGEST = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One drawing of a form; ``key`` is the same however often it is sent."""

    nonce: str
    drawn_at: datetime

    @property
    def key(self) -> str:
        """What makes a repeated form one case."""
        return hashlib.sha256(self.nonce.encode()).hexdigest()

    def is_too_fast(self, now: datetime) -> bool:
        """Whether no person can have filled it in since."""
        return now - self.drawn_at < LEAST


def fresh(tx: Tx) -> Ticket:
    """A ticket for a form drawn now."""
    return Ticket(secrets.token_urlsafe(16), tx.now)


def field(tx: Tx, ticket: Ticket) -> Markup:
    """The hidden input that carries the ticket."""
    text = _signer(tx).dumps([ticket.nonce, int(ticket.drawn_at.timestamp())])
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, text)


def read(tx: Tx, text: str) -> Ticket | None:
    """The ticket that was sent back; None if it is none of ours or a week old."""
    try:
        nonce, seconds = _signer(tx).loads(text)
    except (BadSignature, ValueError, TypeError):
        return None
    drawn_at = datetime.fromtimestamp(seconds, UTC)
    return Ticket(nonce, drawn_at) if tx.now - drawn_at < LONGEST else None


def _signer(tx: Tx) -> URLSafeSerializer:
    return URLSafeSerializer([*tx.settings.old_secret_keys, tx.settings.secret_key], salt="form-ticket")
