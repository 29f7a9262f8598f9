"""Findings and errors of decisions in words, German and English."""

from collections.abc import Sequence
from typing import Final

from workflows.core import xml_faults
from workflows.decisions.cells import Cell
from workflows.decisions.checks import Case, Finding
from workflows.decisions.errors import DecisionError, DecisionModelError

_FINDINGS: Final[dict[str, tuple[str, str]]] = {
    "overlap": ("Regeln {rules} treffen beide auf {case} zu", "Rules {rules} both match {case}"),
    "overlap_possible": (
        "Regeln {rules} können beide auf {case} zutreffen: Eine fragt nicht nach „{columns}“, und was die andere dort "
        "verlangt, kann dazukommen",
        'Rules {rules} may both match {case}: one of them asks nothing about "{columns}", and what the other '
        "demands there may come on top",
    ),
    "blank_output": (
        "Regel {rules} der Tabelle „{decision}“ hat bei „{output}“ kein Ergebnis. Tragen Sie eines ein; soll es leer "
        "bleiben, schreiben Sie null",
        'Rule {rules} of the table "{decision}" has no result for "{output}". Enter one; if it is meant to be empty, '
        "write null",
    ),
    "text_without_quotes": (
        "In Regel {rules} der Tabelle „{decision}“ steht bei „{column}“ das Wort {name} ohne Anführungszeichen. So ist "
        'eine Angabe gemeint, die hier niemand setzt. Meinten Sie "{name}"? Setzen Sie das Wort in '
        "Anführungszeichen{lacking}",
        'Rule {rules} of the table "{decision}" has the word {name} without quotation marks at "{column}". Written so '
        'it means a variable, and nobody sets it here. Did you mean "{name}"? Put the word in quotation '
        "marks{lacking}",
    ),
    "unknown_in_cell": (
        "Regel {rules} der Tabelle „{decision}“ liest bei „{column}“ die Angabe „{name}“, die niemand setzt. "
        "Berichtigen Sie den Namen, oder setzen Sie Texte in Anführungszeichen{lacking}",
        'Rule {rules} of the table "{decision}" reads "{name}" at "{column}", which nobody sets. '
        "Correct the name, or put texts in quotation marks{lacking}",
    ),
    "unknown_input": (
        "Die Eingabe „{column}“ der Tabelle „{decision}“ liest „{name}“, was niemand setzt: Sie ist immer leer. "
        "Berichtigen Sie den Namen, oder fragen Sie die Angabe in einem Schritt davor ab{lacking}",
        'The input "{column}" of the table "{decision}" reads "{name}", which nobody sets: it is always empty. '
        "Correct the name, or let a step before ask for it{lacking}",
    ),
    "unknown_in_formula": (
        "„{decision}“ liest „{name}“, was niemand setzt: Dort steht nie etwas. Berichtigen Sie den Namen, verbinden "
        "Sie die Entscheidung, die so heißt, oder fragen Sie die Angabe in einem Schritt davor ab{lacking}",
        '"{decision}" reads "{name}", which nobody sets: there is never anything. Correct the name, connect the '
        "decision of that name, or let a step before ask for it{lacking}",
    ),
    "never_given": (
        "Regel {rules} der Tabelle „{decision}“ fragt bei „{column}“ nach „{text}“, das dort niemand auswählen "
        "kann.{near} Berichtigen Sie das Wort, oder ergänzen Sie die Auswahl",
        'Rule {rules} of the table "{decision}" asks for "{text}" at "{column}", which nobody can choose there.{near} '
        "Correct the word, or add it to the choices",
    ),
    "conflict": (
        "Regeln {rules} treffen beide auf {case} zu, haben aber verschiedene Ergebnisse",
        "Rules {rules} both match {case} but have different results",
    ),
    "gap": ("Keine Regel trifft auf {case} zu", "No rule matches {case}"),
    "unreachable": (
        "Regel {rules} wird nie erreicht, weil frühere Regeln alle ihre Fälle abdecken",
        "Rule {rules} is never reached because earlier rules cover all its cases",
    ),
    "not_checked": (
        "Regel {rules} lässt sich nicht vorab prüfen, weil sie von anderen Angaben abhängt",
        "Rule {rules} cannot be checked beforehand because it depends on other data",
    ),
    "too_large": (
        "Die Tabelle „{decision}“ hat zu viele Regeln oder Möglichkeiten, um Lücken vorab zu finden",
        'The table "{decision}" has too many rules or combinations to find gaps beforehand',
    ),
    "unknown_policy": (
        "Die Trefferregel „{policy}“ der Tabelle „{decision}“ gibt es nicht. Wählen Sie eine der Liste, "
        "zum Beispiel UNIQUE oder FIRST",
        'The hit policy "{policy}" of the table "{decision}" does not exist. Choose one of the list, '
        "for example UNIQUE or FIRST",
    ),
    "unknown_aggregation": (
        "Die Zusammenfassung „{aggregation}“ der Tabelle „{decision}“ gibt es nicht. "
        "Möglich sind SUM, MIN, MAX und COUNT",
        'The aggregation "{aggregation}" of the table "{decision}" does not exist. Use SUM, MIN, MAX or COUNT',
    ),
    "wrong_inputs": (
        "Regel {rules} hat {found} Bedingungen, die Tabelle „{decision}“ aber {expected} Eingaben. "
        "Geben Sie jeder Eingabe genau eine Zelle; „-“ heißt: egal",
        'Rule {rules} has {found} conditions, but the table "{decision}" has {expected} inputs. '
        'Give each input exactly one cell; "-" means any value',
    ),
    "wrong_outputs": (
        "Regel {rules} hat {found} Ergebnisse, die Tabelle „{decision}“ aber {expected} Ausgaben. "
        "Geben Sie jeder Ausgabe genau eine Zelle",
        'Rule {rules} has {found} results, but the table "{decision}" has {expected} outputs. '
        "Give each output exactly one cell",
    ),
    "order_missing": (
        "Die Tabelle „{decision}“ ordnet nach der Rangfolge der Ergebnisse ({policy}), nennt aber keine: Es gilt die "
        "Reihenfolge der Regeln. Nennen Sie die erlaubten Werte der Ausgabe, die wichtigsten zuerst",
        'The table "{decision}" orders by the rank of its results ({policy}) but names none: the order of the rules '
        "counts. List the allowed values of the output, the most important first",
    ),
    "not_allowed": (
        "Das Ergebnis von Regel {rules} ist bei „{output}“ nicht erlaubt. Ändern Sie es oder die erlaubten Werte",
        'The result of rule {rules} is not allowed for "{output}". Change it or the allowed values',
    ),
    "default_not_allowed": (
        "Das Ergebnis, das die Tabelle „{decision}“ gibt, wenn keine Regel zutrifft, ist bei „{output}“ nicht erlaubt. "
        "Ändern Sie es oder die erlaubten Werte",
        'What the table "{decision}" gives when no rule matches is not allowed for "{output}". '
        "Change it or the allowed values",
    ),
    "unknown_call_in_expression": (
        "„{decision}“ ruft die Funktion „{function}“ auf, die es nicht gibt. Berichtigen Sie ihren Namen, oder "
        "verbinden Sie das Wissensmodell, das so heißt",
        '"{decision}" calls the function "{function}", which does not exist. Correct its name, or connect the '
        "knowledge model of that name",
    ),
    "unknown_call": (
        "Regel {rules} der Tabelle „{decision}“ ruft die Funktion „{function}“ auf, die es nicht gibt. "
        "Berichtigen Sie ihren Namen",
        'Rule {rules} of the table "{decision}" calls the function "{function}", which does not exist. '
        "Correct its name",
    ),
    "unknown_call_in_input": (
        "Die Eingabe „{input}“ der Tabelle „{decision}“ ruft die Funktion „{function}“ auf, die es nicht gibt. "
        "Berichtigen Sie ihren Namen",
        'The input "{input}" of the table "{decision}" calls the function "{function}", which does not exist. '
        "Correct its name",
    ),
    "too_costly": (
        "Die Zellen der Tabelle „{decision}“ sind zu aufwendig, spätestens in Regel {rules}. Vereinfachen Sie sie",
        'The cells of the table "{decision}" are too costly, in rule {rules} at the latest. Simplify them',
    ),
    "without_value": (
        "Eine Zelle von Regel {rules} der Tabelle „{decision}“ lässt sich nie berechnen. Berichtigen Sie sie",
        'A cell of rule {rules} of the table "{decision}" can never be computed. Correct it',
    ),
    "expression": (
        "Der Ausdruck „{source}“ in „{decision}“ ist nicht gültig",
        'The expression "{source}" in "{decision}" is not valid',
    ),
}
_ERRORS: Final[dict[str, tuple[str, str]]] = {
    "several_rules_match": (
        "In „{decision}“ treffen die Regeln {rules} zugleich zu, es darf aber nur eine sein.",
        'In "{decision}" the rules {rules} match at once, but only one may.',
    ),
    "rules_disagree": (
        "In „{decision}“ treffen die Regeln {rules} zu und haben verschiedene Ergebnisse.",
        'In "{decision}" the rules {rules} match and have different results.',
    ),
    "too_large": ("Die Datei ist größer als {most}.", "The file is larger than {most}."),
    "too_deep": ("Die Datei ist zu tief verschachtelt.", "The file is nested too deeply."),
    "too_many_imports": ("Die Datei bindet mehr als {most} andere ein.", "The file imports more than {most} others."),
    "not_xml": (
        "In Zeile {line} ist die Datei kein gültiges XML: {fault} Exportieren Sie sie neu aus dem Werkzeug, "
        "aus dem sie stammt.",
        "In line {line} the file is not valid XML: {fault} Export it again from the tool it came from.",
    ),
    "document_type": (
        "Die Datei enthält einen DOCTYPE, das ist nicht erlaubt.",
        "The file has a DOCTYPE, not allowed.",
    ),
    "not_dmn": ("Die Datei enthält keine DMN-Entscheidungen.", "The file contains no DMN decisions."),
    "double_id": ("Die Kennung „{id}“ kommt zweimal vor.", 'The id "{id}" occurs twice.'),
    "unknown_reference": (
        "Die Datei verweist auf „{reference}“, das es nicht gibt.",
        'The file refers to "{reference}", which does not exist.',
    ),
    "service_without_output": (
        "Der Entscheidungsdienst „{id}“ hat kein Ergebnis.",
        'The decision service "{id}" has no output.',
    ),
    "requirement_cycle": (
        "Diese Elemente setzen sich gegenseitig voraus: {elements}",
        "Elements require each other: {elements}",
    ),
}
_CELLS: Final[dict[str, tuple[str, str]]] = {
    "point": ("{input} = {low}", "{input} = {low}"),
    "below": ("{input} < {high}", "{input} < {high}"),
    "above": ("{input} > {low}", "{input} > {low}"),
    "between": ("{input} zwischen {low} und {high}", "{input} between {low} and {high}"),
    "other": ("{input} = ein anderer Wert", "{input} = any other value"),
}


