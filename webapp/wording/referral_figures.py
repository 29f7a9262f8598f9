"""The figures in words: names, definitions to print beside the numbers, and numbers that may not be told exactly."""

from collections.abc import Mapping
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _now
from flask_babel import lazy_gettext as _

# key of the figure: name, definition
FIGURES: Mapping[str, tuple[Any, Any]] = {
    "sent": (
        _("Verweisungen"),
        _("Alle Verweisungen, die in diesem Zeitraum an eine Stelle gesendet wurden; gemeldete Bedarfe zählen nicht."),
    ),
    "acceptance": (_("Annahmequote"), _("Zusagen ÷ alle Antworten (Zusagen und Absagen).")),
    "placement": (
        _("Vermittlungsquote"),
        _("Ergebnis „geholfen“ oder „teilweise geholfen“ ÷ alle abgeschlossenen Verweisungen."),
    ),
    "confirmation": (
        _("Von der Organisation bestätigt"),
        _("Die Organisation sagt selbst „ja“ ÷ abgeschlossene Verweisungen mit gemeldetem Ergebnis."),
    ),
    "expiry": (_("Ohne Antwort abgelaufen"), _("Abgelaufene ÷ beantwortete und abgelaufene Verweisungen.")),
    "answer_days": (
        _("Tage bis zur Antwort"),
        _("Median der Arbeitstage vom Senden bis zur Zusage oder Absage."),
    ),
    "outcome_days": (
        _("Tage bis zum Ergebnis"),
        _("Median der Arbeitstage vom Senden bis zum gemeldeten Ergebnis."),
    ),
}

BREAKDOWNS: Mapping[str, Any] = {
    "office": _("Stelle"),
    "topic": _("Thema"),
    "language": _("Sprache"),
    "quarter": _("Quartal"),
}


def figure_name(key: str) -> str:
    """What a figure is called."""
    return str(FIGURES[key][0])


def figure_definition(key: str) -> str:
    """What exactly was divided by what."""
    return str(FIGURES[key][1])


def count_text(count: int | None) -> str:
    """A count, or that it is too small to be told."""
    return str(_now("unter 5")) if count is None else str(format_decimal(count))


def share_text(percent: int | None, bound: str) -> str:
    """A share in percent, its bound, or nothing to tell."""
    if percent is None:
        return "–"
    words = {
        "below": _now("unter %(percent)d %%", percent=percent),
        "above": _now("über %(percent)d %%", percent=percent),
    }
    return str(words.get(bound, f"{percent} %"))


def days_text(days: float | None) -> str:
    """A median of working days."""
    return "–" if days is None else str(format_decimal(days))


def quarter_text(key: str) -> str:
    """``2026-1`` as people say it."""
    year, _dash, number = key.partition("-")
    return str(_now("%(number)s. Quartal %(year)s", number=number, year=year))
