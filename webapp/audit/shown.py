"""Entries of the audit trail as the reviewer reads them: what happened, to what, and where, without a code."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from webapp.wording.details import DetailWords
from webapp.wording.events import deputy_text
from webapp.wording.list_names import list_name
from webapp.wording.states import code_word
from workflows.actions import trail_names
from workflows.core.audit import Entry
from workflows.core.tx import Tx

NOUNS: Mapping[str, Any] = {
    "application": _("Förderantrag"),
    "case": _("Vorgang"),
    "code": _("Liste"),
    "contact": _("Kontakt"),
    "file": _("Datei"),
    "group": _("Gruppe"),
    "instance": _("Ablauf"),
    "invitation": _("Einladung"),
    "letter": _("Brief"),
    "limit": _("Grenze"),
    "mail": _("E-Mail"),
    "message": _("Nachricht"),
    "office": _("Stelle"),
    "organisation": _("Organisation"),
    "page": _("Öffentliche Seite"),
    "process": _("Ablauf"),
    "programme": _("Programm"),
    "referral": _("Verweisung"),
    "seal": _("Siegel"),
    "system": _("Haus"),
    "task": _("Aufgabe"),
    "user": _("Konto"),
}
# Numbers of people that stand in the details without their noun.
PEOPLE = frozenset({"advisor", "deputy"})


def rows(tx: Tx, entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Lines of the page."""
    names = trail_names.names(tx, set(_keys(entries)))
    words = DetailWords(tx)
    return [_row(entry, words, names) for entry in entries]


def _keys(entries: Sequence[Entry]) -> Iterable[str]:
    for entry in entries:
        yield from (entry.stream, entry.object)
        yield from (key for name, value in (entry.details or {}).items() if (key := _key(name, value)))


def _key(name: str, value: object) -> str | None:
    """The key that a detail holds, if it holds one."""
    if name in PEOPLE and isinstance(value, int):
        return f"user:{value}"
    return value if name == "to" and isinstance(value, str) and value.startswith("organisation:") else None


def _row(entry: Entry, words: DetailWords, names: Mapping[str, str]) -> dict[str, Any]:
    details = {name: names.get(_key(name, value) or "", value) for name, value in (entry.details or {}).items()}
    return {
        **asdict(entry),
        "actor": _who(entry, names),
        "details": words.rows(entry.event, details),
        "about": thing(entry.object, names) if entry.object != entry.stream else "",
        "place": thing(entry.stream, names),
    }


def _who(entry: Entry, names: Mapping[str, str]) -> str:
    """Who acted; signing in is done by whoever it made known, other things of the house by somebody without account."""
    if entry.actor == "public" and entry.stream == "system":
        known = names.get(entry.object) if entry.event == "user.signed_in" else None
        return known or gettext("ohne Anmeldung")
    return code_word("actor", deputy_text(entry.label or entry.actor, entry.acts_for))


def thing(key: str, names: Mapping[str, str]) -> str:
    """What a key stands for, with its noun: "Vorgang 2026-0017", "Konto Anna Beispiel", "Datei 5"."""
    noun, _colon, rest = key.partition(":")
    return f"{NOUNS.get(noun, noun)} {names.get(key) or _called(noun, rest)}".strip()


def _called(noun: str, rest: str) -> str:
    """What the house itself calls a page, a limit or an entry of a list; else the number."""
    if noun != "code":
        return code_word(noun, rest)
    of_list, _slash, key = rest.partition("/")
    return f"{list_name(of_list)}, {key}"
