"""What two versions differ in, in the words of the house: for the page "What changes" and for the command line."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from webapp.wording.traits import trait_name, trait_value
from webapp.workshop import called, table_words
from workflows.engine.bundle import Bundle
from workflows.engine.comparison import Comparison, Difference, Lines

POINTING = frozenset(
    {"source", "target", "default", "attached_to", "lane", "calls", "operator", "assignment.candidate_groups"}
)
"""What of an element or a flow names another one, a lane, a process, a group, or what the house does."""
LITERAL = re.compile('="([^"]*)"')
"""A formula that is nothing but a text."""


def told(found: Comparison, old: Bundle, new: Bundle, groups: Mapping[str, str]) -> dict[str, Any]:
    """The differences by kind; ``groups`` are the names of groups by key."""
    names = {**groups, **called.names(old, new)}
    forms, decisions = called.forms(old, new), called.decisions(old, new)
    pointed = {"form_id": forms, "decision_id": decisions}
    files = {f"{key}.dmn": title for key, title in called.decision_files(old, new).items()}
    texts = called.texts(old, new)
    tables = tuple(_worded(each, files) for each in found.tables)
    return {
        "found": replace(found, tables=tables, texts=tuple(_titled(each, texts) for each in found.texts)),
        "diagram": [_shown(each, names, pointed) for each in (*found.elements, *found.flows)],
        "forms": {forms.get(key, key): [_shown(each) for each in each_form] for key, each_form in found.forms.items()},
        "translations": {
            texts.get(path, path): [_shown(each) for each in lines] for path, lines in found.translations.items()
        },
    }


def _worded(table: Lines, files: Mapping[str, str]) -> Lines:
    lines = tuple((mark, table_words.policy_line(line)) for mark, line in table.lines)
    return replace(_titled(table, files), lines=lines)


def _titled(file: Lines, titles: Mapping[str, str]) -> Lines:
    return replace(file, path=titles.get(file.path, file.path))


def _shown(
    each: Difference, names: Mapping[str, str] | None = None, pointed: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, Any]:
    """One difference in words; ``names`` are what ids of the diagram stand for, None for a field of a form.

    ``pointed`` holds what forms and decisions are called, by the property that names one.
    """

    def said(trait: str, value: str) -> str:
        if names is not None and trait in (pointed or {}):
            return (pointed or {})[trait].get(value, value)
        if names is not None and trait in POINTING:
            literal = LITERAL.fullmatch(value)
            return names.get(literal[1] if literal else value, value)
        return called.kind(value) if trait in {"kind", "type"} else trait_value(trait, value)

    traits = [
        {
            "name": trait_name(trait.name, is_form=names is None),
            "before": said(trait.name, trait.before),
            "after": said(trait.name, trait.after),
        }
        for trait in each.traits
    ]
    name = (names or {}).get(each.key) or each.name or each.key
    return {"what": each.what, "name": name, "kind": called.kind(each.kind), "traits": traits}
