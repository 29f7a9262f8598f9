"""Reading XML nobody vouches for, and the names used in diagrams."""

from lxml import etree

from workflows.core import xml_faults
from workflows.core.sizes import size_text
from workflows.engine.dialect.model import DialectError

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
#: Three tools with one ancestor, whose extensions of one name mean the same.
JAVA_FAMILY = frozenset({"http://camunda.org/schema/1.0/bpmn", "http://activiti.org/bpmn", "http://flowable.org/bpmn"})
LARGEST_FILE = 4_000_000

Node = etree._Element


def read(xml: bytes, *, keep_comments: bool = False) -> Node:
    """The root of a diagram file.

    Raises ``DialectError`` for what is no XML, larger than ``LARGEST_FILE`` bytes or carries a document type, the
    vehicle of entity bombs and external files.
    """
    if len(xml) > LARGEST_FILE:
        raise DialectError("too_large", most=size_text(LARGEST_FILE))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=not keep_comments)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise DialectError("not_xml", **xml_faults.facts(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DialectError("document_type")
    return root


def local(node: Node) -> str:
    """The name of a BPMN element without its namespace, empty for anything else."""
    tag = node.tag
    return tag[len(BPMN) :] if isinstance(tag, str) and tag.startswith(BPMN) else ""


def bpmn(node: Node, name: str) -> Node | None:
    """The first BPMN child of that name."""
    return node.find(BPMN + name)


def extension(node: Node, name: str) -> Node | None:
    """The first ``zeebe:`` extension of that name."""
    return node.find(f"{BPMN}extensionElements/{ZEEBE}{name}")


def extension_value(node: Node, name: str, attribute: str) -> str | None:
    """An attribute of a ``zeebe:`` extension; None when missing or blank."""
    found = extension(node, name)
    return text(found.get(attribute)) if found is not None else None


def extension_property(node: Node, name: str) -> str | None:
    """The value of the ``zeebe:property`` of that name; None when missing or blank."""
    properties = extension(node, "properties")
    found = () if properties is None else properties.findall(f"{ZEEBE}property")
    return next((text(each.get("value")) for each in found if each.get("name") == name), None)


def text(value: str | None) -> str | None:
    """Stripped, None when nothing is left."""
    return (value or "").strip() or None
