"""Planning security (Planungssicherheit): from which day on an association has no money any more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

AHEAD = timedelta(days=183)
"""So long before the money ends the house begins to warn: finding, applying and deciding take half a year."""
BEHIND = timedelta(days=92)
"""So long a gap that has begun is still shown."""
SEAMLESS = timedelta(days=31)
"""What begins within a month follows without a gap."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days for which money is promised, both included."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without money; ``until_on`` is None when nothing follows."""

    from_on: date
    until_on: date | None


def gaps(spans: Iterable[Span], today: date) -> list[Gap]:
    """The gaps that begin within half a year or began within the last quarter, and those that are not over yet."""
    found: list[Gap] = []
    covered: date | None = None
    for span in sorted(spans, key=lambda span: (span.starts_on, span.ends_on)):
        if covered is not None and span.starts_on > covered + SEAMLESS and span.starts_on > today:
            found.append(Gap(covered + timedelta(days=1), span.starts_on - timedelta(days=1)))
        covered = span.ends_on if covered is None else max(covered, span.ends_on)
    if covered is not None:
        found.append(Gap(covered + timedelta(days=1), None))
    return [gap for gap in found if today - BEHIND <= gap.from_on <= today + AHEAD]
