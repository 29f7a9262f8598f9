"""What the properties of elements, flows and form fields are called where two versions are compared."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import ngettext

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
    "trigger.kind": _("Wartet auf"),
    "trigger.name": _("Nachricht"),
    "trigger.correlation_key": _("Zugeordnet über"),
    "trigger.code": _("Code"),
    "trigger.timer": _("Zeitangabe ist"),
    "trigger.expression": _("Zeit"),
    "loop.collection": _("Für jedes aus"),
    "loop.sequential": _("Nacheinander"),
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
    "label": _("Beschriftung"),
    "description": _("Hinweis"),
    "type": _("Art"),
    "key": _("Name der Angabe"),
    "values": _("Auswahl"),
    "text": _("Text"),
    "validate.required": _("Pflichtfeld"),
    "validate.maxLength": _("Höchstlänge"),
    "validate.minLength": _("Mindestlänge"),
    "conditional.hide": _("Ausgeblendet, wenn"),
    "readonly": _("Nur lesen"),
    "defaultValue": _("Vorgabe"),
}


FLAGS: Mapping[str, Any] = {"true": _("ja"), "false": _("nein")}


def trait_value(name: str, text: str) -> str:
    """What a property is set to: yes and no, working days as people say them; all else as the file has it."""
    if text in FLAGS:
        return str(FLAGS[text])
    days = WORKDAYS.fullmatch(text) if name in {"assignment.due", "trigger.expression"} else None
    return text if days is None else ngettext("%(num)d Arbeitstag", "%(num)d Arbeitstage", int(days[1]))


def trait_name(name: str) -> str:
    """What people call a property; its own name for one without words."""
    return str(TRAITS.get(name, name))
