"""Why a case cannot be moved: a short list of codes, and their sentences in German and English."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reason:
    """One obstacle at an element: its id, and what people call it."""

    code: str
    element: str = ""
    name: str = ""


WORDS: Final[dict[str, tuple[str, str]]] = {
    "fork_changed": (
        "Der Vorgang ist gerade in parallelen Zweigen, und „{name}“ hat sich geändert. Er läuft in seiner Fassung zu "
        "Ende; danach betrifft ihn die Änderung nicht mehr.",
        'The case is in parallel branches now and "{name}" has changed. It finishes in its own version.',
    ),
    "branch_missing": (
        "In der neuen Fassung würde „{name}“ auf einen Zweig warten, der bei diesem Vorgang nie begonnen hat.",
        'In the new version "{name}" would wait for a branch that never began in this case.',
    ),
    "step_removed": (
        "Der Vorgang wartet bei „{name}“, und diesen Schritt gibt es nicht mehr. Wählen Sie in der Zuordnung einen "
        "Schritt, der an seine Stelle tritt.",
        'The case waits at "{name}", which no longer exists. Choose a step that takes its place in the name map.',
    ),
    "kind_changed": (
        "Der Vorgang wartet bei „{name}“, und dieser Schritt ist jetzt von anderer Art. Wählen Sie in der Zuordnung "
        "einen Schritt, der an seine Stelle tritt.",
        'The case waits at "{name}", which is of another kind now. Choose a step that takes its place in the name map.',
    ),
    "step_moved": (
        "Der Vorgang wartet bei „{name}“, und dieser Schritt liegt jetzt in einem anderen Teilprozess. Wählen Sie in "
        "der Zuordnung einen Schritt, der an seine Stelle tritt.",
        'The case waits at "{name}", which lies in another subprocess now. Choose a step that takes its place in the '
        "name map.",
    ),
    "value_missing": (
        "Die neue Fassung braucht „{name}“, und das setzen nur Schritte, die der Vorgang schon hinter sich hat. "
        "Er läuft in seiner Fassung zu Ende.",
        'The new version needs "{name}", and only steps the case has passed set it. It finishes in its own version.',
    ),
    "state_unreadable": (
        "Der gespeicherte Stand des Vorgangs lässt sich nicht lesen.",
        "The stored state of the case cannot be read.",
    ),
}
"""All reasons there are."""

WITHOUT_TARGET: Final = frozenset({"step_removed", "kind_changed", "step_moved"})
"""The waiting step is no longer there as what it was: a target in the name map takes the reason away."""


def reason_text(reason: Reason, language: str = "de") -> str:
    """One sentence or two, in German ("de") or English (anything else)."""
    words = WORDS.get(reason.code)
    if words is None:
        return reason.code.replace("_", " ")
    return words[0 if language == "de" else 1].format(name=reason.name or reason.element or "–")
