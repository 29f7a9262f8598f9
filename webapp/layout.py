"""What every template can use: who is signed in, the navigation, languages, filters, words."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from webapp import i18n, wording
from webapp.extensions import surroundings
from workflows import policy
from workflows.core import files
from workflows.core.tx import Actor

DIST = Path(__file__).parent / "static" / "dist"


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation."""

    label: str
    url: str
    current: bool


# label, endpoint, its arguments, permission
NAVIGATION: tuple[tuple[Any, str, Mapping[str, Any], str], ...] = (
    (_l("Verweisungen"), "portal.overview", {}, policy.REFERRAL_ANSWER),
    (_l("Posteingang"), "inbox.tasks", {}, policy.BOARD_READ),
    (_l("Vorgänge"), "cases.index", {}, policy.CASE_READ),
    (_l("Register"), "register.index", {}, policy.ORGANISATION_READ),
    (_l("Förderkalender"), "funding.calendar", {}, policy.FUNDING_READ),
    (_l("Jury"), "board.pots", {}, policy.BOARD_READ),
    (_l("Stellen"), "offices.index", {}, policy.OFFICE_READ),
    (_l("Kontakte"), "contacts.index", {}, policy.CONTACT_READ),
    (_l("Kennzahlen"), "reports.referrals", {}, policy.FIGURES_READ),
    (_l("E-Mails"), "mails.index", {}, policy.MAIL_RETRY),
    (_l("Protokoll"), "audit.entries", {}, policy.AUDIT_READ),
    (_l("Werkstatt"), "workshop.processes", {}, policy.BUNDLE_EDIT),
    (_l("Konten"), "admin.users", {}, policy.USER_EDIT),
    (_l("Seiten"), "pages.edit", {"key": "imprint"}, policy.PAGE_EDIT),
)


def init_app(app: Flask) -> None:
    """Attach context, filters and words to the templates."""
    app.context_processor(context)
    app.jinja_env.filters.update(day=i18n.day, moment=i18n.moment, iso=iso, shown=i18n.shown, tag=i18n.tag)
    app.jinja_env.filters["euros"] = i18n.euros
    app.jinja_env.globals.update(wording.GLOBALS)
    app.jinja_env.globals.update(fresh_key=lambda: secrets.token_urlsafe(16))
    app.jinja_env.globals.update(asset=asset, upload_types=",".join(f".{ending}" for ending in files.TYPES))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def context() -> dict[str, Any]:
    """The variables of every page."""
    settings = surroundings().settings
    user = current_user if current_user.is_authenticated else None
    language = i18n.language()
    return {
        "user": user,
        "nav": navigation(user.actor) if user else [],
        "logs_contacts": user is not None and policy.may(user.actor, policy.CONTACT_WORK),
        "gets_notices": user is not None and policy.may(user.actor, policy.TASK_READ),
        "language": language,
        "lang": i18n.tag(language),
        "dir": i18n.direction(language),
        "languages": i18n.languages(),
        "city": settings.house.get("Name der Stadt", ""),
        "demo": settings.demo,
        "mails_shown": settings.shows_mails,
        "smtp_missing": settings.smtp is None and not settings.demo,
        "_": i18n.translator(),
    }


def navigation(actor: Actor) -> list[NavItem]:
    """The rooms this person may enter."""
    room = (request.endpoint or "").partition(".")[0]
    return [
        NavItem(str(label), url_for(endpoint, **arguments), _is_in(room, endpoint.partition(".")[0]))
        for label, endpoint, arguments, permission in NAVIGATION
        if policy.may(actor, permission)
    ]


def _is_in(room: str, entry: str) -> bool:
    """Whether a room belongs to the entry: ``admin_deputies`` to ``admin``."""
    return room == entry or room.startswith(f"{entry}_")


def first_room(actor: Actor) -> str:
    """Where somebody begins who has just signed in."""
    rooms = navigation(actor)
    return rooms[0].url if rooms else url_for("public.landing")


def iso(value: Any) -> str:
    """Date or moment for the ``datetime`` attribute; empty for none."""
    return value.isoformat() if value is not None else ""


def asset(name: str) -> str:
    """The address of a built front-end file, with a stamp that changes when the file does."""
    return url_for("static", filename=f"dist/{name}", v=_stamp(name))


@cache
def _stamp(name: str) -> str:
    path = DIST / name
    return format(path.stat().st_mtime_ns // 1_000_000, "x") if path.exists() else "0"
