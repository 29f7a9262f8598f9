"""What must hold in the tables of the ground floor at every moment, also after a kill; checked without writing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from workflows.core.files import File, FileChunk
from workflows.core.mail_format import MARKER
from workflows.core.outbox import Mail


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that contradicts itself; ``code`` names the rule it breaks."""

    code: str
    table: str
    row_id: int


def faults(session: Session) -> Iterator[Fault]:
    """Every contradiction in mails and files; the audit trail has ``audit.verify``."""
    for code, rows in _rules().items():
        for row_id in session.scalars(rows.order_by(None)):
            yield Fault(code, code.partition("_")[0], row_id)


def _rules() -> dict[str, Select[tuple[int]]]:
    """The contradictory rows of each rule."""
    stored = select(func.coalesce(func.sum(func.length(FileChunk.data)), 0)).where(FileChunk.file_id == File.id)
    return {
        "mail_sent_at": _mails((Mail.status == "sent") != Mail.sent_at.is_not(None)),
        "mail_lease": _mails((Mail.status == "sending") != Mail.lease_until.is_not(None)),
        "mail_attempts": _mails(or_((Mail.status != "waiting") & (Mail.attempts < 1), Mail.attempts < 0)),
        "mail_link": _mails(Mail.text.contains(MARKER, autoescape=True) != Mail.link_id.is_not(None)),
        "mail_error": _mails((Mail.status == "failed") & Mail.last_error.is_(None)),
        "file_size": select(File.id).where(File.size != stored.scalar_subquery()),
    }


def _mails(rule: ColumnElement[bool] | Any) -> Select[tuple[int]]:
    return select(Mail.id).where(rule)
