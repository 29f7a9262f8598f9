"""What the properties of elements, flows and form fields are called where two versions are compared."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from webapp.wording.list_names import list_name
from workflows.engine.editing.deadlines import WORKDAYS

TRAITS: Mapping[str, Any] = {
    "name": _("Name"),
    "kind": _("Art"),
    "lane": _("Bahn"),
    "default": _("Sonst-Weg"),
    "form_id": _("Formular"),
    "decision_id": _("Entscheidungstabelle"),
    "result_variable": _("Ergebnis heißt"),
    "operator": _("Was das Haus tut"),
    "script": _("Berechnung"),
    "calls": _("Ruft Ablauf auf"),
    "attached_to": _("Hängt an"),
    "interrupting": _("Unterbricht"),
    "source": _("Von"),
    "target": _("Nach"),
    "condition": _("Bedingung"),
    "passes_all_results": _("Übernimmt alle Ergebnisse"),
    "trigger.kind": _("Wartet auf"),
    "trigger.name": _("Nachricht"),
    "trigger.correlation_key": _("Zugeordnet über"),
    "trigger.code": _("Code"),
    "trigger.timer": _("Zeitangabe ist"),
    "trigger.expression": _("Zeit"),
    "loop.collection": _("Für jedes aus"),
    "loop.sequential": _("Nacheinander"),
    "loop.item": _("Jedes heißt"),
    "loop.output_collection": _("Gesammelt unter"),
    "loop.output_element": _("Gesammelt wird"),
    "loop.completion_condition": _("Fertig, sobald"),
    "assignment.assignee": _("Person"),
    "assignment.candidate_groups": _("Gruppe"),
    "assignment.due": _("Frist"),
    "assignment.follow_up": _("Wiedervorlage"),
    "assignment.priority": _("Priorität"),
    "assignment.four_eyes": _("Vier Augen mit"),
    "assignment.only_for": _("Nur für"),
    "assignment.is_shared": _("Auch für die Ansprechperson"),
    "inputs": _("Eingaben"),
    "outputs": _("Ergebnisse"),
}
"""What the properties of elements and flows are called; of forms in ``OF_FORMS``."""

OF_FORMS: Mapping[str, Any] = {
    "action": _("Was der Knopf tut"),
    "accept": _("Erlaubte Arten von Dateien"),
    "allowAddRemove": _("Einträge können dazukommen und wegfallen"),
    "alt": _("Beschreibung des Bildes"),
    "appearance.prefixAdorner": _("Steht vor dem Feld"),
    "appearance.suffixAdorner": _("Steht hinter dem Feld"),
    "computeOn": _("Wird berechnet"),
    "conditional.hide": _("Ausgeblendet, wenn"),
    "content": _("Text mit Formatierung"),
    "dateLabel": _("Beschriftung des Datums"),
    "decimalDigits": _("Stellen nach dem Komma"),
    "defaultRepetitions": _("So viele Einträge stehen schon da"),
    "defaultValue": _("Vorgabe"),
    "description": _("Hinweis"),
    "disableCollapse": _("Lange Liste immer ganz zeigen"),
    "disabled": _("Nicht zu ändern"),
    "disallowFutureDates": _("Nur heute und Tage davor"),
    "disallowPassedDates": _("Nur Tage, die noch kommen"),
    "expression": _("Berechnung"),
    "groupLabel": _("Überschrift"),
    "height": _("Höhe"),
    "increment": _("Schrittweite"),
    "isRepeating": _("Kann mehrmals ausgefüllt werden"),
    "key": _("Name der Angabe"),
    "label": _("Beschriftung"),
    "multiple": _("Mehrere Dateien erlaubt"),
    "nonCollapsedItems": _("So viele Einträge sind gleich zu sehen"),
    "path": _("Name der Liste oder Gruppe"),
    "properties": _("Weitere Eigenschaften"),
    "properties.codeList": _("Liste des Hauses"),
    "properties.default": _("Berechnete Voreinstellung"),
    "properties.directory": _("Darf im öffentlichen Verzeichnis stehen"),
    "properties.export": _("Wird in der Statistik gezählt"),
    "properties.shared": _("Auch die MO sieht die Dateien"),
    "readonly": _("Nur lesen"),
    "searchable": _("Mit Suche in der Auswahl"),
    "serializeToString": _("Als Text gespeichert"),
    "showOutline": _("Mit Rahmen"),
    "source": _("Woher das Bild kommt"),
    "subtype": _("Was gefragt wird"),
    "text": _("Text"),
    "timeInterval": _("Abstand der Uhrzeiten in Minuten"),
    "timeLabel": _("Beschriftung der Uhrzeit"),
    "timeSerializingFormat": _("Schreibweise der Uhrzeit"),
    "type": _("Art"),
    "use24h": _("Uhrzeit mit 24 Stunden"),
    "validate.max": _("Größter Wert"),
    "validate.maxLength": _("Höchstlänge"),
    "validate.min": _("Kleinster Wert"),
    "validate.minLength": _("Mindestlänge"),
    "validate.pattern": _("Muster"),
    "validate.required": _("Pflichtfeld"),
    "validate.validationType": _("Besondere Schreibweise"),
    "values": _("Auswahl"),
    "valuesExpression": _("Berechnete Auswahl"),
    "verticalAlignment": _("Ausrichtung"),
}
"""What the properties of form fields are called: those the house reads, and those other form editors write."""

SAID: Mapping[str, Mapping[str, Any]] = {
    "trigger.kind": {
        "none": _("nichts"),
        "message": _("eine Nachricht"),
        "timer": _("eine Zeit"),
        "error": _("einen Fehler"),
        "escalation": _("eine Eskalation"),
        "terminate": _("das Ende von allem"),
    },
    "trigger.timer": {"date": _("ein Zeitpunkt"), "duration": _("eine Dauer"), "cycle": _("eine Wiederholung")},
    "subtype": {"date": _("Datum"), "time": _("Uhrzeit"), "datetime": _("Datum und Uhrzeit")},
    "validate.validationType": {
        "custom": _("Keine"),
        "email": _("E-Mail-Adresse"),
        "phone": _("Telefonnummer"),
    },
}
"""The values of properties that are one of a few."""

FLAGS: Mapping[str, Any] = {"true": _("ja"), "false": _("nein")}


def trait_value(name: str, text: str) -> str:
    """What a property is set to: yes and no, working days as people say them; all else as the file has it."""
    if text in FLAGS:
        return str(FLAGS[text])
    if text in SAID.get(name, {}):
        return str(SAID[name][text])
    if name == "properties.codeList":
        return list_name(text)
    days = WORKDAYS.fullmatch(text) if name in {"assignment.due", "trigger.expression"} else None
    return text if days is None else ngettext("%(num)d Arbeitstag", "%(num)d Arbeitstage", int(days[1]))


def trait_name(name: str, *, is_form: bool = False) -> str:
    """What people call a property of an element or a flow, or of a form field; one that nobody here knows is named."""
    words = OF_FORMS if is_form else TRAITS
    return str(words[name]) if name in words else gettext("Weitere Eigenschaft „%(name)s“", name=name)
