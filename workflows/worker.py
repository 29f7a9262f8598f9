"""The worker: a loop around the clockwork that outlives whatever goes wrong in it."""

import logging
from threading import Event

from sqlalchemy.orm import Session, sessionmaker

from workflows.actions import rounds
from workflows.actions.clockwork import Resting, run_due, step
from workflows.actions.rounds import Rounds
from workflows.core import smtp
from workflows.core.clock import Clock, SystemClock
from workflows.core.outbox import Transport
from workflows.core.settings import Settings

__all__ = ["run", "run_due", "step"]

PAUSE = 1.0  # seconds between two looks when nothing is due

log = logging.getLogger(__name__)


def run(
    sessions: sessionmaker[Session],
    settings: Settings,
    stop: Event,
    *,
    clock: Clock | None = None,
    transport: Transport | None = None,
) -> None:
    """Work until ``stop`` is set; what has begun is finished. Without mail settings mails wait in the outbox."""
    clock = clock or SystemClock()
    transport = transport or smtp.transport(settings)
    resting, own_rounds = Resting(), Rounds(show_at=clock.now())
    while not stop.is_set():
        try:
            done = step(sessions, settings, clock, transport, resting)
            if not done or own_rounds.is_late(clock.now()):
                rounds.go(sessions, settings, clock, own_rounds)
        except Exception:
            # The database may be gone for a while: the worker must still be there when it is back.
            log.exception("worker step failed")
            done = 0
        if not done:
            stop.wait(PAUSE)
