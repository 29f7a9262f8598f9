"""One bundle through all rules."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
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

_READ_AS_UTF8 = frozenset({"UTF-8", "UTF8", "ASCII", "US-ASCII"})


@dataclass(frozen=True, slots=True)
class Normalised:
    """A bundle in the dialect, and what was changed for it (findings of severity ``change``)."""

    bundle: Bundle
    changes: tuple[Finding, ...]


def normalise(bundle: Bundle) -> Normalised:
    """Bring the diagrams of a bundle into the dialect; never raises, and a second time changes nothing.

    A diagram without anything foreign keeps its bytes; the others keep what is drawn where.
    """
    files, changes = _in_utf8(bundle.files)
    for path, xml in Bundle(bundle.key, files).of_kind(".bpmn").items():
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


def _in_utf8(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Finding]]:
    """Diagrams and tables as editors in the browser read them."""
    held, changes = dict(files), []
    for path, xml in files.items():
        if not path.endswith((".bpmn", ".dmn")):
            continue
        with suppress(DialectError):
            root = read(xml, keep_comments=True)
            encoding = (root.getroottree().docinfo.encoding or "UTF-8").upper()
            if encoding not in _READ_AS_UTF8:
                held[path] = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
                changes.append(Finding("change", path, "", "encoding_changed", {"encoding": encoding[:40]}))
    return held, changes
