"""The list of cases: the address says which, in which order, and on which page."""

from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from webapp.cases import shown
from webapp.security import row_id
from webapp.wording.lists import Words
from webapp.wording.states import state_options
from workflows.actions import case_list, offices
from workflows.actions.case_list import Filter
from workflows.core.tx import Tx

LAST_PAGE = 10_000


def page(tx: Tx) -> dict[str, Any]:
    """The variables of the list that the address asks for."""
    wanted = _filter()
    found = case_list.find(tx, wanted)
    word = Words(tx, ("choice", "kind", "topic", "urgency"))
    return {
        "cases": [shown.row(word, case) for case in found.cases],
        "count": "99+" if found.count > 99 else str(found.count),
        "wanted": wanted,
        "is_narrowed": _is_narrowed(wanted),
        "statuses": [{"key": "open", "name": _("Alle offenen")}, *state_options("case")],
        "topics": word.options("topic"),
        "urgencies": word.options("urgency"),
        "offices": [{"key": str(office.id), "name": office.name} for office in offices.listed(tx)],
        "orders": _orders(),
        "next_url": _page_url(wanted.page + 1) if found.has_more else None,
        "previous_url": _page_url(wanted.page - 1) if wanted.page > 1 else None,
    }


def _filter() -> Filter:
    sent = request.args
    return Filter(
        words=sent.get("q", "")[:200],
        status=sent.get("status", "")[:20],
        topic=sent.get("topic", "")[:60],
        urgency=sent.get("urgency", "")[:20],
        organisation_id=row_id(sent.get("organisation", "")),
        office_id=row_id(sent.get("office", "")),
        since=_day(sent.get("since", "")),
        until=_day(sent.get("until", "")),
        is_mine=sent.get("mine") == "1",
        order=sent.get("order", "newest")[:20],
        page=min(row_id(sent.get("page", "")) or 1, LAST_PAGE),
    )


def _is_narrowed(wanted: Filter) -> bool:
    """Whether more is chosen than words and status: then the other choices stand open."""
    more = (wanted.topic, wanted.urgency, wanted.office_id, wanted.organisation_id, wanted.since, wanted.until)
    return any(more) or wanted.is_mine or wanted.order != "newest"


def _page_url(page: int) -> str:
    """The same list, another page; everything else in the address stays."""
    chosen: dict[str, Any] = {name: value for name, value in request.args.to_dict().items() if value}
    return url_for("cases.index", **{**chosen, "page": page})


def _orders() -> list[dict[str, str]]:
    names = {
        "newest": _("Neueste zuerst"),
        "oldest": _("Älteste zuerst"),
        "organisation": _("Nach Organisation"),
        "urgency": _("Eilige zuerst"),
    }
    return [{"key": key, "name": names[key]} for key in case_list.ORDERS]


def _day(text: str) -> date | None:
    """A day a case may be of; the calendar's first and last cannot be told in another time zone."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2200 else None
