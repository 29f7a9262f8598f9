"""Why a step is stuck, in words for whoever owns the process: what stands there, and what does not go with it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from webapp.i18n import language
from webapp.wording.errors import error_text
from workflows.decisions.errors import DecisionError
from workflows.decisions.messages import explain_error
from workflows.feel import messages as feel
from workflows.feel.runtime import Warning as Told

INCIDENTS: Mapping[str, Any] = {
    "assignee_not_a_person": _("Als zuständige Person kam „%(value)s“ heraus, das ist niemand mit einem Konto"),
    "award_too_high": _("Bewilligt würde mehr, als beantragt ist"),
    "code_list_unknown": _("Die Liste „%(list)s“ gibt es nicht"),
    "code_unknown": _("In der Liste „%(list)s“ gibt es diesen Eintrag nicht: %(keys)s"),
    "collection_not_a_list": _("„%(expression)s“ ergibt keine Liste, der Schritt soll aber für jeden Eintrag laufen"),
    "collection_too_long": _("Die Liste hat %(items)s Einträge, höchstens %(most)s sind möglich"),
    "condition_not_boolean": _("Die Bedingung „%(expression)s“ ergibt „%(value)s“ und nicht wahr oder falsch"),
    "correlation_key_unusable": _("Mit dem Schlüssel „%(value)s“ lässt sich die Nachricht keinem Vorgang zuordnen"),
    "draw_too_high": _("Abgerufen würde mehr, als bewilligt ist"),
    "endless_loop": _("Der Ablauf dreht sich im Kreis; nach %(steps)s Schritten wurde angehalten"),
    "error_not_caught": _("Der Fehler „%(error)s“ wird nirgends aufgefangen"),
    "input_missing": _("Diese Angaben fehlen: %(inputs)s"),
    "join_incomplete": _("Die Wege treffen hier nie alle ein; es fehlt: %(missing)s"),
    "mail_link": _("Einen Link für diesen Zweck gibt es in Mails nicht: %(purpose)s"),
    "message_without_key": _("Die Nachricht „%(message)s“ sagt nicht, zu welchem Vorgang sie gehört"),
    "moment_out_of_range": _("Der Zeitpunkt liegt zu weit in der Zukunft oder in der Vergangenheit"),
    "nested_too_deep": _("Die Abläufe rufen einander mehr als %(most)s-mal ineinander auf"),
    "no_flow_open": _("Keine Bedingung der Wege, die hier weiterführen, trifft zu, und ein Sonst-Weg fehlt"),
    "not_a_cycle": _("„%(value)s“ ist keine Wiederholung in einem festen Abstand"),
    "not_a_duration": _("„%(value)s“ ist keine Dauer"),
    "not_a_moment": _("„%(value)s“ ist kein Zeitpunkt"),
    "not_one_group": _("Als Gruppe kam „%(value)s“ heraus; es muss genau eine sein"),
    "nothing_to_send": _("Es ist nicht gesagt, welche Nachricht hier hinausgeht"),
    "operator_failed": _("Der Baustein ist an einem Fehler gescheitert, den nur die Technik beheben kann: %(error)s"),
    "operator_input": _("Mit der Angabe „%(name)s“ geht es nicht: Gebraucht wird %(wanted)s, da ist %(found)s"),
    "operator_subject": _("Dieser Baustein braucht einen Vorgang der Art „%(wanted)s“, hier ist es „%(found)s“"),
    "plan_over_ceiling": _("Der Finanzierungsplan übersteigt die Höchstsumme des Programms"),
    "plan_unbalanced": _("Ausgaben und Einnahmen des Finanzierungsplans sind nicht gleich hoch"),
    "plan_without_share": _("Im Finanzierungsplan fehlt der eigene Anteil"),
    "pot_exhausted": _("Der Topf des Programms reicht dafür nicht"),
    "priority_out_of_range": _("Als Dringlichkeit kam „%(value)s“ heraus; möglich ist 0 bis 100"),
    "repaid_too_much": _("Zurückgezahlt würde mehr, als ausgezahlt ist"),
    "spent_negative": _("Die Ausgaben können nicht kleiner als null sein"),
    "task_without_group": _("Es ist nicht gesagt, welche Gruppe die Aufgabe bekommt"),
    "unknown_decision": _("Die Entscheidungstabelle „%(decision)s“ gibt es nicht"),
    "unknown_group": _("Die Gruppe „%(group)s“ gibt es nicht"),
    "unknown_operator": _("Den Baustein „%(operator)s“ gibt es nicht"),
    "value_not_storable": _("Der Wert von „%(variable)s“ lässt sich nicht aufheben"),
}
FORMULAS: Mapping[str, Any] = {
    "expression_budget": _("Die Formel „%(expression)s“ ist zu aufwendig. %(why)s"),
    "expression_null": _("Die Formel „%(expression)s“ ergibt nichts"),
    "expression_syntax": _("Die Formel „%(expression)s“ ist kein gültiges FEEL. %(why)s"),
    "expression_warning": _("Die Formel „%(expression)s“ lässt sich hier nicht berechnen. %(why)s"),
}
WANTED: Mapping[str, Any] = {
    "str": _("ein Text"),
    "string": _("ein Text"),
    "list": _("eine Liste"),
    "list of strings": _("eine Liste von Texten"),
    "whole number": _("eine ganze Zahl"),
    "amount in euros": _("ein Betrag in Euro"),
    "context": _("eine Gruppe von Angaben"),
    "date and time": _("ein Zeitpunkt"),
    "referral of the case": _("eine Verweisung dieses Vorgangs"),
    "another": _("eine andere"),
    "case": _("Vorgang"),
    "referral": _("Verweisung"),
    "application": _("Förderantrag"),
    "dict": _("eine Gruppe von Angaben"),
    "bool": _("ja oder nein"),
    "int": _("eine Zahl"),
    "Decimal": _("eine Zahl"),
    "NoneType": _("nichts"),
    "date": _("ein Tag"),
    "datetime": _("ein Zeitpunkt"),
}
"""What an operator asks for and what it got; other words of the operator stay as they are."""


def incident_text(facts: Mapping[str, Any]) -> str:
    """One sentence without its full stop; ``code`` and ``problem`` among the facts say what happened."""
    code = str(facts.get("code", ""))
    problem = str(facts.get("problem") or code)
    if code in FORMULAS:
        return _formula(code, facts)
    if code == "decision_failed":
        table = {name: str(value) for name, value in facts.items() if name not in {"code", "problem"}}
        return explain_error(DecisionError(problem, **table), _spoken()).removesuffix(".")
    words = INCIDENTS.get(problem)
    told = str(words) % _Facts(facts) if words is not None else error_text(problem, facts)
    return (told or gettext("Das kennen wir noch nicht: %(problem)s", problem=problem)).removesuffix(".")


def _formula(code: str, facts: Mapping[str, Any]) -> str:
    known = next(iter(facts.get("warnings") or [facts.get("problem", "")]))
    said = {name: str(value) for name, value in facts.items()}
    why = feel.explain(Told(known, said, int(facts.get("position") or 0)), _spoken()) if known else ""
    return (str(FORMULAS[code]) % {"expression": facts.get("expression", ""), "why": why}).strip().removesuffix(".")


def _spoken() -> str:
    return "de" if language().startswith("de") else "en"


class _Facts(dict[str, str]):
    """The facts as they are read; a missing one is a dash."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        super().__init__({name: _shown(name, value) for name, value in facts.items()})

    def __missing__(self, name: str) -> str:
        return "–"


def _shown(name: str, value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if str(value).startswith("['"):  # a list that has become text on its way
        return str(value).strip("[]").replace("'", "")
    return str(WANTED.get(str(value), value)) if name in {"wanted", "found"} else str(value)
