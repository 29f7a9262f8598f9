"""What is wrong with a field, said so that a volunteer knows what to do."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from webapp.i18n import language
from webapp.wording.inside import INSIDE
from workflows.core.errors import Problem
from workflows.engine.checks import sentence

UNKNOWN = _("Diese Angabe passt nicht. Bitte prüfen Sie sie.")

PROBLEMS: Mapping[str, Any] = {
    "required": _("Bitte füllen Sie dieses Feld aus."),
    "required_choice": _("Bitte wählen Sie etwas aus."),
    "required_check": _("Bitte setzen Sie hier ein Häkchen."),
    "required_file": _("Bitte wählen Sie eine Datei aus."),
    "too_long": _("Bitte kürzen Sie den Text auf höchstens %(max)s Zeichen."),
    "too_short": _("Bitte schreiben Sie mindestens %(min)s Zeichen."),
    "too_small": _("Bitte geben Sie mindestens %(min)s an."),
    "too_large": _("Bitte geben Sie höchstens %(max)s an."),
    "too_many": _("Bitte geben Sie höchstens %(max)s an."),
    "too_few": _("Bitte geben Sie mindestens %(min)s an."),
    "too_many_decimals": _("Bitte geben Sie höchstens %(max)s Stellen nach dem Komma an."),
    "pattern": _("Bitte prüfen Sie die Schreibweise."),
    "not_an_email": _("Bitte geben Sie eine E-Mail-Adresse an, zum Beispiel name@beispiel.de."),
    "own_address": _("An diese Adresse schreiben wir Ihnen schon. Bitte nennen Sie die Adresse von jemand anderem."),
    "not_a_phone": _("Bitte geben Sie eine Telefonnummer an, zum Beispiel 0611 123456."),
    "not_a_number": _("Bitte geben Sie eine Zahl an."),
    "not_a_date": _("Bitte geben Sie ein Datum an, zum Beispiel 24.11.2026."),
    "not_a_time": _("Bitte geben Sie eine Uhrzeit an, zum Beispiel 14:30."),
    "not_a_datetime": _("Bitte geben Sie Datum und Uhrzeit an."),
    "in_the_past": _("Bitte wählen Sie ein Datum, das noch kommt."),
    "too_far_ahead": _("Bitte wählen Sie einen Tag in den nächsten zwei Jahren."),
    "not_a_colleague": _("Bitte wählen Sie jemanden aus der Liste. Nur diese Personen können die Aufgabe übernehmen."),
    "out_of_range": _("Bitte geben Sie einen Wert zwischen %(min)s und %(max)s an."),
    "in_the_future": _("Bitte wählen Sie heute oder einen Tag davor."),
    "before_the_question": _("An diesem Tag war noch nicht gefragt. Bitte prüfen Sie das Datum."),
    "another_answer": _("Inzwischen kam eine andere Antwort. Bitte prüfen Sie, ob diese zurückgenommen werden soll."),
    "not_an_option": _("Bitte wählen Sie eine der Möglichkeiten aus der Liste."),
    "not_a_text": _("Bitte geben Sie einen Text an."),
    "control_characters": _("Der Text enthält Zeichen, die nicht erlaubt sind. Bitte schreiben Sie ihn neu."),
    "unknown_field": _("Dieses Feld gehört nicht zum Formular."),
    "file_too_large": _("Die Datei ist zu groß. Erlaubt sind höchstens %(max)s."),
    "file_type": _("Diese Art Datei nehmen wir nicht an. Bitte senden Sie PDF, Foto, Office-Dokument oder Text."),
    "file_empty": _("Die Datei ist leer."),
    "file_differs": _(
        "Der Inhalt der Datei passt nicht zu ihrer Endung. Bitte speichern Sie sie neu, am besten als PDF."
    ),
    "file_archive": _("Diese Datei können wir nicht prüfen. Bitte speichern Sie sie als PDF und senden Sie das."),
    "file_again": _("Diese Datei konnten wir gerade nicht annehmen. Bitte wählen Sie sie noch einmal aus."),
    "too_many_files": _("Mehr als %(max)s Dateien passen nicht in ein Formular. Schicken Sie weitere später nach."),
    "unknown_file": _("Diese Datei gibt es hier nicht. Bitte wählen Sie sie noch einmal aus."),
    "not_the_same": _("Die beiden Eingaben sind nicht gleich."),
    "not_a_deputy": _("Diese Person kann die Vertretung nicht übernehmen. Bitte wählen Sie jemanden aus der Liste."),
    "before_start": _("Der letzte Tag liegt vor dem ersten. Bitte prüfen Sie die beiden Daten."),
    "too_many_days": _("Eine Vertretung dauert höchstens %(max)s Tage."),
    "deputy_taken": _("In dieser Zeit ist schon jemand als Vertretung eingetragen."),
    "reference_unknown": _("Ein Vorgang mit diesem Zeichen ist nicht da. Es sieht so aus: 2026-0001."),
    "figures_missing": _("Jeder Kennwert steht genau einmal da. Bitte lassen Sie keinen weg: %(figures)s."),
    "password_guessable": _(
        "Dieses Passwort lässt sich leicht erraten. Nehmen Sie mehrere Wörter, die nicht zusammengehören."
    ),
    "password_wrong": _("Das bisherige Passwort stimmt nicht."),
    "unknown_role": _("Diese Rolle gibt es nicht."),
}


# A missing answer sounds different where nothing is typed: kind of field → code.
MISSING: Mapping[str, str] = {
    "select": "required_choice",
    "radio": "required_choice",
    "checklist": "required_choice",
    "taglist": "required_choice",
    "checkbox": "required_check",
    "file": "required_file",
}


def problem_text(problem: Problem, kind: str = "") -> str:
    """The sentence for a problem of a field of ``kind``; a general one for a code without words."""
    code = MISSING.get(kind, problem.code) if problem.code == "required" else problem.code
    if code.startswith(("form_", "text_")):  # what the check of bundles says, said where it is changed
        return sentence(code, problem.facts, "de" if language().startswith("de") else "en")
    return _filled(PROBLEMS.get(code) or INSIDE.get(code, UNKNOWN), problem.facts)


def _filled(text: Any, facts: Mapping[str, object]) -> str:
    try:
        return str(text) % facts if facts else str(text)
    except (KeyError, TypeError):
        # A fact the sentence names is missing: an unfilled sentence still helps more than an error page.
        return str(UNKNOWN)
