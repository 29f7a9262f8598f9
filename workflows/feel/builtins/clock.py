"""The present moment and the calendar (DMN 1.5 § 10.3.4.8 and .10)."""

import datetime
from decimal import Decimal

from workflows.feel.builtins.registry import builtin
from workflows.feel.runtime import Run

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@builtin("now", "")
def now(run: Run) -> datetime.datetime:
    """Give the moment of the evaluation in its zone."""
    return run.now()


@builtin("today", "")
def today(run: Run) -> datetime.date:
    """Give the day of the evaluation in its zone."""
    return run.now().date()


builtin("day of year", "date: date|date and time")(lambda day: Decimal(day.timetuple().tm_yday))
builtin("day of week", "date: date|date and time")(lambda day: _WEEKDAYS[day.weekday()])
builtin("month of year", "date: date|date and time")(lambda day: _MONTHS[day.month - 1])
builtin("week of year", "date: date|date and time")(lambda day: Decimal(day.isocalendar().week))
