"""How the house itself is doing: mails that do not get out, workers that are silent, steps given up by the worker."""

from dataclasses import dataclass

from sqlalchemy import func, select

from workflows.core.outbox import Mail
from workflows.core.presence import MISSED_AFTER, Worker
from workflows.core.tx import Tx
from workflows.engine.messages import MOST_ATTEMPTS, Message
from workflows.engine.timers import FAILING, Timer


@dataclass(frozen=True, slots=True)
class Operation:
    """What a person should know; all false and zero when all is well."""

    failed_mails: int
    mails_wait: bool
    worker_missed: bool
    given_up: int

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.failed_mails or self.mails_wait or self.worker_missed or self.given_up)


# Built once, for every inbox of the coordination asks it; each part finds its few rows by an index.
_STATE = select(
    select(func.max(Worker.seen_at)).scalar_subquery(),
    select(func.count()).where(Mail.status == "failed").scalar_subquery(),
    select(func.count()).where(Mail.status == "waiting").scalar_subquery(),
    select(func.count()).select_from(Timer).where(FAILING).scalar_subquery(),
    select(func.count()).where(Message.delivered_at.is_(None), Message.attempts >= MOST_ATTEMPTS).scalar_subquery(),
)


def look(tx: Tx) -> Operation:
    """How it stands now, in one query; ``given_up`` counts timers that failed and messages no longer tried."""
    can_send = tx.settings.smtp is not None or tx.settings.shows_mails
    seen_at, failed, waiting, timers, messages = tx.session.connection().execute(_STATE).one()
    return Operation(
        failed_mails=failed,
        mails_wait=bool(waiting) and not can_send,
        worker_missed=seen_at is None or seen_at <= tx.now - MISSED_AFTER,
        given_up=timers + messages,
    )
