"""One bundle through all rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from workflows.engine.bundle import Bundle
from workflows.engine.dialect import DialectError
from workflows.engine.dialect.xml import Node, read
from workflows.engine.findings import Finding
from workflows.engine.normalise.changes import Change
from workflows.engine.normalise.extensions import translate_extensions
from workflows.engine.normalise.processes import settle_processes
from workflows.engine.normalise.shapes import settle_shapes

#: Expressions last: the rules before them bring some into place.
RULES: tuple[Callable[[Node], Iterator[Change]], ...] = (translate_extensions, settle_shapes)


@dataclass(frozen=True, slots=True)
class Normalised:
    """A bundle in the dialect, and what was changed for it (findings of severity ``change``)."""

    bundle: Bundle
    changes: tuple[Finding, ...]


def normalise(bundle: Bundle) -> Normalised:
    """Bring the diagrams of a bundle into the dialect; never raises, and a second time changes nothing.

    A diagram without anything foreign keeps its bytes; the others keep what is drawn where.
    """
    files = dict(bundle.files)
    changes: list[Finding] = []
    for path, xml in bundle.of_kind(".bpmn").items():
        try:
            root = read(xml, keep_comments=True)
        except DialectError:
            continue  # the check says why it cannot be read
        key = bundle.key if path == bundle.diagram else None
        found = [*settle_processes(root, key), *(change for rule in RULES for change in rule(root))]
        if found:
            files[path] = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
            changes += [Finding("change", path, each.element, each.code, each.facts) for each in found]
    return Normalised(Bundle(bundle.key, files, bundle.ignored), tuple(changes))
