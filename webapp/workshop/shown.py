"""Drafts and versions as templates and editors read them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from webapp.workshop import places
from workflows.engine.checks import finding_text
from workflows.engine.drafts import Draft, Stored
from workflows.engine.findings import Finding


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a draft: ``kind`` is a key of the small list ``bundle_parts``."""

    path: str
    kind: str
    url: str
    bytes: int


Place = tuple[str, str, str]


def findings(
    found: Iterable[Finding], language: str, mendable: Collection[Place] = frozenset(), draft_id: int | None = None
) -> list[dict[str, Any]]:
    """Each finding with its sentence, for pages and scripts; ``mendable`` names those we can take care of.

    Those of a draft lead to where they can be mended.
    """
    spoken = "de" if language.startswith("de") else "en"
    return [
        {
            "severity": each.severity,
            "file": each.file,
            "element": each.element,
            "name": str(each.facts.get("name", "")),
            "code": each.code,
            "text": finding_text(each, spoken),
            "place": str(each.facts.get("place", "")),
            "target": str(each.facts.get("target") or each.facts.get("parameter", "")),
            "called": places.called(each),
            "url": places.url(draft_id, each) if draft_id is not None else "",
            "mend": (each.file, each.element, each.code) in mendable,
        }
        for each in found
    ]


def parts(draft: Draft, held: Mapping[str, Stored]) -> Sequence[Part]:
    """The files of a draft by kind and name."""
    found = [
        Part(path, places.kind_of(path), url_for("workshop.file", draft_id=draft.id, path=path), len(each.data))
        for path, each in held.items()
    ]
    order = ["diagram", "form", "table", "text", "translation", "scenario"]
    return sorted(found, key=lambda part: (order.index(part.kind), part.path))
