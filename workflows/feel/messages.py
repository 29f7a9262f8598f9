"""Sentences for syntax errors and warnings, in German and English, for people who own a process and not a compiler."""

from collections.abc import Mapping
from typing import Final, Protocol


class Problem(Protocol):
    """What can be explained: FeelSyntaxError, FeelBudgetError and Warning."""

    @property
    def code(self) -> str: ...

    @property
    def facts(self) -> Mapping[str, str]: ...

    @property
    def position(self) -> int: ...


SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # Syntax errors.
    "unexpected": (
        "An Stelle {place} steht „{found}“, dort wird {expected} erwartet.",
        'At position {place} there is "{found}" where {expected} is expected.',
    ),
    "unexpected_end": (
        "Der Ausdruck hört zu früh auf: Am Ende fehlt {expected}.",
        "The expression ends too early: {expected} is missing at the end.",
    ),
    "wrong_quotes": (
        "Texte stehen zwischen geraden doppelten Anführungszeichen. An Stelle {place} steht {found}.",
        "Texts stand between straight double quotation marks. At position {place} there is {found}.",
    ),
    "foreign_sign": (
        "An Stelle {place} steht „{found}“. Hier wird dafür {instead} geschrieben.",
        'At position {place} there is "{found}". Write {instead} for it here.',
    ),
    "open_string": (
        "Das Anführungszeichen an Stelle {place} wird nicht wieder geschlossen.",
        "The quotation mark at position {place} is never closed.",
    ),
    "open_comment": (
        "Der Kommentar an Stelle {place} wird nicht mit */ beendet.",
        "The comment at position {place} is not ended with */.",
    ),
    "too_long": (
        "Der Ausdruck ist länger als {most} Zeichen. Teilen Sie ihn auf mehrere Schritte auf.",
        "The expression is longer than {most} characters. Split it into several steps.",
    ),
    "too_deep": (
        "Der Ausdruck ist zu tief verschachtelt. Teilen Sie ihn auf mehrere Schritte auf.",
        "The expression is nested too deeply. Split it into several steps.",
    ),
    "number_too_large": ("Die Zahl {found}{name} ist zu groß.", "The number {found}{name} is too large."),
    "mixed_arguments": (
        "An Stelle {place} sind Angaben mit und ohne Namen gemischt. Benennen Sie entweder alle oder keine.",
        "At position {place} named and unnamed arguments are mixed. Name all of them or none.",
    ),
    # Warnings.
    "unknown_name": ("„{name}“ ist nicht bekannt.", '"{name}" is not known.'),
    "no_entry": ("Es gibt keinen Eintrag „{name}“.", 'There is no entry "{name}".'),
    "no_property": ("{type} hat keine Eigenschaft „{name}“.", 'A value of type {type} has no property "{name}".'),
    "unusable_value": (
        "Der Wert von „{name}“ ({type}) lässt sich hier nicht verwenden.",
        'The value of "{name}" ({type}) cannot be used here.',
    ),
    "wrong_types": (
        "„{operator}“ lässt sich nicht auf {left} und {right} anwenden.",
        '"{operator}" cannot be applied to {left} and {right}.',
    ),
    "wrong_sign": (
        "Ein Minus lässt sich nicht vor {type} setzen.",
        "A minus sign cannot stand before {type}.",
    ),
    "not_among": (
        "{left} lässt sich mit nichts vergleichen, was hinter „in“ steht.",
        'A value of type {left} cannot be compared with anything that follows "in".',
    ),
    "not_comparable": (
        "{left} und {right} lassen sich nicht mit „{operator}“ vergleichen.",
        '{left} and {right} cannot be compared with "{operator}".',
    ),
    "bad_range": (
        "Der Bereich hat keinen gültigen Anfang und kein gültiges Ende ({left} bis {right}).",
        "The range has no valid start and end ({left} to {right}).",
    ),
    "not_a_truth": (
        "Bei „{operator}“ wird wahr oder falsch erwartet, der Wert ist aber: {type}.",
        '"{operator}" needs true or false, but the value is: {type}.',
    ),
    "division_by_zero": ("Es wird durch null geteilt.", "There is a division by zero."),
    "out_of_range": ("Das Ergebnis ist zu groß oder nicht bestimmt.", "The result is too large or not defined."),
    "not_a_whole_number": ("{value} ist keine ganze Zahl.", "{value} is not a whole number."),
    "not_a_date": (
        "„{value}“ ist kein gültiges Datum, keine Uhrzeit und keine Dauer.",
        '"{value}" is not a valid date, time or duration.',
    ),
    "bad_zone": ("Die Zeitzone „{value}“ gibt es nicht.", 'There is no time zone "{value}".'),
    "not_a_number": ("„{value}“ ist keine Zahl.", '"{value}" is not a number.'),
    "not_a_range": ("„{value}“ ist kein Bereich.", '"{value}" is not a range.'),
    "bad_separators": (
        "Tausender- und Dezimaltrennzeichen passen nicht zusammen.",
        "The grouping and decimal separators do not fit together.",
    ),
    "bad_pattern": ("Das Suchmuster „{pattern}“ ist nicht gültig.", 'The search pattern "{pattern}" is not valid.'),
    "double_entry": ("Ein Name kommt in { } zweimal vor.", "A name occurs twice within { }."),
    "not_iterable": (
        "Hier wird eine Liste erwartet, der Wert ist aber: {type}.",
        "A list is needed here, but the value is: {type}.",
    ),
    "no_such_position": (
        "Die Position {value} gibt es nicht (Länge: {size}).",
        "There is no position {value} (length: {size}).",
    ),
    "not_a_function": (
        "Hier wird eine Funktion aufgerufen, es gibt sie aber nicht.",
        "A function is called here that does not exist.",
    ),
    "wrong_arguments": (
        "Die Funktion „{function}“ erwartet andere Angaben.",
        'The function "{function}" takes other arguments.',
    ),
    "wrong_argument": (
        "Die Funktion „{function}“ erwartet bei „{parameter}“: {expected}. Der Wert ist aber: {type}.",
        'The function "{function}" needs {expected} for "{parameter}", but the value is: {type}.',
    ),
    "wrong_entries": (
        "Die Funktion „{function}“ erwartet Einträge der Art {expected}.",
        'The function "{function}" needs entries of type {expected}.',
    ),
    "wrong_type": (
        "Erwartet wird {expected}, der Wert ist aber: {type}.",
        "{expected} is needed, but the value is: {type}.",
    ),
    "value_not_allowed": (
        "Der Wert von „{name}“ ({type}) gehört nicht zu den erlaubten Werten.",
        'The value of "{name}" ({type}) is not among the allowed ones.',
    ),
    "fits_no_cell": (
        "Der Wert von „{name}“ ({type}) lässt sich mit keiner Zelle seiner Spalte vergleichen.",
        'The value of "{name}" ({type}) cannot be compared with any cell of its column.',
    ),
    "function_refused": (
        "Die Funktion „{function}“ kann damit nicht rechnen: {german}.",
        'The function "{function}" cannot work with this: {reason}.',
    ),
    "external_function": (
        "Funktionen aus fremden Programmen werden nicht ausgeführt.",
        "Functions of other programs are not run.",
    ),
    # Budget.
    "steps": ("Die Berechnung dauert zu lange.", "The calculation takes too long."),
    "depth": ("Die Berechnung ist zu tief verschachtelt.", "The calculation is nested too deeply."),
    "size": ("Ein Ergebnis wird zu groß.", "A result becomes too large."),
}

