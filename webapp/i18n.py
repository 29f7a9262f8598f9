"""Which language a page speaks and how dates and values are written in it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale, dates
from flask import Request, g, has_request_context, request, session, url_for
from flask.globals import request_ctx
from flask_babel import format_currency, format_datetime, format_decimal, get_domain, get_locale, refresh
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing.exceptions import RoutingException

from workflows.core.clock import BERLIN

NAMES: Mapping[str, str] = {
    "de": "Deutsch",
    "de_simple": "Einfaches Deutsch",
    "en": "English",
    "tr": "Türkçe",
    "pl": "Polski",
    "ru": "Русский",
    "ar": "العربية",
    "it": "Italiano",
    "uk": "Українська",
}
"""The languages of the public pages, each in its own words."""

RIGHT_TO_LEFT = frozenset({"ar"})
PLAIN_GERMAN = "de_simple"
PLAIN = "simple"  # the modifier that tells plain German from German, for Babel and for gettext's folders
INSIDE = frozenset({"de", "en"})  # languages of the staff pages


@dataclass(frozen=True, slots=True)
class Language:
    """One entry of the language switch."""

    code: str
    name: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A page for an office without account: the language it reads, and where the switch leads."""

    code: str
    home: str


def select_locale() -> Locale:
    """The language asked for in the address, else the remembered one, else the browser's, else German."""
    if not has_request_context() or request.path.startswith("/api/"):
        return locale_of("de")
    asked = request.args.get("lang", "")
    if asked in NAMES and session.get("language") != asked:
        session["language"] = asked
    chosen = str(session.get("language") or _default_language(request))
    narrowed = _narrowed()
    if narrowed is None and "preferred" in g and "language" not in session:
        return locale_of(g.preferred)
    if chosen not in _choices():
        chosen = narrowed.code if narrowed else "de"
    return locale_of(chosen)


def locale_of(code: str) -> Locale:
    """How Babel calls a language of ours; plain German writes dates and numbers like German."""
    return Locale("de", modifier=PLAIN) if code == PLAIN_GERMAN else Locale(code)


def narrow(code: str, home: str) -> None:
    """Let this page speak the languages of the inside only: ``code`` unless another one is chosen.

    The switch leads to ``home``, also from the answer to a form that was sent.
    """
    g.narrowed = Narrowed(code if code in INSIDE else "de", home)
    refresh()


def prefer(code: str) -> None:
    """Let this page, and the error it may end in, speak ``code`` unless this browser has chosen a language."""
    if code in NAMES:
        g.preferred = code
        refresh()


def _narrowed() -> Narrowed | None:
    found: Narrowed | None = g.get("narrowed")
    return found


def _choices() -> Collection[str]:
    return INSIDE if current_user.is_authenticated or _narrowed() else NAMES.keys()


def _default_language(incoming: Request) -> str:
    if current_user.is_authenticated:
        return str(current_user.language)
    narrowed = _narrowed()
    if narrowed:
        return narrowed.code
    return incoming.accept_languages.best_match([code for code in NAMES if code != PLAIN_GERMAN], "de")


def select_timezone() -> str:
    """All moments are shown as the office's clocks show them."""
    return "Europe/Berlin"


def translator() -> Callable[..., str]:
    """``gettext`` for a whole page: finding the language's catalogue anew costs more than looking a text up in it."""
    look_up = get_domain().get_translations().ugettext

    def translate(text: str, /, **variables: Any) -> str:
        found = str(look_up(text))
        return found % variables if variables else found

    return translate


def language() -> str:
    """The code of the current language."""
    locale = get_locale()
    if locale is None:
        return "de"
    return PLAIN_GERMAN if locale.modifier == PLAIN else str(locale.language)


def tag(code: str) -> str:
    """The language as HTML names it (BCP 47; ``simple`` is a registered variant)."""
    return code.replace("_", "-")


def direction(code: str) -> str:
    """Which way a language is written, for the ``dir`` attribute."""
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"


def languages() -> list[Language]:
    """The switch: the same page in each language, from the answer to a form the page the form stands on."""
    choices = _choices()
    endpoint, arguments = _here()
    home = _narrowed()
    return [
        Language(
            code,
            name,
            f"{home.home}?lang={code}" if home else url_for(endpoint, **{**arguments, "lang": code}),
            code == language(),
        )
        for code, name in NAMES.items()
        if code in choices
    ]


def _here() -> tuple[str, dict[str, Any]]:
    """The page itself; of what was drawn in answer to a form the nearest page above that can be looked at."""
    if request.endpoint and request.method in ("GET", "HEAD"):
        return request.endpoint, {**(request.view_args or {}), **request.args.to_dict()}
    adapter, path = request_ctx.url_adapter, request.path if request.endpoint else ""
    while adapter is not None and path.strip("/"):
        with suppress(HTTPException, RoutingException):
            endpoint, arguments = adapter.match(path, method="GET")
            return endpoint, {**arguments, **(request.args.to_dict() if path == request.path else {})}
        path = path.rstrip("/").rpartition("/")[0]
    return "public.landing", {}


def day(value: date | datetime | None) -> str:
    """A date as people of the current language write it; empty for none."""
    if value is None:
        return ""
    return _written(value.astimezone(BERLIN).date() if isinstance(value, datetime) else value, get_locale())


@lru_cache(maxsize=5_000)
def _written(value: date, locale: Locale) -> str:
    return str(dates.format_date(value, "dd.MM.yyyy", locale))


def moment(value: datetime | None) -> str:
    """Date and time of day in Berlin; empty for none."""
    return "" if value is None else str(format_datetime(value, "dd.MM.yyyy HH:mm"))


def euros(value: Decimal) -> str:
    """An amount as people of the current language write it."""
    return str(format_currency(value, "EUR"))


def measured(value: Decimal, unit: str) -> str:
    """A number with what it counts; amounts of money as people write them."""
    return euros(value) if unit == "€" else f"{shown(value)}\N{NO-BREAK SPACE}{unit}"


def shown(value: Any) -> str:
    """Any value of the expression language, readable: lists joined, yes and no, decimals with comma."""
    for kinds, write in WRITERS:
        if isinstance(value, kinds):
            return str(write(value))
    return str(value)


def _context(value: Mapping[str, Any]) -> str:
    if "label" in value:
        return shown(value["label"])
    return ", ".join(f"{key}: {shown(item)}" for key, item in value.items())


def _list(value: Sequence[Any]) -> str:
    return ", ".join(shown(item) for item in value)


# bool before Decimal, datetime before date: the first matching kind writes.
WRITERS: tuple[tuple[Any, Any], ...] = (
    (type(None), lambda value: ""),
    (bool, lambda value: _("ja") if value else _("nein")),
    (str, str),
    ((Decimal, int), lambda value: str(format_decimal(value))),
    (datetime, moment),
    (date, day),
    (time, lambda value: value.strftime("%H:%M")),
    (timedelta, str),
    (Mapping, _context),
    ((list, tuple), _list),
)