def explain_finding(finding: Finding, language: str) -> str:
    """Say a finding in German ("de") or English."""
    column = _column(language)
    rules = (" und " if language == "de" else " and ").join(str(rule) for rule in finding.rules)
    facts = {**finding.facts, "rules": rules, "case": _case(finding.case, column)}
    if near := facts.get("near"):
        facts["near"] = (f" Meinten Sie „{near}“?", f' Did you mean "{near}"?')[column]
    if lacking := facts.get("lacking"):
        facts["lacking"] = (f". Es fehlt bei: {lacking}", f". It is missing at: {lacking}")[column]
    return _FINDINGS[finding.code][column].format_map(facts)


def explain_error(error: DecisionError | DecisionModelError, language: str) -> str:
    """Say why a decision could not be taken or a model not be read, in German ("de") or English."""
    facts, column = dict(error.facts), _column(language)
    if "fault" in facts:
        facts["fault"] = xml_faults.words(facts["fault"], column)
    return _ERRORS[error.code][column].format_map(facts)


def _column(language: str) -> int:
    return 0 if language == "de" else 1


def _case(case: Sequence[Case], column: int) -> str:
    if not case:
        return ("alle Fälle", "every case")[column]
    return ", ".join(_condition(one.input, one.cell, column) for one in case)


def _condition(name: str, cell: Cell, column: int) -> str:
    return _CELLS[cell.shape][column].format(input=name, low=cell.low, high=cell.high)
