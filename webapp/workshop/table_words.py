"""What the table editor calls hit policies, and how it tells in sentences what a table decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from webapp.i18n import shown
from workflows.actions.workshop_tables import Held, Trial
from workflows.decisions import DecisionError, TableExplanation
from workflows.decisions.checks import Finding
from workflows.decisions.messages import explain_error, explain_finding
from workflows.decisions.sheets import Column
from workflows.engine.comparison import DECISION, NEEDS, POLICY, STEP, TYPE
from workflows.feel.messages import explain

HIT_POLICIES: Mapping[str, Any] = {
    "UNIQUE": _("Genau eine Zeile trifft zu"),
    "FIRST": _("Die erste passende Zeile von oben gilt"),
    "ANY": _("Mehrere dürfen passen, wenn sie dasselbe ergeben"),
    "PRIORITY": _("Das wichtigste Ergebnis gilt"),
    "COLLECT": _("Alle passenden Zeilen zählen"),
    "RULE ORDER": _("Alle passenden Zeilen, in der Reihenfolge der Tabelle"),
    "OUTPUT ORDER": _("Alle passenden Zeilen, das wichtigste Ergebnis zuerst"),
}
AGGREGATIONS: Mapping[str, Any] = {
    "": _("nur sammeln"),
    "SUM": _("zusammenzählen"),
    "MIN": _("das kleinste"),
    "MAX": _("das größte"),
    "COUNT": _("die Anzahl"),
}


TYPES: Mapping[str, Any] = {
    "": _("beliebig"),
    "string": _("Text"),
    "number": _("Zahl"),
    "boolean": _("Ja oder nein"),
    "date": _("Datum"),
    "time": _("Uhrzeit"),
    "date and time": _("Datum und Uhrzeit"),
    "days and time duration": _("Dauer in Tagen und Stunden"),
    "years and months duration": _("Dauer in Jahren und Monaten"),
}
"""What the result of a decision may have to be."""
SIGNS: Mapping[str, Any] = {
    DECISION: _("Entscheidung"),
    NEEDS: _("Braucht"),
    TYPE: _("Das Ergebnis ist"),
    STEP: _("Zwischenschritt"),
}


def policy_line(line: str) -> str:
    """A line of a compared file of decisions; those that are no expression in the words of the editor."""
    for sign, words in SIGNS.items():
        if line.startswith(sign):
            told = line.removeprefix(sign)
            return f"{words}: {TYPES.get(told, told) if sign == TYPE else told}"
    if not line.startswith(POLICY):
        return line
    policy, _slash, aggregation = line.removeprefix(POLICY).partition("/")
    words = [HIT_POLICIES.get(policy, policy), *([AGGREGATIONS.get(aggregation, aggregation)] if aggregation else [])]
    return " ".join((gettext("Welche Zeilen zählen?"), ", ".join(map(str, words))))


@dataclass(frozen=True, slots=True)
class Told:
    """A trial in words: what was looked at, which rules matched, what came out."""

    good: bool
    heading: str
    sentences: Sequence[str]


def options(words: Mapping[str, Any]) -> list[dict[str, str]]:
    """Choices for a select."""
    return [{"key": key, "name": str(name)} for key, name in words.items()]


def findings(problems: Sequence[Finding], language: str) -> tuple[dict[int, list[str]], list[str]]:
    """What is wrong, by the number of each rule concerned, and what concerns no rule."""
    by_rule: dict[int, list[str]] = {}
    general: list[str] = []
    for found in problems:
        text = explain_finding(found, language) + "."
        for number in found.rules:
            by_rule.setdefault(number, []).append(text)
        if not found.rules:
            general.append(text)
    return by_rule, general


def no_result(trial: Trial, language: str, unreadable: str) -> Told:
    """Why a trial has none; ``unreadable`` is said of what cannot be read at all."""
    problem = trial.problem
    if isinstance(problem, DecisionError):
        text = explain_error(problem, language)
    else:
        text = unreadable if problem is None else explain(problem, language)
    return Told(False, gettext("Kein Ergebnis"), [text])


def told(held: Held, trial: Trial, language: str) -> Told:
    """What a trial shows, in sentences."""
    if trial.result is None:
        return no_result(trial, language, gettext("Die Tabelle lässt sich nicht lesen."))
    sentences = [_sentence(table, held) for table in trial.result.explanation]
    sentences += [explain(warning, language) for warning in trial.result.warnings[:5]]
    return Told(bool(trial.matched), _outcome(held, trial.result.value), sentences)


def _sentence(table: TableExplanation, held: Held) -> str:
    labels = {column.source: column.label.rstrip("?: ") for column in held.sheet.inputs}
    looked = "; ".join(f"{labels.get(source, source)}: {shown(value) or '–'}" for source, value in table.inputs)
    if not table.rules:
        return str(gettext("%(inputs)s. Keine Zeile trifft zu.", inputs=looked))
    rules = ", ".join(
        f"{rule.number} ({rule.description.rstrip('.')})" if rule.description else str(rule.number)
        for rule in table.rules
    )
    return str(gettext("%(inputs)s. Es trifft zu: Zeile %(rules)s.", inputs=looked, rules=rules))


def _outcome(held: Held, value: Any) -> str:
    if value is None or value == []:
        return str(gettext("Nichts trifft zu, das Ergebnis ist leer."))
    rows = value if isinstance(value, list) else [value]
    return str(gettext("Ergebnis: %(value)s", value="; ".join(_named(held.sheet.outputs, row) for row in rows)))


def _named(outputs: Sequence[Column], row: Any) -> str:
    if not isinstance(row, Mapping):
        return shown(row)
    labels = {column.source: column.label for column in outputs}
    return ", ".join(f"{labels.get(name, name)}: {shown(each)}" for name, each in row.items())
