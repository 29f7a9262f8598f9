"""How near a date is, in words: nobody has to read it off a colour."""

from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from workflows.core.clock import BERLIN

NEAR = 14
"""Days ahead that are counted in words; what lies further away is told by its date alone."""


def due_words(due_at: datetime | None, now: datetime) -> str:
    """How long something is overdue or when it falls due, counted in days of the office's calendar."""
    if due_at is None:
        return ""
    days = (due_at.astimezone(BERLIN).date() - now.astimezone(BERLIN).date()).days
    if due_at < now:
        if days == 0:
            return str(_("seit heute überfällig"))
        return str(ngettext("seit %(num)d Tag überfällig", "seit %(num)d Tagen überfällig", -days))
    if days == 0:
        return str(_("heute fällig"))
    if days == 1:
        return str(_("morgen fällig"))
    return str(ngettext("in %(num)d Tag fällig", "in %(num)d Tagen fällig", days)) if days <= NEAR else ""


def follow_up_words(on: date | None, today: date, written: str) -> str:
    """That something was put off to a day (``written``), or has come back today."""
    if on is None:
        return ""
    return str(_("Wiedervorlage am %(day)s", day=written) if on > today else _("Wiedervorlage: jetzt wieder da"))
