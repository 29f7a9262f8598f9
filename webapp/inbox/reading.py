"""What the small forms around a task send."""

from datetime import date

from workflows.core.errors import Invalid, Problem


def day_of(text: str) -> date:
    """The day of a date input; raises ``Invalid`` for ``on``."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid({"on": (Problem("not_a_date" if text.strip() else "required"),)}) from None
