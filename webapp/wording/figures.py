"""Measured figures in words: how reliably an office answers."""

from flask_babel import format_decimal, gettext, ngettext

from workflows.domain.reliability import Reliability


def reliability_text(figures: Reliability | None) -> str:
    """Both figures in one line; that there are too few referrals where there are no figures."""
    if figures is None:
        return str(gettext("noch zu wenige Verweisungen"))
    rate = gettext("%(rate)s %% angenommen", rate=figures.accept_rate)
    return f"{rate}, {answer_time(figures)}" if figures.answer_days is not None else rate


def answer_time(figures: Reliability) -> str:
    """The usual time to the first answer; empty if there never was one."""
    if figures.answer_days is None:
        return ""
    days = format_decimal(figures.answer_days)
    one = 1 if figures.answer_days == 1 else 2
    return str(ngettext("%(days)s Arbeitstag", "%(days)s Arbeitstage", one, days=days))
