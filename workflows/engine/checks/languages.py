"""Texts and translations: complete, with the same look-ups as the German ones, in languages and for words there are."""

import re
from collections.abc import Iterator, Mapping

from workflows.core.errors import LotseError
from workflows.core.texts import placeholders
from workflows.engine.checks.examined import Examined
from workflows.engine.content import Translation
from workflows.engine.definition import GERMAN
from workflows.engine.findings import Finding

_LOOKUP = re.compile(r"\{\{[^{}]{1,500}\}\}")
_MARKER = "[[link]]"


def check_languages(examined: Examined) -> Iterator[Finding]:
    """Texts without German, translations missing, not reviewed, of nothing, or with other look-ups."""
    yield from _texts(examined)
    yield from _unspoken(examined)
    sources, said = _sources(examined), _said(examined)
    for language, table in examined.content.translations.items():
        path = f"translations/{language}.json"
        for file, german in sources.items():
            yield from _missing(path, file, language, german, table)
        yield from _unlike(path, table)
        yield from _unused(path, said, table)
        unreviewed = sum(not each.reviewed for each in table.values())
        if unreviewed:
            yield Finding("warning", path, "", "not_reviewed", {"language": language, "count": unreviewed})


def _unspoken(examined: Examined) -> Iterator[Finding]:
    """Files in a language in which nobody reads here."""
    spoken = examined.catalogue.languages
    written = {path: language for path, language, _ in examined.bundle.translations()}
    written |= {path: language for path, _, language, _ in examined.bundle.texts() if language != GERMAN}
    for path, language in written.items() if spoken else ():
        if language not in spoken:
            facts = {"language": language, "languages": ", ".join(sorted(spoken))}
            yield Finding("warning", path, "", "language_unknown", facts)


def _said(examined: Examined) -> frozenset[str] | None:
    """Every German text the diagrams and forms say; None when some of them cannot be read."""
    if any(path not in examined.content.form_files.values() for path in examined.bundle.of_kind(".form")):
        return None
    named = {each.name for each in examined.parsed.elements.values()}
    named |= {each.name for each in examined.parsed.processes.values()}
    return frozenset(named).union(*(form.german() for form in examined.content.forms.values()))


def _unused(path: str, said: frozenset[str] | None, table: Mapping[str, Translation]) -> Iterator[Finding]:
    lost = [german for german in table if german not in said] if said is not None else []
    if lost:
        yield Finding("warning", path, "", "translation_unused", {"count": len(lost), "example": lost[0][:80]})


def _sources(examined: Examined) -> Mapping[str, list[str]]:
    """The German source texts by file: names of elements people meet, and everything a form says."""
    sources: dict[str, list[str]] = {}
    for element in examined.parsed.elements.values():
        if element.name and element.kind in {"user_task", "manual_task"}:
            sources.setdefault(examined.file_of(element.id), []).append(element.name)
    for form_id, form in examined.content.forms.items():
        sources[examined.content.form_files[form_id]] = list(dict.fromkeys(form.german()))
    return sources


def _missing(
    path: str, file: str, language: str, german: list[str], table: Mapping[str, Translation]
) -> Iterator[Finding]:
    """A file of which hardly anything is translated is not meant for readers of that language."""
    missing = [text for text in german if text not in table]
    if missing and len(missing) <= len(german) // 2:
        facts = {"language": language, "count": len(missing), "in": file, "example": missing[0][:80]}
        yield Finding("warning", path, "", "translation_missing", facts)


def _unlike(path: str, table: Mapping[str, Translation]) -> Iterator[Finding]:
    for german, each in table.items():
        if sorted(_LOOKUP.findall(german)) != sorted(_LOOKUP.findall(each.text)):
            yield Finding("warning", path, "", "lookups_differ", {"text": german[:80]})


def _texts(examined: Examined) -> Iterator[Finding]:
    texts = examined.content.texts
    names = dict.fromkeys(name for name, _ in texts)
    languages = {language for _, language in texts} - {"de"}
    for name in names:
        german = texts.get((name, "de"))
        if german is None:
            yield Finding("error", f"texts/{name}.de.txt", "", "text_without_german", {"text": name})
            continue
        for language in sorted(languages):
            other = texts.get((name, language))
            if other is not None and _names(other) != _names(german):
                yield Finding("warning", f"texts/{name}.{language}.txt", "", "lookups_differ", {"text": name})


def _names(text: str) -> tuple[frozenset[str], bool]:
    try:
        return frozenset(placeholders(text)), _MARKER in text
    except LotseError:
        return frozenset(), _MARKER in text
