"""A diagram's XML as something that can be changed: finding elements, giving ids, writing extensions."""

from collections.abc import Iterator

from lxml import etree

from workflows.core.errors import NotFound
from workflows.engine.dialect.xml import BPMN, ZEEBE, Node, extension, extension_value, local, read

#: What stands before ``incoming`` and ``outgoing`` in an element (BPMN 2.0 §8, the schema's order).
FIRST = ("documentation", "extensionElements")


def opened(xml: bytes) -> Node:
    """The root of a diagram to be changed; raises ``DialectError``."""
    return read(xml, keep_comments=True)


def written(root: Node) -> bytes:
    """The diagram as a file."""
    return etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=True)


def node(root: Node, identity: str) -> Node | None:
    """The BPMN element with that id."""
    return next((each for each in root.iter(f"{BPMN}*") if each.get("id") == identity), None)


def found(root: Node, identity: str) -> Node:
    """The BPMN element with that id; raises ``NotFound``."""
    element = node(root, identity)
    if element is None:
        raise NotFound("not_found", kind="step")
    return element


def flows(root: Node) -> Iterator[Node]:
    """All sequence flows."""
    return root.iter(f"{BPMN}sequenceFlow")


def flows_into(root: Node, identity: str) -> list[Node]:
    """The flows that lead to an element."""
    return [each for each in flows(root) if each.get("targetRef") == identity]


def flows_from(root: Node, identity: str) -> list[Node]:
    """The flows that leave an element."""
    return [each for each in flows(root) if each.get("sourceRef") == identity]


def lane_of(root: Node, element: Node) -> Node | None:
    """The lane that names an element."""
    identity = element.get("id")
    references = root.iter(f"{BPMN}flowNodeRef")
    return next((each.getparent() for each in references if (each.text or "").strip() == identity), None)


def fresh_id(root: Node, stem: str) -> str:
    """An id nobody has yet: the stem, or the stem with a number."""
    taken = {each.get("id") for each in root.iter() if isinstance(each.tag, str)}
    number = 1
    while (candidate := f"{stem}_{number}") in taken:
        number += 1
    return stem if stem not in taken else candidate


def child(parent: Node, name: str, content: str | None = None) -> Node:
    """A new BPMN child; ``documentation`` and ``extensionElements`` go first, everything else last."""
    made = etree.Element(BPMN + name)
    made.text = content
    if name in FIRST:
        before = sum(1 for each in parent if local(each) in FIRST[: FIRST.index(name) + 1])
        parent.insert(before, made)
    else:
        parent.append(made)
    return made


def set_extension(element: Node, name: str, attribute: str, value: str | None) -> None:
    """Write an attribute of a ``zeebe:`` extension; None takes it away, and the extension with its last attribute."""
    found = extension(element, name)
    if value is not None:
        if found is None:
            around = element.find(f"{BPMN}extensionElements")
            around = child(element, "extensionElements") if around is None else around
            found = etree.SubElement(around, ZEEBE + name)
        found.set(attribute, value)
    elif found is not None:
        found.attrib.pop(attribute, "")
        if not found.attrib and len(found) == 0:
            _drop_with_empty_parent(found, element)


def _drop_with_empty_parent(found: Node, element: Node) -> None:
    around = found.getparent()
    if around is None:
        return
    around.remove(found)
    if len(around) == 0:
        element.remove(around)


def set_input(element: Node, target: str, source: str) -> None:
    """Write one input mapping; an empty one is taken away."""
    mapping = extension(element, "ioMapping")
    if not source:
        _drop_input(element, mapping, target)
        return
    if mapping is None:
        around = element.find(f"{BPMN}extensionElements")
        around = child(element, "extensionElements") if around is None else around
        mapping = etree.SubElement(around, ZEEBE + "ioMapping")
    inputs = mapping.findall(ZEEBE + "input")
    there = next((each for each in inputs if each.get("target") == target), None)
    if there is None:
        there = etree.Element(ZEEBE + "input", target=target)
        mapping.insert(len(inputs), there)
    there.set("source", source)


def _drop_input(element: Node, mapping: Node | None, target: str) -> None:
    for each in [] if mapping is None else mapping.findall(ZEEBE + "input"):
        if mapping is not None and each.get("target") == target:
            mapping.remove(each)
            if len(mapping) == 0:
                _drop_with_empty_parent(mapping, element)


__all__ = [
    "child",
    "extension",
    "extension_value",
    "flows",
    "found",
    "flows_from",
    "flows_into",
    "fresh_id",
    "lane_of",
    "local",
    "node",
    "opened",
    "set_extension",
    "set_input",
    "written",
]
