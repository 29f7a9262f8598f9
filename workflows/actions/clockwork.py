"""What falls due without a person: messages, timers and mails, each in a transaction of its own.

Any number of workers may run on any number of machines: a claim is part of the transaction of its effect (decision 7).
What fails rests for a while and never stops the others.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from workflows.actions import accounts, mails, migrations, notices, publishing
from workflows.core import killpoints, outbox
from workflows.core.clock import Clock
from workflows.core.errors import Conflict
from workflows.core.outbox import Transport
from workflows.core.settings import Settings
from workflows.core.tx import SYSTEM, Tx, transaction
from workflows.domain import sign_in_requests
from workflows.engine import incidents, messages, publications, runtime, timers
from workflows.engine.migration import jobs
from workflows.operators import ENGINE

SHORTEST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(hours=1)

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Resting:
    """What failed lately, by kind and id: how often, and until when it is left alone. Forgotten with the process."""

    tries: dict[tuple[str, int], int] = field(default_factory=dict)
    until: dict[tuple[str, int], datetime] = field(default_factory=dict)

    def ids(self, kind: str, now: datetime) -> list[int]:
        """What of this kind rests now; an end that is too far ahead is from before the clock was put back."""
        ends = self.until.items()
        return [number for (found, number), end in ends if found == kind and now < end <= now + LONGEST_REST]

    def add(self, kind: str, number: int, now: datetime) -> None:
        """Leave it alone, longer each time."""
        tries = self.tries.get((kind, number), 0)
        self.tries[kind, number] = tries + 1
        self.until[kind, number] = now + min(SHORTEST_REST * 2**tries, LONGEST_REST)

    def forget(self, kind: str, number: int) -> None:
        """It worked."""
        self.tries.pop((kind, number), None)
        self.until.pop((kind, number), None)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of due work: how to find the next, how to do it, how to note a failure where people see it."""

    name: str
    next_id: Callable[[Tx, list[int]], int | None]
    work: Callable[[Tx, int], object]
    note_failure: Callable[[Tx, int, str], None] | None = None


KINDS = (
    Kind(
        "message",
        lambda tx, skip: messages.next_deliverable(tx, skip),
        lambda tx, number: runtime.deliver(tx, ENGINE, number),
        messages.failed,
    ),
    Kind(
        "timer",
        lambda tx, skip: timers.next_due(tx, skip),
        lambda tx, number: runtime.fire_timer(tx, ENGINE, number),
        timers.failed,
    ),
    Kind(
        "incident",
        lambda tx, skip: incidents.next_due(tx, skip),
        lambda tx, number: runtime.retry(tx, ENGINE, number),
    ),
    Kind("publication", publications.next_due, publishing.take_effect),
    Kind("migration", jobs.next_due, migrations.work, jobs.failed),
    Kind("notice", notices.next_untold, notices.tell),
    # Its effect is the mail; a wish another worker has taken leaves nothing to do.
    Kind("sign_in", sign_in_requests.next_id, lambda tx, number: accounts.send_link(tx, number) or None),
)


def step(
    sessions: sessionmaker[Session],
    settings: Settings,
    clock: Clock,
    transport: Transport | None,
    resting: Resting | None = None,
) -> int:
    """At most one of each kind and one mail, each in its own transaction; how many were done or tried."""
    resting = resting or Resting()
    done = sum(_one(sessions, settings, clock, kind, resting) for kind in KINDS)
    if transport is not None:
        done += outbox.send_due(sessions, settings, clock, transport, limit=1, failed=mails.record_failure)
    return done


def run_due(
    sessions: sessionmaker[Session], settings: Settings, clock: Clock, transport: Transport | None = None
) -> int:
    """Work until nothing is due at the clock's moment; for scenarios, tests and demonstrations."""
    resting, total = Resting(), 0
    while done := step(sessions, settings, clock, transport, resting):
        total += done
    return total


def _one(sessions: sessionmaker[Session], settings: Settings, clock: Clock, kind: Kind, resting: Resting) -> int:
    number: int | None = None
    try:
        with transaction(sessions(), SYSTEM, clock, settings) as tx:
            killpoints.reach(f"{kind.name}.claim.before")
            number = kind.next_id(tx, resting.ids(kind.name, tx.now))
            if number is None:
                return 0
            killpoints.reach(f"{kind.name}.claim.after")
            effect = kind.work(tx, number)
            killpoints.reach(f"{kind.name}.done")
    except Conflict:
        # Another worker was faster, or a person moved the instance meanwhile: if it is still due, it is tried again.
        assert number is not None
        resting.add(kind.name, number, clock.now())
        return 1
    except OperationalError:
        # The database is away or too busy: no fault of this item, and no failed try of it.
        if number is None:
            raise
        log.exception("%s %s put off", kind.name, number)
        resting.add(kind.name, number, clock.now())
        return 1
    except Exception as error:
        # Whatever is wrong with this item must not stop the others; it is logged, noted and tried again later.
        if number is None:
            raise
        log.exception("%s %s failed", kind.name, number)
        resting.add(kind.name, number, clock.now())
        _note(sessions, settings, clock, kind, number, error)
        return 1
    if effect is None:
        resting.add(kind.name, number, clock.now())  # nobody waits for it any more
    else:
        resting.forget(kind.name, number)
    return 1


def _note(
    sessions: sessionmaker[Session], settings: Settings, clock: Clock, kind: Kind, number: int, error: Exception
) -> None:
    if kind.note_failure is not None:
        with transaction(sessions(), SYSTEM, clock, settings) as tx:
            kind.note_failure(tx, number, f"{type(error).__name__}: {error}")
