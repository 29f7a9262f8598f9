"""What somebody brings from another modelling tool: a diagram alone told from everything else, and made ours."""

import codecs
from pathlib import PurePosixPath

from lxml import etree

from workflows.core.sizes import size_text
from workflows.engine.bundle import Bundle, BundleUnreadable
from workflows.engine.dialect import DialectError
from workflows.engine.dialect.xml import BPMN, LARGEST_FILE, read
from workflows.engine.editing.laying_out import drawn
from workflows.engine.findings import Finding
from workflows.engine.normalise import Normalised, normalise
from workflows.forms.editing import slug

MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
"""Byte order marks, which some tools write in front."""
DECISION = "/spec/DMN/"


def diagram_alone(name: str, data: bytes) -> Bundle | None:
    """A bundle of one diagram, called like its file; None for what is no XML and may be a zip.

    One that is damaged is taken, so that its findings can be read. Raises ``BundleUnreadable``: ``file_too_large``,
    and ``table_alone``, ``form_alone``, ``no_diagram_inside`` for what is no process by itself.
    """
    shown = name[:100]
    if name.endswith(".form"):
        raise BundleUnreadable("form_alone", file=shown)
    if not is_xml(data):
        return None
    if len(data) > LARGEST_FILE:
        raise BundleUnreadable("file_too_large", file=shown, max=size_text(LARGEST_FILE))
    try:
        root = read(data)
    except DialectError:
        root = None
    tag = etree.QName(root).text if root is not None else ""
    if DECISION in tag or (root is None and name.endswith(".dmn")):
        raise BundleUnreadable("table_alone", file=shown)
    if root is not None and tag != f"{BPMN}definitions":
        raise BundleUnreadable("no_diagram_inside", file=shown)
    key = slug(PurePosixPath(name).stem) or "process"
    return Bundle(key, {f"{key}.bpmn": data})


def is_xml(data: bytes) -> bool:
    """Whether it begins as XML does, in UTF-8 or UTF-16, with or without a byte order mark."""
    head = data[:400]
    for mark, encoding in MARKS.items():
        if head.startswith(mark):
            return head[len(mark) :].decode(encoding, "ignore").lstrip().startswith("<")
    return head.replace(b"\x00", b"").lstrip().startswith(b"<")


def settled(held: Bundle) -> Normalised:
    """A bundle in the dialect, with a drawing for each diagram that has none, and what was changed for it."""
    found = normalise(held)
    files, changes = dict(found.bundle.files), list(found.changes)
    for path, xml in found.bundle.of_kind(".bpmn").items():
        made = drawn(xml)
        if made is not xml:
            files[path] = made
            changes.append(Finding("change", path, "", "drawing_made"))
    return Normalised(Bundle(held.key, files, found.bundle.ignored), tuple(changes))
