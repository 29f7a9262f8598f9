"""An office as its pages show it: codes become words."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from webapp.i18n import language
from webapp.wording.lists import Words
from workflows.core.tx import Tx
from workflows.domain import codes
from workflows.domain.offices import Office
from workflows.domain.reliability import Reliability

Row = dict[str, Any]

LISTS = ("topic", "spoken_language", "language")


def options(tx: Tx, name: str) -> list[dict[str, str]]:
    """A code list as choices of a filter."""
    return [{"key": option.key, "name": option.label} for option in codes.options(tx.session, name, language())]


def row(word: Words, office: Office, figures: Reliability | None) -> Row:
    """One line of the list."""
    return {
        "name": office.name,
        "email": office.email,
        "topics": word.several("topic", office.topics),
        "languages": word.several("spoken_language", office.languages),
        "capacity": office.capacity if office.is_active else "retired",
        "checked_on": office.checked_on,
        "figures": figures,
        "url": url_for("offices.detail", office_id=office.id),
    }


def sections(word: Words, office: Office) -> list[Row]:
    """The card: sections with their rows of label and value."""
    return [
        _section(
            _("Wobei sie hilft"),
            (_("Themen"), word.several("topic", office.topics)),
            (_("Freie Plätze"), office.capacity_note),
            (_("Unterlagen"), office.documents),
        ),
        _section(
            _("Verständigung und Zugang"),
            (_("Gesprochene Sprachen"), word.several("spoken_language", office.languages)),
            (_("Dolmetschen"), office.interpreting),
            (_("Barrierefreiheit"), office.accessibility),
        ),
        _section(
            _("So ist sie zu erreichen"),
            (_("E-Mail"), office.email or _("Noch keine Adresse: Verweisungen sind nicht möglich.")),
            (_("Telefon"), office.phone),
            (_("Öffnungszeiten"), office.opening_times),
            (_("Wir schreiben auf"), word("language", office.language)),
            *((person["person"] or "", _contact(person)) for person in office.contacts),
        ),
    ]


def _section(title: str, *rows: tuple[str, str]) -> Row:
    return {"title": title, "rows": [{"label": label, "value": value} for label, value in rows]}


def _contact(person: dict[str, str | None]) -> str:
    return " · ".join(filter(None, (person.get(name) for name in ("role", "person_phone", "person_email")))) or "–"
