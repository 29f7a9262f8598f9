"""What process owners do with the code lists of the house: see, add, rename, put in order, retire.

Old cases carry keys; therefore a key never changes and never goes away, it can only be left out of what may be chosen.
What the house itself works with stays a choice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows import policy
from workflows.core.errors import Conflict, Invalid, Problem
from workflows.core.tx import Tx
from workflows.domain import codes, relied_on
from workflows.domain.codes import CodeEntry
from workflows.forms.editing import free_name, slug

LONGEST_LABEL = 200
MOST_ENTRIES = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """One list: how many entries may be chosen, how many are retired, and the languages in which words are missing."""

    name: str
    active: int
    retired: int
    missing: Sequence[str]


def listed(tx: Tx, languages: Sequence[str]) -> list[Listed]:
    """Every list of the house that has entries of its own; raises ``NotAllowed``."""
    policy.require(tx, policy.CODE_EDIT)
    found = []
    for name in sorted(codes.lists(tx.session).keys() - codes.VIRTUAL.keys()):
        rows = codes.entries(tx.session, name)
        active = [row for row in rows if row.is_active]
        lacking = [language for language in languages if any(not row.translations.get(language) for row in active)]
        found.append(Listed(name, len(active), len(rows) - len(active), lacking))
    return found


def entries(tx: Tx, name: str) -> list[CodeEntry]:
    """The entries of a list, retired ones too; raises ``NotFound``, ``NotAllowed``."""
    policy.require(tx, policy.CODE_EDIT)
    return codes.entries(tx.session, name)


def entry(tx: Tx, name: str, key: str) -> CodeEntry:
    """One entry; raises ``NotFound``, ``NotAllowed``."""
    policy.require(tx, policy.CODE_EDIT)
    return codes.entry(tx.session, name, key)


def needed(name: str, rows: Sequence[CodeEntry]) -> dict[str, str]:
    """Why entries of a list must stay a choice, by key, for those that the house itself works with."""
    return {row.key: why for row in rows if (why := relied_on.why_needed(name, row.key))}


def add(tx: Tx, name: str, label: str) -> CodeEntry:
    """One more entry at the end, its key made from the words; raises ``Invalid``, ``NotFound``, ``NotAllowed``."""
    rows = entries(tx, name)
    label = _label(label)
    if len(rows) >= MOST_ENTRIES:
        raise Invalid({"label": (Problem("too_many", {"max": MOST_ENTRIES}),)})
    return codes.add(tx, name, free_name(slug(label) or "entry", {row.key for row in rows}), label)


def rename(tx: Tx, name: str, key: str, label: str, translations: Mapping[str, str]) -> CodeEntry:
    """Other words in German and the languages given, empty ones taken out; raises like ``add``."""
    found = entry(tx, name, key)
    words = {language: " ".join(text.split()) for language, text in translations.items()}
    problems = {
        language: (Problem("too_long", {"max": LONGEST_LABEL}),)
        for language, text in words.items()
        if len(text) > LONGEST_LABEL
    }
    if problems:
        raise Invalid(problems)
    merged = {**found.translations, **words}
    return codes.rename(tx, found, _label(label), {language: text for language, text in merged.items() if text})


def move(tx: Tx, name: str, key: str, step: int) -> None:
    """One place up or down; raises ``NotFound``, ``NotAllowed``."""
    entry(tx, name, key)
    codes.move(tx, name, key, step)


def set_active(tx: Tx, name: str, key: str, *, is_active: bool) -> None:
    """Leave an entry out of what may be chosen, or offer it again.

    Raises ``Conflict`` for the last one and one that the house itself works with, ``NotFound``, ``NotAllowed``.
    """
    found = entry(tx, name, key)
    why = relied_on.why_needed(name, key)
    if why and not is_active:
        raise Conflict("code_relied_on", label=found.label, why=why)
    codes.set_active(tx, found, is_active=is_active)


def _label(text: str) -> str:
    label = " ".join(text.split())
    if not label or len(label) > LONGEST_LABEL:
        problem = Problem("too_long", {"max": LONGEST_LABEL}) if label else Problem("required")
        raise Invalid({"label": (problem,)})
    return label
