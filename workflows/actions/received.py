"""How an answer came if not by a link: by which channel and on which day, named for the audit."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflows.core.clock import BERLIN
from workflows.core.errors import Invalid, Problem
from workflows.core.tx import Tx

# Keys of the code list "channel": everything but the form.
CHANNELS = ("phone", "mail", "visit", "paper")


@dataclass(frozen=True, slots=True)
class Received:
    """An answer somebody gave to the coordination; ``on`` is the day in Berlin."""

    channel: str
    on: date

    def details(self, whose: str) -> dict[str, Any]:
        """What the audit keeps: for whom, how, when."""
        return {"on_behalf_of": whose, "channel": self.channel, "on": self.on}


def checked(tx: Tx, channel: str, on: date | None, since: datetime) -> Received:
    """A known channel and a day from ``since`` until today; raises ``Invalid`` for ``channel`` and ``on``."""
    problems: dict[str, tuple[Problem, ...]] = {}
    if channel not in CHANNELS:
        problems["channel"] = (Problem("not_an_option"),)
    if on is None:
        problems["on"] = (Problem("not_a_date"),)
    elif on > tx.now.astimezone(BERLIN).date():
        problems["on"] = (Problem("in_the_future"),)
    elif on < since.astimezone(BERLIN).date():
        problems["on"] = (Problem("before_the_question"),)
    if problems or on is None:
        raise Invalid(problems)
    return Received(channel, on)
