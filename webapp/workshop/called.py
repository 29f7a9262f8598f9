"""What elements and flows of a diagram are called where they stand without the drawing: nobody reads ids."""

from collections.abc import Iterator, Mapping

from webapp.i18n import NAMES
from webapp.wording.states import CODES
from webapp.wording.trials import place_text
from webapp.workshop import operator_words
from webapp.workshop.form_words import kind_name
from workflows.actions import workshop as kept
from workflows.actions.coverage import place
from workflows.actions.workshop_texts import sent_by
from workflows.decisions import DecisionModelError, graphs
from workflows.engine.bundle import Bundle
from workflows.operators import OPERATORS


def names(*bundles: Bundle) -> Mapping[str, str]:
    """Every element, flow, lane and process by its id, as the last of the bundles that has it calls it.

    What the house does is there by the names that diagrams call it by.
    """
    found = {each.name: operator_words.word(each.label) for each in OPERATORS.values()}
    for parsed in filter(None, (kept.read(bundle).parsed for bundle in bundles)):
        found |= {each.id: each.name for each in parsed.lanes.values() if each.name}
        found |= {each.id: each.name for each in parsed.processes.values() if each.name}
        found |= {key: place_text(place(parsed, element)) for key, element in parsed.elements.items()}
        for key, flow in parsed.flows.items():
            ends = (found.get(each, each) for each in (flow.source, flow.target))
            found[key] = flow.name or " → ".join(ends)
    return found


def kind(of: str) -> str:
    """What an element of a diagram or a field of a form is."""
    words = CODES["element_kind"].get(of)
    return kind_name(of) if words is None else str(words)


def forms(*bundles: Bundle) -> Mapping[str, str]:
    """What each form is called: after the steps that show it, as it has no name of its own; two alike keep their id."""
    found: dict[str, dict[str, None]] = {}
    for parsed in filter(None, (kept.read(bundle).parsed for bundle in reversed(bundles))):
        for element in parsed.elements.values():
            if element.form_id and element.name:
                found.setdefault(element.form_id, {})[element.name] = None
    names = {form: next(iter(steps)) for form, steps in found.items()}
    alike = list(names.values())
    return {form: f"{name} ({form})" if alike.count(name) > 1 else name for form, name in names.items()}


def decisions(*bundles: Bundle) -> Mapping[str, str]:
    """What people call each decision, as the last of the bundles that has it says."""
    return {each.id: each.title for _key, xml in _decision_files(*bundles) for each in graphs.nodes(xml)}


def decision_files(*bundles: Bundle) -> Mapping[str, str]:
    """What each file of decisions is called, by its name without the ending."""
    titles: dict[str, str] = {}
    for path, xml in _decision_files(*bundles):
        every = [each.title for each in graphs.nodes(xml) if each.kind in {"table", "formula", "other"}]
        name = graphs.title(xml) or (every[0] if len(every) == 1 else "")
        titles[path.removesuffix(".dmn")] = name or path
    return titles


def _decision_files(*bundles: Bundle) -> Iterator[tuple[str, bytes]]:
    """Those that can be read."""
    for bundle in bundles:
        for path, xml in bundle.of_kind(".dmn").items():
            try:
                graphs.nodes(xml)
            except DecisionModelError:
                continue
            yield path, xml


def texts(*bundles: Bundle) -> Mapping[str, str]:
    """What texts and files of translations are called, by path: after the steps that send them, and their language."""
    steps: dict[str, dict[str, None]] = {}
    for parsed in filter(None, (kept.read(bundle).parsed for bundle in reversed(bundles))):
        for element in parsed.elements.values():
            for name in sent_by(element) if element.name else ():
                steps.setdefault(name, {})[element.name] = None
    names = {name: ", ".join(every) for name, every in steps.items()}
    alike = list(names.values())
    found: dict[str, str] = {}
    for bundle in bundles:
        for path, language, _data in bundle.translations():
            found[path] = NAMES.get(language, language)
        for path, name, language, _data in bundle.texts():
            called = names.get(name, name)
            apart = f"{name}, " if alike.count(called) > 1 else ""
            found[path] = f"{called} ({apart}{NAMES.get(language, language)})"
    return found