_EXPECTED: Final[dict[str, tuple[str, str]]] = {
    "expression": ("ein Wert oder Ausdruck", "a value or expression"),
    "name": ("ein Name", "a name"),
    "end": ("das Ende des Ausdrucks", "the end of the expression"),
}
_TYPES: Final[dict[str, str]] = {
    "null": "kein Wert",
    "boolean": "wahr/falsch",
    "number": "Zahl",
    "string": "Text",
    "date": "Datum",
    "time": "Uhrzeit",
    "date and time": "Zeitpunkt",
    "days and time duration": "Dauer in Tagen und Stunden",
    "years and months duration": "Dauer in Jahren und Monaten",
    "list": "Liste",
    "context": "Gruppe von Angaben",
    "range": "Bereich",
    "function": "Funktion",
    "comparable": "Zahl, Text, Datum, Uhrzeit oder Dauer",
}
_TYPE_FACTS = frozenset({"type", "left", "right", "expected"})


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def explain(problem: Problem, language: str) -> str:
    """Say an error, a stopped evaluation or a warning in one sentence, in German ("de") or English (anything else)."""
    german = language == "de"
    sentence = SENTENCES.get(problem.code, (problem.code, problem.code))[0 if german else 1]
    facts = _Facts({name: _worded(name, fact, german=german) for name, fact in problem.facts.items()})
    facts["place"] = str(problem.position + 1)
    return sentence.replace("{ }", "{{ }}").format_map(facts)


def _worded(name: str, fact: str, *, german: bool) -> str:
    if name == "expected" and fact in _EXPECTED:
        return _EXPECTED[fact][0 if german else 1]
    if name not in _TYPE_FACTS:
        return fact
    kinds = fact.split("|")
    if not _TYPES.keys() >= set(kinds):
        return f"„{fact}“" if german else f'"{fact}"'
    return " oder ".join(_TYPES[each] for each in kinds) if german else " or ".join(kinds)
