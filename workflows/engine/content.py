"""The files of a bundle, each read into what it means; what cannot be read is listed, nothing is raised."""

import codecs
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import orjson

from workflows.core.errors import LotseError
from workflows.core.texts import placeholders, split
from workflows.decisions import DecisionModel, DecisionModelError, DecisionResult, parse_decisions
from workflows.engine.bundle import Bundle
from workflows.engine.dialect import DialectError, ParsedProcess, parse
from workflows.forms import Form, FormError
from workflows.forms import parse as parse_form
from workflows.forms.schema import opened

Functions = Mapping[str, Callable[..., object]]

NO_FACTS: Mapping[str, Any] = MappingProxyType({})
MOST_TRANSLATIONS = 5_000
LONGEST_TRANSLATION = 20_000
LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class Translation:
    """A German source text in another language; ``reviewed`` says whether a person has approved it."""

    text: str
    reviewed: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """A file, or a part of it, that cannot be used; ``element`` is a form's component or a decision."""

    file: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    element: str = ""


@dataclass(frozen=True)
class Decisions:
    """All decisions of a bundle by their id, whichever file they stand in."""

    models: Mapping[str, DecisionModel]

    def __contains__(self, decision_id: object) -> bool:
        return decision_id in self.models

    def evaluate(
        self,
        decision_id: str,
        variables: Mapping[str, object],
        *,
        now: datetime | None = None,
        functions: Functions | None = None,
    ) -> DecisionResult:
        """Decide; raises KeyError for an unknown decision, DecisionError and FeelBudgetError like the model."""
        return self.models[decision_id].evaluate(decision_id, variables, now=now, functions=functions)


@dataclass
class Content:
    """What a bundle says, and what of it could not be read; ``parsed`` is None when the diagrams are unreadable.

    ``unreadable`` are the ids of forms and the paths of decision tables that exist but have a fault.
    """

    parsed: ParsedProcess | None = None
    process_files: dict[str, str] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    form_files: dict[str, str] = field(default_factory=dict)
    models: dict[str, DecisionModel] = field(default_factory=dict)
    decisions: dict[str, DecisionModel] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    translations: dict[str, dict[str, Translation]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)

    def fault(self, file: str, code: str, facts: Mapping[str, Any] = NO_FACTS, element: str = "") -> None:
        """Note what cannot be used."""
        self.faults.append(Fault(file, code, facts, element))


def read_content(bundle: Bundle, functions: Functions) -> Content:
    """Everything in a bundle, with ``functions`` known to its forms."""
    content = Content()
    _read_diagrams(bundle, content)
    _read_forms(bundle, functions, content)
    _read_decisions(bundle, functions, content)
    _read_texts(bundle, content)
    _read_translations(bundle, content)
    return content


def _read_diagrams(bundle: Bundle, content: Content) -> None:
    diagrams = bundle.of_kind(".bpmn")
    main = diagrams.pop(bundle.diagram, None)
    if main is None:
        content.fault(bundle.diagram, "no_main_diagram")
        return
    alone = {path: _read_diagram(path, xml, content) for path, xml in ((bundle.diagram, main), *diagrams.items())}
    if content.faults or len(alone) == 1:
        content.parsed = alone[bundle.diagram] if len(alone) == 1 else None
        return
    try:
        content.parsed = parse(main, *diagrams.values())
    except DialectError as error:
        content.fault(bundle.diagram, error.code, error.facts)


def _read_diagram(path: str, xml: bytes, content: Content) -> ParsedProcess | None:
    """One diagram alone, so that a fault is reported for the file it is in."""
    try:
        parsed = parse(xml)
    except DialectError as error:
        content.fault(path, error.code, error.facts)
        return None
    content.process_files.update(dict.fromkeys(parsed.processes, path))
    return parsed


def _read_forms(bundle: Bundle, functions: Functions, content: Content) -> None:
    for path, data in bundle.of_kind(".form").items():
        try:
            form = parse_form(data, functions)
        except FormError as error:
            facts = dict(error.facts)
            element = str(facts.pop("component", ""))
            content.fault(path, f"form_{error.code}", facts, element)
            content.unreadable.add(_form_id(path, data))
            continue
        if form.id in content.forms:
            content.fault(path, "double_form", {"other": content.form_files[form.id]}, form.id)
        content.forms[form.id] = form
        content.form_files[form.id] = path


def _form_id(path: str, data: bytes) -> str:
    """What a form with a fault is called: by its own id, else like its file."""
    try:
        found = opened(data).get("id")
    except FormError:
        found = None
    return found if isinstance(found, str) else path.removesuffix(".form")


def _read_decisions(bundle: Bundle, functions: Functions, content: Content) -> None:
    for path, xml in bundle.of_kind(".dmn").items():
        try:
            model = parse_decisions(xml, functions=functions.keys())
        except DecisionModelError as error:
            content.fault(path, f"decision_{error.code}", error.facts)
            content.unreadable.add(path)
            continue
        content.models[path] = model
        for problem in model.problems:
            facts = {"problem": problem.error, "source": problem.source[:200]}
            content.fault(path, "decision_not_feel", facts, problem.element)
        for decision_id in (*model.decisions, *model.services):
            if decision_id in content.decisions:
                content.fault(path, "double_decision", element=decision_id)
            content.decisions[decision_id] = model


def _read_texts(bundle: Bundle, content: Content) -> None:
    for path, name, language, data in bundle.texts():
        text = _decoded(path, data, content)
        if text is None:
            continue
        try:
            placeholders(text)
            split(text)
        except LotseError as error:
            content.fault(path, error.code, error.facts)
            continue
        content.texts[name, language] = text


def _decoded(path: str, data: bytes, content: Content) -> str | None:
    if len(data) > LONGEST_TEXT:
        content.fault(path, "text_too_long", {"max": LONGEST_TEXT})
        return None
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        content.fault(path, "text_not_utf8", {"position": error.start})
        return None


def _read_translations(bundle: Bundle, content: Content) -> None:
    for path, language, data in bundle.translations():
        try:
            table = orjson.loads(data.removeprefix(codecs.BOM_UTF8))
        except json.JSONDecodeError as error:
            content.fault(path, "translations_not_json", {"line": error.lineno})
            continue
        if not isinstance(table, dict) or len(table) > MOST_TRANSLATIONS:
            content.fault(path, "translations_unusable", {"max": MOST_TRANSLATIONS})
            continue
        content.translations[language] = dict(_translated(path, table, content))


def _translated(path: str, table: Mapping[str, Any], content: Content) -> Iterator[tuple[str, Translation]]:
    for german, entry in table.items():
        text = entry.get("text") if isinstance(entry, dict) else None
        reviewed = entry.get("reviewed", False) if isinstance(entry, dict) else None
        if not isinstance(text, str) or not isinstance(reviewed, bool) or len(text) > LONGEST_TRANSLATION:
            content.fault(path, "translation_unusable", {"german": german[:100]})
        elif text.strip():
            yield german, Translation(text, reviewed)
