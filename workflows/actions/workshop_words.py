"""The words of a draft in other languages: what is translated, what is missing, and how a changed German text takes its
translations along."""

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from workflows.actions import workshop
from workflows.core.tx import Tx
from workflows.engine.content import Content, read_content
from workflows.engine.definition import GERMAN, PLAIN_GERMAN
from workflows.engine.drafts import Stored
from workflows.forms import Form
from workflows.operators import FUNCTIONS

Tables = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class DraftWords:
    """The tables of translations of a draft, by language and German text; falls back like a running process."""

    tables: Tables

    def translate(self, text: str, language: str) -> str:
        """A German text in a language; else in plain German, else as it is."""
        for candidate in (language, PLAIN_GERMAN) if language != GERMAN else ():
            if found := self.word(text, candidate):
                return str(found["text"])
        return text

    def word(self, text: str, language: str) -> Mapping[str, Any] | None:
        """The translation in exactly this language, None when it is missing."""
        found = self.tables.get(language, {}).get(text)
        return found if isinstance(found, Mapping) and str(found.get("text") or "").strip() else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far one language is: texts in all, missing ones, and those nobody has reviewed."""

    language: str
    texts: int
    missing: int
    unreviewed: int


def words_of(held: Mapping[str, Stored]) -> DraftWords:
    """The translations among the files of a draft; a table that cannot be read counts as empty."""
    return DraftWords({_language(path): table_in(each.data) for path, each in held.items() if _is_table(path)})


def table_in(data: bytes) -> dict[str, Any]:
    """A table of translations, empty when it is none."""
    try:
        table = orjson.loads(data.removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError:
        return {}
    return table if isinstance(table, dict) else {}


def path_of(language: str) -> str:
    """Where the translations into a language lie."""
    return f"translations/{language}.json"


def _is_table(path: str) -> bool:
    return path.startswith("translations/")


def _language(path: str) -> str:
    return path.removeprefix("translations/").removesuffix(".json")


def coverage(words: DraftWords, texts: Iterable[str], languages: Iterable[str]) -> list[Coverage]:
    """For each language how many of these German texts are missing or not reviewed."""
    wanted = list(dict.fromkeys(texts))
    found = []
    for language in languages:
        known = [word for text in wanted if (word := words.word(text, language))]
        unreviewed = sum(word.get("reviewed") is not True for word in known)
        found.append(Coverage(language, len(wanted), len(wanted) - len(known), unreviewed))
    return found


def content(tx: Tx, draft_id: int) -> Content:
    """What a draft says; what cannot be read in it is left out."""
    return read_content(workshop.bundle(tx, draft_id), FUNCTIONS)


def sources(found: Content) -> dict[str, list[str]]:
    """Every German text a reader sees, by form; under the empty name what steps are called."""
    elements = found.parsed.elements.values() if found.parsed else ()
    steps = [each.name for each in elements if each.name and each.kind in {"user_task", "manual_task"}]
    return {"": list(dict.fromkeys(steps)), **{form_id: german(form) for form_id, form in found.forms.items()}}


def german(form: Form) -> list[str]:
    """What a form says, each text once."""
    return list(dict.fromkeys(form.german()))


def carried(held: Mapping[str, Stored], renamed: Mapping[str, str], still_used: Iterable[str]) -> dict[str, bytes]:
    """The tables in which changed German texts keep their translation, to be reviewed again; by path.

    ``renamed`` leads from the old text to the new one; the old entry goes unless the text is ``still_used``.
    """
    kept, changed = set(still_used), {}
    for path, each in held.items():
        table = table_in(each.data) if _is_table(path) else {}
        found = {old: new for old, new in renamed.items() if old in table and new and new not in table}
        for old, new in found.items():
            entry = table[old] if old in kept else table.pop(old)
            table[new] = {**entry, "reviewed": False} if isinstance(entry, dict) else entry
        if found:
            changed[path] = written(table)
    return changed


def written(table: Mapping[str, Any]) -> bytes:
    """The file of a table: sorted by the German text, so that versions can be compared line by line."""
    ordered = {text: table[text] for text in sorted(table)}
    return orjson.dumps(ordered, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def keep(tx: Tx, draft_id: int, language: str, typed: Mapping[str, tuple[str, bool]], revision: int | None) -> int:
    """Write translations of some German texts: the words (empty: none) and whether they are reviewed.

    Gives how many changed. Raises as ``workshop.save``.
    """
    path = path_of(language)
    stored = workshop.files(tx, draft_id).get(path)
    table = table_in(stored.data) if stored else {}
    before = {text: table.get(text) for text in typed}
    for text, (words, reviewed) in typed.items():
        if words.strip():
            old = table.get(text)
            entry = {**(old if isinstance(old, dict) else {}), "text": words.strip(), "reviewed": reviewed}
            table[text] = entry
        else:
            table.pop(text, None)
    read = {path: revision} if stored and revision is not None else None
    changes = len([text for text, old in before.items() if table.get(text) != old])
    if changes:
        workshop.save(tx, draft_id, {path: written(table)}, read)
    return changes
