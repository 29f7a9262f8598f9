"""What the formula editor calls types, and how it tells what came out."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from webapp.i18n import shown
from webapp.workshop.table_words import TYPES, Told, no_result
from workflows.actions.workshop_decisions import HeldFormula
from workflows.actions.workshop_tables import Trial
from workflows.decisions.xml import children, name_of, read_definitions
from workflows.feel.messages import explain

NODES: Mapping[str, Any] = {
    "table": _("Tabelle"),
    "formula": _("Formel"),
    "other": _("Formel in anderer Form"),
    "inputData": _("Angabe"),
    "businessKnowledgeModel": _("Wiederverwendbare Formel"),
    "decisionService": _("Entscheidungsdienst"),
}
"""The elements of a graph of decisions."""


def types(held: HeldFormula) -> dict[str, str]:
    """What the result may have to be: the plain types, those the file describes, and the present one."""
    own = {name_of(each): name_of(each) for each in children(read_definitions(held.xml), "itemDefinition")}
    now = {held.formula.type: held.formula.type}
    return {**now, **own, **{key: str(name) for key, name in TYPES.items()}}


def told(trial: Trial, language: str) -> Told:
    """What a trial shows, in sentences."""
    if trial.result is None:
        return no_result(trial, language, gettext("Die Formel lässt sich nicht lesen."))
    value = trial.result.value
    warnings = [explain(each, language) for each in trial.result.warnings[:5]]
    if value is None:
        return Told(False, gettext("Das Ergebnis ist leer"), warnings)
    return Told(not warnings, gettext("Ergebnis: %(value)s", value=said(value)), warnings)


def said(value: Any) -> str:
    """A value with the names of its parts."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {said(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(said(each) for each in value) or "–"
    return shown(value) or "–"
