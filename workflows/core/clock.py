"""Time comes from a clock that is handed in, so that tests and trials can move it."""

from datetime import UTC, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")

APART = timedelta(minutes=5)
"""How far the clocks of two machines may be apart; a moment further ahead is from before a clock was put back."""


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is moved; for scenarios, trials and tests."""

    def __init__(self, start: datetime) -> None:
        self.set(start)

    def now(self) -> datetime:
        """The moment the clock was last set to."""
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move forward by ``step``."""
        self._now += step

    def set(self, moment: datetime) -> None:
        """Move to ``moment``; raises ``ValueError`` for a naive one."""
        if moment.tzinfo is None:
            raise ValueError("a clock needs an aware moment")
        self._now = moment.astimezone(UTC)
