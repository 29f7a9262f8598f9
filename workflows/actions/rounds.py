"""The rounds of a worker beside the due work: it shows itself every minute, and once a day seals and tidies up."""

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import literal, select
from sqlalchemy.orm import Session, sessionmaker

from workflows.actions import association, notices, seals
from workflows.core import daily, files, links, presence, throttle
from workflows.core.clock import BERLIN, Clock
from workflows.core.outbox import Mail
from workflows.core.settings import Settings
from workflows.core.tx import SYSTEM, Tx, transaction
from workflows.domain import access_tokens, web_sessions
from workflows.engine.migration import jobs
from workflows.engine.tasks import Task

LOOK_AGAIN_AFTER = timedelta(minutes=5)
"""How long a chore of the day that failed is left alone."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

log = logging.getLogger(__name__)


def tidy(tx: Tx) -> None:
    """Delete what nobody can use any more: tries, ended sign-ins, links and tokens, silent workers, unsent uploads."""
    throttle.purge(tx)
    web_sessions.purge(tx)
    access_tokens.purge(tx)
    links.purge(tx, in_use=select(Mail.link_id).where(Mail.link_id.is_not(None)))
    presence.purge(tx)
    jobs.tidy(tx)
    files.purge(tx, "form", tx.now - timedelta(days=7))
    open_tasks = select(literal("task:").concat(Task.id)).where(Task.status == "open")
    files.purge(tx, "task", tx.now - timedelta(days=90), in_use=open_tasks)


DAILY: Mapping[str, Callable[[Tx], object]] = {
    "seal": seals.seal,
    "tidy": tidy,
    "register": association.ask_whether_right,
    notices.CHORE: notices.send_digests,
}
"""The chores of the day, each in a transaction of its own."""

NOT_BEFORE: Mapping[str, time] = {notices.CHORE: time(7)}
"""From when on a chore is done, by the clocks of Berlin; all others as soon as the day begins."""


@dataclass(slots=True)
class Rounds:
    """What one worker process remembers of its rounds; ``worker_id`` is random."""

    worker_id: str = field(default_factory=lambda: secrets.token_hex(16))
    show_at: datetime = _LONG_AGO
    look_at: datetime = _LONG_AGO

    def is_late(self, now: datetime) -> bool:
        """Whether due work has kept the worker from its rounds for too long."""
        return _has_come(self.show_at, now, presence.SHOWN_EVERY, late=presence.SHOWN_EVERY)


def go(sessions: sessionmaker[Session], settings: Settings, clock: Clock, rounds: Rounds) -> None:
    """Do what is due of the rounds, at most once a minute; cheap in between, so that every step may call it."""
    now = clock.now()
    if _has_come(rounds.show_at, now, presence.SHOWN_EVERY):
        with transaction(sessions(), SYSTEM, clock, settings) as tx:
            presence.show(tx, rounds.worker_id)
        rounds.show_at = now + presence.SHOWN_EVERY
    if _has_come(rounds.look_at, now, LOOK_AGAIN_AFTER):
        # Set first: a chore that fails must not be tried again at every step.
        rounds.look_at = now + LOOK_AGAIN_AFTER
        for name in DAILY:
            if now.astimezone(BERLIN).time() < NOT_BEFORE.get(name, time()):
                continue
            _do_chore(sessions, settings, clock, name)


def _has_come(at: datetime, now: datetime, step: timedelta, late: timedelta = timedelta()) -> bool:
    """Whether it is ``late`` after ``at``; what is more than a ``step`` ahead is from before the clock was put back."""
    return now >= at + late or at > now + step


def _do_chore(sessions: sessionmaker[Session], settings: Settings, clock: Clock, name: str) -> None:
    try:
        with transaction(sessions(), SYSTEM, clock, settings) as tx:
            if not daily.is_done(tx, name) and daily.claim(tx, name):
                DAILY[name](tx)
    except Exception:
        # One chore that fails must not keep the other, nor the worker, from its work; it is tried again later.
        log.exception("daily chore %s failed", name)
