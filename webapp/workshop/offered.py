"""What the diagram editor offers: forms, groups, operators with their fields, building blocks, functions."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _

from webapp.workshop import operator_words
from workflows.actions.diagram_editing import Choices
from workflows.engine.catalogue import Operator, Parameter
from workflows.engine.office_functions import OFFICE_FUNCTIONS
from workflows.feel.builtins.registry import FUNCTIONS

Row = dict[str, Any]

OFTEN = ("mail.send", "referral.offer", "letter.write", "contact.log", "case.note", "case.share_note")


def choices(found: Choices) -> dict[str, list[Row]]:
    """Every list of choices as key and name, operators with their parameters."""
    return {
        "forms": _pairs(found.forms),
        "groups": _pairs(found.groups),
        "people": [],
        "decisions": _pairs(found.decisions),
        "processes": _pairs(found.processes),
        "operators": [_operator(each, found) for each in found.operators],
    }


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[Row]:
    return [{"key": key, "name": name} for key, name in pairs]


def _operator(operator: Operator, found: Choices) -> Row:
    parameters = [_parameter(operator, each, found) for each in operator.parameters]
    return {"key": operator.name, "name": operator_words.word(operator.label), "parameters": parameters}


def _parameter(operator: Operator, parameter: Parameter, found: Choices) -> Row:
    texts = [(name, _("Text dieses Ablaufs")) for name in found.texts]
    values = texts if parameter.is_text else _values(operator.name, parameter.name, found)
    return {
        "key": parameter.name,
        "name": operator_words.word(parameter.label or parameter.name),
        "required": parameter.required,
        "choices": [{"name": key, "from": name} for key, name in values],
    }


def fields(operator: Operator, found: Choices, held: Mapping[str, str]) -> list[Row]:
    """What a form asks about an operator: each parameter with what it is given now, and what may be chosen.

    A formula and what can be anything is written; what is given part by part is left to the drawing.
    """
    apart = {target.partition(".")[0] for target in held if "." in target}
    return [
        _field(operator, each, found, held.get(each.name, "")) for each in operator.parameters if each.name not in apart
    ]


def _field(operator: Operator, parameter: Parameter, found: Choices, value: str) -> Row:
    texts = [(name, name) for name in found.texts]
    options = texts if parameter.is_text else list(_values(operator.name, parameter.name, found))
    if value and value not in dict(options):
        options = [*options, (value, value)]
    return {
        "key": parameter.name,
        "label": operator_words.word(parameter.label or parameter.name),
        "value": value,
        "required": parameter.required,
        "options": _pairs(options) if len(options) > bool(value) and not value.startswith("=") else [],
    }


def kinds(found: Choices) -> list[Row]:
    """What a new step may be: a task, then the operators, those used most first."""
    by_name = {each.name: each for each in found.operators}
    first = [by_name[name] for name in OFTEN if name in by_name]
    ordered = [*first, *(each for each in found.operators if each not in first)]
    return [
        {"key": "task", "name": _("Aufgabe für Menschen")},
        *({"key": each.name, "name": operator_words.word(each.label)} for each in ordered),
    ]


def _values(operator: str, parameter: str, found: Choices) -> Iterable[tuple[str, str]]:
    """What may stand in a parameter, with its meaning."""
    if parameter == "to" and operator in {"mail.send", "letter.write"}:
        who = [("contact", _("wer angefragt hat")), ("office", _("die angefragte Stelle"))]
        return who if operator == "letter.write" else [*who, *found.groups]
    if (operator, parameter) == ("mail.send", "link"):
        return [
            ("none", _("kein Link")),
            ("case_status", _("zur Statusseite")),
            ("referral_answer", _("zur Antwort der Stelle")),
            ("invitation", _("zur Antwort der eingeladenen MO")),
        ]
    if (operator, parameter) == ("case.advance", "status"):
        return [("in_progress", _("in Arbeit")), ("waiting", _("wartet")), ("answered", _("beantwortet"))]
    return found.lists.get((operator, parameter), ())


def blocks(found: Choices) -> list[Row]:
    """The building blocks: those used most first, then every operator under its theme."""
    often = _("Oft gebraucht")
    first = [
        _block(
            "mail.send",
            _("Mail verschicken"),
            {"to": "contact"},
            often,
            _("an wen angefragt hat, eine Stelle oder eine Gruppe"),
        ),
        _block(
            "referral.offer",
            _("Stellen um Hilfe bitten (Verweisung)"),
            {},
            often,
            _("für jede Stelle beginnt eine Verweisung"),
        ),
        _block(
            "letter.write",
            _("Brief schreiben"),
            {"to": "contact"},
            often,
            _("ein Text dieses Ablaufs auf Papier, aufgehoben beim Vorgang"),
        ),
        _block(
            "reminder",
            _("Erinnerung"),
            {"to": "contact"},
            often,
            _("Mail nach einigen Arbeitstagen, solange der Schritt offen ist"),
        ),
        _block(
            "contact.log",
            _("Eintrag im Register"),
            {"kind": "mail"},
            often,
            _("ein Kontakt bei der Organisation, auf Wunsch mit Wiedervorlage"),
        ),
        _block("case.note", _("Notiz im Vorgang"), {}, often, _("liest nur die Koordination")),
        _block("case.share_note", _("Nachricht auf der Statusseite"), {}, often, _("liest, wer angefragt hat")),
    ]
    rest = [_block(each.name, operator_words.word(each.label), {}, _theme(each), "") for each in found.operators]
    return [{**block, "id": f"{number}-{block['key']}"} for number, block in enumerate([*first, *rest])]


def _block(key: str, name: str, inputs: Mapping[str, str], theme: str, description: str) -> Row:
    return {"key": key, "name": name, "inputs": inputs, "group": theme, "groupName": theme, "description": description}


def _theme(operator: Operator) -> str:
    """Operators are called "Theme: what"; the others stand together."""
    label = operator_words.word(operator.label)
    return label.partition(": ")[0] if ": " in label else _("Weitere")


def functions() -> list[Row]:
    """The functions an expression may call, those of the office first."""
    house = [{"name": name, "insert": f"{name}(", "from": _("Funktion des Amtes")} for name in OFFICE_FUNCTIONS]
    return [*house, *({"name": name, "insert": f"{name}(", "from": _("Funktion")} for name in FUNCTIONS)]
