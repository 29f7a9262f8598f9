"""What is wrong with a list that is to be taken into the register, for the office that sent it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from webapp.wording.problems import problem_text
from workflows.core.errors import Problem

LIST_PROBLEMS: Mapping[str, Any] = {
    "list_no_text": _("Das ist keine CSV-Datei. Bitte speichern Sie die Tabelle als „CSV UTF-8“."),
    "list_broken": _("Die Datei lässt sich nicht als Tabelle lesen. Bitte speichern Sie sie neu als CSV."),
    "list_unknown_columns": _("Diese Spalten kennt das Register nicht: %(columns)s. Bitte benennen Sie sie um."),
    "list_double_columns": _("Eine Spalte kommt zweimal vor. Bitte löschen Sie eine davon."),
    "list_no_name": _("Es fehlt die Spalte „Name der Organisation“."),
    "list_no_rows": _("Unter der Zeile mit den Überschriften steht nichts."),
    "list_too_long": _("Die Liste hat mehr als %(max)s Zeilen. Bitte teilen Sie sie."),
    "list_surplus": _("Die Zeile hat mehr Felder als Überschriften."),
    "list_twice": _("Diese Organisation steht schon weiter oben in der Liste."),
    "list_ambiguous": _("Unter diesem Namen gibt es mehrere Einträge. Bitte ändern Sie den richtigen von Hand."),
    "not_an_option": _("Dieses Wort steht nicht in der Auswahl."),
}


def list_problem(problem: Problem) -> str:
    """The sentence for a problem of a list or one of its rows."""
    text = LIST_PROBLEMS.get(problem.code)
    return str(text) % problem.facts if text is not None else problem_text(problem)
