"""The sentences about scenarios, and why one cannot be read."""

from collections.abc import Mapping
from typing import Any, Final

from workflows.engine.checks.words_files import Words

SCENARIOS: Final[Words] = {
    "scenario_unreadable": (
        "Das Szenario lässt sich nicht lesen. {reason}",
        "The scenario cannot be read. {reason}",
    ),
    "scenario_process_unknown": (
        "Das Szenario beginnt den Ablauf „{process}“, den es hier nicht gibt.{similar} Nennen Sie den Schlüssel eines "
        "Ablaufs, oder legen Sie dessen Ordner neben diesen.",
        'The scenario begins the process "{process}", which does not exist here.{similar} Name the key of a process, '
        "or put its folder beside this one.",
    ),
    "scenario_start_unknown": (
        "Der Ablauf „{process}“ hat kein Startereignis „{start}“.{similar} Nennen Sie die Kennung eines von ihm, oder "
        "nehmen Sie „at“ weg.",
        'The process "{process}" has no start event "{start}".{similar} Name the id of one of its own, or take "at" '
        "away.",
    ),
    "scenario_task_unknown": (
        "Schritt {step}: Eine Aufgabe „{task}“ gibt es in keinem Ablauf.{similar} Nennen Sie die Kennung einer "
        "Aufgabe.",
        'Step {step}: no process has a task "{task}".{similar} Name the id of a task.',
    ),
    "scenario_element_unknown": (
        "Schritt {step}: Einen Schritt „{element}“ gibt es in keinem Ablauf.{similar} Nennen Sie die Kennung eines "
        "Schritts.",
        'Step {step}: no process has an element "{element}".{similar} Name the id of an element.',
    ),
    "scenario_message_unknown": (
        "Schritt {step}: Auf eine Nachricht „{message}“ wartet kein Ablauf.{similar} Nennen Sie eine, die es gibt.",
        'Step {step}: no process waits for a message "{message}".{similar} Name one that exists.',
    ),
    "scenario_field_unknown": (
        "Schritt {step}: Das Formular der Aufgabe „{task}“ hat kein Feld „{field}“.{similar} Nennen Sie den Schlüssel "
        "eines Feldes, oder nehmen Sie die Angabe weg.",
        'Step {step}: the form of the task "{task}" has no field "{field}".{similar} Name the key of a field, or take '
        "the value away.",
    ),
    "scenario_person_unknown": (
        "Schritt {step}: Eine Person „{person}“ gibt es in Szenarien nicht.{similar} Möglich sind: {known}.",
        'Step {step}: there is no person "{person}" in scenarios.{similar} There are: {known}.',
    ),
    "scenario_by_missing": (
        "Schritt {step}: Wer erledigt „{task}“? Ergänzen Sie „by“. Möglich sind: {known}.",
        'Step {step}: who does "{task}"? Add "by". There are: {known}.',
    ),
}

_REASONS: Final[Words] = {
    "too_large": ("Die Datei ist größer als {max}.", "The file is larger than {max}."),
    "not_utf8": (
        "Die Datei ist nicht in UTF-8 gespeichert (Stelle {position}). Speichern Sie sie als UTF-8.",
        "The file is not saved as UTF-8 (position {position}). Save it as UTF-8.",
    ),
    "not_yaml": (
        "Zeile {line}, Spalte {column} ist kein gültiges YAML. Achten Sie auf Einrückungen mit Leerzeichen, "
        "Doppelpunkte, Klammern und Anführungszeichen.",
        "Line {line}, column {column} is no valid YAML. Look at indentation with spaces, colons, brackets and "
        "quotation marks.",
    ),
    "character": (
        "In Zeile {line} steht ein Zeichen, das nicht möglich ist. Entfernen Sie es.",
        "Line {line} has a character that is not possible. Remove it.",
    ),
    "too_deep": ("Sie ist zu tief verschachtelt.", "It is nested too deeply."),
    "reference": (
        "In Zeile {line} steht ein Verweis (*name). Schreiben Sie die Werte stattdessen aus.",
        "Line {line} has a reference (*name). Write the values instead.",
    ),
    "no_value": (
        "In Zeile {line} steht ein Datum, eine Uhrzeit oder eine Zahl, die es nicht gibt. Berichtigen Sie sie.",
        "Line {line} has a date, a time or a number that does not exist. Correct it.",
    ),
    "no_story": (
        "Dort stehen keine Angaben. Nötig sind „title“, „start“ mit „day“, und „steps“.",
        'It holds no entries. There must be "title", "start" with "day", and "steps".',
    ),
    "no_title": (
        "Es fehlt „title“, oder es ist kein Text mit höchstens {max} Zeichen.",
        '"title" is missing, or no text of at most {max} characters.',
    ),
    "no_day": (
        "Es fehlt, wann das Szenario beginnt: Schreiben Sie zum Beispiel „start: {{day: 2026-03-02}}“.",
        'When the scenario begins is missing: write for example "start: {{day: 2026-03-02}}".',
    ),
    "no_steps": (
        "Es fehlt „steps“, oder es ist keine Liste mit höchstens {max} Schritten.",
        '"steps" is missing, or no list of at most {max} steps.',
    ),
    "no_enquiry": (
        "Unter „start“ braucht „enquiry“ die Angaben einer Anfrage: mindestens {names}.",
        'Under "start", "enquiry" needs what an enquiry says: at least {names}.',
    ),
    "no_process": (
        "„at“ braucht unter „start“ auch „process“.",
        '"at" needs "process" under "start", too.',
    ),
    "one_verb": (
        "Ein Schritt braucht genau eines von: {verbs}.",
        "A step needs exactly one of: {verbs}.",
    ),
    "unusable": (
        "Diese Angaben gibt es hier nicht, oder ihr Wert passt nicht: {names}.",
        "These entries do not exist here, or their value does not fit: {names}.",
    ),
}


def reason(facts: Mapping[str, Any], column: int) -> str:
    """Why a scenario cannot be read, in German (column 0) or English (1), with its step where there is one."""
    step = (f"Schritt {facts['step']}: ", f"Step {facts['step']}: ")[column] if "step" in facts else ""
    return step + _REASONS[facts["why"]][column].format_map(facts)
