"""The figures as the page and the table show them; what is asked stands in the address."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from webapp.wording.referral_figures import (
    BREAKDOWNS,
    FIGURES,
    count_text,
    days_text,
    figure_definition,
    figure_name,
    quarter_text,
    share_text,
)
from workflows.actions.figures import Asked, BehindPage, Line, Report
from workflows.domain.figures import SHARES

Row = dict[str, Any]

DAYS = {"answer_days": "answered", "outcome_days": "reported"}
"""Medians, and the count whose cases stand behind them."""

ADDRESS = ("first", "last", "office", "topic", "language", "by")


def asked() -> Asked:
    """What the address asks for."""
    return Asked(**{name: request.args.get(name, "")[:60] for name in ADDRESS})


def page(report: Report) -> Row:
    """The variables of the page."""
    wanted = report.asked
    address = _address(wanted)
    return {
        "asked": wanted,
        "quarters": [{"key": key, "name": quarter_text(key)} for key in report.quarters],
        "choices": {
            name: [{"key": key, "name": label} for key, label in options] for name, options in report.choices.items()
        },
        "breakdowns": [{"key": key, "name": str(name)} for key, name in BREAKDOWNS.items()],
        "breakdown": str(BREAKDOWNS.get(wanted.by, "")),
        "period": _period(wanted),
        "total": [_defined(each) for each in _figures(report.total, address)],
        "columns": [figure_name(key) for key in FIGURES],
        "lines": [
            {"label": _label(line, wanted.by), "figures": _figures(line, _narrowed(address, wanted.by, line.key))}
            for line in report.lines
        ],
        "reasons": [
            {"label": label, "count": count_text(count), "url": _cases(address, "declined", count, reason=reason)}
            for reason, label, count in report.reasons
        ],
        "csv_url": url_for("reports.table", **address),
    }


def table(report: Report) -> list[list[object]]:
    """Head, one row per group, the total, the reasons, and what each column means."""
    wanted = report.asked
    head: list[object] = [str(BREAKDOWNS.get(wanted.by, _("Zeitraum"))), *(figure_name(key) for key in FIGURES)]
    rows: list[list[object]] = [head]
    for line in [*report.lines, report.total]:
        label = _label(line, wanted.by) or _("Alle, %(period)s", period=_period(wanted))
        rows.append([label, *(each["text"] for each in _figures(line, {}))])
    rows += [[], [_("Gründe der Absagen"), _("Zahl")]]
    rows += [[label, count_text(count)] for _reason, label, count in report.reasons]
    rows.append([])
    rows += [[figure_name(key), figure_definition(key)] for key in FIGURES]
    return rows


def cases_page(found: BehindPage) -> Row:
    """The variables of one page of the list behind a number."""
    here: Row = {name: value for name, value in request.args.to_dict().items() if name != "after"}
    return {
        "rows": [
            {
                "reference": each.case.reference,
                "name": each.case.organisation_name or each.case.contact_name,
                "office_name": each.office.name,
                "status": each.referral.result or each.referral.status,
                "outcome": each.referral.outcome,
                "sent_at": each.referral.sent_at,
                "url": url_for("cases.detail", case_id=each.case.id),
            }
            for each in found.items
        ],
        "next_url": url_for("reports.cases", **{**here, "after": found.next}) if found.next else None,
        "previous_url": url_for("reports.cases", **here) if "after" in request.args else None,
        "back_url": url_for("reports.referrals", **_address(asked())),
    }


def _figures(line: Line, address: Row) -> list[Row]:
    """One line's figures in the order of the columns, each with the way to its cases unless it is hidden."""
    found = [{"key": "sent", "text": count_text(line.sent), "url": _cases(address, "", line.sent), "sub": ""}]
    for key, share in line.shares.items():
        exact = share.part is not None and share.whole is not None
        found.append(
            {
                "key": key,
                "text": share_text(share.percent, share.bound),
                "url": _cases(address, SHARES[key][0], share.has_cases),
                "sub": _("%(part)s von %(whole)s", part=share.part, whole=share.whole) if exact else "",
            }
        )
    for key, count in DAYS.items():
        days = getattr(line, key)
        found.append({"key": key, "text": days_text(days), "url": _cases(address, count, days), "sub": ""})
    return found


def _defined(figure: Row) -> Row:
    """With its name and with what exactly was divided by what."""
    return {**figure, "name": figure_name(figure["key"]), "definition": figure_definition(figure["key"])}


def _cases(address: Row, count: str, told: float | None, **more: str) -> str | None:
    """The address of the cases behind a number; none where it is hidden or nothing stands behind it."""
    return url_for("reports.cases", **{**address, **more, "count": count or None}) if told else None


def _address(wanted: Asked) -> Row:
    return {name: getattr(wanted, name) or None for name in ADDRESS}


def _narrowed(address: Row, by: str, key: str) -> Row:
    """The address of one group of the breakdown."""
    own = {"first": key, "last": key} if by == "quarter" else {by: key}
    return {**address, **own}


def _label(line: Line, by: str) -> str:
    return quarter_text(line.key) if by == "quarter" and line.key else line.label


def _period(wanted: Asked) -> str:
    first, last = quarter_text(wanted.first), quarter_text(wanted.last)
    return first if first == last else _("%(first)s bis %(last)s", first=first, last=last)
