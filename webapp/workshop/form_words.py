"""What the form editor calls the kinds of fields and their settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from webapp.wording.list_names import list_name
from workflows.forms.editing import ADDABLE

KINDS: Mapping[str, Any] = {
    "textfield": _("Eine Zeile Text"),
    "textarea": _("Mehrere Zeilen Text"),
    "number": _("Zahl"),
    "datetime": _("Datum oder Uhrzeit"),
    "select": _("Auswahl aus einer Liste"),
    "radio": _("Auswahl, alle Möglichkeiten sichtbar"),
    "checkbox": _("Ein Häkchen"),
    "checklist": _("Mehrere Häkchen"),
    "taglist": _("Mehrere aus einer langen Liste"),
    "file": _("Datei hochladen"),
    "group": _("Gruppe mit Überschrift"),
    "dynamiclist": _("Liste mit beliebig vielen Einträgen"),
    "text": _("Erklärender Text"),
    "html": _("Erklärender Text mit Formatierung"),
    "separator": _("Trennlinie"),
    "spacer": _("Abstand"),
    "button": _("Knopf (zeichnet die Seite selbst)"),
}
"""The kinds of components by what a reader sees of them."""


@dataclass(frozen=True, slots=True)
class SettingWords:
    """How one setting appears on the page: ``control`` is line, area, flag or select."""

    label: Any
    hint: Any = ""
    control: str = "line"


SETTINGS: Mapping[str, SettingWords] = {
    "kind": SettingWords(_("Art"), control="select"),
    "label": SettingWords(_("Beschriftung"), _("Als Frage oder kurzes Wort, so wie man es vorlesen würde.")),
    "description": SettingWords(_("Hinweis"), _("Steht klein unter der Beschriftung. Darf leer sein."), "area"),
    "text": SettingWords(
        _("Text"), _("Angaben des Vorgangs stehen in doppelten Klammern: {{organisation_name}}."), "area"
    ),
    "key": SettingWords(
        _("Technischer Name"),
        _(
            "So nennen Diagramm und Bedingungen diese Angabe. Bleibt er leer, bilden wir ihn aus der Beschriftung. "
            "Ändern Sie ihn nur, solange ihn noch nichts benutzt."
        ),
    ),
    "hide": SettingWords(
        _("Ausblenden, wenn"),
        _('Eine Bedingung, zum Beispiel kind = "need" oder amount < 100. Leer heißt: immer zeigen.'),
    ),
    "required": SettingWords(_("Muss ausgefüllt werden"), control="flag"),
    "read_only": SettingWords(_("Nur anzeigen, nicht ändern lassen"), control="flag"),
    "multiple": SettingWords(_("Mehrere Dateien erlauben"), control="flag"),
    "not_past": SettingWords(_("Nur Tage, die noch kommen"), control="flag"),
    "not_future": SettingWords(_("Nur heute und Tage davor"), control="flag"),
    "unit": SettingWords(_("Einheit"), _("Steht hinter der Zahl, zum Beispiel €.")),
    "subtype": SettingWords(_("Was wird gefragt?"), control="select"),
    "format": SettingWords(_("Besondere Schreibweise"), control="select"),
    "min_length": SettingWords(_("Mindestens so viele Zeichen")),
    "max_length": SettingWords(_("Höchstens so viele Zeichen")),
    "minimum": SettingWords(_("Kleinster Wert"), _("Eine Zahl, oder nach = eine Berechnung.")),
    "maximum": SettingWords(_("Größter Wert"), _("Eine Zahl, oder nach = eine Berechnung.")),
    "decimals": SettingWords(_("Stellen nach dem Komma")),
    "pattern": SettingWords(_("Muster (regulärer Ausdruck)"), _("Für Fachleute. Meist leer.")),
    "source": SettingWords(_("Woher kommen die Möglichkeiten?"), control="select"),
    "values": SettingWords(
        _("Eigene Möglichkeiten"),
        _("Eine Zeile je Möglichkeit. Vor = steht, was gespeichert wird: rent = Miete und Nebenkosten."),
        "area",
    ),
    "code_list": SettingWords(_("Liste des Hauses"), control="select"),
    "options_from": SettingWords(_("Berechnete Möglichkeiten"), _("Ein Ausdruck, der eine Liste ergibt.")),
    "default": SettingWords(_("Voreinstellung"), _("Was schon dasteht. Mehrere mit Komma.")),
    "default_from": SettingWords(_("Berechnete Voreinstellung"), _("Ein Ausdruck, zum Beispiel contact.name.")),
}

CHOICES: Mapping[str, Mapping[str, Any]] = {
    "subtype": {"date": _("Datum"), "time": _("Uhrzeit"), "datetime": _("Datum und Uhrzeit")},
    "format": {"": _("Keine"), "email": _("E-Mail-Adresse"), "phone": _("Telefonnummer")},
    "source": {
        "own": _("Eigene Möglichkeiten"),
        "list": _("Eine Liste des Hauses"),
        "feel": _("Aus Angaben des Vorgangs berechnet"),
    },
}
"""What may be chosen for the settings that are a choice."""


def kind_name(kind: str) -> str:
    """What a kind of component is called."""
    return str(KINDS.get(kind, kind))


def addable() -> list[dict[str, str]]:
    """The kinds that can be added, for a choice."""
    return [{"key": kind, "name": kind_name(kind)} for kind in ADDABLE]


def choices(setting: str, kinds: tuple[str, ...], lists: list[str]) -> list[dict[str, str]]:
    """What may be chosen for a setting."""
    if setting == "kind":
        return [{"key": kind, "name": kind_name(kind)} for kind in kinds]
    if setting == "code_list":
        named = [{"key": name, "name": list_name(name)} for name in lists]
        return [{"key": "", "name": str(_("Bitte wählen"))}, *sorted(named, key=lambda each: each["name"].casefold())]
    return [{"key": key, "name": str(name)} for key, name in CHOICES[setting].items()]
